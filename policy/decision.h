// What an evaluation answers: levels, obligations and why.
#ifndef MINGA_POLICY_DECISION_H_
#define MINGA_POLICY_DECISION_H_

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "policy/level.h"
#include "policy/schema.h"

namespace minga::policy {

enum class Direction : std::uint8_t { kSend = 1, kReceive = 2 };

// "send", "receive": the value of the fact `direction`.
absl::string_view DirectionName(Direction direction);

// Why data is asked for. Numbers are stored and are those of minga.v1.Purpose.
enum class Purpose : std::uint8_t {
  kUnspecified = 0,
  kJobMatching = 1,        // vacancies and anonymised profiles
  kApplication = 2,        // a person applies
  kContact = 3,            // an employer asks for contact
  kRightsInformation = 4,  // notices to workers
  kComplaintHandling = 5,
  kTrainingReferral = 6,
  kRecognition = 7,  // qualifications
  kStatistics = 8,
};
inline constexpr int kPurposes = 9;

// "job_matching"...
absl::string_view PurposeName(Purpose purpose);

struct Question {
  Country own;
  PeerId peer;
  Direction direction = Direction::kSend;
  RecordKind kind = RecordKind::kUnspecified;
  Purpose purpose = Purpose::kJobMatching;
  absl::CivilDay as_of;
};

// What a rule does.
enum class RuleEffect : std::uint8_t {
  kPermit,  // raises levels
  kForbid,  // lowers levels
  kOblige,  // ties what others permit to obligations
};

// How a field that is shown is changed first.
struct Transform {
  enum class Operation : std::uint8_t {
    kRoundToDay = 1,      // times become their day in UTC
    kTruncateText = 2,    // texts are cut at max_characters
    kThroughPesOnly = 3,  // only the PES remains as the way to apply
  };
  Operation operation = Operation::kRoundToDay;
  FieldId field = 0;
  int max_characters = 0;  // code points; 0 if the operation has no such bound

  friend bool operator==(const Transform&, const Transform&) = default;
  friend auto operator<=>(const Transform&, const Transform&) = default;
};

// What permission is tied to. Union over the permits and obliging rules that
// apply, of all layers; the strictest number wins; 0 = not asked for.
struct Obligations {
  int min_k = 0;                // anonymity class size; max wins
  int min_l = 0;                // max wins
  int retention_days = 0;       // receiver keeps at most; min wins
  int erase_within_hours = 0;   // after a withdrawal; min wins
  int breach_notice_hours = 0;  // min wins
  int national_first_days = 0;  // not sent abroad before; max wins
  // The receiver's last day; the earliest wins. max(): not asked for.
  absl::CivilDay retention_until = absl::CivilDay::max();
  // Percent of the first pay that a worker may be asked for; min wins, and 0 is
  // "no fee at all". -1: not asked for.
  int fee_percent_max = -1;
  bool notify_person = false;
  bool no_onward_transfer = false;
  bool hold_for_officer = false;     // an officer releases it
  std::vector<std::string> notices;  // shown with the record (quota citations)
  std::vector<Transform>
      transforms;  // sorted, one for each field and operation

  friend bool operator==(const Obligations&, const Obligations&) = default;
};

enum class Certainty : std::uint8_t { kUnverified, kSecondary, kVerified };

struct Citation {
  std::string statute;
  std::string article;
  std::string url;
  std::string verified_on;  // "2026-10-01" or empty
  Certainty certainty = Certainty::kUnverified;

  // "Ley 1581/2012 art. 26 (verified)".
  std::string ToString() const;
};

enum class Layer : std::uint8_t { kNational, kMou, kOverride, kConsent };

absl::string_view LayerName(Layer layer);

// A rule that shaped the answer. Never holds field values.
struct RuleTrace {
  Layer layer = Layer::kNational;
  std::string rule_id;
  RuleEffect effect = RuleEffect::kPermit;
  // Empty if the rule applied; otherwise the source text of the first
  // condition atom that was false, or "peer", "purpose", "date", for a permit
  // that came near.
  std::string failed;
  std::vector<Citation> citations;
  // What the rule ties permission to.
  Obligations obligations;

  bool permits() const { return effect == RuleEffect::kPermit; }
  bool forbids() const { return effect == RuleEffect::kForbid; }
};

struct Explanation {
  std::vector<RuleTrace> deciding;
  // For a refusal: the permits that would have allowed it.
  std::vector<RuleTrace> nearest;
  // One line for people, such as "layer mou: no agreement in force".
  std::string summary;
};

// A rule that shaped an answer, by name.
struct DecidingRule {
  Layer layer = Layer::kNational;
  std::string id;
  RuleEffect effect = RuleEffect::kPermit;

  friend bool operator==(const DecidingRule&, const DecidingRule&) = default;
  friend auto operator<=>(const DecidingRule&, const DecidingRule&) = default;
};

// An immutable list that copies share.
class DecidingRules {
 public:
  DecidingRules() = default;
  explicit DecidingRules(std::vector<DecidingRule> rules)
      : rules_(std::make_shared<const std::vector<DecidingRule>>(
            std::move(rules))) {}

  std::size_t size() const { return rules_ == nullptr ? 0 : rules_->size(); }
  bool empty() const { return size() == 0; }
  const DecidingRule* begin() const {
    return rules_ == nullptr ? nullptr : rules_->data();
  }
  const DecidingRule* end() const { return begin() + size(); }
  const DecidingRule& operator[](std::size_t i) const { return (*rules_)[i]; }

 private:
  std::shared_ptr<const std::vector<DecidingRule>> rules_;
};

struct Decision {
  std::array<Level, kFieldsMax> levels{};  // by FieldId; SUPPRESS by default
  Obligations obligations;
  // False if nothing may leave: every field is SUPPRESS, a required field is,
  // or the evaluation failed. The record is then withheld.
  bool permitted = false;
  // The permits and obliging rules that applied, and the forbids that lowered
  // what these let out; sorted by layer and id. Those of
  // Explanation::deciding without the layer of consent.
  DecidingRules deciding;
};

// A decision that many records share: reading it copies nothing. It keeps what
// it refers to, so that it may outlive the PolicySet; but an answer that is
// kept keeps the programs of its day and policy in memory too, so keep the
// Decision instead.
class Answer {
 public:
  // The denial of what cannot be answered.
  Answer();
  // A decision that is remembered nowhere.
  explicit Answer(std::shared_ptr<const Decision> decision);
  // `keeper` keeps `decision` and `basis` alive.
  Answer(const Decision* decision, const void* basis,
         std::shared_ptr<const void> keeper)
      : decision_(decision), basis_(basis), keeper_(std::move(keeper)) {}

  const Decision& operator*() const { return *decision_; }
  const Decision* operator->() const { return decision_; }
  // Not null: answers of one PolicySet with the same basis are the same, for
  // the same reasons, as long as any of them is kept.
  const void* basis() const { return basis_; }
  const std::shared_ptr<const void>& keeper() const { return keeper_; }

 private:
  const Decision* decision_ = nullptr;
  const void* basis_ = nullptr;
  std::shared_ptr<const void> keeper_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_DECISION_H_
