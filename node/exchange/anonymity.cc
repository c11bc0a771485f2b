#include "node/exchange/anonymity.h"

#include <algorithm>
#include <map>

#include "node/base/status.h"
#include "node/exchange/subject.h"
#include "node/exchange/support.h"

namespace minga::exchange {
namespace {

using storage::ClassMember;
using storage::ClassPlace;
using storage::ClassResident;
using storage::ClassRole;
using storage::ClassState;

// Opened at once at most (or k + margin, if that is more): bounds a
// transaction. Others who wait join the open class when their turn comes.
constexpr int kOpenedMax = 256;
// Members read at once.
constexpr int kResidentsRead = 1024;

std::vector<std::uint64_t> Among(const std::vector<std::uint64_t>& values,
                                 const std::vector<std::uint64_t>& allowed) {
  std::vector<std::uint64_t> kept;
  for (const std::uint64_t value : values) {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) {
      kept.push_back(value);
    }
  }
  return kept;
}

ClassPlace ShownPlace(const Displays& displays, const Display& display,
                      const std::vector<std::uint64_t>& values) {
  ClassPlace place;
  place.epoch = displays.peer().anonymity.epoch;
  place.rung = display.rung;
  place.shown = true;
  place.classes = {display.klass};
  place.floor = displays.Floor(display, values);
  place.values = EncodeValues(values);
  place.sensitive = displays.Sensitive();
  return place;
}

bool SameEpoch(const ClassMember& member, const Displays& displays) {
  return member.epoch == displays.peer().anonymity.epoch;
}

}  // namespace

absl::StatusOr<std::optional<Placing>> CurrentPlacing(
    const storage::ClassReader& classes, const ClassMember& member,
    Displays& displays) {
  if (!SameEpoch(member, displays)) return std::optional<Placing>();
  displays.Restrict(member.floor, member.rung);
  Placing placing;
  if (member.shown.has_value()) {
    for (std::size_t i = 0; const Display* display = displays.At(i); ++i) {
      if (display->klass != member.shown->digest) continue;
      placing.shown = true;
      placing.display = *display;
      placing.values =
          Among(DecodeValues(member.values), displays.Values(*display));
      placing.class_size = member.shown->shown;
      return std::optional<Placing>(std::move(placing));
    }
    return std::optional<Placing>();
  }
  std::size_t i = 0;
  for (; const Display* display = displays.At(i); ++i) {
    if (i == 0) placing.display = *display;
    if (i >= member.waiting.size()) return std::optional<Placing>();
    MINGA_ASSIGN_OR_RETURN(const ClassState state,
                           classes.Lookup(displays.peer().id, display->klass));
    if (state.number != member.waiting[i]) return std::optional<Placing>();
    if (i == 0) placing.class_size = state.waiting;
  }
  if (i != member.waiting.size()) return std::optional<Placing>();
  if (member.values != EncodeValues(displays.Values(placing.display)) ||
      member.sensitive != displays.Sensitive()) {
    return std::optional<Placing>();
  }
  return std::optional<Placing>(std::move(placing));
}

bool ClassLedger::MayRelease(const PeerFile& peer, int rung) const {
  if (release_ == Release::kNobody) return false;
  if (release_ == Release::kUpToRung) return rung <= release_rung_;
  return peer.anonymity.phase == EpochPhase::kSteady &&
         !peer.anonymity.ladder->release_daily;
}

absl::StatusOr<Placing> ClassLedger::Place(const std::string& profile,
                                           Displays& displays) {
  const PeerId& peer = displays.peer().id;
  DropTurn(peer, profile);
  MINGA_ASSIGN_OR_RETURN(const std::optional<ClassMember> old,
                         classes_.Find(peer, profile));
  std::optional<Placing> current;
  if (old.has_value()) {
    MINGA_ASSIGN_OR_RETURN(current, CurrentPlacing(classes_, *old, displays));
    if (current.has_value() && current->shown &&
        old->shown->shown >= KOf(old->shown->digest) &&
        !recalled_.contains(old->shown->number)) {
      return Stay(profile, displays, *old, *current);
    }
  }
  for (std::size_t i = 0; const Display* display = displays.At(i); ++i) {
    MINGA_ASSIGN_OR_RETURN(std::optional<Placing> placing,
                           TryAt(profile, displays, *display, old));
    if (!placing.has_value()) continue;
    if (old.has_value()) MINGA_RETURN_IF_ERROR(HasLeft(peer, *old));
    return *std::move(placing);
  }
  if (current.has_value() && !current->shown) return *std::move(current);
  MINGA_ASSIGN_OR_RETURN(Placing placing, Wait(profile, displays, old));
  if (old.has_value()) MINGA_RETURN_IF_ERROR(HasLeft(peer, *old));
  return placing;
}

