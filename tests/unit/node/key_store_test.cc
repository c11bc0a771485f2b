// Keys on disk: what a rotation leaves, at whatever moment it is cut off.
#include "node/key_store.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/certificate.h"
#include "node/files.h"
#include "node/keys.h"

namespace minga {
namespace {

namespace fs = std::filesystem;
using federation::KeyUse;

const absl::Time kNow = absl::FromUnixSeconds(1796083200);
const std::set<std::string> kAll = {"tls", "node", "log", "cosign"};

struct Keys {
  Keys() : clock(kNow) {
    std::string name = (fs::temp_directory_path() / "minga-keys-XXXXXX");
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    folder = root + "/keys";
    REQUIRE(MakeKeys(folder, Country::Of("CO"), "Servicio", kNow, random) ==
            absl::OkStatus());
  }
  ~Keys() { fs::remove_all(root); }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  std::unique_ptr<KeyStore> Open() {
    auto store = KeyStore::Open(folder, facts, &clock, &random);
    INFO(store.status());
    REQUIRE(store.ok());
    return *std::move(store);
  }
  std::string ServedCertificate() {
    return ReadFile(folder + "/serving/cert.pem", 1 << 20).value();
  }
  bool Has(const std::string& name) { return fs::exists(folder + "/" + name); }

  SimulatedClock clock;
  SystemRandom random;
  OwnFacts facts{Country::Of("CO"), "Servicio", {"node.example.co:7443"}};
  std::string root;
  std::string folder;
};

TEST_CASE_METHOD(Keys, "the first descriptor stays what it is", "[keys]") {
  const std::string note = Open()->ring().Newest().note;
  clock.Advance(absl::Hours(48));
  const auto store = Open();
  CHECK(store->ring().Newest().note == note);
  CHECK(store->ring().Newest().descriptor.sequence == 1);
  CHECK(ServedCertificate() ==
        ReadFile(folder + "/tls/cert.pem", 1 << 20).value());
}

TEST_CASE_METHOD(Keys, "a rotation is there after a restart", "[keys]") {
  auto store = Open();
  const federation::OwnGeneration first = store->ring().Newest();
  CHECK(store->Rotate(kAll, 30).value() == 2);
  const federation::OwnGeneration second = store->ring().Newest();
  CHECK(federation::ChangedKeys(first.descriptor, second.descriptor).size() ==
        4);
  CHECK(second.descriptor.log_key.name == first.descriptor.log_key.name);
  store = Open();
  CHECK(store->ring().Newest().note == second.note);
  CHECK(store->ring().Sign(KeyUse::kNode, "x\n").size() == 2);
  CHECK(store->ring().Sign(KeyUse::kLog, "x\n").size() == 2);
  // Until a peer is known to have the second descriptor.
  CHECK(store->ring().TowardsPeer(Country::Of("EC")).certificate_pem ==
        first.descriptor.certificate_pem);
  CHECK(federation::CheckSuccessor(first.descriptor, second.descriptor,
                                   second.note) == absl::OkStatus());
}

TEST_CASE_METHOD(Keys, "whatever a crash leaves of a rotation, the node works",
                 "[keys]") {
  const std::string before = Open()->ring().Newest().note;
  // A whole rotation, of which only a part has reached the disk.
  REQUIRE(Open()->Rotate(kAll, 30).ok());
  REQUIRE(fs::exists(folder + "/2"));
  SECTION("before the rename: the former keys hold") {
    fs::rename(folder + "/2", folder + "/.new");
    const int kept = GENERATE(0, 1, 2, 3, 4, 5, 6, 7, 8);
    int seen = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder + "/.new"))
      if (entry.is_regular_file() && seen++ >= kept) fs::remove(entry.path());
    auto store = Open();
    CHECK(store->ring().Newest().note == before);
    CHECK(store->ring().Sign(KeyUse::kNode, "x\n").size() == 1);
    // And the next one is whole.
    CHECK(store->Rotate(kAll, 30).value() == 2);
    CHECK(Open()->ring().Newest().descriptor.sequence == 2);
  }
  SECTION("after it: the new ones do, wherever `serving` leads") {
    const int link = GENERATE(0, 1, 2);
    fs::remove(folder + "/serving");
    if (link == 1) fs::create_symlink("tls", folder + "/serving");
    if (link == 2) fs::create_symlink("tls", folder + "/serving.tmp");
    const auto store = Open();
    CHECK(store->ring().Newest().descriptor.sequence == 2);
    CHECK(ServedCertificate() ==
          ReadFile(folder + "/2/tls/cert.pem", 1 << 20).value());
  }
}

