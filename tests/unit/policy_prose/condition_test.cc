// Conditions as phrases.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "policy/prose/condition_prose.h"

namespace minga::policy::prose {
namespace {

// One line: the parts of the outermost chain are joined by " & " or " | ".
std::string In(absl::string_view language, absl::string_view condition,
               RecordKind kind = RecordKind::kVacancy) {
  const ConditionProse prose =
      Describe(condition, {kind}, *Words::Of(language));
  return absl::StrJoin(
      prose.parts, prose.kind == ConditionProse::Kind::kAll ? " & " : " | ");
}

std::string English(absl::string_view condition,
                    RecordKind kind = RecordKind::kVacancy) {
  return In("en", condition, kind);
}

TEST_CASE("bools and their negation", "[prose]") {
  CHECK(English("vacancy.remote") == "the work is remote");
  CHECK(English("!vacancy.remote") == "the work is not remote");
  CHECK(English("!!vacancy.remote") == "the work is remote");
  CHECK(English("vacancy.remote == false") == "the work is not remote");
  CHECK(English("true != vacancy.remote") == "the work is not remote");
  CHECK(English("true") == "in every case");
  CHECK(English("") == "");
}

TEST_CASE("sections of the consent have words", "[prose]") {
  const auto covers = [](absl::string_view language) {
    return In(language, "'basic' in consent.sections", RecordKind::kProfile);
  };
  CHECK(covers("es") == "el consentimiento abarca los datos básicos");
  CHECK(covers("pt") == "o consentimento abrange os dados básicos");
  CHECK(covers("en") == "the consent covers the basic data");
}

TEST_CASE("presence", "[prose]") {
  CHECK(English("has(vacancy.sector)") ==
        "the sector of the vacancy (ISIC Rev. 4) is on record");
  CHECK(English("!has(vacancy.licensed_recruiter)") ==
        "it is not on record whether the recruiter is licensed");
  CHECK(
      In("es", "!has(profile.minor) || !profile.minor", RecordKind::kProfile) ==
      "no consta si la persona es menor de edad | la persona es mayor de "
      "edad");
}

TEST_CASE("comparisons, from both sides", "[prose]") {
  CHECK(English("vacancy.status == 'open'") ==
        "the status of the vacancy is \"open\"");
  CHECK(English("'open' != vacancy.status") ==
        "the status of the vacancy is not \"open\"");
  CHECK(English("vacancy.country == 'PE'") ==
        "the country of the place of work is Peru");
  CHECK(English("vacancy.country == 'ZZ'") ==
        "the country of the place of work is ZZ");
  CHECK(English("purpose == 'recognition'") ==
        "the purpose is \"recognition of qualifications\"");
  CHECK(English("as_of >= date('2026-12-01')") ==
        "the day of the exchange is not before 1 December 2026");
  CHECK(English("date('2026-12-01') > as_of") ==
        "the day of the exchange is before 1 December 2026");
  CHECK(English("!(as_of < date('2026-12-01'))") ==
        "the day of the exchange is not before 1 December 2026");
  CHECK(English("has(vacancy.age_days) && vacancy.age_days <= 30") ==
        "the age of the vacancy in days is on record & the age of the vacancy "
        "in days is at most 30");
  CHECK(
      English("message.addressee == peer.country", RecordKind::kApplication) ==
      "the country that it is addressed to is the other country");
}

TEST_CASE("lists", "[prose]") {
  CHECK(English("vacancy.countries == []") ==
        "the employer chose no particular countries");
  CHECK(English("vacancy.countries != []") ==
        "the employer chose particular countries");
  CHECK(English("peer.country in vacancy.countries") ==
        "the employer chose the other country");
  CHECK(English("!('EC' in vacancy.countries)") ==
        "the employer did not choose Ecuador");
  CHECK(English("'CAN' in peer.groups") ==
        "the other country belongs to \"CAN\"");
  CHECK(English("vacancy.status in ['open', 'closed']") ==
        "the status of the vacancy is one of these: \"open\", \"closed\"");
  CHECK(English("!(vacancy.country in ['PE', 'EC'])") ==
        "the country of the place of work is none of these: Peru, Ecuador");
  CHECK(English("vacancy.countries == ['PE']") ==
        "the countries that the employer chose are exactly these: Peru");
}

TEST_CASE("chains say what belongs together", "[prose]") {
  CHECK(English("vacancy.remote && (vacancy.is_agency || "
                "vacancy.fee_charged && vacancy.pay_stated)") ==
        "the work is remote & an agency publishes the vacancy or (the worker "
        "is asked for a payment and the pay is stated)");
  // Not both is one or the other not.
  CHECK(English("!(vacancy.remote && vacancy.pay_stated)") ==
        "the work is not remote or the pay is not stated");
  CHECK(English("!(vacancy.remote || vacancy.pay_stated)") ==
        "the work is not remote and the pay is not stated");
  CHECK(English("vacancy.remote ? vacancy.pay_stated : vacancy.is_agency") ==
        "(if the work is remote, then the pay is stated; otherwise an agency "
        "publishes the vacancy)");
}

TEST_CASE("a shape without a phrase keeps its text", "[prose]") {
  CHECK(English("vacancy.status < 'p'") ==
        "the condition \"vacancy.status < 'p'\" holds");
  CHECK(English("!(vacancy.remote == vacancy.is_agency)") ==
        "the condition \"vacancy.remote == vacancy.is_agency\" does not hold");
  CHECK(English("(vacancy.remote ? 'a' : 'b') == 'a'") ==
        "the condition \"(vacancy.remote ? 'a' : 'b') == 'a'\" holds");
  CHECK(English("no.such.fact") == "the condition \"no.such.fact\" holds");
}

TEST_CASE("properties ask two facts more", "[prose]") {
  CHECK(English("!agreement.in_force") ==
        "no agreement between the two countries is in force");
  CHECK(In("pt", "consent.covers", RecordKind::kProfile) ==
        "um consentimento vigente da pessoa nomeia este país e esta "
        "finalidade");
}

TEST_CASE("articles are contracted", "[prose]") {
  CHECK(In("es", "has(notice.valid_until) && as_of < notice.valid_until",
           RecordKind::kRightsNotice) ==
        "consta el último día del aviso & el día del intercambio es anterior "
        "al último día del aviso");
  CHECK(In("pt", "has(notice.valid_until) && as_of < notice.valid_until",
           RecordKind::kRightsNotice) ==
        "consta o último dia do aviso & o dia do intercâmbio é anterior ao "
        "último dia do aviso");
}

}  // namespace
}  // namespace minga::policy::prose
