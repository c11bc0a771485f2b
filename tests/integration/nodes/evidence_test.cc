// Real nodes witness each other's logs; what they export is checked by our
// verifier, by somebody else's, and by openssl.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/note.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

namespace fs = std::filesystem;

// Runs a shell command; its output, and its exit code.
std::pair<int, std::string> Run(const std::string& command) {
  std::string output;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t got =
             std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

std::string Vkey(const NodeProcess& node, const std::string& name) {
  std::string key = ReadAll(node.data() + "/keys/" + name + ".vkey");
  while (!key.empty() && key.back() == '\n') key.pop_back();
  return key;
}

struct Witnesses : TwoCountries {
  void Put(NodeProcess& node, int count, const std::string& what) {
    std::vector<v1::Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(OpenVacancy(absl::StrCat(what, i), "Soldador"));
    }
    MustPut(node, records);
  }
  // The newest signed checkpoint is cosigned.
  static bool Cosigned(NodeProcess& node) {
    const v1::GetStatusResponse status = node.Status();
    return status.log_cosigners() > 0 &&
           status.log_cosigned_number() == status.log_number() &&
           status.log_cosigned_size() == status.log_checkpoint_size();
  }
  // All that its log has now is under a cosigned checkpoint.
  static void MustBeCosigned(NodeProcess& node) {
    const std::uint64_t size = node.Status().log_size();
    REQUIRE(WaitFor(
        [&] {
          return node.Status().log_checkpoint_size() >= size && Cosigned(node);
        },
        kPatience));
  }
  std::string Verify(const std::string& export_folder) const {
    return absl::StrCat("audit verify --folder ", export_folder, " --key '",
                        Vkey(*co, "log"), "' --peer-key '", Vkey(*ec, "cosign"),
                        "' --quorum 1");
  }
};

TEST_CASE_METHOD(Witnesses, "an auditor needs neither us nor our code") {
  MustJoin();
  Put(*co, 300, "v");
  REQUIRE(WaitFor([&] { return InStep(*co, *ec); }, kPatience));
  MustBeCosigned(*co);
  MustBeCosigned(*ec);

  const std::string taken = folder.path() + "/export";
  Minga(*co, "audit export " + taken, 0);
  const std::string verdict = Minga(*co, Verify(taken), 0);
  CHECK(absl::StrContains(verdict, "cosigned by 1 of the 1 peers"));
  CHECK(absl::StrContains(Minga(*co, "audit forks", 0), "no forks found"));

  // Again later: only what is new; it continues the first.
  const std::string first = folder.path() + "/first.checkpoint";
  fs::copy_file(taken + "/checkpoint", first);
  Put(*co, 300, "w");
  REQUIRE(WaitFor([&] { return InStep(*co, *ec); }, kPatience));
  MustBeCosigned(*co);
  Minga(*co, "audit export " + taken, 0);
  CHECK(absl::StrContains(Minga(*co, Verify(taken) + " --since " + first, 0),
                          "continues the older checkpoint"));

  SECTION("openssl alone checks the signature") {
    const auto [code, output] =
        Run(absl::StrCat(SourceFile("deploy/openssl_check.sh"), " ", taken,
                         "/checkpoint '", Vkey(*co, "log"), "'"));
    INFO(output);
    CHECK(code == 0);
  }
  SECTION("a verifier in another language agrees") {
    const fs::path logcheck =
        fs::path(MingaBinary()).parent_path() / "logcheck";
    if (!fs::exists(logcheck)) {
      WARN("SKIPPED: no Go here, so no logcheck");
    } else {
      const auto [code, output] = Run(absl::StrCat(
          logcheck.string(), " -key '", Vkey(*co, "log"), "' -peer-key '",
          Vkey(*ec, "cosign"), "' -quorum 1 -since ", first, " ", taken));
      INFO(output);
      CHECK(code == 0);
      CHECK(absl::StrContains(output, "1 consistency proofs"));
    }
  }
  SECTION("a byte changed on the disk is found") {
    std::fstream bundle(taken + "/tile/entries/000",
                        std::ios::in | std::ios::out | std::ios::binary);
    bundle.seekp(5);  // within the first entry, after its length
    bundle.put('\x7f');
    bundle.close();
    const std::string told = Minga(*co, Verify(taken), 8);
    INFO(told);
    CHECK(absl::StrContains(told, "tile/entries/000: entry 0"));
  }
  SECTION("an export that was cut off goes on") {
    // As a crash after some bundles leaves it.
    fs::remove(taken + "/checkpoint");
    std::ofstream(taken + "/unfinished") << "1\n";
    CHECK(absl::StrContains(Minga(*co, Verify(taken), 8), "checkpoint"));
    Minga(*co, "audit export " + taken, 0);
    Minga(*co, Verify(taken) + " --since " + first, 0);
  }
}

