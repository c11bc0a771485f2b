// The node's one configuration file, `minga.toml` in the data folder, and the
// names of everything else there.
#ifndef MINGA_NODE_CONFIG_H_
#define MINGA_NODE_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/budget.h"
#include "node/base/ids.h"

namespace minga {

// What lies where in a data folder.
struct DataFolder {
  std::string root;

  std::string config() const { return root + "/minga.toml"; }
  std::string keys() const { return root + "/keys"; }
  std::string database() const { return root + "/minga.db"; }
  // The persons' keys: never in a backup, or it would bring back the erased.
  std::string person_keys() const { return root + "/keys.db"; }
  std::string index() const { return root + "/index.db"; }
  std::string audit_index() const { return root + "/audit-index.db"; }
  std::string lock() const { return root + "/lock"; }
  std::string checkpoint() const { return root + "/checkpoint"; }
  // A path of the configuration, which may be relative to the folder; "" stays.
  std::string Resolve(const std::string& path) const {
    return path.empty() || path[0] == '/' ? path : root + "/" + path;
  }
};

// Defaults are safe for one country's node on a small machine. Each key's
// meaning stands in the file that `minga init` writes (RenderConfig).
struct Config {
  Country country;
  std::string name;  // of the Public Employment Service, 1..100 bytes

  // [peers]
  std::string listen = "0.0.0.0:7443";  // address:port; port 0 = any free one
  std::vector<std::string> endpoints;   // host:port told to peers, 1..4
  int memory_mb = 256;                  // gRPC's buffers for all peers
  absl::Duration connection_life = absl::Hours(1);

  // [protection]: of each peer; what exceeds it waits or is refused.
  federation::Allowances allowances;
  int held_records = 2'000'000;  // of one peer
  int held_megabytes = 8'000;
  int handshakes_per_minute = 120;  // of one network address

  // [anonymity]
  // Folder of the hierarchies that replace built-in ones; relative to the data
  // folder; empty: the built-in ones.
  std::string hierarchies;

  // [audit]
  // IP address and port where auditors read the log over HTTP; empty: nowhere.
  std::string audit_http;

  // [log]
  absl::Duration checkpoint_interval = absl::Seconds(1);
  int keep_years = 0;        // 0: all entries are kept for ever
  int close_at_entries = 0;  // 0: one log goes on for ever
};

inline constexpr int kEndpointsMax = 4;
inline constexpr std::size_t kNodeNameBytesMax = 100;
inline constexpr std::size_t kConfigBytesMax = 1024 * 1024;

// Parses the text of a configuration file; `file` is its name for errors.
//   INVALID_ARGUMENT  "file:line:column: ..." for a syntax error, an unknown
//                     key, a wrong type or a value out of its bounds.
absl::StatusOr<Config> ParseConfig(absl::string_view text,
                                   absl::string_view file);

// Reads `folder.config()`. NOT_FOUND says that `minga init` makes one.
absl::StatusOr<Config> LoadConfig(const DataFolder& folder);

// The file with every key, its meaning and its bounds as comments.
std::string RenderConfig(const Config& config);

// INVALID_ARGUMENT unless `text` is "host:port" or "[ipv6]:port" with a port
// of 1..65535 (0 too if `any_port`).
absl::Status ValidateAddress(absl::string_view text, bool any_port);

// INVALID_ARGUMENT unless `name` is 1..kNodeNameBytesMax bytes of UTF-8 text
// with at least one letter or digit of the Latin alphabet.
absl::Status ValidateNodeName(absl::string_view name);

}  // namespace minga

#endif  // MINGA_NODE_CONFIG_H_
