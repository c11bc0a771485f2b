#include "policy/decision.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace minga::policy {
namespace {

absl::string_view CertaintyName(Certainty certainty) {
  switch (certainty) {
    case Certainty::kVerified:
      return "verified";
    case Certainty::kSecondary:
      return "secondary";
    case Certainty::kUnverified:
      break;
  }
  return "unverified";
}

}  // namespace

absl::string_view PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kJobMatching:
      return "job_matching";
    case Purpose::kApplication:
      return "application";
    case Purpose::kContact:
      return "contact";
    case Purpose::kRightsInformation:
      return "rights_information";
    case Purpose::kComplaintHandling:
      return "complaint_handling";
    case Purpose::kTrainingReferral:
      return "training_referral";
    case Purpose::kRecognition:
      return "recognition";
    case Purpose::kStatistics:
      return "statistics";
    case Purpose::kUnspecified:
      break;
  }
  return "unspecified";
}

absl::string_view DirectionName(Direction direction) {
  return direction == Direction::kReceive ? "receive" : "send";
}

absl::string_view LayerName(Layer layer) {
  switch (layer) {
    case Layer::kNational:
      return "national";
    case Layer::kMou:
      return "mou";
    case Layer::kOverride:
      return "override";
    case Layer::kConsent:
      break;
  }
  return "consent";
}

std::string Citation::ToString() const {
  return absl::StrCat(statute, " ", article, " (", CertaintyName(certainty),
                      ")");
}

Answer::Answer() {
  static const auto* const denied = new Decision;
  decision_ = denied;
}

Answer::Answer(std::shared_ptr<const Decision> decision)
    : decision_(decision.get()), keeper_(std::move(decision)) {}

}  // namespace minga::policy
