#include "node/rpc/decode.h"

#include <catch2/catch.hpp>

#include "google/protobuf/timestamp.pb.h"
#include "minga/v1/common.pb.h"
#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/rpc/status.h"
#include "node/rpc/times.h"

namespace minga::rpc {
namespace {

v1::RecordKey Key(const char* country, int kind, const char* id) {
  v1::RecordKey key;
  key.set_country(country);
  key.set_kind(static_cast<v1::RecordKind>(kind));
  key.set_id(id);
  return key;
}

TEST_CASE("keys survive the way there and back", "[rpc][decode]") {
  const auto key = Decode(Key("EC", 2, "abc-1"));
  REQUIRE(key.ok());
  CHECK(key->ToString() == "EC/profile/abc-1");
  v1::RecordKey back;
  Encode(*key, back);
  CHECK(back.SerializeAsString() == Key("EC", 2, "abc-1").SerializeAsString());
}

TEST_CASE("a wrong key names its part", "[rpc][decode]") {
  CHECK(Decode(Key("E", 1, "a")).status().message().find("country") !=
        std::string::npos);
  CHECK(Decode(Key("EC", 0, "a")).status().message().find("kind") !=
        std::string::npos);
  CHECK(Decode(Key("EC", 77, "a")).status().message().find("kind") !=
        std::string::npos);
  CHECK(Decode(Key("EC", 1, "")).status().message().find("id") !=
        std::string::npos);
  CHECK(Decode(Key("EC", 1, "a/b")).status().message().find("id") !=
        std::string::npos);
}

TEST_CASE("a search has defaults and bounds", "[rpc][decode]") {
  v1::SearchRecordsRequest request;
  const auto query = Decode(request);
  REQUIRE(query.ok());
  CHECK(query->kind == RecordKind::kVacancy);
  CHECK(query->limit == kSearchPageDefault);
  CHECK(query->offset == 0);

  SECTION("page size") { request.set_page_size(kSearchHitsMax + 1); }
  SECTION("country") { request.add_countries("Ecuador"); }
  SECTION("occupation letters") { request.set_isco_prefix("72a"); }
  SECTION("occupation length") { request.set_isco_prefix("72121"); }
  SECTION("subdivision") { request.set_subdivision("Pichincha"); }
  SECTION("kind") { request.set_kind(static_cast<v1::RecordKind>(99)); }
  SECTION("text") { request.set_text(std::string(1001, 'a')); }
  SECTION("token") { request.set_page_token("20-0011223344556677"); }
  CHECK(absl::IsInvalidArgument(Decode(request).status()));
}

TEST_CASE("a page token continues its own search only", "[rpc][decode]") {
  v1::SearchRecordsRequest request;
  request.set_text("soldador");
  request.add_countries("MX");
  request.set_page_token(PageToken(request, 40));
  // The page itself may change on the way.
  request.set_page_size(50);
  REQUIRE(Decode(request).ok());
  CHECK(Decode(request)->offset == 40);

  request.set_text("soldadora");
  CHECK(absl::IsInvalidArgument(Decode(request).status()));
  CHECK(PageToken(request, kSearchOffsetMax + 1).empty());
}

TEST_CASE("statuses keep code and text both ways", "[rpc][status]") {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "`x` is y");
    CHECK(FromGrpc(ToGrpc(status)) == status);
  }
  const std::string long_text(100000, 'a');
  CHECK(ToGrpc(absl::InternalError(long_text)).error_message().size() == 2048);
}

TEST_CASE("times survive, infinite ones become unset", "[rpc][times]") {
  const absl::Time time =
      absl::FromUnixSeconds(1796083200) + absl::Nanoseconds(123456789);
  CHECK(FromTimestamp(ToTimestamp(time)) == time);
  const absl::Time before = absl::UnixEpoch() - absl::Milliseconds(1);
  CHECK(FromTimestamp(ToTimestamp(before)) == before);
  CHECK(ToTimestamp(before).nanos() >= 0);
  CHECK(ToTimestamp(absl::InfinitePast()).seconds() == 0);
}

}  // namespace
}  // namespace minga::rpc