TEST_CASE_METHOD(Witnesses, "a log is closed and its witness goes on with it") {
  MustJoin();
  Put(*co, 20, "v");
  REQUIRE(
      WaitFor([&] { return InStep(*co, *ec) && Cosigned(*co); }, kPatience));
  MustBeCosigned(*co);
  const std::string taken = folder.path() + "/export";
  Minga(*co, "audit export " + taken, 0);
  const std::string first = folder.path() + "/first.checkpoint";
  fs::copy_file(taken + "/checkpoint", first);

  CHECK(absl::StrContains(Minga(*co, "audit close", 0), "/log-1`"));
  Put(*co, 20, "w");
  REQUIRE(
      WaitFor([&] { return InStep(*co, *ec) && Cosigned(*co); }, kPatience));
  MustBeCosigned(*co);
  CHECK(co->Status().log_number() == 1);
  CHECK(absl::StrContains(Minga(*co, "audit verify", 0),
                          "it continues 1 closed logs"));
  CHECK(absl::StrContains(Minga(*ec, "audit forks", 0), "no forks found"));

  // The end of the closed log and the next one are cosigned both.
  Minga(*co, "audit export " + taken, 0);
  const std::string verdict =
      Minga(*co, Verify(taken) + " --since " + first, 0);
  CHECK(absl::StrContains(verdict, "it continues 1 closed logs"));
  CHECK(absl::StrContains(verdict, "/log-1"));
  const auto [code, output] =
      Run(absl::StrCat(SourceFile("deploy/openssl_check.sh"), " ", taken,
                       "/1/checkpoint '", Vkey(*co, "log"), "'"));
  INFO(output);
  CHECK(code == 0);
  const fs::path logcheck = fs::path(MingaBinary()).parent_path() / "logcheck";
  if (fs::exists(logcheck)) {
    const auto [status, told] = Run(absl::StrCat(
        logcheck.string(), " -key '", Vkey(*co, "log"), "' -peer-key '",
        Vkey(*ec, "cosign"), "' -quorum 1 -since ", first, " ", taken));
    INFO(told);
    CHECK(status == 0);
    CHECK(absl::StrContains(told, "it continues 1 closed logs"));
  }

  // A start goes on with both: the peer tells what it holds of the newest.
  CHECK(co->Stop() == 0);
  REQUIRE(co->Start().ok());
  Put(*co, 5, "x");
  REQUIRE(WaitFor([&] { return Cosigned(*co); }, kPatience));
  CHECK(co->Status().log_signing_stopped().empty());
}

TEST_CASE_METHOD(Witnesses, "an older database is not signed on") {
  MustJoin();
  Put(*co, 10, "v");
  REQUIRE(
      WaitFor([&] { return InStep(*co, *ec) && Cosigned(*co); }, kPatience));
  MustBeCosigned(*co);
  const std::string backup = folder.path() + "/backup.db";
  Minga(*co, "backup " + backup, 0);
  const std::uint64_t before = co->Status().log_size();
  Put(*co, 10, "w");
  // What the peer cosigned has to be newer than the copy.
  REQUIRE(WaitFor(
      [&] {
        return InStep(*co, *ec) && Cosigned(*co) &&
               co->Status().log_cosigned_size() > before + 10;
      },
      kPatience));
  const std::uint64_t cosigned = co->Status().log_cosigned_size();

  // The backup without the checkpoint beside it: only the peers know.
  CHECK(co->Stop() == 0);
  const std::string database = co->data() + "/minga.db";
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(database + suffix);
  fs::copy_file(backup, database);
  fs::remove(co->data() + "/checkpoint");
  fs::remove(co->data() + "/index.db");
  REQUIRE(co->Start().ok());
  std::string stopped;
  const bool noticed = WaitFor(
      [&] {
        stopped = co->Status().log_signing_stopped();
        return absl::StrContains(stopped, "EC holds a checkpoint over");
      },
      kPatience);
  INFO(stopped << "; " << Minga(*co, "status", 0));
  REQUIRE(noticed);
  CHECK(co->Status().log_checkpoint_size() < cosigned);
  CHECK(absl::StrContains(Minga(*co, "status", 0), "LOG NOT SIGNED"));
  CHECK(absl::StrContains(Minga(*co, "audit forks", 0),
                          "NO CHECKPOINT IS SIGNED"));
  CHECK(
      absl::StrContains(Minga(*co, "audit tail -n 200", 0), "signing stopped"));

  // Also after another start, and without the peer.
  // It ends with an error: the last entries stay unsigned.
  CHECK(co->Stop() == 1);
  CHECK(ec->Stop() == 0);
  REQUIRE(co->Start().ok());
  CHECK(absl::StrContains(co->Status().log_signing_stopped(), "older copy"));
}