TEST_CASE_METHOD(Keys, "retired private keys are deleted, public ones stay",
                 "[keys]") {
  auto store = Open();
  REQUIRE(store->Rotate({"log", "tls"}, 30).ok());
  REQUIRE(store->Rotate({"node"}, 30).ok());
  REQUIRE(store->DestroyRetired() == absl::OkStatus());
  CHECK(Has("log.key"));
  CHECK(Has("tls/key.pem"));
  clock.Advance(absl::Hours(24 * 31));
  REQUIRE(store->DestroyRetired() == absl::OkStatus());
  CHECK_FALSE(Has("log.key"));
  CHECK_FALSE(Has("tls/key.pem"));
  CHECK_FALSE(Has("node.key"));
  CHECK(Has("log.vkey"));
  CHECK(Has("tls/cert.pem"));
  CHECK(Has("2/log.key"));
  CHECK(Has("2/tls/key.pem"));
  CHECK(Has("cosign.key"));  // in use still
  store = Open();
  CHECK(store->ring().Verifiers(KeyUse::kLog).size() == 2);
  CHECK(store->ring().Sign(KeyUse::kLog, "x\n").size() == 1);
  CHECK(store->ring().Sign(KeyUse::kNode, "x\n").size() == 1);
}

TEST_CASE_METHOD(Keys, "what the configuration says now is told to peers",
                 "[keys]") {
  const federation::OwnGeneration first = Open()->ring().Newest();
  facts.endpoints = {"other.example.co:443"};
  const federation::OwnGeneration second = Open()->ring().Newest();
  CHECK(second.descriptor.sequence == 2);
  CHECK(second.descriptor.endpoints == facts.endpoints);
  CHECK(federation::ChangedKeys(first.descriptor, second.descriptor).empty());
  CHECK_FALSE(second.descriptor.former_until.has_value());
  CHECK(Open()->ring().Newest().descriptor.sequence == 2);
}

TEST_CASE_METHOD(Keys, "a certificate is renewed before it ends", "[keys]") {
  auto store = Open();
  clock.Set(kNow + kCertificateLife - absl::Hours(24 * 61));
  REQUIRE(store->Keep() == absl::OkStatus());
  CHECK(store->ring().Sequence() == 1);
  clock.Set(kNow + kCertificateLife - absl::Hours(24 * 40));
  REQUIRE(store->Keep() == absl::OkStatus());
  REQUIRE(store->Keep() == absl::OkStatus());
  CHECK(store->ring().Sequence() == 2);
  const federation::Descriptor renewed = store->ring().Newest().descriptor;
  CHECK(ReadCertificate(renewed.certificate_pem)->not_after >
        clock.Now() + absl::Hours(24 * 700));
  CHECK(renewed.former_until == renewed.valid_from + 30);
  // One that has ended is of no more use to anybody.
  clock.Set(clock.Now() + kCertificateLife);
  REQUIRE(store->Keep() == absl::OkStatus());
  CHECK(store->ring().Newest().descriptor.former_until < DayOf(clock.Now()));
}

TEST_CASE_METHOD(Keys, "what is no order, damaged or missing is said",
                 "[keys]") {
  auto store = Open();
  CHECK(absl::StrContains(store->Rotate({"storage"}, 30).status().message(),
                          "`storage`"));
  CHECK(absl::IsInvalidArgument(store->Rotate({}, 30).status()));
  CHECK(absl::IsInvalidArgument(store->Rotate({"tls"}, 366).status()));
  CHECK(store->ring().Sequence() == 1);
  REQUIRE(store->Rotate({"node"}, 30).ok());
  const auto refusal = [&] {
    return std::string(
        KeyStore::Open(folder, facts, &clock, &random).status().message());
  };
  SECTION("a key that counts") {
    fs::remove(folder + "/2/node.key");
    CHECK(absl::StrContains(refusal(), "`node.key`"));
  }
  SECTION("another descriptor") {
    fs::copy_file(folder + "/1/descriptor", folder + "/2/descriptor",
                  fs::copy_options::overwrite_existing);
    CHECK(absl::StrContains(refusal(), "is not the descriptor of the keys"));
  }
  SECTION("a descriptor cut off") {
    fs::resize_file(folder + "/2/descriptor", 100);
    CHECK(absl::StrContains(refusal(), "2/descriptor"));
  }
}

}  // namespace
}  // namespace minga
