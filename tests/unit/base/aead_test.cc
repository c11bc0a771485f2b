#include "node/base/crypto/aead.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "node/base/random.h"

namespace minga {
namespace {

const std::string kKey(kAeadKeyBytes, 'k');

TEST_CASE("what is sealed opens again", "[base][aead]") {
  SeededRandom random(41);
  for (int i = 0; i < 300; ++i) {
    const std::string key = random.Bytes(kAeadKeyBytes);
    const std::string plaintext = random.Bytes(random.Below(300));
    const std::string context = random.Bytes(random.Below(60));
    const auto sealed = Seal(key, plaintext, context, random);
    REQUIRE(sealed.ok());
    CHECK(sealed->size() == kAeadNonceBytes + plaintext.size() + kAeadTagBytes);
    const auto opened = Open(key, *sealed, context);
    REQUIRE(opened.ok());
    CHECK(*opened == plaintext);
  }
}

TEST_CASE("every altered bit is found", "[base][aead]") {
  SeededRandom random(42);
  const auto sealed = Seal(kKey, "documento 1712345678", "EC/person/7", random);
  REQUIRE(sealed.ok());
  for (std::size_t bit = 0; bit < sealed->size() * 8; ++bit) {
    std::string altered = *sealed;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    CHECK(absl::IsDataLoss(Open(kKey, altered, "EC/person/7").status()));
  }
}

TEST_CASE("wrong key, wrong context and cut text do not open", "[base][aead]") {
  SeededRandom random(43);
  const auto sealed = Seal(kKey, "secret", "person 7", random);
  REQUIRE(sealed.ok());
  CHECK(absl::IsDataLoss(
      Open(std::string(kAeadKeyBytes, 'x'), *sealed, "person 7").status()));
  CHECK(absl::IsDataLoss(Open(kKey, *sealed, "person 8").status()));
  CHECK(absl::IsDataLoss(Open(kKey, *sealed, "").status()));
  for (std::size_t size = 0; size < sealed->size(); ++size) {
    const auto opened = Open(kKey, sealed->substr(0, size), "person 7");
    CHECK(opened.status().code() == (size < kAeadNonceBytes + kAeadTagBytes
                                         ? absl::StatusCode::kInvalidArgument
                                         : absl::StatusCode::kDataLoss));
  }
  CHECK(absl::IsDataLoss(Open(kKey, *sealed + "x", "person 7").status()));
}

TEST_CASE("sizes other than the standard's are refused", "[base][aead]") {
  SeededRandom random(44);
  const std::string sealed(60, 's');
  for (const std::size_t size : {0, 16, 24, 31, 33, 64}) {
    const std::string key(size, 'k');
    CHECK(absl::IsInvalidArgument(Seal(key, "p", "c", random).status()));
    CHECK(absl::IsInvalidArgument(Open(key, sealed, "c").status()));
  }
  for (const std::size_t size : {0, 8, 11, 13, 16}) {
    CHECK(absl::IsInvalidArgument(
        SealWithNonce(kKey, std::string(size, 'n'), "p", "c").status()));
  }
}

TEST_CASE("each message has a nonce of its own", "[base][aead]") {
  SystemRandom random;
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) {
    const auto sealed = Seal(kKey, "same", "same", random);
    REQUIRE(sealed.ok());
    nonces.insert(sealed->substr(0, kAeadNonceBytes));
  }
  CHECK(nonces.size() == 1000);
}

TEST_CASE("the sealed form is nonce, ciphertext, tag", "[base][aead]") {
  // Test case 14 of the GCM specification (McGrew and Viega).
  const auto rest = SealWithNonce(std::string(32, '\0'), std::string(12, '\0'),
                                  std::string(16, '\0'), "");
  REQUIRE(rest.ok());
  CHECK(*rest ==
        std::string("\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3"
                    "\x9d\x18\xd0\xd1\xc8\xa7\x99\x99\x6b\xf0\x26\x5b\x98\xb5"
                    "\xd4\x8a\xb9\x19",
                    32));
  const auto opened =
      Open(std::string(32, '\0'), std::string(12, '\0') + *rest, "");
  REQUIRE(opened.ok());
  CHECK(*opened == std::string(16, '\0'));
}

}  // namespace
}  // namespace minga
