#include "node/exchange/clocks.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

bool Covers(const std::string& from, const std::string& until,
            const std::string& today) {
  return (from.empty() || from <= today) && (until.empty() || today <= until);
}

template <typename Items>
bool Has(const Items& items, const std::string& one) {
  return std::find(items.begin(), items.end(), one) != items.end();
}

std::string Cited(const v1::Citation& from) {
  policy::Citation citation;
  citation.statute = from.statute();
  citation.article = from.article();
  if (from.certainty() == v1::CERTAINTY_SECONDARY) {
    citation.certainty = policy::Certainty::kSecondary;
  } else if (from.certainty() == v1::CERTAINTY_VERIFIED) {
    citation.certainty = policy::Certainty::kVerified;
  }
  return citation.ToString();
}

absl::StatusOr<v1::PolicyDocument> Parse(const std::string& text) {
  v1::PolicyDocument document;
  if (!google::protobuf::TextFormat::ParseFromString(text, &document)) {
    return absl::DataLossError("a policy in force does not parse");
  }
  return document;
}

// Walks the rules of documents and keeps the shortest clock.
class Search {
 public:
  Search(Memo<v1::PolicyDocument>& documents, Country own, const PeerId& peer,
         absl::CivilDay today)
      : documents_(documents),
        own_(own.ToString()),
        peer_(peer.ToString()),
        today_(FormatDay(today)) {}

  absl::Status Look(const policy::DocumentSource& source) {
    if (source.text.empty()) return absl::OkStatus();
    const auto parsed = documents_.Get(source.text, Parse);
    if (!parsed.ok()) return At(source.name, parsed.status());
    const v1::PolicyDocument& document = **parsed;
    if (document.has_national_policy()) {
      const v1::NationalPolicy& national = document.national_policy();
      for (const v1::PeerGroup& group : national.peer_groups()) {
        if (Has(group.countries(), peer_)) groups_.insert(group.name());
      }
      Rules(national.rules());
    } else if (document.has_node_override()) {
      Rules(document.node_override().rules());
    } else if (document.has_mou()) {
      Agreement(document.mou(), source);
    }
    return absl::OkStatus();
  }

  std::optional<BreachClock> Take() { return std::move(found_); }

 private:
  void Agreement(const v1::Mou& mou, const policy::DocumentSource& source) {
    const bool ours = Has(mou.parties(), own_) && Has(mou.parties(), peer_);
    if (!ours || !Covers(mou.valid_from(), mou.valid_until(), today_)) return;
    const std::vector<Country>& signers = source.signed_by;
    const bool signed_by_peer =
        signers.empty() ||
        std::any_of(signers.begin(), signers.end(),
                    [&](Country one) { return one.ToString() == peer_; });
    if (signed_by_peer) Rules(mou.rules());
  }

  bool IsFor(const v1::Rule& rule) const {
    if (!Covers(rule.valid_from(), rule.valid_until(), today_)) return false;
    if (rule.peers().empty() && rule.peer_groups().empty()) return true;
    return Has(rule.peers(), peer_) ||
           std::any_of(
               rule.peer_groups().begin(), rule.peer_groups().end(),
               [&](const std::string& one) { return groups_.contains(one); });
  }

  template <typename RuleList>
  void Rules(const RuleList& rules) {
    for (const v1::Rule& rule : rules) {
      if (!IsFor(rule)) continue;
      for (const v1::Obligation& one : rule.obligations()) Weigh(rule, one);
    }
  }

  void Weigh(const v1::Rule& rule, const v1::Obligation& obligation) {
    if (!obligation.has_breach_notice_hours()) return;
    const int hours = obligation.breach_notice_hours();
    if (found_.has_value() && found_->hours <= hours) return;
    found_ = BreachClock{hours, rule.id(), ""};
    if (!obligation.citations().empty()) {
      found_->citation = Cited(obligation.citations(0));
    } else if (!rule.citations().empty()) {
      found_->citation = Cited(rule.citations(0));
    }
  }

  Memo<v1::PolicyDocument>& documents_;
  const std::string own_;
  const std::string peer_;
  const std::string today_;
  std::set<std::string> groups_;  // that the peer is in
  std::optional<BreachClock> found_;
};

}  // namespace

absl::StatusOr<std::optional<BreachClock>> BreachClocks::Shortest(
    const policy::PolicySources& sources, Country own, const PeerId& peer,
    absl::CivilDay today) {
  Search search(documents_, own, peer, today);
  MINGA_RETURN_IF_ERROR(search.Look(sources.national));
  for (const policy::DocumentSource& source : sources.mous) {
    MINGA_RETURN_IF_ERROR(search.Look(source));
  }
  for (const policy::DocumentSource& source : sources.overrides) {
    MINGA_RETURN_IF_ERROR(search.Look(source));
  }
  return search.Take();
}

}  // namespace minga::exchange
