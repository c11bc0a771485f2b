#include "tests/simulation/region/teller.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::region {
namespace {

// Everything agrees so soon after faults have ended: a stream that was lost
// silently is found out after minutes, an interrupted sweep goes on within the
// hour.
constexpr absl::Duration kRest = absl::Hours(2);
// A minute's deeds; no story counts more at once.
constexpr std::uint64_t kDeedMax = 1000;

// What a full or dying disk answers; the ledger knows.
bool IsFaultsAnswer(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
}

class Teller {
 public:
  explicit Teller(const Story& story) : region_(story.seed, story.countries) {}

  absl::Status Found() { return region_.Found(); }
  const Figures& figures() const { return region_.figures(); }

  absl::Status Befall(const Step& step) {
    if (IsFault(step.verb)) region_.CountFault();
    Node* const node = region_.Find(step.who);
    if (node == nullptr) return Time(step);
    absl::Status done;
    if (step.verb < Verb::kCrash) {
      if (!node->up()) return absl::OkStatus();
      done = Do(*node, step);
    } else {
      done = Fault(*node, step);
    }
    if (node->up() && node->disk().died()) return region_.Crash(*node);
    return IsFaultsAnswer(done) ? absl::OkStatus() : done;
  }

 private:
  absl::Status Do(Node& node, const Step& step);
  absl::Status Fault(Node& node, const Step& step);
  absl::Status Time(const Step& step);
  absl::Status Sees(const Node& node, const Step& step, RecordKind kind) const;

  Region region_;
};

absl::Status Teller::Do(Node& node, const Step& step) {
  const auto count = std::min<std::uint64_t>(
      static_cast<std::uint64_t>(step.number), kDeedMax);
  switch (step.verb) {
    case Verb::kPut:
    case Verb::kPutWithFee:
      node.PutVacancies(count, step.verb == Verb::kPutWithFee);
      return absl::OkStatus();
    case Verb::kChange:
    case Verb::kClose:
      node.ChangeVacancies(count, step.verb == Verb::kClose);
      return absl::OkStatus();
    case Verb::kWithdraw:
      return node.WithdrawVacancies(count);
    case Verb::kRegister:
      node.RegisterPeople(count);
      return absl::OkStatus();
    case Verb::kChangePeople:
      node.ChangePeople(count);
      return absl::OkStatus();
    case Verb::kErase:
      return node.ErasePeople(count);
    case Verb::kRefuseConsent:
      return node.Consents(count, false);
    case Verb::kConsent:
      return node.Consents(count, true);
    case Verb::kActivate:
      return node.Activate(*step.law);
    case Verb::kSuspend:
      return node.SetState(step.whom, storage::PeerState::kSuspended);
    case Verb::kResume:
      if (!node.ledger().peers.contains(step.whom)) {
        return node.AddPeer(region_.Find(step.whom)->party());
      }
      return node.SetState(step.whom, storage::PeerState::kActive);
    case Verb::kRejoin:
      return node.Rejoin(region_.Find(step.whom)->party());
    case Verb::kChangePseudonyms:
      return node.ChangePseudonyms(step.whom);
    default:
      return absl::InternalError("no deed");
  }
}

absl::Status Teller::Fault(Node& node, const Step& step) {
  switch (step.verb) {
    case Verb::kCrash:
      return node.up() ? region_.Crash(node) : absl::OkStatus();
    case Verb::kDieSoon:
      if (node.up()) {
        node.disk().DieAfter(static_cast<std::uint64_t>(step.number) + 1);
      }
      return absl::OkStatus();
    case Verb::kStop:
      node.Stop();
      return absl::OkStatus();
    case Verb::kStart:
      return node.up() ? absl::OkStatus() : node.Start();
    case Verb::kCut:
      region_.Cut(step.who, step.whom);
      return absl::OkStatus();
    case Verb::kCutAt:
      region_.CutAt(step.who, step.whom,
                    static_cast<std::uint64_t>(step.number));
      return absl::OkStatus();
    case Verb::kPart:
    case Verb::kJoin:
      region_.Part(step.who, step.whom, step.verb == Verb::kPart);
      return absl::OkStatus();
    case Verb::kRepeatPage:
      region_.RepeatPage(step.who, step.whom);
      return absl::OkStatus();
    case Verb::kDamagePage:
      region_.DamagePage(step.who, step.whom);
      return absl::OkStatus();
    case Verb::kDiskFull:
      region_.SetFull(step.who, true);
      return absl::OkStatus();
    case Verb::kDiskSlow:
      region_.SetSlow(step.who, true);
      return absl::OkStatus();
    case Verb::kDiskWell:
      region_.SetFull(step.who, false);
      region_.SetSlow(step.who, false);
      return absl::OkStatus();
    case Verb::kClockWrong:
    case Verb::kClockRight:
      region_.SetClock(step.who, absl::Hours(step.number));
      return absl::OkStatus();
    case Verb::kSeesVacancies:
      return Sees(node, step, RecordKind::kVacancy);
    case Verb::kSeesPeople:
      return Sees(node, step, RecordKind::kProfile);
    default:
      return absl::InternalError("no fault");
  }
}

absl::Status Teller::Sees(const Node& node, const Step& step,
                          RecordKind kind) const {
  if (!node.up()) return absl::InternalError("is not running");
  storage::RecordCount held;
  MINGA_RETURN_IF_ERROR(
      node.database().Read([&](const storage::Snapshot& s) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(held, s.records().Count(step.whom, kind));
        return absl::OkStatus();
      }));
  if (held.records == step.number) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("sees ", held.records));
}

absl::Status Teller::Time(const Step& step) {
  switch (step.verb) {
    case Verb::kMinutes:
      return region_.Pass(absl::Minutes(step.number));
    case Verb::kHours:
      return region_.Pass(absl::Hours(step.number));
    case Verb::kDays:
      return region_.Pass(absl::Hours(24 * step.number));
    case Verb::kSteps:
      return region_.Steps(static_cast<std::uint64_t>(step.number));
    case Verb::kSettle:
      return region_.Settle();
    case Verb::kAllIsWell:
      MINGA_RETURN_IF_ERROR(region_.EndFaults());
      return region_.Converge(kRest);
    default:
      return absl::InternalError("no time");
  }
}

}  // namespace

absl::Status Tell(const Story& story, Figures* figures) {
  Teller teller(story);
  absl::Status held = At("the founding", teller.Found());
  for (std::size_t i = 0; held.ok() && i < story.steps.size(); ++i) {
    const Step& step = story.steps[i];
    held = At(absl::StrCat(step.line > 0 ? absl::StrCat("line ", step.line)
                                         : absl::StrCat("step ", i + 1),
                           " (", step.ToString(), ")"),
              teller.Befall(step));
  }
  if (figures != nullptr) figures->Add(teller.figures());
  return held;
}

Story Shrink(const Story& story, int tries) {
  Story best = story;
  for (std::size_t size = std::max<std::size_t>(best.steps.size() / 2, 1);
       size > 0 && tries > 0; size /= 2) {
    for (std::size_t at = 0; at < best.steps.size() && tries > 0;) {
      Story shorter = best;
      const std::size_t end = std::min(at + size, shorter.steps.size());
      shorter.steps.erase(
          shorter.steps.begin() + static_cast<std::ptrdiff_t>(at),
          shorter.steps.begin() + static_cast<std::ptrdiff_t>(end));
      --tries;
      if (Tell(shorter).ok()) {
        at = end;
      } else {
        best = std::move(shorter);
      }
    }
  }
  return best;
}

}  // namespace minga::region
