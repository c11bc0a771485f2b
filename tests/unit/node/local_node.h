// A daemon in this process, in a folder of its own and on a clock that stands.
#ifndef MINGA_TESTS_UNIT_NODE_LOCAL_NODE_H_
#define MINGA_TESTS_UNIT_NODE_LOCAL_NODE_H_

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "node/daemon.h"
#include "node/init.h"
#include "node/rpc/admin_client.h"
#include "node/rpc/unix_socket.h"

namespace minga {

inline const absl::Time kNow = absl::FromUnixSeconds(1796083200);

class LocalNode {
 public:
  explicit LocalNode(Country country = Country::Of("CO")) : clock_(kNow) {
    static const absl::Status tls13 = RequireTls13ForProcess();
    REQUIRE(tls13.ok());
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-node-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    data_ = name;
    InitOptions init;
    init.data_dir = data_;
    init.country = country;
    init.name = "Servicio de Empleo";
    init.listen = "127.0.0.1:0";
    init.endpoint = "127.0.0.1:7443";
    init.now = kNow;
    REQUIRE(InitNode(init, random_) == absl::OkStatus());
  }
  ~LocalNode() {
    daemon_ = nullptr;
    std::filesystem::remove_all(data_);
  }
  LocalNode(const LocalNode&) = delete;
  LocalNode& operator=(const LocalNode&) = delete;

  DaemonOptions Options() {
    DaemonOptions options;
    options.folder.root = data_;
    options.config = LoadConfig(options.folder).value();
    options.clock = &clock_;
    options.random = &random_;
    return options;
  }
  absl::Status Start() {
    absl::StatusOr<std::unique_ptr<Daemon>> started = Daemon::Start(Options());
    if (started.ok()) daemon_ = *std::move(started);
    return started.status();
  }
  absl::Status Stop() {
    const absl::Status status = daemon_->Stop();
    daemon_ = nullptr;
    return status;
  }
  std::unique_ptr<rpc::AdminClient> Client() {
    auto client = rpc::AdminClient::Connect(data_);
    REQUIRE(client.status().message() == "");
    return *std::move(client);
  }
  const std::string& data() const { return data_; }
  Daemon& daemon() { return *daemon_; }
  SimulatedClock& clock() { return clock_; }

 private:
  std::string data_;
  SimulatedClock clock_;
  SystemRandom random_;
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace minga

#endif  // MINGA_TESTS_UNIT_NODE_LOCAL_NODE_H_
