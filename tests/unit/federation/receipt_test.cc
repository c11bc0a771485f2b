#include "federation/receipt.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::MakeParty;
using test::Party;

struct Fixture {
  Party ec = MakeParty(test::kEcuador);
  Signer signer{ec.node_key.get(), ec.verifier().name};
  PageHeader page{test::kColombia, test::kEcuador, 3, 10, 20, 5,
                  Sha256("root")};
  v1::Receipt receipt;

  absl::StatusOr<OpenedReceipt> Open() {
    return OpenReceipt(receipt, ec.verifier(), test::kEcuador, test::kColombia,
                       FullDialect());
  }
  std::string Error() {
    const absl::StatusOr<OpenedReceipt> opened = Open();
    REQUIRE(absl::IsInvalidArgument(opened.status()));
    return std::string(opened.status().message());
  }
};

TEST_CASE_METHOD(Fixture, "a receipt tells what became of a page") {
  const ApplyResult result{2, 1, {{12, "unknown field"}, {20, "bad code"}}};
  SealReceipt(page, result, signer, FullDialect(), receipt);
  const absl::StatusOr<OpenedReceipt> opened = Open();
  REQUIRE(opened.ok());
  CHECK(IsFor(opened->header, page));
  CHECK(opened->header.applied == 2);
  CHECK(opened->header.withdrawn == 1);
  CHECK(opened->header.rejected == 2);
  REQUIRE(opened->rejections.size() == 2);
  CHECK(opened->rejections[1].seq == 20);
  CHECK(opened->rejections[1].reason == "bad code");
}

TEST_CASE_METHOD(Fixture, "a receipt reports retentions that ended") {
  ApplyResult result;
  SealReceipt(page, result, signer, FullDialect(), receipt);
  CHECK_FALSE(absl::StrContains(receipt.note(), "retention-ended"));
  CHECK(Open()->header.retention_ended == 0);
  result.retention_ended = 17;
  SealReceipt(page, result, signer, FullDialect(), receipt);
  CHECK(absl::StrContains(receipt.note(), "\nretention-ended: 17\n"));
  CHECK(Open()->header.retention_ended == 17);

  // One form for each number.
  ReceiptHeader header = Open()->header;
  const std::string text = header.Text();
  const std::string line = "retention-ended: 17\n";
  REQUIRE(absl::EndsWith(text, line));
  const std::string start = text.substr(0, text.size() - line.size());
  CHECK(ReceiptHeader::Parse(start)->retention_ended == 0);
  for (const char* wrong :
       {"retention-ended: 0\n", "retention-ended: 017\n",
        "retention-ended: -1\n", "retention-ended:\n",
        "retention-ended: 1\nretention-ended: 2\n", "more: 1\n"}) {
    CHECK(
        absl::IsInvalidArgument(ReceiptHeader::Parse(start + wrong).status()));
  }
}

TEST_CASE_METHOD(Fixture, "a receipt is for one page only") {
  const ReceiptHeader header =
      SealReceipt(page, {}, signer, FullDialect(), receipt);
  CHECK(IsFor(header, page));
  PageHeader other = page;
  other.root = Sha256("other");
  CHECK_FALSE(IsFor(header, other));
  other = page;
  other.after = 9;
  CHECK_FALSE(IsFor(header, other));
  other = page;
  other.epoch = 4;
  CHECK_FALSE(IsFor(header, other));
}

TEST_CASE_METHOD(Fixture, "the note of a receipt has the published form") {
  SealReceipt(page, {2, 1, {}}, signer, FullDialect(), receipt);
  CHECK(absl::StartsWith(
      receipt.note(),
      "minga/receipt/v1\nEC CO\n3 10 20\n2 1 0\n" +
          Base64(AsView(Sha256("root"))) +
          "\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"));
}

TEST_CASE_METHOD(Fixture, "each wrong thing in a receipt has its own error") {
  SealReceipt(page, {2, 1, {{12, "bad code"}}}, signer, FullDialect(), receipt);
  REQUIRE(Open().ok());
  SECTION("altered reason") {
    receipt.mutable_rejections(0)->set_reason("good");
    CHECK(absl::StrContains(Error(), "do not hash to the signed digest"));
  }
  SECTION("rejection left out") {
    receipt.clear_rejections();
    CHECK(absl::StrContains(Error(), "has 0 rejections, its note says 1"));
  }
  SECTION("other key") {
    const Party peru = MakeParty(test::kPeru);
    SealReceipt(page, {}, {peru.node_key.get(), ec.verifier().name},
                FullDialect(), receipt);
    CHECK(absl::StrContains(Error(), "no valid signature by `minga/ec/node`"));
  }
  SECTION("other parties") {
    page.origin = test::kPeru;
    SealReceipt(page, {}, signer, FullDialect(), receipt);
    CHECK(absl::StrContains(Error(), "receipt is from EC for PE"));
  }
  SECTION("rejections not ascending") {
    SealReceipt(page, {0, 0, {{12, "a"}, {12, "b"}}}, signer, FullDialect(),
                receipt);
    CHECK(absl::StrContains(Error(), "sequence 12 is not in (12, 20]"));
  }
  SECTION("rejection outside of the page") {
    SealReceipt(page, {0, 0, {{21, "a"}}}, signer, FullDialect(), receipt);
    CHECK(absl::StrContains(Error(), "sequence 21 is not in (10, 20]"));
  }
  SECTION("unknown field") {
    receipt.GetReflection()->MutableUnknownFields(&receipt)->AddVarint(77, 1);
    CHECK(absl::StrContains(Error(), "unknown field"));
  }
  SECTION("long checkpoint") {
    receipt.set_checkpoint(std::string(10'000, 'a'));
    CHECK(absl::StrContains(Error(), "receipt checkpoint has 10000 bytes"));
  }
}

TEST_CASE_METHOD(Fixture, "long reasons are cut, so that receipts stay small") {
  SealReceipt(page, {0, 0, {{12, std::string(5000, 'x')}}}, signer,
              FullDialect(), receipt);
  const absl::StatusOr<OpenedReceipt> opened = Open();
  REQUIRE(opened.ok());
  CHECK(opened->rejections[0].reason.size() <= kShortTextBytesMax);
}

}  // namespace
}  // namespace minga::federation
