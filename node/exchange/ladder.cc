#include "node/exchange/ladder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

using policy::FieldDef;
using policy::Level;

constexpr absl::string_view kPrefix = "anonymity/";

const policy::KindSchema& ProfileSchema() {
  static const policy::KindSchema& schema =
      policy::SchemaOf(RecordKind::kProfile);
  return schema;
}

ProfileLevels AllRaw() {
  ProfileLevels levels;
  levels.fill(Level::Raw());
  return levels;
}

absl::Status SetLevel(const v1::RungLevel& from, ProfileLevels& levels) {
  const std::optional<policy::FieldId> field =
      ProfileSchema().FindField(from.field());
  if (!field.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("field: a profile has no field `", from.field(), "`"));
  }
  const FieldDef& def = ProfileSchema().fields[*field];
  if (def.required) {
    return absl::InvalidArgumentError(
        absl::StrCat("field: `", from.field(), "` is always shown"));
  }
  if (!levels[*field].raw()) {
    return absl::InvalidArgumentError(
        absl::StrCat("field: `", from.field(), "` comes twice"));
  }
  if (from.suppress() == (from.steps() != 0)) {
    return absl::InvalidArgumentError(
        "say either `steps` of 1 or more, or `suppress`");
  }
  if (from.suppress()) {
    levels[*field] = Level::Suppress();
    return absl::OkStatus();
  }
  if (from.steps() < 1 || from.steps() > def.generalise_steps) {
    return absl::InvalidArgumentError(
        absl::StrCat("steps: `", from.field(), "` has 1..",
                     def.generalise_steps, ", not `", from.steps(), "`"));
  }
  levels[*field] = Level::Generalise(from.steps());
  return absl::OkStatus();
}

absl::StatusOr<ProfileLevels> LevelsOf(const v1::Rung& rung) {
  if (rung.levels_size() > policy::kFieldsMax) {
    return absl::InvalidArgumentError("more levels than a profile has fields");
  }
  ProfileLevels levels = AllRaw();
  for (int i = 0; i < rung.levels_size(); ++i) {
    MINGA_RETURN_IF_ERROR(
        At(absl::StrCat("levels[", i, "]"), SetLevel(rung.levels(i), levels)));
  }
  return levels;
}

absl::Status InRange(absl::string_view name, int value, int max) {
  if (value >= 0 && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": must be in 0..", max, ", is `", value, "`"));
}

// One more step than `steps` for everything that can be shown more coarsely.
ProfileLevels EverythingBy(int steps) {
  ProfileLevels levels = AllRaw();
  const std::vector<FieldDef>& fields = ProfileSchema().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const FieldDef& def = fields[i];
    if (def.required) continue;
    // The last step of a hierarchy says nothing, but for occupations, without
    // which a profile is of no use, nothing is left to say then.
    if (def.generalise_steps > 0 && steps > 0) {
      levels[i] = steps < def.generalise_steps
                      ? Level::Generalise(steps)
                      : (def.generalise_steps > 2
                             ? Level::Generalise(def.generalise_steps - 1)
                             : Level::Suppress());
    } else if (def.generalise_steps == 0 && steps > 1) {
      levels[i] = Level::Suppress();
    }
  }
  return levels;
}

}  // namespace

absl::StatusOr<Ladder> LadderOf(const v1::Ladder& message) {
  if (message.rungs().empty() || message.rungs_size() > kRungsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "rungs: must be 1..", kRungsMax, ", are `", message.rungs_size(), "`"));
  }
  MINGA_RETURN_IF_ERROR(
      InRange("release_margin", message.release_margin(), kReleaseMarginMax));
  MINGA_RETURN_IF_ERROR(
      InRange("epoch_days", message.epoch_days(), kEpochDaysMax));
  if (!v1::ReleaseRhythm_IsValid(message.release())) {
    return absl::InvalidArgumentError("release: is no rhythm");
  }
  Ladder ladder;
  ladder.release_margin = message.release_margin();
  ladder.epoch_days = message.epoch_days();
  ladder.release_daily = message.release() == v1::RELEASE_RHYTHM_DAILY;
  for (int i = 0; i < message.rungs_size(); ++i) {
    const std::string place = absl::StrCat("rungs[", i, "]");
    absl::StatusOr<ProfileLevels> levels = LevelsOf(message.rungs(i));
    MINGA_RETURN_IF_ERROR(At(place, levels.status()));
    if (i > 0 && (Coarser(*levels, ladder.rungs.back()) != *levels ||
                  *levels == ladder.rungs.back())) {
      return absl::InvalidArgumentError(absl::StrCat(
          place,
          ": must be coarser than the rung before it, and in no field "
          "finer"));
    }
    ladder.rungs.push_back(*levels);
  }
  return ladder;
}

