#include "node/exchange/audit_basis.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// A policy may have thousands of rules, and an entry is bounded: whoever needs
// all of them asks the policy of that hash.
constexpr std::size_t kRulesMax = 64;

absl::string_view EffectName(policy::RuleEffect effect) {
  switch (effect) {
    case policy::RuleEffect::kPermit:
      return "permit";
    case policy::RuleEffect::kForbid:
      return "forbid";
    case policy::RuleEffect::kOblige:
      return "oblige";
  }
  return "";
}

void Encode(const CitedRule& rule, v1::CitedRule& out) {
  out.set_id(rule.id);
  out.set_layer(std::string(policy::LayerName(rule.layer)));
  out.set_effect(std::string(EffectName(rule.effect)));
  out.set_statute(rule.statute);
  out.set_article(rule.article);
  out.set_failed(rule.failed);
}

// The rules by which `grounds` come to an outcome for `reason`.
std::vector<CitedRule> RulesFor(absl::string_view reason,
                                const Verdict& grounds) {
  if (reason != grounds.reason && grounds.decision.permitted) {
    std::vector<CitedRule> keeping = WhoKeepsBack(reason, grounds);
    if (!keeping.empty()) return keeping;
  }
  return grounds.rules;
}

std::string NameOf(absl::string_view basis, absl::Time at) {
  return absl::StrCat(kDocBasis, DayOf(at).year(), "/",
                      Hex(AsView(Sha256(basis)).substr(0, 16)));
}

// A basis is written in two halves: fields are serialised in the order of their
// numbers, so both together are the bytes of the whole.
std::string GroundBytes(const BasisParts& parts) {
  v1::Basis basis;
  basis.set_purpose(static_cast<v1::Purpose>(parts.purpose));
  if (parts.policy != nullptr) basis.set_policy_hash(ToBytes(*parts.policy));
  basis.set_reason(std::string(parts.reason));
  if (parts.rules != nullptr) {
    for (const CitedRule& rule : *parts.rules) {
      if (basis.rules_size() == static_cast<int>(kRulesMax)) break;
      Encode(rule, *basis.add_rules());
    }
  }
  return basis.SerializeAsString();
}

std::string SayingBytes(const BasisParts& parts) {
  v1::Basis basis;
  basis.set_levels(std::string(parts.levels));
  basis.set_summary(std::string(parts.summary));
  return basis.SerializeAsString();
}

}  // namespace

absl::Status ForgetBases(storage::DocumentStore& documents) {
  MINGA_ASSIGN_OR_RETURN(const auto told, documents.List(kDocBasis));
  for (const auto& [name, index] : told) {
    MINGA_RETURN_IF_ERROR(documents.Remove(name).status());
  }
  return absl::OkStatus();
}

std::string BasisBytes(const BasisParts& parts) {
  return absl::StrCat(GroundBytes(parts), SayingBytes(parts));
}

absl::StatusOr<storage::LeafIndex> BasisBook::IndexOf(
    const std::string& basis) {
  if (basis.empty()) return storage::LeafIndex{0};
  if (const auto known = indexes_.find(basis); known != indexes_.end()) {
    return known->second;
  }
  const std::string name = NameOf(basis, deed_.at);
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> named,
                         documents_.Get(name));
  storage::LeafIndex index = 0;
  if (named.has_value()) {
    if (!absl::SimpleAtoi(*named, &index)) {
      return absl::DataLossError(
          absl::StrCat("document `", name, "`: is not a number"));
    }
  } else {
    v1::AuditEntry entry;
    federation::FillEntry(entry, v1::AUDIT_EVENT_BASIS, deed_.at, "system", "");
    if (!entry.mutable_basis()->ParseFromString(basis)) {
      return absl::DataLossError("audit log: a stored basis is unreadable");
    }
    MINGA_ASSIGN_OR_RETURN(index, log_.Append(federation::EntryBytes(entry)));
    MINGA_RETURN_IF_ERROR(documents_.Put(name, absl::StrCat(index)));
  }
  indexes_.emplace(basis, index);
  return index;
}

std::string BasisBook::BytesOf(const std::shared_ptr<const Verdict>& grounds,
                               const Outcome& outcome) {
  // Where the grounds say it all, `explanation` is what they say.
  const bool words = grounds == nullptr || grounds->rules.empty() ||
                     outcome.reason == kReasonClass;
  BasisParts parts{outcome.policy, outcome.purpose, outcome.reason, nullptr,
                   outcome.levels, words ? outcome.explanation : ""};
  Ground& ground = grounds_[GroundKey(grounds.get(), outcome.purpose,
                                      std::string(outcome.reason))];
  if (ground.bytes.empty()) {
    std::vector<CitedRule> rules;
    if (grounds != nullptr) rules = RulesFor(outcome.reason, *grounds);
    parts.rules = &rules;
    ground = {grounds, GroundBytes(parts)};
  }
  return absl::StrCat(ground.bytes, SayingBytes(parts));
}

}  // namespace minga::exchange
