// What every command shares: where the node is, how to print, what to run.
#ifndef MINGA_NODE_CLI_CONTEXT_H_
#define MINGA_NODE_CLI_CONTEXT_H_

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "minga/v1/common.pb.h"
#include "node/base/ids.h"
#include "node/cli/exit_code.h"

namespace google::protobuf {
class Message;
}

namespace minga::rpc {
class AdminClient;
}

namespace minga::cli {

struct Context {
  std::string data_dir;
  bool json = false;
  // What the chosen subcommand does; set by its callback.
  std::function<absl::Status()> run;
  // A result that is no error but no success either (kSomeRefused...).
  ExitCode exit_code = kDone;

  // The daemon on `data_dir`, connected at the first use. UNAVAILABLE with
  // advice if none answers.
  absl::StatusOr<rpc::AdminClient*> Node();

  // Prints `text` for people, or `message` as JSON with --json.
  void Print(absl::string_view text, const google::protobuf::Message& message);

  std::shared_ptr<rpc::AdminClient> client;
};

// Activation and signing re-evaluate every record in store.
inline constexpr absl::Duration kSweepDeadline = absl::Minutes(60);

// A whole file, "-" for standard input. NOT_FOUND, INVALID_ARGUMENT for a
// directory, RESOURCE_EXHAUSTED beyond `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     std::size_t max_bytes);
// Writes whole or not at all; "-" for standard output.
absl::Status WriteFile(const std::string& path, absl::string_view text);

v1::RecordKey ToProto(const RecordKey& key);
std::string KeyText(const v1::RecordKey& key);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_CONTEXT_H_
