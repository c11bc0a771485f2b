#include "node/exchange/view.h"

#include <google/protobuf/message.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/clock.h"
#include "node/base/strings.h"
#include "node/exchange/due.h"
#include "node/exchange/facts.h"
#include "node/exchange/holds.h"
#include "node/exchange/project.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

View Withheld(absl::string_view reason, absl::string_view explanation) {
  View view;
  view.state = ViewState::kWithheld;
  view.reason = std::string(reason);
  view.explanation = std::string(explanation);
  return view;
}

// A record that is over for everyone, whatever the policy says; nullopt if it
// is not.
std::optional<View> Over(const Scene& scene, const Subject& subject) {
  if (subject.content.kind == RecordKind::kProfile) {
    const v1::Profile& profile = subject.content.profile();
    if (profile.status() != v1::PROFILE_STATUS_ACTIVE) {
      return GoneView(kReasonClosed);
    }
  }
  if (subject.content.kind == RecordKind::kRightsNotice) {
    const std::string& until = subject.content.rights_notice().valid_until();
    if (!until.empty() && until < FormatDay(scene.today))
      return GoneView(kReasonExpired);
  }
  if (subject.content.kind != RecordKind::kVacancy) return std::nullopt;
  const v1::Vacancy& vacancy = subject.content.vacancy();
  if (vacancy.status() != v1::VACANCY_STATUS_OPEN) {
    return GoneView(kReasonClosed);
  }
  const std::string& closing = vacancy.closing_date();
  if (!closing.empty() && closing < FormatDay(scene.today)) {
    return GoneView(kReasonExpired);
  }
  return std::nullopt;
}

// True once a vacancy has been offered at home for `days`. What cannot be told
// is not so.
bool OfferedAtHome(const Scene& scene, const Content& content, int days) {
  if (content.kind != RecordKind::kVacancy) return false;
  const v1::Vacancy& vacancy = content.vacancy();
  if (!vacancy.has_created_at()) return false;
  const absl::CivilDay created =
      DayOf(absl::FromUnixSeconds(vacancy.created_at().seconds()));
  return created + days <= scene.today;
}

// Projections of one record that is no profile, by what they depend on.
class Projections {
 public:
  // Both outlive this.
  Projections(const Content& content, const Hierarchies& hierarchies)
      : content_(content), hierarchies_(hierarchies) {}

  // The record's bytes as they are sent.
  const std::string& Of(const policy::Decision& decision) {
    if (bytes_.has_value() && decision.levels == levels_ &&
        decision.obligations.notices == notices_ &&
        decision.obligations.transforms == transforms_) {
      return *bytes_;
    }
    levels_ = decision.levels;
    notices_ = decision.obligations.notices;
    transforms_ = decision.obligations.transforms;
    bytes_ = SerialiseContent(
        *Project(content_, decision, content_.id(), hierarchies_).message);
    digest_.reset();
    return *bytes_;
  }

  // Digest of what Of returned last.
  const Digest& DigestOf(const Terms& terms) {
    if (!digest_.has_value() || terms_ != terms) {
      digest_ = DigestOfShown(*bytes_, terms);
      terms_ = terms;
    }
    return *digest_;
  }

 private:
  const Content& content_;
  const Hierarchies& hierarchies_;
  decltype(policy::Decision::levels) levels_{};
  std::vector<std::string> notices_;
  std::vector<policy::Transform> transforms_;
  std::optional<std::string> bytes_;
  std::optional<Digest> digest_;
  Terms terms_;
};

}  // namespace

absl::string_view KeptBack(const Scene& scene, const Subject& subject,
                           const PeerId& peer,
                           const policy::Decision& decision) {
  const policy::Obligations& obligations = decision.obligations;
  if (obligations.retention_until < scene.today) return kReasonExpired;
  if (obligations.national_first_days > 0 &&
      !OfferedAtHome(scene, subject.content, obligations.national_first_days)) {
    return kReasonNationalFirst;
  }
  if (obligations.fee_percent_max >= 0 &&
      subject.content.kind == RecordKind::kVacancy &&
      AsksTooMuch(subject.content.vacancy(), obligations.fee_percent_max)) {
    return kReasonFee;
  }
  if (obligations.hold_for_officer &&
      !IsReleased(subject.documents, peer, subject.key, subject.revision,
                  decision)) {
    return kReasonHeld;
  }
  return "";
}

