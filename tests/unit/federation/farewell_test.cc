#include "federation/farewell.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::kColombia;
using test::kEcuador;
using test::MakeParty;

Statement Sample() {
  Statement statement;
  statement.signer = kColombia;
  statement.other = kEcuador;
  statement.reason = "el memorando terminó";
  statement.sent_epoch = 7;
  statement.sent_last = 120;
  statement.sent_acknowledged = 120;
  statement.withdrawn = 40;
  statement.received_epoch = 9;
  statement.received_cursor = 12;
  statement.erased = 11;
  statement.at = "2026-11-22T06:00:00Z";
  return statement;
}

std::string Signed(const std::string& text, const test::Party& party) {
  Note note;
  note.text = text;
  note.signatures = {SignNote(text, party.verifier().name, *party.node_key)};
  return note.Serialize();
}

TEST_CASE("a final statement is read as it was signed", "[farewell]") {
  const test::Party colombia = MakeParty(kColombia);
  const Statement sample = Sample();
  const absl::StatusOr<Statement> read =
      ReadStatement(Signed(sample.Text(), colombia), kColombia, kEcuador,
                    {colombia.verifier()});
  REQUIRE(read.status() == absl::OkStatus());
  CHECK(read->Text() == sample.Text());
  CHECK(read->withdrawn == 40);
  CHECK(read->held == 0);
}

TEST_CASE("each mistake of a final statement is named", "[farewell]") {
  const test::Party colombia = MakeParty(kColombia);
  const test::Party peru = MakeParty(test::kPeru);
  struct Case {
    std::string from, to, error;
  };
  for (const Case& c : std::vector<Case>{
           {"farewell/v1", "farewell/v2", "line 1"},
           {"CO EC", "EC CO", "is of EC to CO, not of CO to EC"},
           {"CO EC", "CO PE", "not of CO to EC"},
           {"CO EC", "CO CO", "the same"},
           {"sent: 7 120 120", "sent: 7 120", "`sent` has 3 numbers"},
           {"withdrawn: 40", "withdrawn: -4", "is not a plain number"},
           {"erased: 11", "erased: 011", "is not a plain number"},
           {"at: 2026-11-22", "at: 2026-13-22", "`at` is not a time"},
           {"held: 0\n", "held: 0\nmore: 1\n", "expected `at: ...`"},
           {"reason: ", "because: ", "expected `reason: ...`"}}) {
    const std::string text =
        absl::StrReplaceAll(Sample().Text(), {{c.from, c.to}});
    const absl::Status status = ReadStatement(Signed(text, colombia), kColombia,
                                              kEcuador, {colombia.verifier()})
                                    .status();
    INFO(status);
    CHECK(absl::IsInvalidArgument(status));
    CHECK(absl::StrContains(status.message(), c.error));
  }
  CHECK(
      absl::StrContains(ReadStatement(Signed(Sample().Text(), peru), kColombia,
                                      kEcuador, {colombia.verifier()})
                            .status()
                            .message(),
                        "no valid signature by a node key of CO"));
  CHECK(absl::IsInvalidArgument(
      ReadStatement(std::string(10000, 'a'), kColombia, kEcuador, {})
          .status()));
}

}  // namespace
}  // namespace minga::federation