v1::Ladder MessageOf(const Ladder& ladder) {
  v1::Ladder message;
  message.set_release_margin(ladder.release_margin);
  message.set_epoch_days(ladder.epoch_days);
  message.set_release(ladder.release_daily ? v1::RELEASE_RHYTHM_DAILY
                                           : v1::RELEASE_RHYTHM_AT_ONCE);
  const std::vector<FieldDef>& fields = ProfileSchema().fields;
  for (const ProfileLevels& levels : ladder.rungs) {
    v1::Rung& rung = *message.add_rungs();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (levels[i].raw()) continue;
      v1::RungLevel& level = *rung.add_levels();
      level.set_field(std::string(fields[i].name));
      if (levels[i].suppressed()) {
        level.set_suppress(true);
      } else {
        level.set_steps(levels[i].generalise_step());
      }
    }
  }
  return message;
}

const Ladder& BuiltInLadder() {
  static const auto* const ladder = [] {
    auto* made = new Ladder();
    int steps = 0;
    for (const FieldDef& field : ProfileSchema().fields) {
      steps = std::max(steps, field.generalise_steps);
    }
    for (int i = 0; i < steps; ++i) made->rungs.push_back(EverythingBy(i));
    return made;
  }();
  return *ladder;
}

ProfileLevels Coarser(const ProfileLevels& a, const ProfileLevels& b) {
  ProfileLevels both;
  for (std::size_t i = 0; i < both.size(); ++i) {
    both[i] = policy::Meet(a[i], b[i]);
  }
  return both;
}

std::string EncodeLevels(const ProfileLevels& levels) {
  std::string stored;
  const std::size_t fields = ProfileSchema().fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    stored.push_back(static_cast<char>(levels[i].stored()));
  }
  return stored;
}

ProfileLevels DecodeLevels(absl::string_view stored) {
  ProfileLevels levels = AllRaw();
  if (stored.size() != ProfileSchema().fields.size()) return levels;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    levels[i] = Level::FromStored(static_cast<std::uint8_t>(stored[i]));
  }
  return levels;
}

absl::StatusOr<Anonymity> ReadAnonymity(
    const storage::DocumentReader& documents, const PeerId& peer) {
  static const auto* const built_in = new std::shared_ptr<const Ladder>(
      std::make_shared<Ladder>(BuiltInLadder()));
  Anonymity anonymity;
  anonymity.ladder = *built_in;
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                         documents.Get(absl::StrCat(kPrefix, peer.ToString())));
  if (!stored.has_value()) return anonymity;
  v1::StoredAnonymity message;
  const absl::Status damaged = absl::DataLossError(
      absl::StrCat("the stored ladder for `", peer.ToString(), "` is none"));
  if (!message.ParseFromString(*stored) ||
      message.phase() > static_cast<std::uint32_t>(EpochPhase::kReleasing)) {
    return damaged;
  }
  anonymity.epoch = message.epoch();
  anonymity.phase = static_cast<EpochPhase>(message.phase());
  const absl::StatusOr<absl::CivilDay> began = ParseDay(message.began());
  if (!began.ok()) return damaged;
  anonymity.began = *began;
  anonymity.stay_days = message.stay_days();
  if (!message.stay_from().empty()) {
    const absl::StatusOr<absl::CivilDay> from = ParseDay(message.stay_from());
    if (!from.ok()) return damaged;
    anonymity.stay_from = *from;
  }
  if (!message.hierarchies().empty()) {
    const absl::StatusOr<Digest> digest = ToDigest(message.hierarchies());
    if (!digest.ok()) return damaged;
    anonymity.hierarchies = *digest;
  }
  if (!message.has_ladder()) return anonymity;
  absl::StatusOr<Ladder> ladder = LadderOf(message.ladder());
  if (!ladder.ok()) return damaged;
  anonymity.ladder = std::make_shared<Ladder>(*std::move(ladder));
  anonymity.built_in = false;
  return anonymity;
}

absl::Status PutAnonymity(storage::DocumentStore& documents, const PeerId& peer,
                          const Anonymity& anonymity) {
  v1::StoredAnonymity message;
  if (!anonymity.built_in)
    *message.mutable_ladder() = MessageOf(*anonymity.ladder);
  message.set_epoch(anonymity.epoch);
  message.set_began(FormatDay(anonymity.began));
  message.set_phase(static_cast<std::uint32_t>(anonymity.phase));
  message.set_stay_days(anonymity.stay_days);
  message.set_stay_from(FormatDay(anonymity.stay_from));
  message.set_hierarchies(std::string(AsView(anonymity.hierarchies)));
  return documents.Put(absl::StrCat(kPrefix, peer.ToString()),
                       message.SerializeAsString());
}

absl::Status ForgetAnonymity(storage::DocumentStore& documents,
                             const PeerId& peer) {
  return documents.Remove(absl::StrCat(kPrefix, peer.ToString())).status();
}

}  // namespace minga::exchange
