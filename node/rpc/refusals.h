// Refused handshakes on their way to the audit log, bounded: whoever knocks
// must be written down, but must not be able to fill the disk by knocking.
#ifndef MINGA_NODE_RPC_REFUSALS_H_
#define MINGA_NODE_RPC_REFUSALS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "node/base/clock.h"

namespace minga::rpc {

struct Refusal {
  // Whose handshake it was: ours as the server, ours as the client, or (gRPC
  // does not say) one that failed before any certificate was seen.
  enum class Side { kServer, kClient, kUnknown };
  Side side = Side::kUnknown;
  std::string certificate = {};  // "sha256:..."; empty if none was presented
  std::string reason = {};
  std::uint64_t unreported = 0;  // refused since the one reported before

  // For the log: which side, why, the certificate, how many more.
  std::string ToString() const;
};

// At most kRefusalBurst at once and one per kRefusalInterval in the long run
// are reported: 2,880 entries or about 1 MB of log a day under a flood.
inline constexpr int kRefusalBurst = 20;
inline constexpr absl::Duration kRefusalInterval = absl::Seconds(30);

// Threads: any thread may call any method.
class RefusalLog {
 public:
  using Sink = std::function<void(const Refusal&)>;

  // `sink` runs on gRPC's threads and must not block. `clock` outlives the log
  // or Close.
  RefusalLog(const Clock* clock, Sink sink);
  ~RefusalLog();
  RefusalLog(const RefusalLog&) = delete;
  RefusalLog& operator=(const RefusalLog&) = delete;

  void Report(Refusal refusal);
  // All that were refused, reported or not.
  std::uint64_t total() const;
  // The sink is not called any more; waits for a call under way.
  void Close();

  // Also reports TLS handshakes that fail inside gRPC (wrong protocol version,
  // no certificate, bytes that are not TLS), of this whole process: gRPC tells
  // of them in its own log only. Ends with Close.
  void ListenToGrpc();

 private:
  // True if one more may be reported now.
  bool TakeToken(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  mutable absl::Mutex mutex_;
  Sink sink_ ABSL_GUARDED_BY(mutex_);
  double tokens_ ABSL_GUARDED_BY(mutex_) = kRefusalBurst;
  absl::Time filled_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::uint64_t unreported_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t total_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_REFUSALS_H_
