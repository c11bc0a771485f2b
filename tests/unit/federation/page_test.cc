#include "federation/page.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "storage/merkle.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::MakeParty;
using test::Party;

v1::Row Upsert(SeqNo seq, absl::string_view id) {
  v1::Row row;
  row.set_seq(seq);
  row.set_kind(v1::RECORD_KIND_VACANCY);
  row.set_id(std::string(id));
  row.set_operation(v1::ROW_OPERATION_UPSERT);
  row.set_body(absl::StrCat("body of ", id));
  row.set_revision(seq);
  row.set_retention_days(30);
  row.set_retention_until("2027-06-30");
  row.set_no_onward_transfer(true);
  return row;
}

v1::Row Delete(SeqNo seq, absl::string_view id) {
  v1::Row row;
  row.set_seq(seq);
  row.set_kind(v1::RECORD_KIND_PROFILE);
  row.set_id(std::string(id));
  row.set_operation(v1::ROW_OPERATION_DELETE);
  row.set_reason("consent");
  row.mutable_erase_deadline()->set_seconds(1'800'000'000);
  return row;
}

struct Fixture {
  Party co = MakeParty(test::kColombia);
  Signer signer{co.node_key.get(), co.verifier().name};
  PageExpectation expected{test::kColombia, test::kEcuador, co.verifier(), 3,
                           10};
  PageHeader header{test::kColombia, test::kEcuador, 3, 10, 20, 0, {}};

  v1::Page Seal(const std::vector<v1::Row>& rows) {
    v1::Page page;
    for (const v1::Row& row : rows) page.add_rows(row.SerializeAsString());
    SealPage(header, signer, page);
    return page;
  }
  std::string ErrorOf(const v1::Page& page) {
    const absl::StatusOr<OpenedPage> opened = OpenPage(page, expected);
    REQUIRE_FALSE(opened.ok());
    return opened.status().ToString();
  }
  // The error of a page whose one row was changed before it was signed.
  std::string RowError(const std::function<void(v1::Row&)>& change,
                       v1::Row row = Upsert(12, "a")) {
    change(row);
    return ErrorOf(Seal({row}));
  }
};

TEST_CASE_METHOD(Fixture, "a page arrives as it was sent") {
  v1::Page page = Seal({Upsert(12, "a"), Delete(20, "b")});
  page.set_caught_up(true);
  const absl::StatusOr<OpenedPage> opened = OpenPage(page, expected);
  REQUIRE(opened.ok());
  CHECK(opened->header == header);
  CHECK(opened->caught_up);
  CHECK_FALSE(opened->replay);
  REQUIRE(opened->rows.size() == 2);
  CHECK(opened->rows[0].key.ToString() == "CO/vacancy/a");
  CHECK(opened->rows[0].upsert);
  CHECK(opened->rows[0].body == "body of a");
  CHECK(opened->rows[0].retention_days == 30);
  CHECK(opened->rows[0].retention_until == absl::CivilDay(2027, 6, 30));
  CHECK(opened->rows[0].no_onward_transfer);
  CHECK(opened->rows[1].key.ToString() == "CO/profile/b");
  CHECK_FALSE(opened->rows[1].upsert);
  CHECK(opened->rows[1].reason == "consent");
  CHECK(opened->rows[1].seq == 20);
}

TEST_CASE_METHOD(Fixture, "a page without rows moves the cursor") {
  const absl::StatusOr<OpenedPage> opened = OpenPage(Seal({}), expected);
  REQUIRE(opened.ok());
  CHECK(opened->rows.empty());
  CHECK(opened->header.upto == 20);
}

TEST_CASE("the note of a page has the published form") {
  const Party co = MakeParty(test::kColombia);
  v1::Page page;
  page.add_rows("row");
  PageHeader header{test::kColombia, test::kEcuador, 1, 0, 5, 0, {}};
  SealPage(header, {co.node_key.get(), co.verifier().name}, page);
  // SHA-256(0x00 || "row"), by sha256sum.
  CHECK(absl::StartsWith(
      page.note(),
      "minga/page/v1\nCO EC\n1 0 5\n1\n"
      "wIGyjkmrZg5SGNgScKMRyA1nJnhduHjtSntaGmiYNt4=\n\n\xE2\x80\x94 "
      "minga/co/node "));
}

TEST_CASE_METHOD(Fixture, "each wrong thing in a page has its own error") {
  const v1::Page good = Seal({Upsert(12, "a"), Upsert(13, "b")});
  REQUIRE(OpenPage(good, expected).ok());
  v1::Page page = good;

  SECTION("altered row") {
    page.set_rows(0, Upsert(12, "c").SerializeAsString());
    CHECK(absl::StrContains(ErrorOf(page), "do not hash to the signed root"));
  }
  SECTION("rows exchanged") {
    page.mutable_rows()->SwapElements(0, 1);
    CHECK(absl::StrContains(ErrorOf(page), "do not hash to the signed root"));
  }
  SECTION("row left out") {
    page.mutable_rows()->RemoveLast();
    CHECK(absl::StrContains(ErrorOf(page), "has 1 rows, its note says 2"));
  }
  SECTION("other key") {
    const Party peru = MakeParty(test::kPeru);
    SealPage(header, {peru.node_key.get(), co.verifier().name}, page);
    CHECK(absl::StrContains(ErrorOf(page), "no valid signature by `minga/co"));
  }
  SECTION("not a note") {
    page.set_note("hello");
    CHECK(absl::StrContains(ErrorOf(page), "no blank line"));
  }
  SECTION("note too long") {
    page.set_note(std::string(10'000, 'a'));
    CHECK(absl::StrContains(ErrorOf(page), "page note has 10000 bytes"));
  }
  SECTION("for another country") {
    expected.follower = test::kPeru;
    CHECK(absl::StrContains(ErrorOf(page), "page is from CO for EC, not"));
  }
  SECTION("other epoch") {
    expected.epoch = 4;
    CHECK(absl::StrContains(ErrorOf(page), "ABORTED: page (10, 20] is of"));
  }
  SECTION("gap") {
    expected.cursor = 9;
    CHECK(absl::StrContains(ErrorOf(page), "leaves a gap after the cursor 9"));
  }
  SECTION("overlap") {
    expected.cursor = 11;
    CHECK(absl::StrContains(ErrorOf(page), "overlaps the cursor 11"));
  }
  SECTION("unknown field") {
    page.GetReflection()->MutableUnknownFields(&page)->AddVarint(77, 1);
    CHECK(absl::StrContains(ErrorOf(page), "page has an unknown field"));
  }
}

TEST_CASE_METHOD(Fixture, "a replayed page is known as one") {
  const v1::Page page = Seal({Upsert(12, "a")});
  expected.cursor = 20;
  const absl::StatusOr<OpenedPage> opened = OpenPage(page, expected);
  REQUIRE(opened.ok());
  CHECK(opened->replay);
  CHECK(opened->rows.empty());
}

TEST_CASE_METHOD(Fixture, "each wrong row of a page is named") {
  const auto contains = [](const std::string& text, const char* part) {
    CAPTURE(text);
    CHECK(absl::StrContains(text, part));
  };
  contains(RowError([](v1::Row& r) { r.set_seq(10); }), "row 1: sequence 10");
  contains(RowError([](v1::Row& r) { r.set_seq(21); }), "row 1: sequence 21");
  contains(ErrorOf(Seal({Upsert(13, "a"), Upsert(13, "b")})),
           "row 2: sequence 13 is not in (13, 20]");
  contains(RowError([](v1::Row& r) { r.clear_kind(); }), "row 1: ");
  contains(RowError([](v1::Row& r) { r.set_id("a b"); }), "row 1: ");
  contains(RowError([](v1::Row& r) { r.set_id(std::string(65, 'a')); }),
           "row 1: ");
  contains(RowError([](v1::Row& r) { r.clear_operation(); }),
           "unknown operation 0");
  contains(RowError([](v1::Row& r) { r.clear_body(); }), "body has 0 bytes");
  contains(RowError([](v1::Row& r) {
             r.set_body(std::string(kRecordBytesMax + 1, 'a'));
           }),
           "body has 131073 bytes");
  contains(RowError([](v1::Row& r) { r.set_reason("x"); }),
           "an UPSERT has no reason");
  contains(RowError([](v1::Row& r) { r.set_retention_until("tomorrow"); }),
           "retention_until: ");
  contains(RowError([](v1::Row& r) { r.set_retention_days(99'999); }),
           "retention of 99999 days");
  contains(RowError([](v1::Row& r) { r.set_body("x"); }, Delete(12, "a")),
           "a DELETE has no body");
  contains(RowError([](v1::Row& r) { r.clear_reason(); }, Delete(12, "a")),
           "reason has 0 bytes");
  contains(
      RowError([](v1::Row& r) { r.clear_erase_deadline(); }, Delete(12, "a")),
      "a DELETE needs a deadline");
  contains(RowError([](v1::Row& r) {
             r.GetReflection()->MutableUnknownFields(&r)->AddVarint(99, 1);
           }),
           "row 1: unknown field");
  v1::Page page;
  page.add_rows("\xFF\xFF");
  SealPage(header, signer, page);
  contains(ErrorOf(page), "row 1: not a Row");
}

TEST_CASE_METHOD(Fixture, "a page over its bounds is refused before it costs") {
  v1::Page many;
  for (int i = 0; i <= kFeedPageRowsMax; ++i) many.add_rows("x");
  CHECK(absl::StrContains(ErrorOf(many), "page has 1025 rows"));
  v1::Page large;
  large.add_rows(std::string(kFeedPageBytesMax + 1, 'x'));
  CHECK(absl::StrContains(ErrorOf(large), "page has 2097153 bytes of rows"));
}

TEST_CASE("the note of a page has one form only") {
  const std::string good =
      PageHeader{test::kColombia,    test::kEcuador, 1, 2, 3, 0,
                 storage::RootOf({})}
          .Text();
  REQUIRE(PageHeader::Parse(good).ok());
  CHECK(PageHeader::Parse(good)->Text() == good);
  const auto error = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const absl::StatusOr<PageHeader> parsed = PageHeader::Parse(text);
    REQUIRE(absl::IsInvalidArgument(parsed.status()));
    return std::string(parsed.status().message());
  };
  CHECK(absl::StrContains(error("v1", "v2"), "line 1"));
  CHECK(absl::StrContains(error("CO EC", "CO CO"), "line 2"));
  CHECK(absl::StrContains(error("CO EC", "CO  EC"), "line 2"));
  CHECK(absl::StrContains(error("1 2 3", "1 02 3"), "line 3"));
  CHECK(absl::StrContains(error("1 2 3", "1 4 3"), "range ends before start"));
  CHECK(
      absl::StrContains(error("1 2 3", "1 2 99999999999999999999"), "line 3"));
  CHECK(absl::StrContains(error("\n0\n", "\n1025\n"), "more than 1024 rows"));
  CHECK(absl::StrContains(error("=\n", "\n"), "line 5"));
  CHECK(absl::StrContains(error("=\n", "=\n\n"), "line 6"));
}

}  // namespace
}  // namespace minga::federation
