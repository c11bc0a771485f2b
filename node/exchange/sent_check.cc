#include "node/exchange/sent_check.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "federation/unknown_fields.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"
#include "node/exchange/content.h"
#include "policy/anonymity/risk.h"

namespace minga::exchange {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Key = std::array<std::uint64_t, 2>;

constexpr std::size_t kPseudonymCharacters = 52;  // 256 bits in base32

Key Cut(const Digest& digest) {
  Key key;
  static_assert(sizeof(key) <= sizeof(digest));
  std::memcpy(key.data(), digest.data(), sizeof(key));
  return key;
}

absl::string_view AsBytes(const Key& key) {
  return {reinterpret_cast<const char*>(key.data()), sizeof(key)};
}

std::string NameOf(const Key& key) {
  return absl::StrFormat("%08x", static_cast<std::uint32_t>(key[0] >> 32));
}

// Paths of what may be shown, and no others: written down here once more, so
// that a mistake in the projection is found.
bool MayBeShown(absl::string_view path) {
  constexpr absl::string_view kPaths[] = {
      "id",
      "desired_occupations",
      "desired_occupations.isco",
      "desired_occupations.national_scheme",
      "desired_occupations.national_code",
      "desired_occupations.esco_uri",
      "sectors",
      "experience",
      "experience.occupation",
      "experience.occupation.isco",
      "experience.occupation.national_scheme",
      "experience.occupation.national_code",
      "experience.occupation.esco_uri",
      "experience.months",
      "education",
      "education.isced_level",
      "education.isced_field",
      "education.year",
      "skills",
      "skills.uri",
      "skills.label",
      "skills.essential",
      "languages",
      "languages.language",
      "languages.cefr",
      "driving_licences",
      "residence",
      "residence.country",
      "residence.subdivision",
      "mobility",
      "mobility.countries",
      "mobility.relocate",
      "availability",
      "availability.from",
      "availability.notice_days",
      "availability.weekly_hours",
      "contract_wanted",
      "recognition",
      "contactable",
  };
  return absl::EndsWith(path, ".min") || absl::EndsWith(path, ".max") ||
         std::find(std::begin(kPaths), std::end(kPaths), path) !=
             std::end(kPaths);
}

// The first path in `message` that may not be shown; "" if there is none.
std::string Forbidden(const Message& message, const std::string& prefix) {
  if (federation::HasUnknownFields(message)) {
    return absl::StrCat(prefix, "(unknown)");
  }
  std::vector<const FieldDescriptor*> fields;
  const google::protobuf::Reflection& get = *message.GetReflection();
  get.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const std::string path = absl::StrCat(prefix, field->name());
    if (!MayBeShown(path)) return path;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? get.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string inner = Forbidden(
          field->is_repeated() ? get.GetRepeatedMessage(message, field, i)
                               : get.GetMessage(message, field),
          path + ".");
      if (!inner.empty()) return inner;
    }
  }
  return "";
}

bool WellFormed(absl::string_view pseudonym) {
  return pseudonym.size() == kPseudonymCharacters &&
         std::all_of(pseudonym.begin(), pseudonym.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
         });
}

// Those who look the same and are on the same terms.
Key ClassOf(const v1::Profile& shown, const Terms& terms) {
  v1::Profile alike = shown;
  alike.clear_id();
  alike.clear_skills();
  alike.clear_languages();
  const std::string tied =
      absl::StrCat(terms.retention_days, " ", FormatDay(terms.retention_until),
                   " ", terms.no_onward_transfer ? "here" : "anywhere", "\n");
  return Cut(Sha256({tied, SerialiseContent(alike)}));
}

Key PairOf(const Key& klass, absl::string_view what, const Message& value) {
  return Cut(Sha256({AsBytes(klass), what, SerialiseContent(value)}));
}

}  // namespace

void SentCheck::Violate(std::string what) {
  ++violations_total_;
  if (violations_.size() < static_cast<std::size_t>(kViolationsListedMax)) {
    violations_.push_back(std::move(what));
  }
}

void SentCheck::BeginPass() { pairs_.clear(); }

void SentCheck::AddChanging() {
  if (first_) ++changing_;
}

