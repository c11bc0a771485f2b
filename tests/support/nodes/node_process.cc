#include "tests/support/nodes/node_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/status.h"

extern char** environ;

namespace minga::testing {
namespace {

using Admin = v1::AdminService::StubInterface;

constexpr absl::Duration kStartTimeout = absl::Seconds(30);

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A port that was free a moment ago.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int port = 0;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port = ntohs(address.sin_port);
  }
  close(fd);
  return port;
}

}  // namespace

bool WaitFor(const std::function<bool()>& condition, absl::Duration timeout,
             absl::Duration poll) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(poll);
  }
  return true;
}

std::string MingaBinary() {
  return absl::StrCat(Environment("MINGA_BINARY_DIR"), "/bin/minga");
}

std::string SourceFile(const std::string& relative) {
  return absl::StrCat(Environment("MINGA_SOURCE_DIR"), "/", relative);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

int RunMinga(const std::string& arguments, std::string* output) {
  const std::string command =
      absl::StrCat(MingaBinary(), " </dev/null ", arguments, " 2>&1");
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return -1;
  char buffer[4096];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    if (output != nullptr) output->append(buffer, n);
  }
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

NodeProcess::NodeProcess(std::string country, std::string data,
                         std::string endpoint)
    : country_(std::move(country)),
      data_(std::move(data)),
      endpoint_(std::move(endpoint)) {}

NodeProcess::~NodeProcess() { Kill(); }

absl::StatusOr<std::unique_ptr<NodeProcess>> NodeProcess::Init(
    const std::string& dir, const std::string& country) {
  std::unique_ptr<NodeProcess> node(new NodeProcess(
      country, absl::StrCat(dir, "/", absl::AsciiStrToLower(country)),
      absl::StrCat("127.0.0.1:", FreePort())));
  std::string output;
  const int code =
      RunMinga(absl::StrCat("init --country ", country, " --name 'PES ",
                            country, "' --data ", node->data_, " --listen ",
                            node->endpoint_, " --endpoint ", node->endpoint_),
               &output);
  if (code != 0) return absl::InternalError(absl::StrCat("init: ", output));
  return node;
}

absl::Status NodeProcess::Start() {
  const std::string log = data_ + ".log";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  std::string binary = MingaBinary();
  std::string verb = "serve", flag = "--data", data = data_;
  std::vector<char*> argv = {binary.data(), verb.data(), flag.data(),
                             data.data(), nullptr};
  const int error = posix_spawn(&pid_, binary.c_str(), &actions, nullptr,
                                argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    return absl::InternalError(absl::StrCat("cannot spawn ", binary));
  }
  const bool answers = WaitFor(
      [this] {
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) == pid_) {
          pid_ = -1;
          return true;
        }
        auto client = rpc::AdminClient::Connect(data_);
        if (!client.ok()) return false;
        client_ = *std::move(client);
        return true;
      },
      kStartTimeout);
  if (pid_ < 0) {
    return absl::InternalError(absl::StrCat("daemon ended: ", Log()));
  }
  return answers ? absl::OkStatus()
                 : absl::DeadlineExceededError("daemon does not answer");
}

void NodeProcess::Kill() {
  client_.reset();
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int NodeProcess::Stop() {
  client_.reset();
  if (pid_ < 0) return -1;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

v1::GetStatusResponse NodeProcess::Status() {
  auto status =
      rpc::Call(client_->admin(), &Admin::GetStatus, v1::GetStatusRequest());
  return status.ok() ? *std::move(status) : v1::GetStatusResponse();
}

v1::PeerStatus NodeProcess::Peer(const std::string& country) {
  const v1::GetStatusResponse status = Status();
  for (const v1::PeerStatus& peer : status.peers()) {
    if (peer.country() == country) return peer;
  }
  return {};
}

std::string NodeProcess::Log() const { return ReadAll(data_ + ".log"); }

absl::Status ActivatePack(NodeProcess& node) {
  const std::string pack = SourceFile(
      absl::StrCat("deploy/policy/", absl::AsciiStrToLower(node.country())));
  v1::ActivatePolicyRequest request;
  request.set_name("national.textproto");
  request.set_text(ReadAll(absl::StrCat(pack, "/national.textproto")));
  request.set_cases_name("cases.textproto");
  request.set_cases_text(ReadAll(absl::StrCat(pack, "/cases.textproto")));
  return rpc::Call(node.client().admin(), &Admin::ActivatePolicy, request)
      .status();
}

absl::Status AddPeer(NodeProcess& to, NodeProcess& peer) {
  MINGA_ASSIGN_OR_RETURN(
      const v1::InviteResponse invite,
      rpc::Call(peer.client().admin(), &Admin::Invite, v1::InviteRequest()));
  v1::AddPeerRequest request;
  request.set_descriptor_note(invite.descriptor_note());
  request.set_fingerprint(invite.fingerprint());
  return rpc::Call(to.client().admin(), &Admin::AddPeer, request).status();
}

absl::Status SignMou(NodeProcess& node, std::string& note) {
  v1::SignMouRequest request;
  request.set_mou_note(note);
  MINGA_ASSIGN_OR_RETURN(
      const v1::SignMouResponse response,
      rpc::Call(node.client().admin(), &Admin::SignMou, request));
  note = response.mou_note();
  return absl::OkStatus();
}

absl::StatusOr<std::string> DraftMou(NodeProcess& node,
                                     const std::string& country,
                                     const std::string& template_name) {
  v1::DraftMouRequest draft;
  draft.set_country(country);
  draft.set_template_text(
      ReadAll(SourceFile(absl::StrCat("deploy/policy/mou/", template_name))));
  const absl::CivilDay today =
      absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  draft.set_valid_from(absl::FormatCivilTime(today));
  draft.set_valid_until(absl::FormatCivilTime(today + 365));
  MINGA_ASSIGN_OR_RETURN(
      const v1::DraftMouResponse drafted,
      rpc::Call(node.client().admin(), &Admin::DraftMou, draft));
  return drafted.mou_note();
}

absl::StatusOr<std::string> DraftMou(NodeProcess& one, NodeProcess& other) {
  return DraftMou(one, other.country(), "template.textproto");
}

absl::Status Join(NodeProcess& one, NodeProcess& other) {
  MINGA_RETURN_IF_ERROR(AddPeer(one, other));
  MINGA_RETURN_IF_ERROR(AddPeer(other, one));
  MINGA_ASSIGN_OR_RETURN(std::string note, DraftMou(one, other));
  MINGA_RETURN_IF_ERROR(SignMou(one, note));
  MINGA_RETURN_IF_ERROR(SignMou(other, note));
  return SignMou(one, note);
}

}  // namespace minga::testing
