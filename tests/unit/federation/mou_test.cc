#include "federation/mou.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::MakeParty;
using test::Party;

constexpr absl::string_view kTemplate =
    "# ask dpo@example.org\nparties: [\"@A@\", \"@B@\"]\n"
    "valid_from: \"@FROM@\"\nvalid_until: \"@UNTIL@\"\n";

TEST_CASE("a draft names the parties in alphabetical order") {
  const absl::StatusOr<std::string> draft = DraftMou(
      kTemplate, test::kPeru, test::kColombia, "2026-12-01", "2028-12-01");
  REQUIRE(draft.ok());
  CHECK(*draft ==
        "# ask dpo@example.org\nparties: [\"CO\", \"PE\"]\n"
        "valid_from: \"2026-12-01\"\nvalid_until: \"2028-12-01\"\n");
  CHECK(*draft == DraftMou(kTemplate, test::kColombia, test::kPeru,
                           "2026-12-01", "2028-12-01")
                      .value());
  CHECK(
      DraftMou(kTemplate, test::kPeru, test::kColombia, "2026-12-01", "").ok());
}

TEST_CASE("a template may name its parties itself") {
  constexpr absl::string_view kGroup =
      "parties: [\"CO\", \"EC\", \"PE\"]\nvalid_from: \"@FROM@\"\n"
      "valid_until: \"@UNTIL@\"\n";
  const absl::StatusOr<std::string> draft =
      DraftMou(kGroup, test::kColombia, Country(), "2026-12-01", "");
  REQUIRE(draft.ok());
  CHECK(*draft ==
        "parties: [\"CO\", \"EC\", \"PE\"]\nvalid_from: \"2026-12-01\"\n"
        "valid_until: \"\"\n");
  const absl::Status pair =
      DraftMou(kTemplate, test::kColombia, Country(), "2026-12-01", "")
          .status();
  REQUIRE(absl::IsInvalidArgument(pair));
  CHECK(absl::StrContains(pair.message(), "say with which one"));
}

TEST_CASE("a draft refuses what would not be a memorandum") {
  const auto error = [](absl::string_view text, absl::string_view from,
                        absl::string_view until) {
    const absl::StatusOr<std::string> draft =
        DraftMou(text, test::kPeru, test::kColombia, from, until);
    REQUIRE(absl::IsInvalidArgument(draft.status()));
    return std::string(draft.status().message());
  };
  CHECK(absl::StrContains(error("@A@ @FROM@ @UNTIL@", "2026-12-01", ""),
                          "lacks the placeholder `@B@`"));
  CHECK(absl::StrContains(
      error(absl::StrCat(kTemplate, "@MIN_K@\n"), "2026-12-01", ""),
      "line 5: unknown placeholder `@MIN_K@`"));
  CHECK(absl::StrContains(error(kTemplate, "soon", ""), "valid from"));
  CHECK(absl::StrContains(error(kTemplate, "2026-12-01", "2026-11-30"),
                          "is before"));
  CHECK(absl::IsInvalidArgument(
      DraftMou(kTemplate, test::kPeru, test::kPeru, "2026-12-01", "")
          .status()));
}

TEST_CASE("a memorandum collects the signatures of both parties") {
  const Party co = MakeParty(test::kColombia);
  const Party ec = MakeParty(test::kEcuador);
  const std::vector<NoteVerifier> parties = {co.verifier(), ec.verifier()};

  absl::StatusOr<MouNote> mou = ReadMou("purpose: x\n\nrule: y\n", parties);
  REQUIRE(mou.ok());
  CHECK(mou->signed_by.empty());
  MouNote one = SignMou(*mou, co.verifier().name, *co.node_key);
  REQUIRE(one.signed_by.size() == 1);
  CHECK(one.IsSignedBy(co.verifier()));
  CHECK_FALSE(one.IsSignedBy(ec.verifier()));
  const std::string once = one.note.Serialize();
  one = SignMou(one, co.verifier().name, *co.node_key);
  CHECK(one.note.Serialize() == once);

  absl::StatusOr<MouNote> arrived = ReadMou(once, parties);
  REQUIRE(arrived.ok());
  CHECK(arrived->note.text == "purpose: x\n\nrule: y\n");
  CHECK(arrived->signed_by.size() == 1);
  const MouNote both = SignMou(*arrived, ec.verifier().name, *ec.node_key);
  CHECK(ReadMou(both.note.Serialize(), parties)->signed_by.size() == 2);
}

TEST_CASE("a party whose key bears our key's name has not signed with ours") {
  const Party co = MakeParty(test::kColombia);
  NoteVerifier namesake = MakeParty(test::kEcuador).verifier();
  namesake.name = co.verifier().name;
  const std::vector<NoteVerifier> parties = {co.verifier(), namesake};
  const MouNote mou = SignMou(*ReadMou("purpose: x\n", parties),
                              co.verifier().name, *co.node_key);
  CHECK(mou.IsSignedBy(co.verifier()));
  CHECK_FALSE(mou.IsSignedBy(namesake));
  const absl::StatusOr<MouNote> read = ReadMou(mou.note.Serialize(), parties);
  REQUIRE(read.ok());
  CHECK(read->signed_by.size() == 1);
  CHECK_FALSE(read->IsSignedBy(namesake));

  const Party ec = MakeParty(test::kEcuador);
  const MouNote both = SignMou(mou, namesake.name, *ec.node_key);
  CHECK(both.signed_by.size() == 2);
  CHECK(ReadMou(both.note.Serialize(), parties)->IsSignedBy(namesake));
}

TEST_CASE("a memorandum with a wrong signature of a party is refused") {
  const Party co = MakeParty(test::kColombia);
  const Party ec = MakeParty(test::kEcuador);
  const std::vector<NoteVerifier> parties = {co.verifier(), ec.verifier()};
  const MouNote draft = *ReadMou("purpose: x\n", parties);

  // A stranger's signature says nothing, one in a party's name is a forgery.
  const Party peru = MakeParty(test::kPeru);
  const MouNote stranger = SignMou(draft, peru.verifier().name, *peru.node_key);
  REQUIRE(ReadMou(stranger.note.Serialize(), parties).ok());
  CHECK(ReadMou(stranger.note.Serialize(), parties)->signed_by.empty());

  const MouNote signed_mou = SignMou(draft, co.verifier().name, *co.node_key);
  const std::string altered = absl::StrReplaceAll(
      signed_mou.note.Serialize(), {{"purpose: x", "purpose: z"}});
  const absl::StatusOr<MouNote> read = ReadMou(altered, parties);
  REQUIRE(absl::IsInvalidArgument(read.status()));
  CHECK(absl::StrContains(read.status().message(), "minga/co/node"));
  CHECK(absl::IsInvalidArgument(ReadMou("", parties).status()));
  CHECK(absl::IsInvalidArgument(ReadMou("a\tb\n", parties).status()));
}

}  // namespace
}  // namespace minga::federation
