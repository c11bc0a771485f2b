#include "node/exchange/display.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/exchange/project.h"
#include "node/exchange/pseudonym.h"
#include "node/exchange/seen.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

using policy::Level;

constexpr std::size_t kNumberBytes = 8;

std::uint64_t NumberIn(absl::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), kNumberBytes);
  return number;
}

// Under a key of the peer, so that a copy of the database does not tell a value
// to whoever guesses it.
std::uint64_t NumberOf(absl::string_view key, absl::string_view what,
                       const std::string& bytes) {
  const Digest digest = HmacSha256(key, absl::StrCat(what, bytes));
  return NumberIn(AsView(digest));
}

policy::FieldId FieldOf(absl::string_view name) {
  return *policy::SchemaOf(RecordKind::kProfile).FindField(name);
}

policy::FieldId SkillsField() {
  static const policy::FieldId field = FieldOf("skills");
  return field;
}

policy::FieldId LanguagesField() {
  static const policy::FieldId field = FieldOf("languages");
  return field;
}

std::uint64_t NumberOf(absl::string_view key, const v1::Skill& skill) {
  return NumberOf(key, "skill", skill.SerializeAsString());
}

std::uint64_t NumberOf(absl::string_view key,
                       const v1::LanguageSkill& language) {
  return NumberOf(key, "language", language.SerializeAsString());
}

template <typename Items>
std::vector<std::uint64_t> NumbersOf(absl::string_view key,
                                     const Items& items) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(static_cast<std::size_t>(items.size()));
  for (const auto& item : items) numbers.push_back(NumberOf(key, item));
  return numbers;
}

// Those of `from`, whose numbers are `numbers`, that are among `values`, each
// once, by number: the order in which somebody listed them says who it is.
template <typename Items>
void CopyAmong(const Items& from, const std::vector<std::uint64_t>& numbers,
               const std::vector<std::uint64_t>& values, Items* to) {
  std::vector<std::pair<std::uint64_t, int>> order;
  for (int i = 0; i < from.size(); ++i) {
    const std::uint64_t number = numbers[static_cast<std::size_t>(i)];
    if (std::find(values.begin(), values.end(), number) == values.end()) {
      continue;
    }
    order.emplace_back(number, i);
  }
  std::sort(order.begin(), order.end());
  std::uint64_t last = 0;
  for (const auto& [number, index] : order) {
    if (to->empty() || number != last) *to->Add() = from[index];
    last = number;
  }
}

// Field 1 of Profile, a string: what the id adds in front of the projection,
// in the order of field numbers.
std::string WithPseudonym(absl::string_view pseudonym,
                          absl::string_view projection) {
  constexpr char kTag = '\x0A';
  static_assert(v1::Profile::kIdFieldNumber == 1);
  std::string bytes(1, kTag);
  bytes.push_back(static_cast<char>(pseudonym.size()));  // 52: one byte
  absl::StrAppend(&bytes, pseudonym, projection);
  return bytes;
}

// Without the fields that are no part of a class.
ProfileLevels Apart(ProfileLevels levels) {
  levels[SkillsField()] = Level::Suppress();
  levels[LanguagesField()] = Level::Suppress();
  return levels;
}

}  // namespace

Digest ClassOfDisplay(absl::string_view key, absl::string_view body,
                      const Terms& terms, Epoch epoch, int min_k, int min_l) {
  const auto k =
      static_cast<std::uint32_t>(std::clamp(min_k, 0, kClassSizeMax));
  const int l = std::clamp(min_l, 0, kClassDiversityMax);
  const Digest shown =
      DigestOfShown(absl::StrCat(body, "\nepoch ", epoch), terms);
  Digest klass = HmacSha256(key, AsView(shown));
  klass[0] = static_cast<std::uint8_t>(k >> 8);
  klass[1] = static_cast<std::uint8_t>(k & 0xFF);
  klass[2] = static_cast<std::uint8_t>(l);
  return klass;
}

int KOf(const Digest& klass) { return klass[0] << 8 | klass[1]; }
int LOf(const Digest& klass) { return klass[2]; }

std::vector<std::uint64_t> DecodeValues(absl::string_view stored) {
  std::vector<std::uint64_t> values;
  values.reserve(stored.size() / kNumberBytes);
  for (; stored.size() >= kNumberBytes; stored.remove_prefix(kNumberBytes)) {
    values.push_back(NumberIn(stored));
  }
  return values;
}

std::string EncodeValues(const std::vector<std::uint64_t>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size() * kNumberBytes);
}

const std::string& Bodies::Of(const policy::Decision& decision,
                              const ProfileLevels& levels) {
  const ProfileLevels apart = Apart(levels);
  for (const std::unique_ptr<Made>& made : made_) {
    if (made->levels == apart) return made->body;
  }
  policy::Decision shown = decision;
  shown.levels = apart;
  Content content;
  content.kind = RecordKind::kProfile;
  content.message = &profile_;
  made_.push_back(std::make_unique<Made>(
      Made{apart,
           SerialiseContent(*Project(content, shown, "", hierarchies_).message),
           std::nullopt}));
  return made_.back()->body;
}

