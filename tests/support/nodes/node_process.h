// A real `minga serve` process on loopback, for integration tests and
// benchmarks: the binary under test, driven over its admin socket.
#ifndef MINGA_TESTS_SUPPORT_NODES_NODE_PROCESS_H_
#define MINGA_TESTS_SUPPORT_NODES_NODE_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "minga/v1/admin.pb.h"
#include "node/rpc/admin_client.h"
#include "tests/support/temporary_folder.h"

namespace minga::testing {

// True as soon as `condition` is; false if it is not within `timeout`.
bool WaitFor(const std::function<bool()>& condition, absl::Duration timeout,
             absl::Duration poll = absl::Milliseconds(5));

// The built `minga` program ($MINGA_BINARY_DIR/bin/minga).
std::string MingaBinary();
// A file of the source tree.
std::string SourceFile(const std::string& relative);
std::string ReadAll(const std::string& path);

class NodeProcess {
 public:
  // `minga init` in `dir`/<country>, listening on a free loopback port.
  static absl::StatusOr<std::unique_ptr<NodeProcess>> Init(
      const std::string& dir, const std::string& country);
  ~NodeProcess();  // kills

  // Spawns `minga serve` and waits until it answers.
  absl::Status Start();
  // SIGKILL; returns when the process is gone.
  void Kill();
  // SIGTERM; returns the exit code.
  int Stop();

  rpc::AdminClient& client() { return *client_; }
  v1::GetStatusResponse Status();
  v1::PeerStatus Peer(const std::string& country);

  const std::string& country() const { return country_; }
  const std::string& data() const { return data_; }
  const std::string& endpoint() const { return endpoint_; }
  pid_t pid() const { return pid_; }
  // What the daemon printed so far.
  std::string Log() const;

 private:
  NodeProcess(std::string country, std::string data, std::string endpoint);
  const std::string country_, data_, endpoint_;
  pid_t pid_ = -1;
  std::unique_ptr<rpc::AdminClient> client_;
};

// Puts deploy/policy/<cc>/national.textproto in force, with its cases.
absl::Status ActivatePack(NodeProcess& node);
// The steps of joining, for tests that stop between them.
absl::Status AddPeer(NodeProcess& to, NodeProcess& peer);
absl::StatusOr<std::string> DraftMou(NodeProcess& one, NodeProcess& other);
// In force from today for a year; `country` may be empty, as of a template that
// names its parties.
absl::StatusOr<std::string> DraftMou(NodeProcess& node,
                                     const std::string& country,
                                     const std::string& template_name);
// Replaces `note` by the one with the node's signature added.
absl::Status SignMou(NodeProcess& node, std::string& note);
// Exchanges descriptors and signs the template's MoU on both sides.
absl::Status Join(NodeProcess& one, NodeProcess& other);

// Runs a command line to its end; returns its exit code, with standard output
// and error in `output`.
int RunMinga(const std::string& arguments, std::string* output);

}  // namespace minga::testing

#endif  // MINGA_TESTS_SUPPORT_NODES_NODE_PROCESS_H_
