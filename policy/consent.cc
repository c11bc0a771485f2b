#include "policy/consent.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "absl/strings/string_view.h"

namespace minga::policy {
namespace {

// Above the bits of sections: the first fact that fails.
enum Failing : std::uint64_t {
  kNotGiven = std::uint64_t{1} << 60,
  kExpired = std::uint64_t{2} << 60,
  kOtherCountry = std::uint64_t{3} << 60,
  kOtherPurpose = std::uint64_t{4} << 60,
};
constexpr std::uint64_t kFailingMask = std::uint64_t{15} << 60;
static_assert(kExactWordsMax < 60);

// Which fields consent lets out, whatever and by section.
struct ConsentFields {
  LevelBytes impersonal{};
  // In the order of ConsentSections, which is that of the bits in ListKey.
  std::vector<LevelBytes> sections;
  std::uint64_t all = 0;

  explicit ConsentFields(const KindSchema& schema) {
    std::vector<absl::string_view> names = ConsentSections(schema.kind);
    if (names.size() > kExactWordsMax) names.resize(kExactWordsMax);
    sections.resize(names.size());
    all = (std::uint64_t{1} << names.size()) - 1;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      const FieldDef& field = schema.fields[i];
      if (field.impersonal) impersonal[i] = Level::Raw().stored();
      for (std::size_t s = 0; s < names.size(); ++s) {
        if (field.consent_section == names[s]) {
          sections[s][i] = Level::Raw().stored();
        }
      }
    }
  }
};

const ConsentFields& FieldsOf(RecordKind kind) {
  static const auto* const all = [] {
    auto* by_kind = new std::vector<ConsentFields>;
    for (int i = 0; i < kRecordKinds; ++i) {
      by_kind->emplace_back(SchemaOf(static_cast<RecordKind>(i)));
    }
    return by_kind;
  }();
  const auto index = static_cast<std::size_t>(kind);
  return (*all)[index < all->size() ? index : 0];
}

FactId IdOf(RecordKind kind, absl::string_view name) {
  return *SchemaOf(kind).FindFact(name);
}

}  // namespace

ConsentLayer::ConsentLayer(const Question& question)
    : kind_(question.kind),
      given_(IdOf(kind_, "consent.given")),
      sections_(IdOf(kind_, "consent.sections")),
      expires_(IdOf(kind_, "consent.expires")),
      country_(kind_, IdOf(kind_, "consent.countries"),
               question.peer.ToString()),
      purpose_(kind_, IdOf(kind_, "consent.purposes"),
               PurposeName(question.purpose)) {}

std::uint64_t ConsentLayer::Sign(const Facts& facts, std::int64_t as_of) const {
  if ((facts.truths() >> given_ & 1) == 0) return kNotGiven;
  if ((facts.present() >> expires_ & 1) == 0 ||
      static_cast<std::int64_t>(facts.key(expires_)) < as_of) {
    return kExpired;
  }
  if (!country_.In(facts)) return kOtherCountry;
  if (!purpose_.In(facts)) return kOtherPurpose;
  return facts.key(sections_) & FieldsOf(kind_).all;
}

LevelBytes ConsentLayer::Levels(std::uint64_t signature) const {
  const ConsentFields& fields = FieldsOf(kind_);
  LevelBytes levels = fields.impersonal;
  if ((signature & kFailingMask) != 0) return levels;
  for (std::size_t s = 0; s < fields.sections.size(); ++s) {
    if ((signature >> s & 1) == 0) continue;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      levels[i] |= fields.sections[s][i];
    }
  }
  return levels;
}

std::string ConsentLayer::Failure(std::uint64_t signature) const {
  switch (signature & kFailingMask) {
    case kNotGiven:
      return "consent.given";
    case kExpired:
      return "consent.expires";
    case kOtherCountry:
      return "consent.countries";
    case kOtherPurpose:
      return "consent.purposes";
    default:
      break;
  }
  return signature == FieldsOf(kind_).all ? "" : "consent.sections";
}

std::int64_t ConsentLayer::NextChange(const Facts& facts,
                                      std::int64_t as_of) const {
  if ((Sign(facts, as_of) & kFailingMask) != 0) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return static_cast<std::int64_t>(facts.key(expires_)) + 1;
}

}  // namespace minga::policy
