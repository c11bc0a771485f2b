#include "federation/descriptor.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::MakeParty;
using test::Party;

// The party's descriptor with a change to its text, signed all the same.
std::string SignedText(const Party& party, absl::string_view from,
                       absl::string_view to) {
  Note note;
  note.text = absl::StrReplaceAll(party.descriptor.Text(), {{from, to}});
  note.signatures.push_back(
      SignNote(note.text, party.descriptor.node_key.name, *party.node_key));
  return note.Serialize();
}

std::string ErrorOf(const Party& party, absl::string_view from,
                    absl::string_view to) {
  const absl::StatusOr<Descriptor> read =
      ReadDescriptor(SignedText(party, from, to));
  REQUIRE(absl::IsInvalidArgument(read.status()));
  return std::string(read.status().message());
}

TEST_CASE("a descriptor survives the way to a peer") {
  Party party = MakeParty(test::kEcuador);
  party.descriptor.endpoints = {"node.example.ec:7443", "[2001:db8::1]:443"};
  party.descriptor.sequence = 7;
  const absl::StatusOr<Descriptor> read =
      ReadDescriptor(party.DescriptorNote());
  REQUIRE(read.ok());
  CHECK(read->Text() == party.descriptor.Text());
  CHECK(read->endpoints == party.descriptor.endpoints);
  CHECK(read->sequence == 7);
  CHECK(read->certificate_pem == party.descriptor.certificate_pem);
  CHECK(Fingerprint(*read) == Fingerprint(party.descriptor));
}

TEST_CASE("each wrong line of a descriptor is named") {
  const Party party = MakeParty(test::kEcuador);
  const std::string node_key = party.descriptor.node_key.ToVkey();
  const std::string log_key = party.descriptor.log_key.ToVkey();
  struct Case {
    std::string from, to, error;
  };
  const std::vector<Case> cases = {
      {"descriptor/v1", "descriptor/v2", "line 1: expected `minga/descr"},
      {"country: EC", "country: Ecuador", "line 2: "},
      {"name: Serv", "name:  Serv", "line 3: name begins or ends with"},
      {"name: Serv", "nome: Serv", "line 3: expected `name: ...`"},
      {"sequence: 1", "sequence: 0", "line 4: sequence begins at 1"},
      {"sequence: 1", "sequence: 01", "line 4: `01` is not a plain number"},
      {":7443", ":70000", "line 5: endpoint `ec.example:70000`"},
      {"ec.example:7443", "ec/example:7443", "line 5: endpoint"},
      {"certificate: M", "certificate: !", "line 6: certificate is not base64"},
      {"certificate: M", "certificate: N", "line 6: certificate"},
      {"log-key: " + log_key, "log-key: " + node_key,
       "line 8: `log-key` is the same key"},
      {"cosign-key: ", "cosign-key: x", "line 9: "},
      {party.descriptor.cosign_key.ToVkey(), log_key,
       "line 9: `cosign-key` is of signature type 1, not 4"},
      {"valid-from: 2026-01-01", "valid-from: 2026-02-30", "line 10: "},
      {"valid-until: 2028", "valid-until: 2020",
       "line 11: `valid-until` is before `valid-from`"},
      {"protocol: 1-2", "protocol: 2-1", "line 12: protocol `2-1` is not"},
      {"protocol: 1-2\n", "protocol: 1-2\nmore: 1\n",
       "line 13: nothing may follow"},
      {"protocol: 1-2\n", "", "line 12: `protocol` is missing"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.from, c.to);
    const std::string error = ErrorOf(party, c.from, c.to);
    CAPTURE(error);
    CHECK(absl::StrContains(error, c.error));
  }
}

TEST_CASE("a descriptor has one to four endpoints") {
  Party party = MakeParty(test::kEcuador);
  party.descriptor.endpoints.assign(4, "node.example:1");
  CHECK(ReadDescriptor(party.DescriptorNote()).ok());
  party.descriptor.endpoints.assign(5, "node.example:1");
  CHECK(absl::StrContains(
      ReadDescriptor(party.DescriptorNote()).status().message(),
      "line 9: more than 4 endpoints"));
  party.descriptor.endpoints.clear();
  CHECK(absl::StrContains(
      ReadDescriptor(party.DescriptorNote()).status().message(),
      "line 5: expected `endpoint: ...`"));
}

