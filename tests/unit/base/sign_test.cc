#include "node/base/crypto/sign.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "node/base/random.h"
#include "node/base/strings.h"

namespace minga {
namespace {

std::unique_ptr<SigningKey> KeyOf(const std::string& seed_hex) {
  auto key = SigningKey::FromSeed(*FromHex(seed_hex));
  REQUIRE(key.ok());
  return *std::move(key);
}

TEST_CASE("Ed25519 agrees with RFC 8032 section 7.1", "[base][sign]") {
  const auto empty =
      KeyOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  CHECK(Hex(empty->public_key()) ==
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  CHECK(Hex(empty->Sign("")) ==
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88"
        "21590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const auto two =
      KeyOf("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  CHECK(Hex(two->Sign("\xaf\x82")) ==
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9"
        "b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST_CASE("a signature holds for its message and key only", "[base][sign]") {
  SeededRandom random(31);
  for (int i = 0; i < 50; ++i) {
    const auto key = SigningKey::Generate(random);
    const auto other = SigningKey::Generate(random);
    REQUIRE(key.ok());
    REQUIRE(other.ok());
    const std::string message = random.Bytes(1 + random.Below(200));
    const std::string signature = (*key)->Sign(message);
    REQUIRE(signature.size() == kSignatureBytes);
    CHECK(signature == (*key)->Sign(message));
    CHECK(VerifySignature((*key)->public_key(), message, signature));
    CHECK_FALSE(VerifySignature((*other)->public_key(), message, signature));

    const auto flip = [&random](std::string bytes) {
      char& byte = bytes[random.Below(bytes.size())];
      byte = static_cast<char>(byte ^ (1 << random.Below(8)));
      return bytes;
    };
    CHECK_FALSE(
        VerifySignature((*key)->public_key(), flip(message), signature));
    CHECK_FALSE(
        VerifySignature((*key)->public_key(), message, flip(signature)));
    CHECK_FALSE(
        VerifySignature(flip((*key)->public_key()), message, signature));
  }
}

TEST_CASE("a key comes back from its seed", "[base][sign]") {
  SystemRandom random;
  const auto key = SigningKey::Generate(random);
  REQUIRE(key.ok());
  const auto again = SigningKey::FromSeed((*key)->seed());
  REQUIRE(again.ok());
  CHECK((*again)->public_key() == (*key)->public_key());
  CHECK((*again)->Sign("m") == (*key)->Sign("m"));
  const auto next = SigningKey::Generate(random);
  REQUIRE(next.ok());
  CHECK((*next)->seed() != (*key)->seed());
}

TEST_CASE("wrong sizes are refused", "[base][sign]") {
  for (const std::size_t size : {0, 31, 33, 64}) {
    CHECK(absl::IsInvalidArgument(
        SigningKey::FromSeed(std::string(size, 's')).status()));
  }
  const auto key = SigningKey::FromSeed(std::string(32, 's'));
  REQUIRE(key.ok());
  const std::string signature = (*key)->Sign("m");
  const std::string& public_key = (*key)->public_key();
  CHECK_FALSE(VerifySignature("", "m", signature));
  CHECK_FALSE(VerifySignature(public_key, "m", ""));
  CHECK_FALSE(VerifySignature(public_key.substr(1), "m", signature));
  CHECK_FALSE(VerifySignature(public_key + "x", "m", signature));
  CHECK_FALSE(VerifySignature(public_key, "m", signature.substr(0, 63)));
  CHECK_FALSE(VerifySignature(public_key, "m", signature + "x"));
}

TEST_CASE("a key under which anything verifies is no key", "[base][sign]") {
  // The neutral element as key and as R, and S = 0, satisfy the equation of
  // RFC 8032 for every message.
  std::string neutral(32, '\0');
  neutral[0] = 1;
  const std::string signature = neutral + std::string(32, '\0');
  CHECK_FALSE(VerifySignature(neutral, "I owe you 1", signature));
  std::string with_sign_bit = neutral;
  with_sign_bit[31] = static_cast<char>(0x80);
  CHECK_FALSE(VerifySignature(with_sign_bit, "I owe you 1", signature));
}

TEST_CASE("several threads sign with one key", "[base][sign]") {
  const auto made = SigningKey::FromSeed(std::string(32, 't'));
  REQUIRE(made.ok());
  const SigningKey& key = **made;
  const std::string expected = key.Sign("page");
  std::vector<int> same(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : same) {
      threads.emplace_back([&key, &expected, &count] {
        for (int i = 0; i < 100; ++i) count += key.Sign("page") == expected;
      });
    }
  }
  CHECK(same == std::vector<int>(4, 100));
}

}  // namespace
}  // namespace minga