TEST_CASE_METHOD(Witnesses, "the log is read over HTTP, and nothing else") {
  MustJoin();
  Put(*co, 300, "v");
  REQUIRE(
      WaitFor([&] { return InStep(*co, *ec) && Cosigned(*co); }, kPatience));
  MustBeCosigned(*co);
  CHECK(co->Stop() == 0);
  const std::string config = co->data() + "/minga.toml";
  const std::string text = absl::StrReplaceAll(
      ReadAll(config), {{"http = \"\"", "http = \"127.0.0.1:0\""}});
  std::ofstream(config) << text;
  REQUIRE(co->Start().ok());
  const std::string log = co->Log();
  const std::size_t at = log.rfind("http://127.0.0.1:");
  REQUIRE(at != std::string::npos);
  const std::string url = log.substr(at, log.find('\n', at) - at);
  const auto get = [&](const std::string& path) {
    return Run("curl -sS -i --path-as-is --max-time 20 " + url + path).second;
  };

  REQUIRE(
      WaitFor([&] { return absl::StrContains(get("checkpoint"), "200 OK"); },
              kPatience));
  CHECK(absl::StrContains(get("checkpoint"), "no-cache"));
  CHECK(absl::StrContains(get("keys"), "minga/log-keys/v1"));
  CHECK(absl::StrContains(get("tile/0/000"), "immutable"));
  CHECK(absl::StrContains(get("tile/0/000"), "Content-Length: 8192"));
  for (const char* path :
       {"", "tile/0/999", "tile/0/000.p/300", "../minga.toml",
        "tile/../../minga.toml", "checkpoint?x=1", "tile/entries/x999/999"}) {
    CAPTURE(path);
    CHECK(absl::StrContains(get(path), "404 Not Found"));
  }
  CHECK(absl::StrContains(
      Run("curl -sS -i -X POST --max-time 20 " + url + "checkpoint").second,
      "405 Method Not Allowed"));
  // A log that was closed stays where it is; the next one has a folder.
  CHECK(absl::StrContains(get("1/checkpoint"), "404 Not Found"));
  // Not before the peers were heard after the start.
  REQUIRE(WaitFor(
      [&] {
        return Run(absl::StrCat(MingaBinary(), " --data ", co->data(),
                                " audit close"))
                   .first == 0;
      },
      kPatience));
  CHECK(absl::StrContains(get("1/checkpoint"), "/log-1"));
  CHECK(absl::StrContains(get("1/tile/0/000.p/1"), "Content-Length: 32"));
  CHECK(absl::StrContains(get("tile/0/000"), "Content-Length: 8192"));
  CHECK(absl::StrContains(get("2/checkpoint"), "404 Not Found"));
  CHECK(absl::StrContains(get("01/checkpoint"), "404 Not Found"));
  // However often it was asked for: one entry.
  const std::string tail = Minga(*co, "audit tail -n 1000", 0);
  const std::size_t entry = tail.find("over HTTP");
  REQUIRE(entry != std::string::npos);
  CHECK(tail.find("over HTTP", entry + 1) == std::string::npos);
}

}  // namespace
}  // namespace minga::testing