absl::StatusOr<std::optional<Placing>> ClassLedger::TryAt(
    const std::string& profile, Displays& displays, const Display& display,
    const std::optional<ClassMember>& old) {
  const PeerFile& peer = displays.peer();
  if (!MayRelease(peer, display.rung)) return std::optional<Placing>();
  MINGA_ASSIGN_OR_RETURN(ClassState state,
                         classes_.Lookup(peer.id, display.klass));
  const int k = KOf(display.klass);
  const bool was_here = old.has_value() && old->shown.has_value() &&
                        old->shown->number == state.number;
  if (!was_here && state.shown >= k && !recalled_.contains(state.number)) {
    if (!IsDiverse(state, displays.Sensitive(), LOf(display.klass))) {
      return std::optional<Placing>();
    }
    MINGA_ASSIGN_OR_RETURN(Placing placing,
                           Join(profile, displays, display, state));
    return std::optional<Placing>(std::move(placing));
  }
  // Those who are recalled leave first.
  if (state.shown - (was_here ? 1 : 0) > 0) return std::optional<Placing>();
  const bool waits_here =
      old.has_value() && std::find(old->waiting.begin(), old->waiting.end(),
                                   state.number) != old->waiting.end();
  const std::int64_t with_me = state.waiting + (waits_here ? 0 : 1);
  if (with_me < k + peer.anonymity.ladder->release_margin) {
    return std::optional<Placing>();
  }
  return Open(profile, displays, display, state);
}

absl::StatusOr<Placing> ClassLedger::Join(const std::string& profile,
                                          Displays& displays,
                                          const Display& display,
                                          const ClassState& state) {
  const PeerId& peer = displays.peer().id;
  const int k = KOf(display.klass);
  Placing placing;
  placing.shown = true;
  placing.display = display;
  placing.class_size = state.shown + 1;
  for (const std::uint64_t value : displays.Values(display)) {
    if (placing.values.size() >= kValuesShownMax) break;
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> having,
                           classes_.Having(state.number, value, k));
    if (static_cast<int>(having.size()) >= k) placing.values.push_back(value);
  }
  MINGA_RETURN_IF_ERROR(classes_.Put(
      peer, profile, ShownPlace(displays, display, placing.values)));
  touched_.emplace(peer, display.klass);
  return placing;
}

absl::StatusOr<std::optional<Placing>> ClassLedger::Open(
    const std::string& profile, Displays& displays, const Display& display,
    const ClassState& state) {
  const PeerId& peer = displays.peer().id;
  const int k = KOf(display.klass);
  const int enough = k + displays.peer().anonymity.ladder->release_margin;
  MINGA_ASSIGN_OR_RETURN(std::vector<ClassResident> members,
                         classes_.Residents(state.number, ClassRole::kWaiting,
                                            "", std::max(enough, kOpenedMax)));
  std::erase_if(members,
                [&](const ClassResident& m) { return m.profile == profile; });
  members.push_back(
      {profile, EncodeValues(displays.Values(display)), displays.Sensitive()});
  if (static_cast<int>(members.size()) < enough ||
      !AreDiverse(members, LOf(display.klass))) {
    return std::optional<Placing>();
  }
  const std::vector<std::vector<std::uint64_t>> values =
      SupportedValues(members, k);
  recalled_.erase(state.number);
  Placing placing;
  for (std::size_t i = 0; i < members.size(); ++i) {
    ClassPlace place = ShownPlace(displays, display, values[i]);
    place.sensitive = members[i].sensitive;
    if (members[i].profile != profile) {
      // What the epoch has seen of it, until its own turn: somebody who looks
      // the same may have been seen otherwise.
      MINGA_ASSIGN_OR_RETURN(const std::optional<ClassMember> member,
                             classes_.Find(peer, members[i].profile));
      if (member.has_value()) {
        place.floor = member->floor;
        place.rung = member->rung;
      }
    }
    MINGA_RETURN_IF_ERROR(classes_.Put(peer, members[i].profile, place));
    if (members[i].profile != profile) {
      waiting_.insert(TurnOf(peer, members[i].profile));
    }
  }
  touched_.emplace(peer, display.klass);
  placing.shown = true;
  placing.display = display;
  placing.values = values.back();
  placing.class_size = static_cast<std::int64_t>(members.size());
  return std::optional<Placing>(std::move(placing));
}

absl::StatusOr<Placing> ClassLedger::Stay(const std::string& profile,
                                          Displays& displays,
                                          const ClassMember& old,
                                          const Placing& placing) {
  const PeerId& peer = displays.peer().id;
  const int k = KOf(placing.display.klass);
  Placing stays = placing;
  std::vector<std::uint64_t> lost = DecodeValues(old.values);
  stays.values.clear();
  for (const std::uint64_t value : placing.values) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> having,
                           classes_.Having(old.shown->number, value, k));
    if (static_cast<int>(having.size()) < k) continue;
    stays.values.push_back(value);
    std::erase(lost, value);
  }
  ClassPlace place = ShownPlace(displays, stays.display, stays.values);
  place.rung = std::max(place.rung, old.rung);
  if (lost.empty() && place.floor == old.floor &&
      place.sensitive == old.sensitive && place.rung == old.rung) {
    return stays;
  }
  MINGA_RETURN_IF_ERROR(classes_.Put(peer, profile, place));
  touched_.emplace(peer, stays.display.klass);
  MINGA_RETURN_IF_ERROR(Losing(peer, *old.shown, lost));
  if (place.sensitive != old.sensitive) {
    MINGA_ASSIGN_OR_RETURN(const ClassState now,
                           classes_.Lookup(peer, stays.display.klass));
    if (!IsDiverse(now, "", LOf(now.digest))) {
      MINGA_RETURN_IF_ERROR(Recall(peer, now));
    }
  }
  return stays;
}

