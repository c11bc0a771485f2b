#include "node/init.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/certificate.h"
#include "node/config.h"
#include "node/files.h"
#include "node/keys.h"
#include "tests/support/temporary_folder.h"

namespace minga {
namespace {

using testing::TemporaryFolder;

mode_t ModeOf(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777;
}

const absl::Time kNow = absl::FromUnixSeconds(1796083200);

InitOptions Colombia(const std::string& folder) {
  return InitOptions{.data_dir = folder,
                     .country = Country::Of("CO"),
                     .name = "Servicio Público de Empleo",
                     .listen = "",
                     .endpoint = "node.example.co:7443",
                     .now = kNow};
}

TEST_CASE("init makes a folder that the daemon can start from",
          "[node][init]") {
  const TemporaryFolder folder;
  const std::string data = folder / "co";
  SystemRandom random;
  REQUIRE(InitNode(Colombia(data), random) == absl::OkStatus());

  const absl::StatusOr<Config> config = LoadConfig(DataFolder{data});
  REQUIRE(config.ok());
  CHECK(config->country == Country::Of("CO"));
  CHECK(config->endpoints == std::vector<std::string>{"node.example.co:7443"});

  const absl::StatusOr<NodeKeys> keys = LoadKeys(DataFolder{data}.keys());
  REQUIRE(keys.status().message() == "");
  CHECK(keys->node.verifier.name == "minga/co/servicio-publico-de-empleo/node");
  CHECK(keys->log.verifier.name == "minga/co/servicio-publico-de-empleo");
  CHECK(keys->cosign.verifier.name ==
        "minga/co/servicio-publico-de-empleo/cosign");
  CHECK(keys->cosign.verifier.type == NoteKeyType::kEd25519Cosignature);
  CHECK(keys->storage.size() == 32);
  CHECK(keys->node.key->seed() != keys->log.key->seed());

  const absl::StatusOr<CertificateFacts> facts =
      ReadCertificate(keys->tls.certificate_pem);
  REQUIRE(facts.ok());
  CHECK(facts->not_before < kNow);
  CHECK(facts->not_after == kNow + kCertificateLife);
}

TEST_CASE("only the owner can read what init makes", "[node][init]") {
  const TemporaryFolder folder;
  const std::string data = folder / "co";
  SystemRandom random;
  REQUIRE(InitNode(Colombia(data), random).ok());
  CHECK(ModeOf(data) == 0700);
  CHECK(ModeOf(data + "/keys") == 0700);
  CHECK(ModeOf(data + "/keys/tls") == 0700);
  for (const char* secret :
       {"node.key", "log.key", "cosign.key", "storage.key", "tls/key.pem"}) {
    CAPTURE(secret);
    const std::string path = absl::StrCat(data, "/keys/", secret);
    CHECK(ModeOf(path) == 0600);
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    const absl::StatusOr<NodeKeys> keys = LoadKeys(data + "/keys");
    CHECK(absl::IsFailedPrecondition(keys.status()));
    CHECK(keys.status().message().find(secret) != std::string::npos);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
  }
  REQUIRE(::chmod((data + "/keys").c_str(), 0750) == 0);
  CHECK(absl::IsFailedPrecondition(LoadKeys(data + "/keys").status()));
}

TEST_CASE("init refuses a folder that is in use and leaves it alone",
          "[node][init]") {
  const TemporaryFolder folder;
  const std::string data = folder / "co";
  SystemRandom random;
  REQUIRE(MakeFolder(data, 0755).ok());
  std::ofstream(data + "/diary.txt") << "mine";
  CHECK(absl::IsAlreadyExists(InitNode(Colombia(data), random)));
  CHECK_FALSE(std::filesystem::exists(data + "/keys"));
  CHECK(ModeOf(data) == 0755);

  REQUIRE(std::filesystem::remove(data + "/diary.txt"));
  CHECK(InitNode(Colombia(data), random).ok());
  CHECK(ModeOf(data) == 0700);
  CHECK(absl::IsAlreadyExists(InitNode(Colombia(data), random)));
}

TEST_CASE("init refuses wrong options before it makes anything",
          "[node][init]") {
  const TemporaryFolder folder;
  const std::string data = folder / "co";
  SystemRandom random;
  InitOptions options = Colombia(data);
  SECTION("country") { options.country = Country(); }
  SECTION("name") { options.name = ""; }
  SECTION("listen") { options.listen = "7443"; }
  SECTION("endpoint") { options.endpoint = "node.example.co"; }
  CHECK(absl::IsInvalidArgument(InitNode(options, random)));
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE("a missing parent folder is named", "[node][init]") {
  const TemporaryFolder folder;
  SystemRandom random;
  const absl::Status status = InitNode(Colombia(folder / "none/co"), random);
  CHECK(absl::IsNotFound(status));
  CHECK(status.message().find("none/co") != std::string::npos);
}

TEST_CASE("damaged keys are told apart", "[node][keys]") {
  const TemporaryFolder folder;
  const std::string data = folder / "co";
  SystemRandom random;
  REQUIRE(InitNode(Colombia(data), random).ok());
  const std::string keys = data + "/keys";

  SECTION("not hexadecimal") {
    REQUIRE(WriteFileAtomically(keys + "/log.key", "zz", 0600).ok());
    CHECK(absl::IsInvalidArgument(LoadKeys(keys).status()));
  }
  SECTION("another key's public half") {
    REQUIRE(std::filesystem::copy_file(
        keys + "/node.vkey", keys + "/log.vkey",
        std::filesystem::copy_options::overwrite_existing));
    CHECK(absl::IsFailedPrecondition(LoadKeys(keys).status()));
  }
  SECTION("missing") {
    REQUIRE(std::filesystem::remove(keys + "/storage.key"));
    CHECK(absl::IsNotFound(LoadKeys(keys).status()));
  }
  SECTION("certificate") {
    REQUIRE(WriteFileAtomically(keys + "/tls/cert.pem", "x", 0644).ok());
    CHECK(absl::IsInvalidArgument(LoadKeys(keys).status()));
  }
}

TEST_CASE("slugs are ASCII and stable", "[node][keys]") {
  CHECK(Slug("Servicio Público de Empleo") == "servicio-publico-de-empleo");
  CHECK(Slug("  São Paulo -- (SINE)  ") == "sao-paulo-sine");
  CHECK(Slug("ÑANDÚ") == "nandu");
  CHECK(Slug("日本") == "");
  CHECK(Slug(std::string(200, 'a')).size() == 60);
}

}  // namespace
}  // namespace minga