std::vector<CitedRule> WhoKeepsBack(absl::string_view reason,
                                    const Verdict& verdict) {
  std::vector<CitedRule> rules;
  for (const auto& [rule, obligations] : verdict.obliging) {
    const bool is_it =
        (reason == kReasonHeld && obligations.hold_for_officer) ||
        (reason == kReasonFee && obligations.fee_percent_max >= 0) ||
        (reason == kReasonNationalFirst &&
         obligations.national_first_days > 0) ||
        (reason == kReasonExpired &&
         obligations.retention_until != absl::CivilDay::max());
    if (is_it) rules.push_back(rule);
  }
  return rules;
}

namespace {

std::string ToText(const std::vector<CitedRule>& rules) {
  std::string text;
  for (const CitedRule& rule : rules) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", rule.ToString());
  }
  return CutExplanation(text);
}

View Evaluate(const Scene& scene, const Subject& subject, const PeerFile& peer,
              const policy::Facts& facts, Projections& projections,
              Shown* shown) {
  if (peer.leaving) return Withheld(kReasonLeaving, "the peer is leaving");
  if (!peer.active) return Withheld(kReasonSuspended, "the peer is suspended");
  const Ruling ruling =
      scene.judge->Ask(SendQuestion(scene, subject.key.kind, peer.id), facts);
  const std::shared_ptr<const Verdict>& verdict = ruling.verdict;
  const policy::Decision& decision = verdict->decision;
  View view = Withheld(verdict->reason, verdict->explanation);
  view.levels = verdict->levels;
  view.grounds = verdict;
  view.changes_on = ChangesOn(scene, subject.content, ruling);
  if (!decision.permitted) return view;
  const policy::Obligations& obligations = decision.obligations;
  const absl::string_view kept = KeptBack(scene, subject, peer.id, decision);
  if (!kept.empty()) {
    View home = Withheld(kept, ToText(WhoKeepsBack(kept, *verdict)));
    home.grounds = verdict;
    home.changes_on = view.changes_on;
    return home;
  }
  view.state = ViewState::kShown;
  view.erase_within_hours = obligations.erase_within_hours;
  view.notify_person = obligations.notify_person;
  if (subject.key.kind == RecordKind::kProfile) {
    view.verdict = verdict;
    return view;
  }
  const std::string& bytes = projections.Of(decision);
  const Terms terms = TermsOf(obligations);
  view.digest = projections.DigestOf(terms);
  if (shown != nullptr) *shown = {bytes, terms};
  return view;
}

}  // namespace

policy::Question SendQuestion(const Scene& scene, RecordKind kind,
                              const PeerId& peer) {
  policy::Question question;
  question.own = scene.own;
  question.peer = peer;
  question.direction = policy::Direction::kSend;
  question.kind = kind;
  question.purpose = PurposeOf(kind);
  question.as_of = scene.today;
  return question;
}

bool IsOver(const Scene& scene, const Subject& subject) {
  return Over(scene, subject).has_value();
}

View UnreadableView() {
  View view;
  view.state = storage::ViewState::kWithheld;
  view.reason = "unreadable";
  view.explanation = "the stored record cannot be read";
  return view;
}

bool IsUnreadable(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsNotFound(status);
}

View GoneView(absl::string_view reason) {
  View view;
  view.state = ViewState::kGone;
  view.reason = std::string(reason);
  return view;
}

std::vector<View> EvaluateViews(const Scene& scene, const Subject& subject) {
  std::vector<View> views;
  views.reserve(scene.peers.size());
  if (const std::optional<View> over = Over(scene, subject)) {
    views.assign(scene.peers.size(), *over);
    return views;
  }
  const policy::Facts facts =
      FactsForSending(subject.content, subject.consent, scene.today);
  Projections projections(subject.content, *scene.hierarchies);
  for (const PeerFile& peer : scene.peers) {
    views.push_back(
        Evaluate(scene, subject, peer, facts, projections, nullptr));
  }
  return views;
}

View EvaluateView(const Scene& scene, const Subject& subject,
                  const PeerFile& peer, Shown* shown) {
  if (std::optional<View> over = Over(scene, subject)) return *std::move(over);
  const policy::Facts facts =
      FactsForSending(subject.content, subject.consent, scene.today);
  Projections projections(subject.content, *scene.hierarchies);
  return Evaluate(scene, subject, peer, facts, projections, shown);
}

}  // namespace minga::exchange
