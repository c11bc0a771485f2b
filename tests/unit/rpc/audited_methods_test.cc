// The list of events against the services and the source.
#include "node/rpc/audited_methods.h"

#include <google/protobuf/descriptor.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/admin.pb.h"
#include "minga/v1/anonymity.pb.h"
#include "minga/v1/evidence.pb.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/keys.pb.h"
#include "minga/v1/peers.pb.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/receipts.pb.h"
#include "minga/v1/reconcile.pb.h"

namespace minga::rpc {
namespace {

namespace fs = std::filesystem;

// Every service of proto/minga/v1; a new file has to be named here, which the
// test of the files sees to.
std::set<const google::protobuf::FileDescriptor*> Files() {
  return {v1::GetStatusRequest::descriptor()->file(),
          v1::ShowLadderRequest::descriptor()->file(),
          v1::TailRequest::descriptor()->file(),
          v1::ExportLogRequest::descriptor()->file(),
          v1::ListKeysRequest::descriptor()->file(),
          v1::ListReceiptsRequest::descriptor()->file(),
          v1::StartComparisonRequest::descriptor()->file(),
          v1::SuspendPeerRequest::descriptor()->file(),
          v1::ProbeRequest::descriptor()->file(),
          v1::PutRecordsRequest::descriptor()->file()};
}

std::string Source(const std::string& relative) {
  const char* const root = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return absl::StrCat(root, "/", relative);
}

std::string TextOf(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_CASE("every method of every service says which event it leaves") {
  std::map<std::string, const AuditedMethod*> listed;
  for (const AuditedMethod& method : AuditedMethods()) {
    INFO(method.name);
    CHECK(listed.emplace(method.name, &method).second);
    CHECK(method.events.empty() != method.why_none.empty());
  }
  std::set<std::string> there;
  for (const google::protobuf::FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        there.insert(
            absl::StrCat(method->service()->full_name(), "/", method->name()));
      }
    }
  }
  for (const std::string& name : there) {
    INFO("`" << name << "` is not in node/rpc/audited_methods.cc");
    CHECK(listed.count(name) == 1);
  }
  for (const auto& [name, method] : listed) {
    INFO("there is no method `" << name << "`");
    CHECK(there.count(name) == 1);
  }
}

TEST_CASE("every file with a service is looked at") {
  std::set<std::string> names;
  for (const google::protobuf::FileDescriptor* file : Files()) {
    names.insert(file->name());
  }
  int files = 0;
  for (const auto& entry : fs::directory_iterator(Source("proto/minga/v1"))) {
    if (!absl::StrContains(TextOf(entry.path()), "\nservice ")) continue;
    ++files;
    const std::string name =
        absl::StrCat("minga/v1/", entry.path().filename().string());
    INFO(name);
    CHECK(names.count(name) == 1);
  }
  CHECK(files >= 5);
}

// Names of the events that the product's source appends.
std::set<std::string> WrittenEvents() {
  std::string source;
  for (const char* room : {"node", "federation"}) {
    for (const auto& entry : fs::recursive_directory_iterator(Source(room))) {
      const std::string path = entry.path().string();
      // Those that list, name or read events write none.
      if (entry.path().extension() != ".cc" ||
          (absl::StrContains(path, "node/audit/") &&
           !absl::StrContains(path, "log_pruner")) ||
          absl::StrContains(path, "node/cli/") ||
          absl::StrContains(path, "audited_methods") ||
          absl::StrContains(path, "federation/audit_entry")) {
        continue;
      }
      source += TextOf(entry.path());
    }
  }
  std::set<std::string> written;
  for (int i = 1; i < v1::AuditEvent_ARRAYSIZE; ++i) {
    if (!v1::AuditEvent_IsValid(i)) continue;
    const std::string name =
        v1::AuditEvent_Name(static_cast<v1::AuditEvent>(i));
    std::size_t at = source.find(name);
    // Not as the beginning of a longer name.
    while (at != std::string::npos &&
           (std::isupper(source[at + name.size()]) != 0 ||
            source[at + name.size()] == '_')) {
      at = source.find(name, at + 1);
    }
    if (at != std::string::npos) written.insert(name);
  }
  return written;
}

TEST_CASE("every event is left by a method or by the node, and written") {
  std::set<v1::AuditEvent> listed(NodeEvents().begin(), NodeEvents().end());
  for (const AuditedMethod& method : AuditedMethods()) {
    listed.insert(method.events.begin(), method.events.end());
  }
  const std::set<std::string> written = WrittenEvents();
  CHECK(written.size() > 20);
  for (int i = 1; i < v1::AuditEvent_ARRAYSIZE; ++i) {
    if (!v1::AuditEvent_IsValid(i)) continue;
    const auto event = static_cast<v1::AuditEvent>(i);
    INFO(v1::AuditEvent_Name(event));
    CHECK(listed.count(event) == written.count(v1::AuditEvent_Name(event)));
  }
}

}  // namespace
}  // namespace minga::rpc
