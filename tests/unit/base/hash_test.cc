#include "node/base/crypto/hash.h"

#include <catch2/catch.hpp>
#include <string>

#include "node/base/random.h"
#include "node/base/strings.h"

namespace minga {
namespace {

std::string HexOf(const Digest& digest) { return Hex(AsView(digest)); }

TEST_CASE("SHA-256 agrees with FIPS 180-4's examples", "[base][hash]") {
  CHECK(HexOf(Sha256("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(HexOf(Sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(HexOf(Sha256(
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(HexOf(Sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("parts hash as their concatenation", "[base][hash]") {
  SeededRandom random(21);
  for (int i = 0; i < 500; ++i) {
    const std::string a = random.Bytes(random.Below(100));
    const std::string b = random.Bytes(random.Below(100));
    const std::string c = random.Bytes(random.Below(100));
    CHECK(Sha256({a, b, c}) == Sha256(a + b + c));
  }
  CHECK(Sha256(std::initializer_list<absl::string_view>{}) == Sha256(""));
  CHECK(Sha256({absl::string_view(), "a", absl::string_view()}) == Sha256("a"));
}

TEST_CASE("HMAC agrees with RFC 4231", "[base][hash]") {
  CHECK(HexOf(HmacSha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(HexOf(HmacSha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(HexOf(HmacSha256(std::string(131, '\xaa'),
                         "Test Using Larger Than Block-Size Key - Hash Key "
                         "First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(HexOf(HmacSha256("", "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  // A key of exactly one block is used as it is, a longer one is hashed.
  const std::string block(64, 'k');
  CHECK(HmacSha256(block, "m") != HmacSha256(ToBytes(Sha256(block)), "m"));
  CHECK(HmacSha256(block + "k", "m") ==
        HmacSha256(ToBytes(Sha256(block + "k")), "m"));
}

TEST_CASE("a digest is 32 bytes and nothing else", "[base][hash]") {
  const Digest digest = Sha256("x");
  CHECK(AsView(digest).size() == 32);
  REQUIRE(ToDigest(ToBytes(digest)).ok());
  CHECK(*ToDigest(ToBytes(digest)) == digest);
  for (const std::size_t size : {0, 31, 33, 64}) {
    CHECK(absl::IsInvalidArgument(ToDigest(std::string(size, 'x')).status()));
  }
}

TEST_CASE("comparison sees every bit and every length", "[base][hash]") {
  const std::string bytes = ToBytes(Sha256("x"));
  CHECK(EqualInConstantTime(bytes, std::string(bytes)));
  CHECK(EqualInConstantTime("", absl::string_view()));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string other = bytes;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(EqualInConstantTime(bytes, other));
  }
  CHECK_FALSE(EqualInConstantTime(bytes, bytes.substr(0, 31)));
  CHECK_FALSE(EqualInConstantTime(bytes, bytes + std::string(1, '\0')));
}

}  // namespace
}  // namespace minga
