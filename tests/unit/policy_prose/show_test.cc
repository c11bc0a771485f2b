// Documents as prose: layers, languages, levels, duties, dates.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "policy/proof/common_properties.h"
#include "policy/prose/page.h"
#include "policy/prose/prose.h"

namespace minga::policy::prose {
namespace {

using Catch::Contains;

std::string Flat(absl::string_view text) {
  return absl::StrJoin(
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

std::string Shown(const std::string& text, absl::string_view language = "en") {
  const auto shown = Show({"d.textproto", text}, language);
  INFO(shown.status());
  REQUIRE(shown.ok());
  return Flat(*shown);
}

const std::string kCitation =
    "citations { statute: 'Ley 1' article: 'art. 2' url: 'https://x.example' "
    "verified_on: '2026-10-05' certainty: CERTAINTY_VERIFIED } ";

std::string National(const std::string& rule) {
  return absl::StrCat("national_policy { country: 'CO' rules { ", rule, " } }");
}

TEST_CASE("a permit says levels, peers, purposes, dates", "[prose]") {
  const std::string shown = Shown(National(
      "id: 'co.p' effect: EFFECT_PERMIT directions: DIRECTION_SEND kinds: "
      "RECORD_KIND_PROFILE fields: ['occupations'] level: LEVEL_GENERALISE "
      "generalise_steps: 2 peers: ['EC', 'PE'] purposes: "
      "[PURPOSE_JOB_MATCHING, PURPOSE_CONTACT] valid_from: '2026-12-01' "
      "valid_until: '2027-11-26' obligations { min_k: 7 " +
      kCitation + "} " + kCitation));
  CHECK_THAT(shown, Contains("(without a title)"));
  CHECK_THAT(shown, Contains("National policy of Colombia (CO)."));
  CHECK_THAT(shown, Contains("2. Anonymised profiles: what may leave"));
  CHECK_THAT(shown,
             Contains("2.1 [co.p] May leave: occupations wanted (ISCO-08): two "
                      "steps coarser: ISCO-08 sub-major groups (two digits). "
                      "To: Ecuador (EC) and Peru (PE). For: matching people "
                      "and jobs and an employer's request for contact. "
                      "Always. From 1 December 2026 until 26 November 2027, "
                      "both days included."));
  CHECK_THAT(shown, Contains("shown only in classes of at least 7 people who "
                             "look alike (basis: Ley 1, art. 2: read in "
                             "the statute's text; looked up on 5 October "
                             "2026; see https://x.example)"));
  CHECK_THAT(shown, Contains("read in the statute's text: 1 of 1"));
}

TEST_CASE("a forbid lowers or keeps in", "[prose]") {
  const auto forbid = [](const std::string& level) {
    return Shown(National(
        "id: 'co.f' effect: EFFECT_FORBID directions: DIRECTION_RECEIVE "
        "kinds: RECORD_KIND_PROFILE fields: ['region', 'education'] " +
        level));
  };
  CHECK_THAT(forbid(""), Contains("Does not enter: level of education, region "
                                  "of residence. From: every country."));
  CHECK_THAT(forbid("level: LEVEL_GENERALISE generalise_steps: 1"),
             Contains("Enters no finer than this: level of education: one step "
                      "coarser: a band of ISCED levels; region of residence: "
                      "one step coarser: the country only."));
  CHECK_THAT(forbid(""), Contains("This document cites nothing."));
}

TEST_CASE("duties are said in words", "[prose]") {
  const std::string shown = Shown(National(
      "id: 'co.o' effect: EFFECT_OBLIGE directions: DIRECTION_SEND kinds: "
      "RECORD_KIND_VACANCY obligations { erase_within_hours: 360 } "
      "obligations { retention_days: 1 } obligations { retention_until: "
      "'2027-12-31' } obligations { no_onward_transfer: true } obligations { "
      "hold_for_officer: true } obligations { notice: 'Ley 1' } obligations { "
      "fee_rule { } } obligations { fee_rule { max_percent_of_first_pay: 10 } "
      "} obligations { transform { operation: OPERATION_TRUNCATE_TEXT field: "
      "'description' max_characters: 500 } } obligations { "
      "national_first_days: 5 } " +
      kCitation));
  for (const char* text :
       {"Whatever leaves is tied to the duties below.",
        "erased within 360 hours of a withdrawal",
        "kept by the receiver for at most one day",
        "kept by the receiver until 31 December 2027 at most",
        "not passed on to anybody else",
        "held until an officer of the employment service releases it",
        "shown with this notice: \"Ley 1\"", "the worker pays nothing",
        "the worker pays at most 10 % of the first pay",
        "description: cut after 500 characters",
        "offered at home for 5 days before it leaves"}) {
    CHECK_THAT(shown, Contains(text));
  }
}

TEST_CASE("a rule of several kinds is told once", "[prose]") {
  const std::string shown = Shown(National(
      "id: 'co.i' effect: EFFECT_FORBID directions: [DIRECTION_SEND, "
      "DIRECTION_RECEIVE] kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] "
      "fields: '*' when: 'record.imported' rationale { language: 'es' text: "
      "'No se reexporta.' }"));
  CHECK_THAT(shown,
             Contains("2.1 [co.i] Does not leave: the whole record. To: every "
                      "country. For: every purpose. If the record was itself "
                      "received from abroad. Reason: No se reexporta. (the "
                      "document has this in Spanish only)"));
  CHECK_THAT(shown, Contains("5.1 [co.i] Does not enter: the whole record. "
                             "From: every country. Conditions, duties, reason "
                             "and basis: as in 2.1."));
}

TEST_CASE("an agreement and an override", "[prose]") {
  const std::string rule =
      "rules { id: 'r' effect: EFFECT_FORBID directions: DIRECTION_SEND kinds: "
      "RECORD_KIND_VACANCY fields: 'pay' }";
  const std::string mou =
      "mou { parties: ['CO', 'EC', 'PE'] valid_from: '2026-12-01' titles { "
      "language: 'pt' text: 'Acordo' } version: '2' " +
      rule + "}";
  CHECK_THAT(Shown(mou, "es"),
             Contains("Acordo (el documento trae esto solo en portugués)") &&
                 Contains("Acuerdo entre Colombia (CO), Ecuador (EC) y Perú "
                          "(PE). Versión 2. Vigente desde el 1 de diciembre de "
                          "2026, hasta que se denuncie.") &&
                 Contains("Hacia: toda parte de este acuerdo."));
  CHECK_THAT(Shown("node_override { country: 'CO' " + rule + "}", "pt"),
             Contains("Restrições adicionais do nó: Colômbia (CO).") &&
                 Contains("Este documento não permite nada") &&
                 Contains("Não sai: remuneração."));
}

TEST_CASE("properties are statements with their bounds", "[prose]") {
  const auto property = [](const std::string& text) {
    return Shown(
        "national_policy { country: 'CO' properties { id: 'co.prop' kinds: "
        "RECORD_KIND_PROFILE directions: DIRECTION_SEND " +
        text + "} }");
  };
  CHECK_THAT(
      property("statements { language: 'en' text: 'Nobody is named.' } "
               "fields: 'identity.name' at_most { level: "
               "LEVEL_SUPPRESS } when: '!consent.covers'"),
      Contains("[co.prop] To be proved: Nobody is named. About: Anonymised "
               "profiles, leaving. For: every purpose. If no live "
               "consent of the person names this country and this "
               "purpose. Never shown: name."));
  CHECK_THAT(property("fields: 'region' at_least { level: LEVEL_GENERALISE "
                      "generalise_steps: 1 } peers: 'EC'"),
             Contains("With: Ecuador (EC).") &&
                 Contains("Never shown coarser than this under an agreement "
                          "that permits everything: region of residence: one "
                          "step coarser: the country only."));
  CHECK_THAT(property("fields: '*' obliges { min_k: 5 }"),
             Contains("Whenever any of this is shown: the whole record. Then: "
                      "shown only in classes of at least 5 people"));
}

TEST_CASE("what all countries promise is named, and no proof claimed",
          "[prose]") {
  // The sentence says a number.
  CHECK(proof::CommonProperties().size() == 10);
  const std::string rule =
      "rules { id: 'r' effect: EFFECT_FORBID directions: DIRECTION_SEND kinds: "
      "RECORD_KIND_VACANCY fields: 'pay' } ";
  const std::string national =
      absl::StrCat("national_policy { country: 'CO' ", rule, "}");
  CHECK_THAT(Shown(national, "es"),
             Contains("Además se demuestran las diez propiedades comunes"));
  CHECK_THAT(Shown(national, "pt"), Contains("as dez propriedades comuns"));
  CHECK_THAT(Shown(national), Contains("The ten properties common to all"));
  // They are proved of national policies only.
  CHECK_THAT(Shown(absl::StrCat("node_override { country: 'CO' ", rule, "}")),
             !Contains("common to all countries"));
  for (const char* language : {"es", "pt"}) {
    CHECK_THAT(
        Shown("node_override { country: 'CO' properties { id: 'p' "
              "kinds: RECORD_KIND_PROFILE fields: 'region' at_most { "
              "level: LEVEL_SUPPRESS } } }",
              language),
        Contains(language == std::string("es") ? "[p] Debe demostrarse: "
                                               : "[p] Deve ser demonstrado: "));
  }
}

TEST_CASE("signers are named", "[prose]") {
  CHECK(ShowSigners({}, "es").empty());
  CHECK(ShowSigners({"minga/co/node", "minga/ec/node"}, "es") ==
        "Firmado por: minga/co/node y minga/ec/node. Este comando no comprueba "
        "las\nfirmas.\n");
  CHECK(ShowSigners({"a"}, "pt") ==
        "Assinado por: a. Este comando não verifica as assinaturas.\n");
  CHECK(ShowSigners({"a"}, "qu") == ShowSigners({"a"}, "en"));
}

TEST_CASE("groups have the name of the language", "[prose]") {
  const std::string text =
      "national_policy { country: 'UY' peer_groups { name: 'MERCOSUR' "
      "countries: 'BR' } rules { id: 'r' effect: EFFECT_FORBID directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: 'pay' peer_groups: "
      "'MERCOSUR' } }";
  CHECK_THAT(Shown(text, "pt"),
             Contains("MERCOSUL: Brasil (BR).") &&
                 Contains("Para onde: os países de MERCOSUL") &&
                 !Contains("MERCOSUR"));
  CHECK_THAT(Shown(text, "es"), Contains("los países de MERCOSUR"));
}

TEST_CASE("what cannot be shown says why", "[prose]") {
  const std::string good = National(
      "id: 'r' effect: EFFECT_FORBID directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_VACANCY fields: 'pay'");
  CHECK(Show({"d", good}, "qu").status() ==
        absl::InvalidArgumentError("`qu` is not a language that policies are "
                                   "shown in; expected es, pt or en"));
  CHECK_THAT(
      std::string(Show({"d", "national_policy { }"}, "es").status().message()),
      Contains("d:1:"));
  CHECK_FALSE(Show({"d", "cases { }"}, "es").ok());
}

TEST_CASE("pages wrap by characters and split long words", "[prose]") {
  Page page;
  page.Title("Año");
  page.Section("S");
  page.Item(std::string(200, 'x'));
  std::string accents;
  for (int i = 0; i < 30; ++i) absl::StrAppend(&accents, "ñandú ");
  page.Bullet(accents);
  const std::string text = page.Take();
  CHECK_THAT(text, Catch::StartsWith("Año\n===\n\n1. S\n\n1.1   xxx"));
  std::size_t letters = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    std::size_t columns = 0;
    for (const char byte : line) columns += (byte & 0xC0) != 0x80 ? 1 : 0;
    CHECK(columns <= kColumnsMax);
    letters +=
        static_cast<std::size_t>(std::count(line.begin(), line.end(), 'x'));
  }
  CHECK(letters == 200);
  CHECK_THAT(text, Contains("\n        ñandú"));
}

}  // namespace
}  // namespace minga::policy::prose
