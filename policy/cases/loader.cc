#include "policy/cases/loader.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/strings.h"
#include "policy/cases/fact_text.h"
#include "policy/document_text.h"
#include "policy/near_name.h"
#include "policy/string_places.h"

namespace minga::policy::cases {
namespace {

using v1::PolicyCase;
using Spot = DocumentText::Spot;
using TextFacts = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::size_t kIdBytesMax = 64;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("`", Printable(text, 80), "`");
}

bool ValidId(absl::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

// As a rule's fields: a name, "group.*" or "*".
bool Matches(absl::string_view pattern, absl::string_view name) {
  if (pattern == "*") return true;
  if (!absl::ConsumeSuffix(&pattern, ".*")) return pattern == name;
  return name.size() > pattern.size() && name[pattern.size()] == '.' &&
         absl::StartsWith(name, pattern);
}

class Loader {
 public:
  Loader(const DocumentSource& source, ErrorList& errors)
      : source_(source), errors_(errors) {}

  LoadedCases Load(const v1::PolicyCases& cases, const Spot& spot) {
    const Place at = spot.Of("country");
    out_.country_place = PlaceText(at);
    if (const auto country = LoadCountry(cases.country(), at)) {
      out_.country = *country;
    }
    for (int i = 0; i < cases.baselines_size(); ++i) {
      LoadBaseline(cases.baselines(i), *spot.Nested("baselines", i));
    }
    if (cases.cases_size() > kCasesMax) {
      errors_.Add(
          spot.Of("cases", kCasesMax),
          absl::StrCat(cases.cases_size(), " cases; at most ", kCasesMax));
      return std::move(out_);
    }
    if (cases.cases().empty()) errors_.Add(spot.here(), "there is no case");
    std::set<std::string> ids;
    for (int i = 0; i < cases.cases_size(); ++i) {
      const std::unique_ptr<Spot> one = spot.Nested("cases", i);
      if (!ids.insert(cases.cases(i).id()).second) {
        errors_.Add(one->Of("id"),
                    absl::StrCat("case id ", Quoted(cases.cases(i).id()),
                                 " is used twice"));
      }
      LoadCase(cases.cases(i), *one);
    }
    return std::move(out_);
  }

 private:
  std::string PlaceText(Place place) const {
    return absl::StrCat(source_.name, ":", place.line + 1, ":",
                        place.column + 1);
  }

  std::optional<Country> LoadCountry(const std::string& text, Place place) {
    const absl::StatusOr<Country> country = Country::Parse(text);
    if (country.ok()) return *country;
    errors_.Add(place, std::string(country.status().message()));
    return std::nullopt;
  }

  // Null, with an error, unless records of `kind` can cross.
  const KindSchema* LoadKind(int kind, Place place) {
    const absl::StatusOr<RecordKind> known = KindFromNumber(kind);
    if (!known.ok()) {
      errors_.Add(place, "expected a record kind such as RECORD_KIND_VACANCY");
      return nullptr;
    }
    const KindSchema& schema = SchemaOf(*known);
    if (!schema.fields.empty()) return &schema;
    errors_.Add(place, absl::StrCat("records of kind ", KindName(*known),
                                    " have no fields that could cross"));
    return nullptr;
  }

  void LoadBaseline(const v1::PolicyCases::Baseline& baseline,
                    const Spot& spot) {
    const KindSchema* schema = LoadKind(baseline.kind(), spot.Of("kind"));
    if (schema == nullptr) return;
    if (baselines_.count(schema->kind) > 0) {
      errors_.Add(spot.Of("kind"), absl::StrCat("a second baseline of kind ",
                                                KindName(schema->kind)));
      return;
    }
    std::vector<FactText>& facts = baselines_[schema->kind];
    LoadFacts(baseline.facts(), *schema, spot, facts);
  }

  // The place of byte `offset` of item `index` of `facts`. Text format gives a
  // `[...]` list one place for all items, so the text itself is searched.
  Place PlaceInFact(const TextFacts& facts, int index, const Spot& spot,
                    std::size_t offset) {
    const Place field = spot.Of("facts", index);
    if (++places_sought_ > kDocumentErrorsMax) return field;
    const Place direct =
        PlaceInString(source_.text, field, facts.Get(index), offset);
    if (field != spot.here() && direct != field) return direct;
    // Counted as the tokenizer does it by PlaceInString only; a fact with tabs
    // before it on its line is given the place of the list.
    Place place;
    std::size_t at = 0;
    const absl::string_view text = source_.text;
    while (at < text.size() &&
           place < std::max(spot.here(), spot.Of("facts"))) {
      place.column = text[at] == '\n' ? 0 : place.column + 1;
      place.line += text[at++] == '\n' ? 1 : 0;
    }
    const std::size_t found = text.find(facts.Get(index), at);
    if (found == absl::string_view::npos) return field;
    for (; at < found + offset; ++at) {
      if (text[at] == '\t') return field;
      place.column = text[at] == '\n' ? 0 : place.column + 1;
      place.line += text[at] == '\n' ? 1 : 0;
    }
    return place;
  }

  void LoadFacts(const TextFacts& texts, const KindSchema& schema,
                 const Spot& spot, std::vector<FactText>& into) {
    std::set<FactId> seen;
    for (int i = 0; i < texts.size(); ++i) {
      ConditionError error;
      std::optional<FactText> fact = ParseFact(texts.Get(i), schema, error);
      if (fact.has_value() && !seen.insert(fact->fact).second) {
        error = ConditionError{
            0, absl::StrCat("fact `", schema.facts[fact->fact].name,
                            "` is given twice")};
        fact.reset();
      }
      if (!fact.has_value()) {
        errors_.Add(PlaceInFact(texts, i, spot, error.offset),
                    std::move(error.message));
        continue;
      }
      into.push_back(*std::move(fact));
    }
  }

  void LoadCase(const PolicyCase& in, const Spot& spot) {
    Case out;
    out.id = in.id();
    out.place = PlaceText(spot.here());
    if (!ValidId(in.id())) {
      errors_.Add(spot.Of("id"),
                  absl::StrCat("case id ", Quoted(in.id()), " is not 1 to ",
                               kIdBytesMax, " of a-z, 0-9, `.`, `-`, `_`"));
    }
    LoadQuestion(in, spot, out);
    out.agreement = in.agreement() != PolicyCase::AGREEMENT_NONE;
    out.permitted = in.permitted();
    const KindSchema* schema = LoadKind(in.kind(), spot.Of("kind"));
    if (schema == nullptr) return;
    out.question.kind = schema->kind;
    out.facts = Facts(schema->kind);
    SetFacts(in, *schema, spot, out);
    for (int i = 0; i < in.levels_size(); ++i) {
      LoadLevel(in.levels(i), *schema, *spot.Nested("levels", i), out);
    }
    LoadObligations(in, spot, out);
    if (!in.permitted() && !in.levels().empty()) {
      errors_.Add(spot.Of("levels"),
                  "`levels` go with `permitted: true` only: what is withheld "
                  "has none");
    }
    out.deciding.assign(in.deciding().begin(), in.deciding().end());
    out_.cases.push_back(std::move(out));
  }

  void LoadQuestion(const PolicyCase& in, const Spot& spot, Case& out) {
    out.question.own = out_.country;
    if (in.direction() != v1::Rule::DIRECTION_SEND &&
        in.direction() != v1::Rule::DIRECTION_RECEIVE) {
      errors_.Add(spot.Of("direction"),
                  "expected DIRECTION_SEND or DIRECTION_RECEIVE");
    }
    if (in.direction() == v1::Rule::DIRECTION_RECEIVE) {
      out.question.direction = Direction::kReceive;
    }
    if (in.purpose() <= 0 || in.purpose() >= kPurposes) {
      errors_.Add(spot.Of("purpose"),
                  "expected a purpose such as PURPOSE_JOB_MATCHING");
    }
    out.question.purpose = static_cast<Purpose>(in.purpose());
    if (const auto peer = LoadCountry(in.peer(), spot.Of("peer"))) {
      out.question.peer = *peer;
      if (*peer == out_.country) {
        errors_.Add(spot.Of("peer"),
                    absl::StrCat("the peer ", peer->ToString(),
                                 " is the country of these cases itself"));
      }
    }
    const absl::StatusOr<absl::CivilDay> day = ParseDay(in.as_of());
    if (day.ok()) {
      out.question.as_of = *day;
    } else {
      errors_.Add(spot.Of("as_of"), std::string(day.status().message()));
    }
  }

  void SetFacts(const PolicyCase& in, const KindSchema& schema,
                const Spot& spot, Case& out) {
    const bool receiving = out.question.direction == Direction::kReceive;
    const auto baseline = baselines_.find(schema.kind);
    if (baseline != baselines_.end()) {
      for (const FactText& fact : baseline->second) {
        // The receiver does not hold them.
        if (receiving && schema.facts[fact.fact].origin_only) continue;
        out.facts.Set(fact.fact, fact.value);
      }
    }
    std::vector<FactText> own;
    LoadFacts(in.facts(), schema, spot, own);
    for (const FactText& fact : own) {
      const FactDef& definition = schema.facts[fact.fact];
      if (receiving && definition.origin_only) {
        errors_.Add(spot.Of("facts"),
                    absl::StrCat("`", definition.name,
                                 "` is known to the origin only: it is absent "
                                 "when receiving"));
      }
      out.facts.Set(fact.fact, fact.value);
    }
    const std::uint64_t missing =
        schema.RequiredFacts(receiving) & ~out.facts.present();
    for (std::size_t i = 0; i < schema.facts.size(); ++i) {
      if ((missing >> i & 1) == 0) continue;
      errors_.Add(spot.here(), absl::StrCat("case ", Quoted(in.id()),
                                            " lacks the required fact `",
                                            schema.facts[i].name, "`"));
    }
  }

  void LoadLevel(const PolicyCase::FieldLevel& in, const KindSchema& schema,
                 const Spot& spot, Case& out) {
    const bool generalises = in.level() == v1::Rule::LEVEL_GENERALISE;
    if (in.level() == v1::Rule::LEVEL_UNSPECIFIED) {
      errors_.Add(spot.Of("level"), "expected a level such as LEVEL_RAW");
    }
    if (generalises != (in.generalise_steps() != 0)) {
      errors_.Add(spot.Of("generalise_steps"),
                  "`generalise_steps` goes with LEVEL_GENERALISE, and it with "
                  "them");
    }
    if (in.fields().empty()) errors_.Add(spot.here(), "this names no field");
    for (int i = 0; i < in.fields_size(); ++i) {
      bool found = false;
      for (std::size_t id = 0; id < schema.fields.size(); ++id) {
        if (!Matches(in.fields(i), schema.fields[id].name)) continue;
        found = true;
        AddLevel(in, schema.fields[id], static_cast<FieldId>(id), spot, out);
      }
      if (found) continue;
      std::vector<absl::string_view> names;
      for (const FieldDef& field : schema.fields) names.push_back(field.name);
      errors_.Add(
          spot.Of("fields", i),
          absl::StrCat("unknown field ", Quoted(in.fields(i)), " of a ",
                       KindName(schema.kind), Suggest(in.fields(i), names)));
    }
  }

  void AddLevel(const PolicyCase::FieldLevel& in, const FieldDef& field,
                FieldId id, const Spot& spot, Case& out) {
    ExpectedLevel expected;
    expected.field = id;
    switch (in.level()) {
      case v1::Rule::LEVEL_RAW:
        expected.level = field.pseudonymous ? Level::Pseudonym() : Level::Raw();
        break;
      case v1::Rule::LEVEL_PSEUDONYM:
        expected.level = Level::Pseudonym();
        break;
      case v1::Rule::LEVEL_GENERALISE:
        if (in.generalise_steps() < 1 ||
            in.generalise_steps() > field.generalise_steps) {
          errors_.Add(
              spot.Of("generalise_steps"),
              absl::StrCat("field `", field.name, "` has a hierarchy of ",
                           field.generalise_steps, " steps, not of ",
                           in.generalise_steps()));
          return;
        }
        expected.level = Level::Generalise(in.generalise_steps());
        break;
      default:
        break;
    }
    for (const ExpectedLevel& other : out.levels) {
      if (other.field != id) continue;
      errors_.Add(spot.here(),
                  absl::StrCat("field `", field.name, "` is expected twice"));
      return;
    }
    out.levels.push_back(expected);
  }

  void LoadObligations(const PolicyCase& in, const Spot& spot, Case& out) {
    for (int i = 0; i < in.obligations_size(); ++i) {
      const v1::Obligation& one = in.obligations(i);
      if (one.obligation_case() == v1::Obligation::OBLIGATION_NOT_SET) {
        errors_.Add(spot.Of("obligations", i), "this obligation is empty");
        continue;
      }
      if (one.has_retention_until() && !ParseDay(one.retention_until()).ok()) {
        errors_.Add(spot.Of("obligations", i),
                    "expected a day such as 2027-12-31");
        continue;
      }
      out.obligations.push_back(one);
    }
    if (in.permitted() || in.obligations().empty()) return;
    errors_.Add(spot.Of("obligations"),
                "`obligations` go with `permitted: true` only: what is "
                "withheld has none");
  }

  const DocumentSource& source_;
  ErrorList& errors_;
  std::map<RecordKind, std::vector<FactText>> baselines_;
  // Each costs a walk through the text, and no more are shown.
  std::size_t places_sought_ = 0;
  LoadedCases out_;
};

}  // namespace

absl::StatusOr<LoadedCases> LoadCases(const DocumentSource& source) {
  ErrorList errors(source.name);
  v1::PolicyDocument message;
  const std::unique_ptr<DocumentText> text =
      DocumentText::Parse(source.text, message, errors);
  LoadedCases cases;
  if (text != nullptr && !message.has_cases()) {
    errors.Add(Place(), "expected `cases {`");
  } else if (text != nullptr) {
    cases = Loader(source, errors)
                .Load(message.cases(), *text->Root()->Nested("cases"));
  }
  if (!errors.empty()) return ErrorsToStatus(errors.Lines());
  return cases;
}

}  // namespace minga::policy::cases
