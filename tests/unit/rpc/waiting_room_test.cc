// Connections that have said nothing yet: how many, how long, and what counts
// as saying something.
#include "node/rpc/waiting_room.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"

namespace minga::rpc {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'796'083'200);

struct Entered {
  int fd = -1;
  std::optional<WaitingRoom::Guest> gone;
};

Entered Enter(WaitingRoom& room, const std::string& address,
              absl::Time now = kStart) {
  OwnedFd connection(::eventfd(0, EFD_CLOEXEC));
  REQUIRE(connection.valid());
  Entered entered;
  entered.fd = connection.get();
  entered.gone = room.Enter({std::move(connection), address, now});
  return entered;
}

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST_CASE("the first bytes tell who wants to shake hands", "[rpc][door]") {
  const std::string hello("\x16\x03\x01\x02\x00\x01", kOpeningBytes);
  CHECK(ReadOpening(hello) == Opening::kHello);
  CHECK(ReadOpening(absl::StrCat(hello, "more")) == Opening::kHello);
  for (std::size_t size = 0; size < hello.size(); ++size) {
    CAPTURE(size);
    CHECK(ReadOpening(hello.substr(0, size)) == Opening::kTooShort);
  }
  CHECK(ReadOpening("G") == Opening::kOther);
  CHECK(ReadOpening("GET / HTTP/1.1") == Opening::kOther);
  // Another record, SSL 2, a record without a message or beyond the longest,
  // and a handshake that does not begin with a hello.
  for (const absl::string_view other :
       {absl::string_view("\x17\x03\x03\x02\x00\x01", 6),
        absl::string_view("\x16\x02\x00\x02\x00\x01", 6),
        absl::string_view("\x16\x03\x01\x00\x03\x01", 6),
        absl::string_view("\x16\x03\x01\x40\x01\x01", 6),
        absl::string_view("\x16\x03\x01\xff\xff\x01", 6),
        absl::string_view("\x16\x03\x01\x02\x00\x02", 6)}) {
    CHECK(ReadOpening(other) == Opening::kOther);
  }
  CHECK(ReadOpening(absl::string_view("\x16\x03\x01\x40\x00\x01", 6)) ==
        Opening::kHello);
}

TEST_CASE("an address displaces its own oldest connection", "[rpc][door]") {
  WaitingRoom room;
  const int honest = Enter(room, "192.0.2.1").fd;
  const int first = Enter(room, "192.0.2.2").fd;
  for (std::size_t i = 1; i < kWaitingPerAddress; ++i) {
    CHECK_FALSE(Enter(room, "192.0.2.2").gone.has_value());
  }
  {
    const Entered next = Enter(room, "192.0.2.2");
    REQUIRE(next.gone.has_value());
    CHECK(next.gone->connection.get() == first);
    CHECK(next.gone->address == "192.0.2.2");
  }
  CHECK(room.Has(honest));
  CHECK_FALSE(room.Has(first));
  CHECK_FALSE(IsOpen(first));
}

TEST_CASE("the room has an end, and the newest gets in", "[rpc][door]") {
  WaitingRoom room;
  const int first = Enter(room, "192.0.2.1").fd;
  for (std::size_t i = 1; i < kWaitingMax; ++i) {
    CHECK_FALSE(Enter(room, absl::StrCat("198.51.100.", i)).gone.has_value());
  }
  const Entered newest = Enter(room, "203.0.113.1");
  REQUIRE(newest.gone.has_value());
  CHECK(newest.gone->connection.get() == first);
  CHECK(room.Has(newest.fd));
}

TEST_CASE("who says nothing has to go", "[rpc][door]") {
  WaitingRoom room;
  const int first = Enter(room, "192.0.2.1").fd;
  Enter(room, "192.0.2.2", kStart + absl::Seconds(1));
  const absl::Time soon = kStart + kHelloPatience - absl::Milliseconds(1);
  CHECK_FALSE(room.Overdue(soon).has_value());
  const auto gone = room.Overdue(kStart + kHelloPatience);
  REQUIRE(gone.has_value());
  CHECK(gone->connection.get() == first);
  CHECK_FALSE(room.Overdue(kStart + kHelloPatience).has_value());

  SECTION("also when the clock was set back") {
    CHECK(room.Overdue(kStart - absl::Hours(1)).has_value());
  }
  SECTION("but not for a correction") {
    CHECK_FALSE(room.Overdue(kStart - absl::Seconds(1)).has_value());
    room.Clear();
  }
  CHECK(room.empty());
  CHECK_FALSE(room.Overdue(kStart + absl::Hours(1)).has_value());
}

TEST_CASE("who leaves takes the connection along", "[rpc][door]") {
  WaitingRoom room;
  const int fd = Enter(room, "192.0.2.1").fd;
  {
    const WaitingRoom::Guest guest = room.Leave(fd);
    CHECK(guest.connection.get() == fd);
    CHECK(room.empty());
    CHECK(IsOpen(fd));
  }
  CHECK_FALSE(IsOpen(fd));
}

}  // namespace
}  // namespace minga::rpc
