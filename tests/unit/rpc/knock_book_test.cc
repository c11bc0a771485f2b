// Who may shake hands how often.
#include "node/rpc/knock_book.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"

namespace minga::rpc {
namespace {

constexpr Country kEcuador = Country::Of("EC");
constexpr Country kPeru = Country::Of("PE");
const absl::Time kStart = absl::FromUnixSeconds(1'796'083'200);

int Admitted(KnockBook& book, const std::string& address, int knocks,
             absl::Time now) {
  int admitted = 0;
  for (int i = 0; i < knocks; ++i) admitted += book.Admit(address, now);
  return admitted;
}

// One handshake from each of `count` addresses.
int FromEverywhere(KnockBook& book, int count, absl::Time now) {
  int admitted = 0;
  for (int i = 0; i < count; ++i) {
    admitted += book.Admit(
        absl::StrCat("198.", 18 + i / 65536, ".", i / 256 % 256, ".", i % 256),
        now);
  }
  return admitted;
}

TEST_CASE("an address gets what comes back in time", "[rpc][door]") {
  KnockBook book(60);
  CHECK(Admitted(book, "192.0.2.1", 1000, kStart) == 60);
  CHECK(Admitted(book, "192.0.2.1", 1000, kStart + absl::Seconds(10)) == 10);
  // A peer's address is not concerned, whatever others do.
  book.Know(kEcuador, "192.0.2.2", kStart);
  CHECK(Admitted(book, "192.0.2.2", 1000, kStart) == 60);
}

TEST_CASE("a flood from everywhere leaves room for those who are known",
          "[rpc][door]") {
  KnockBook book(10);
  book.Know(kEcuador, "192.0.2.1", kStart);
  CHECK(FromEverywhere(book, 100'000, kStart) == 10 * kStrangersShare);
  CHECK(Admitted(book, "203.0.113.9", 1, kStart) == 0);
  CHECK(book.Knows("192.0.2.1"));
  CHECK(Admitted(book, "192.0.2.1", 11, kStart) == 10);
  // A stranger comes in again when the flood is over.
  CHECK(Admitted(book, "203.0.113.9", 1, kStart + absl::Minutes(1)) == 1);
}

TEST_CASE("a peer that comes from everywhere displaces only itself",
          "[rpc][door]") {
  KnockBook book(10);
  book.Know(kEcuador, "192.0.2.1", kStart);
  absl::Time now = kStart;
  for (int i = 0; i < 100; ++i) {
    now += absl::Seconds(1);
    book.Know(kPeru, absl::StrCat("198.51.100.", i), now);
  }
  CHECK(book.Knows("192.0.2.1"));
  int known = 0;
  for (int i = 0; i < 100; ++i) {
    known += book.Knows(absl::StrCat("198.51.100.", i));
  }
  CHECK(known == kAddressesPerPeer);
  CHECK(book.Knows("198.51.100.99"));
  // The one that has not called for longest goes.
  book.Know(kPeru, "198.51.100.96", now + absl::Seconds(1));
  book.Know(kPeru, "198.51.100.1", now + absl::Seconds(2));
  CHECK(book.Knows("198.51.100.96"));
  CHECK_FALSE(book.Knows("198.51.100.97"));
}

TEST_CASE("calls without an address are nobody's", "[rpc][door]") {
  KnockBook book(10);
  book.Know(kEcuador, "", kStart);
  CHECK_FALSE(book.Knows(""));
  CHECK(Admitted(book, "", 11, kStart) == 10);
}

TEST_CASE("addresses count by what their owner cannot choose", "[rpc][door]") {
  CHECK(AddressKey("192.0.2.1") == "192.0.2.1");
  CHECK(AddressKey("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(AddressKey("2001:db8::1") == AddressKey("2001:db8::2:1"));
  CHECK(AddressKey("2001:db8::1") != AddressKey("2001:db8:0:1::1"));
  CHECK(AddressKey("fe80::1%eth0") == "fe80:0:0:0");
  for (const char* wrong :
       {"", "nonsense", "192.0.2", "192.0.2.1.5", "%eth0"}) {
    CAPTURE(wrong);
    CHECK(AddressKey(wrong).empty());
  }
  CHECK(AddressKeyOfUri("ipv4:192.0.2.1:50312") == "192.0.2.1");
  CHECK(AddressKeyOfUri("ipv6:%5B2001:db8::1%5D:50312") ==
        AddressKey("2001:db8::1"));
  CHECK(AddressKeyOfUri("ipv6:%5Bfe80::1%25eth0%5D:1") == "fe80:0:0:0");
  CHECK(AddressKeyOfUri("ipv6:[::ffff:192.0.2.1]:1") == "192.0.2.1");
  CHECK(AddressKeyOfUri("unix:/run/minga").empty());
  CHECK(AddressKeyOfUri("ipv4:").empty());
}

}  // namespace
}  // namespace minga::rpc