ProfileLevels Bodies::Seen(const ProfileLevels& levels) {
  const ProfileLevels apart = Apart(levels);
  std::optional<ProfileLevels> unmade;
  std::optional<ProfileLevels>* seen = &unmade;
  for (const std::unique_ptr<Made>& made : made_) {
    if (made->levels == apart) seen = &made->seen;
  }
  if (!seen->has_value()) *seen = SeenLevels(profile_, apart, hierarchies_);
  ProfileLevels all = **seen;
  for (const policy::FieldId field : {SkillsField(), LanguagesField()}) {
    all[field] = levels[field];
  }
  return all;
}

Displays::Displays(Bodies& bodies, const PeerFile& peer,
                   std::shared_ptr<const Verdict> verdict,
                   absl::string_view person_key)
    : bodies_(bodies),
      peer_(peer),
      verdict_(std::move(verdict)),
      person_key_(person_key),
      terms_(TermsOf(verdict_->decision.obligations)),
      finest_(verdict_->decision.levels) {}

void Displays::SetPersonKey(absl::string_view person_key) {
  if (person_key == person_key_) return;
  person_key_ = std::string(person_key);
  wire_id_.clear();
}

std::string Displays::Floor(const Display& display,
                            const std::vector<std::uint64_t>& values) const {
  return EncodeLevels(bodies_.Seen(display.levels)) + EncodeValues(values);
}

void Displays::Restrict(absl::string_view floor, int rung) {
  const std::size_t fields =
      policy::SchemaOf(RecordKind::kProfile).fields.size();
  if (floor.size() < fields) return;
  values_ = DecodeValues(floor.substr(fields));
  finest_ = Coarser(finest_, DecodeLevels(floor.substr(0, fields)));
  // The rungs before look the same now.
  const int last = static_cast<int>(peer_.anonymity.ladder->rungs.size()) - 1;
  next_rung_ = static_cast<std::size_t>(std::clamp(rung, 0, last));
  displays_.clear();
}

const Display* Displays::At(std::size_t place) {
  const std::vector<ProfileLevels>& rungs = peer_.anonymity.ladder->rungs;
  const policy::Obligations& obligations = verdict_->decision.obligations;
  while (displays_.size() <= place && next_rung_ < rungs.size()) {
    Display display;
    display.rung = static_cast<int>(next_rung_);
    display.levels = Coarser(finest_, rungs[next_rung_++]);
    display.body = bodies_.Of(verdict_->decision, display.levels);
    // Coarser levels may still look the same: who has no education loses
    // nothing when it is left out.
    if (!displays_.empty() && displays_.back().body == display.body) continue;
    display.klass = ClassOfDisplay(peer_.pseudonym_key, display.body, terms_,
                                   peer_.anonymity.epoch, obligations.min_k,
                                   obligations.min_l);
    displays_.push_back(display);
  }
  return place < displays_.size() ? &displays_[place] : nullptr;
}

const std::string& Displays::WireId() const {
  if (wire_id_.empty()) {
    wire_id_ =
        Pseudonym(peer_.pseudonym_key, person_key_, peer_.anonymity.epoch);
  }
  return wire_id_;
}

const Displays::Numbers& Displays::SkillNumbers() const {
  if (!skill_numbers_.has_value()) {
    skill_numbers_ = NumbersOf(peer_.pseudonym_key, bodies_.profile().skills());
  }
  return *skill_numbers_;
}

const Displays::Numbers& Displays::LanguageNumbers() const {
  if (!language_numbers_.has_value()) {
    language_numbers_ =
        NumbersOf(peer_.pseudonym_key, bodies_.profile().languages());
  }
  return *language_numbers_;
}

std::vector<std::uint64_t> Displays::Values(const Display& display) const {
  std::vector<std::uint64_t> values;
  const auto add = [&](std::uint64_t number) {
    if (values_.has_value() &&
        std::find(values_->begin(), values_->end(), number) == values_->end()) {
      return;
    }
    if (values.size() < kValuesLookedAtMax &&
        std::find(values.begin(), values.end(), number) == values.end()) {
      values.push_back(number);
    }
  };
  if (display.levels[SkillsField()].raw()) {
    for (const std::uint64_t skill : SkillNumbers()) add(skill);
  }
  if (display.levels[LanguagesField()].raw()) {
    for (const std::uint64_t language : LanguageNumbers()) add(language);
  }
  return values;
}

std::string Displays::Message(const Display& display,
                              const std::vector<std::uint64_t>& values) const {
  if (values.empty()) return WithPseudonym(WireId(), display.body);
  v1::Profile message;
  // Our own bytes.
  message.ParsePartialFromArray(display.body.data(),
                                static_cast<int>(display.body.size()));
  CopyAmong(bodies_.profile().skills(), SkillNumbers(), values,
            message.mutable_skills());
  CopyAmong(bodies_.profile().languages(), LanguageNumbers(), values,
            message.mutable_languages());
  return WithPseudonym(WireId(), SerialiseContent(message));
}

std::string Displays::Sensitive() const {
  if (verdict_->decision.obligations.min_l < 2) return "";
  const v1::SensitiveData& data = bodies_.profile().sensitive();
  const std::array<const std::string*, 5> values = {
      &data.sex(), &data.nationality(), &data.migration_status(),
      &data.disability(), &data.ethnicity()};
  std::string digests;
  for (const std::string* value : values) {
    if (value->empty()) {
      digests.append(kNumberBytes, '\0');
      continue;
    }
    const Digest digest = HmacSha256(peer_.pseudonym_key, *value);
    absl::StrAppend(&digests, AsView(digest).substr(0, kNumberBytes));
  }
  return digests;
}

}  // namespace minga::exchange