void SentCheck::CheckPerson(const SentPerson& person,
                            const v1::Profile& shown) {
  const std::string row = absl::StrCat("row ", person.seq);
  const std::string forbidden = Forbidden(shown, "");
  if (!forbidden.empty()) {
    Violate(absl::StrCat(row, " shows `", forbidden, "`"));
  }
  if (!WellFormed(shown.id())) {
    Violate(absl::StrCat(row, " has something else than a pseudonym"));
  }
  if (shown.id() != person.wire_id) {
    Violate(absl::StrCat(row, " is known by another pseudonym than it shows"));
  }
  if (!pseudonyms_.insert(Cut(Sha256(shown.id()))).second) {
    Violate(absl::StrCat(row, " has the pseudonym of a row before it"));
  }
}

void SentCheck::Add(const SentPerson& person) {
  v1::Profile shown;
  if (!shown.ParseFromArray(person.body.data(),
                            static_cast<int>(person.body.size()))) {
    if (first_) Violate(absl::StrCat("row ", person.seq, " is no profile"));
    return;
  }
  const Key key = ClassOf(shown, person.terms);
  if (!first_) {
    const auto klass = class_ids_.find(key);
    if (klass != class_ids_.end()) CountPairs(klass->second, shown);
    return;
  }
  ++people_;
  CheckPerson(person, shown);
  const auto next = static_cast<std::uint32_t>(classes_.size());
  const auto [entry, added] = class_ids_.emplace(key, next);
  if (added) classes_.push_back({key, 0, 1});
  Class& klass = classes_[entry->second];
  ++klass.people;
  klass.k = std::max(klass.k, static_cast<std::uint32_t>(std::max(
                                  0, min_k_ > 0 ? min_k_ : person.min_k)));
  CountPairs(entry->second, shown);
}

void SentCheck::CountPairs(std::uint32_t klass, const v1::Profile& shown) {
  const Key& key = classes_[klass].key;
  std::vector<Key> pairs;
  for (const v1::Skill& skill : shown.skills()) {
    pairs.push_back(PairOf(key, "skill", skill));
  }
  for (const v1::LanguageSkill& language : shown.languages()) {
    pairs.push_back(PairOf(key, "language", language));
  }
  // Of one person each counts once.
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const Key& pair : pairs) CountPair(pair, klass);
}

void SentCheck::CountPair(const Key& pair, std::uint32_t klass) {
  if (!InPart(pair)) return;
  Pair& count = pairs_[pair];
  ++count.people;
  count.klass = klass;
  while (pairs_.size() > pairs_max_) {
    // Half of them wait for another pass, with all that was counted of them.
    parts_.push_back({part_.rest + part_.of, part_.of * 2});
    part_.of *= 2;
    absl::erase_if(pairs_,
                   [this](const auto& entry) { return !InPart(entry.first); });
  }
}

bool SentCheck::EndPass() {
  if (first_) {
    for (const Class& klass : classes_) {
      if (!TooFew(klass.people, klass.k)) continue;
      Violate(absl::StrCat("class ", NameOf(klass.key), " has ", klass.people,
                           " people, k is ", klass.k));
    }
  }
  first_ = false;
  for (const auto& [key, pair] : pairs_) {
    const Class& klass = classes_[pair.klass];
    if (!TooFew(pair.people, klass.k)) continue;
    Violate(absl::StrCat("class ", NameOf(klass.key),
                         " shows a skill or language of ", pair.people,
                         " of its people, k is ", klass.k));
  }
  pairs_.clear();
  if (parts_.empty()) return true;
  part_ = parts_.back();
  parts_.pop_back();
  return false;
}

v1::VerifyAnonymityResponse SentCheck::Report() const {
  v1::VerifyAnonymityResponse response;
  std::vector<std::uint64_t> sizes;
  std::uint32_t k = static_cast<std::uint32_t>(std::max(1, min_k_));
  for (const Class& klass : classes_) {
    sizes.push_back(klass.people);
    k = std::max(k, klass.k);
  }
  const policy::anonymity::Risks risks = policy::anonymity::MeasureRisks(sizes);
  response.set_profiles(static_cast<std::int64_t>(people_));
  response.set_classes(static_cast<std::int64_t>(classes_.size()));
  response.set_smallest_class(static_cast<std::int64_t>(risks.smallest));
  response.set_min_k(static_cast<std::int32_t>(k));
  for (const std::string& what : violations_) response.add_violations(what);
  response.set_violations_total(static_cast<std::int64_t>(violations_total_));
  response.set_prosecutor_max(risks.prosecutor_max);
  response.set_prosecutor_mean(risks.prosecutor_mean);
  response.set_marketer(risks.marketer);
  response.set_changing(static_cast<std::int64_t>(changing_));
  return response;
}

}  // namespace minga::exchange