absl::StatusOr<Placing> ClassLedger::Wait(
    const std::string& profile, Displays& displays,
    const std::optional<ClassMember>& old) {
  const PeerId& peer = displays.peer().id;
  ClassPlace place;
  place.epoch = displays.peer().anonymity.epoch;
  Placing placing;
  for (std::size_t i = 0; const Display* display = displays.At(i); ++i) {
    if (i == 0) placing.display = *display;
    place.classes.push_back(display->klass);
  }
  if (old.has_value() && SameEpoch(*old, displays)) {
    place.floor = old->floor;
    place.rung = old->rung;
  }
  place.values = EncodeValues(displays.Values(placing.display));
  place.sensitive = displays.Sensitive();
  MINGA_RETURN_IF_ERROR(classes_.Put(peer, profile, place));
  MINGA_ASSIGN_OR_RETURN(const ClassState finest,
                         classes_.Lookup(peer, placing.display.klass));
  placing.class_size = finest.waiting;
  return placing;
}

absl::Status ClassLedger::Leave(const PeerFile& peer,
                                const std::string& profile, bool erased) {
  DropTurn(peer.id, profile);
  MINGA_ASSIGN_OR_RETURN(const std::optional<ClassMember> old,
                         classes_.Find(peer.id, profile));
  if (!old.has_value()) return absl::OkStatus();
  const bool was_seen =
      !old->floor.empty() && old->epoch == peer.anonymity.epoch;
  std::optional<ClassPlace> remembered;
  if (was_seen && !erased) {
    if (!old->shown.has_value() && old->waiting.empty()) {
      return absl::OkStatus();
    }
    remembered.emplace();
    remembered->epoch = old->epoch;
    remembered->rung = old->rung;
    remembered->floor = old->floor;
  }
  MINGA_RETURN_IF_ERROR(classes_.Put(peer.id, profile, remembered));
  return HasLeft(peer.id, *old);
}

absl::Status ClassLedger::HasLeft(const PeerId& peer, const ClassMember& old) {
  if (!old.shown.has_value()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const ClassState left,
                         classes_.Lookup(peer, old.shown->digest));
  touched_.emplace(peer, old.shown->digest);
  if (left.shown == 0) {
    recalled_.erase(old.shown->number);
    return absl::OkStatus();
  }
  if (left.shown >= old.shown->shown) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(Losing(peer, left, DecodeValues(old.values)));
  const int k = KOf(left.digest);
  if (left.shown == k - 1) return Recall(peer, left);
  if (left.shown < k || recalled_.contains(left.number)) {
    return absl::OkStatus();
  }
  return IsDiverse(left, "", LOf(left.digest)) ? absl::OkStatus()
                                               : Recall(peer, left);
}

absl::Status ClassLedger::Losing(const PeerId& peer, const ClassState& klass,
                                 const std::vector<std::uint64_t>& values) {
  const int k = KOf(klass.digest);
  for (const std::uint64_t value : values) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> having,
                           classes_.Having(klass.number, value, k));
    if (static_cast<int>(having.size()) >= k) continue;
    for (const std::string& profile : having)
      waiting_.insert(TurnOf(peer, profile));
  }
  return absl::OkStatus();
}

absl::Status ClassLedger::Recall(const PeerId& peer, const ClassState& klass) {
  recalled_.insert(klass.number);
  std::string after;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const std::vector<ClassResident> members,
                           classes_.Residents(klass.number, ClassRole::kShown,
                                              after, kResidentsRead));
    for (const ClassResident& member : members) {
      waiting_.insert(TurnOf(peer, member.profile));
    }
    if (static_cast<int>(members.size()) < kResidentsRead) {
      return absl::OkStatus();
    }
    after = members.back().profile;
  }
}

ClassLedger::Turn ClassLedger::TurnOf(const PeerId& peer,
                                      const std::string& profile) const {
  const Digest place = Sha256({AsView(salt_), peer.ToString(), profile});
  return {place, peer, profile};
}

void ClassLedger::DropTurn(const PeerId& peer, const std::string& profile) {
  if (!waiting_.empty()) waiting_.erase(TurnOf(peer, profile));
}

bool ClassLedger::Next(PeerId& peer, std::string& profile) {
  if (waiting_.empty()) return false;
  auto first = waiting_.extract(waiting_.begin());
  peer = std::get<1>(first.value());
  profile = std::move(std::get<2>(first.value()));
  return true;
}

}  // namespace minga::exchange
