// The probes of transparency-dev/merkle: proofs over RFC 6962 trees and their
// subtrees, 25 of them good, the others each spoilt in one way.
#include "storage/merkle.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::storage {
namespace {

using nlohmann::json;

// Some consistency probes have words such as "don't care" in place of a hash.
// Only their being equal or different counts, so a digest stands for them; with
// a prefix, because that of nothing is the root of the empty tree.
Digest DigestOf(const json& text) {
  const auto bytes = FromBase64(text.get<std::string>());
  REQUIRE(bytes.ok());
  const auto digest = ToDigest(*bytes);
  return digest.ok() ? *digest : Sha256({"no hash: ", *bytes});
}

// OK if the leaf's hash and the root can be hashes at all.
absl::Status CheckHashes(const json& probe) {
  for (const char* field : {"leafHash", "root"}) {
    const auto bytes = FromBase64(probe.at(field).get<std::string>());
    if (!bytes.ok()) return bytes.status();
    const auto digest = ToDigest(*bytes);
    if (!digest.ok()) return digest.status();
  }
  return absl::OkStatus();
}

std::vector<Digest> ProofOf(const json& probe) {
  std::vector<Digest> proof;
  const json& hashes = probe.at("proof");
  if (hashes.is_null()) return proof;
  for (const json& hash : hashes) proof.push_back(DigestOf(hash));
  return proof;
}

absl::Status VerifyTreeInclusion(const json& probe) {
  MINGA_RETURN_IF_ERROR(CheckHashes(probe));
  return VerifyInclusion(DigestOf(probe.at("leafHash")),
                         probe.at("leafIdx").get<LeafIndex>(),
                         probe.at("treeSize").get<LeafIndex>(), ProofOf(probe),
                         DigestOf(probe.at("root")));
}

absl::Status VerifyPartInclusion(const json& probe) {
  MINGA_RETURN_IF_ERROR(CheckHashes(probe));
  return VerifySubtreeInclusion(
      DigestOf(probe.at("leafHash")), probe.at("leafIdx").get<LeafIndex>(),
      probe.at("start").get<LeafIndex>(), probe.at("end").get<LeafIndex>(),
      ProofOf(probe), DigestOf(probe.at("root")));
}

absl::Status VerifyTreeConsistency(const json& probe) {
  return VerifyConsistency(
      probe.at("size1").get<LeafIndex>(), probe.at("size2").get<LeafIndex>(),
      ProofOf(probe), DigestOf(probe.at("root1")), DigestOf(probe.at("root2")));
}

absl::Status VerifyPartConsistency(const json& probe) {
  return VerifySubtreeConsistency(
      probe.at("start").get<LeafIndex>(), probe.at("end").get<LeafIndex>(),
      probe.at("size").get<LeafIndex>(), ProofOf(probe),
      DigestOf(probe.at("root1")), DigestOf(probe.at("root2")));
}

// Number of probes in `folder`, each of which must give what it says.
int RunProbes(const std::string& folder,
              absl::Status (*verify)(const json& probe)) {
  const char* data = std::getenv("MINGA_TEST_DATA");
  const std::filesystem::path root =
      std::filesystem::path(data == nullptr ? "" : data) /
      "conformance/merkle-rfc6962/testdata" / folder;
  if (!std::filesystem::exists(root)) {
    WARN("SKIPPED: no probes in " << root);
    return -1;
  }
  int probes = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    const json probe = json::parse(file);
    const absl::Status status = verify(probe);
    INFO(entry.path() << ": " << status);
    CHECK(status.ok() != probe.at("wantErr").get<bool>());
    ++probes;
  }
  return probes;
}

void CheckCount(int first, int second, int expected) {
  if (first < 0 || second < 0) return;  // reported as skipped
  CHECK(first + second == expected);
}

}  // namespace

TEST_CASE("all public inclusion probes give what they say", "[merkle]") {
  CheckCount(RunProbes("inclusion", &VerifyTreeInclusion),
             RunProbes("subtreeinclusion", &VerifyPartInclusion), 302);
}

TEST_CASE("all public consistency probes give what they say", "[merkle]") {
  CheckCount(RunProbes("consistency", &VerifyTreeConsistency),
             RunProbes("subtreeconsistency", &VerifyPartConsistency), 216);
}

}  // namespace minga::storage
