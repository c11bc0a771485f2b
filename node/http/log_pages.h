// What the HTTP edge answers to which path: the files of the published log.
#ifndef MINGA_NODE_HTTP_LOG_PAGES_H_
#define MINGA_NODE_HTTP_LOG_PAGES_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/published_log.h"
#include "node/base/clock.h"
#include "storage/database.h"

namespace minga::http {

// Addresses whose reading is told apart in the log, within one kReadingEvery.
inline constexpr std::size_t kReadersMax = 64;
// Reading is logged once for each address and this long: who mirrors the log
// tile by tile must not fill it.
inline constexpr absl::Duration kReadingEvery = absl::Hours(1);

struct Page {
  int status = 200;  // of HTTP
  std::string body;
  absl::string_view content_type = "text/plain; charset=utf-8";
  absl::string_view cache_control = "no-store";
};

// Threads: one.
class LogPages {
 public:
  // All outlive it.
  LogPages(const federation::PublishedLog* log, storage::Database* database,
           const Clock* clock)
      : log_(*log), database_(*database), clock_(*clock) {}

  // The page at `target` (the request's, as it came) for `reader`, an address.
  // 404 for anything but a file of the log, 503 while it cannot be read or the
  // reading cannot be logged.
  Page Get(absl::string_view target, absl::string_view reader);

 private:
  Page GetTile(int log, const storage::TileName& name);
  absl::Status LogReading(absl::string_view reader);

  const federation::PublishedLog& log_;
  storage::Database& database_;
  const Clock& clock_;
  // Of the newest checkpoint seen of each log.
  std::map<int, storage::LeafIndex> sizes_;
  std::map<std::string, absl::Time, std::less<>> readers_;
};

}  // namespace minga::http

#endif  // MINGA_NODE_HTTP_LOG_PAGES_H_