TEST_CASE("a descriptor must be signed by its own node key") {
  const Party ecuador = MakeParty(test::kEcuador);
  const Party peru = MakeParty(test::kPeru);
  const absl::StatusOr<Descriptor> forged =
      ReadDescriptor(SignDescriptor(ecuador.descriptor, *peru.node_key));
  CHECK(absl::StrContains(forged.status().message(), "no valid signature"));
  std::string altered = ecuador.DescriptorNote();
  altered = absl::StrReplaceAll(altered, {{"ec.example", "ev.example"}});
  CHECK(absl::IsInvalidArgument(ReadDescriptor(altered).status()));
  CHECK(absl::IsInvalidArgument(
      ReadDescriptor(std::string(100'000, 'a')).status()));
  CHECK(absl::IsInvalidArgument(ReadDescriptor("").status()));
}

TEST_CASE("a descriptor holds from its first day to its last") {
  const Descriptor d = MakeParty(test::kEcuador).descriptor;
  CHECK(CheckValidity(d, absl::CivilDay(2026, 1, 1)).ok());
  CHECK(CheckValidity(d, absl::CivilDay(2028, 1, 1)).ok());
  CHECK(absl::IsFailedPrecondition(
      CheckValidity(d, absl::CivilDay(2025, 12, 31))));
  CHECK(
      absl::IsFailedPrecondition(CheckValidity(d, absl::CivilDay(2028, 1, 2))));
}

TEST_CASE("what to do about a descriptor out of its dates is said") {
  const Descriptor d = MakeParty(test::kEcuador).descriptor;
  const absl::Status early = CheckValidity(d, absl::CivilDay(2025, 12, 31));
  CHECK(absl::StrContains(early.message(), "valid only from 2026-01-01"));
  CHECK(absl::StrContains(early.message(), "clock by NTP"));
  const absl::Status late = CheckValidity(d, absl::CivilDay(2028, 1, 2));
  CHECK(absl::StrContains(late.message(), "expired"));
  CHECK(absl::StrContains(late.message(), "minga peer update"));
}

TEST_CASE("a descriptor says until when the former keys count") {
  Party party = MakeParty(test::kEcuador);
  party.descriptor.former_until = absl::CivilDay(2026, 12, 1);
  const absl::StatusOr<Descriptor> read =
      ReadDescriptor(party.DescriptorNote());
  REQUIRE(read.status() == absl::OkStatus());
  CHECK(read->former_until == absl::CivilDay(2026, 12, 1));
  CHECK(absl::StrContains(ErrorOf(party, "2026-12-01", "2026-12-32"),
                          "line 12: "));
}

TEST_CASE("a successor is signed by the key before") {
  const Party ecuador = MakeParty(test::kEcuador);
  const Party peru = MakeParty(test::kPeru);
  const auto refusal = [&](const Descriptor& next, const std::string& note) {
    const absl::Status status = CheckSuccessor(ecuador.descriptor, next, note);
    CHECK(absl::IsFailedPrecondition(status));
    return std::string(status.message());
  };
  Descriptor next = ecuador.descriptor;
  next.sequence = 2;
  next.node_key.public_key = peru.node_key->public_key();
  const std::string both = SignSuccessor(next, *peru.node_key,
                                         ecuador.descriptor, *ecuador.node_key);
  REQUIRE(ReadDescriptor(both).ok());
  CHECK(CheckSuccessor(ecuador.descriptor, next, both) == absl::OkStatus());
  CHECK(ChangedKeys(ecuador.descriptor, next) ==
        std::vector<std::string>{"node"});
  const std::string alone = SignDescriptor(next, *peru.node_key);
  REQUIRE(ReadDescriptor(alone).ok());
  CHECK(absl::StrContains(refusal(next, alone), "minga peer add"));
  next.log_key.name = "minga/ec/other";
  CHECK(absl::StrContains(refusal(next, both), "a log keeps its name"));
  CHECK(absl::StrContains(refusal(ecuador.descriptor, both),
                          "we already have 1"));
  CHECK(absl::StrContains(refusal(peru.descriptor, both), "of PE, not of EC"));
}

TEST_CASE("a file of descriptors is taken apart") {
  const std::string one = MakeParty(test::kEcuador).DescriptorNote();
  const std::string two = MakeParty(test::kPeru).DescriptorNote();
  CHECK(SplitDescriptors(one + two + one).value() ==
        std::vector<std::string>{one, two, one});
  CHECK(SplitDescriptors("hello").value() == std::vector<std::string>{"hello"});
  std::string many;
  for (std::size_t i = 0; i <= kDescriptorsMax; ++i) many += one;
  CHECK(absl::IsInvalidArgument(SplitDescriptors(many).status()));
}

TEST_CASE("a fingerprint can be read out and tells descriptors apart") {
  const Party party = MakeParty(test::kEcuador);
  const std::string fingerprint = Fingerprint(party.descriptor);
  CHECK(fingerprint.size() == 8 * 4 + 7);
  for (std::size_t i = 4; i < fingerprint.size(); i += 5) {
    CHECK(fingerprint[i] == '-');
  }
  Descriptor other = party.descriptor;
  other.sequence = 2;
  CHECK(Fingerprint(other) != fingerprint);
}

}  // namespace
}  // namespace minga::federation
