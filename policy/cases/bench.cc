#include "policy/cases/bench.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"

namespace minga::policy::cases {
namespace {

// Parties of one MoU besides the own country.
constexpr std::size_t kPartnersMax = 31;

// Names of groups that `document` uses and does not define.
std::set<std::string> GroupsOf(const v1::PolicyDocument& document) {
  std::set<std::string> names;
  if (!document.has_node_override()) return names;
  for (const v1::Rule& rule : document.node_override().rules()) {
    names.insert(rule.peer_groups().begin(), rule.peer_groups().end());
  }
  return names;
}

std::string NationalText(Country own, const std::set<std::string>& groups) {
  std::string text =
      absl::StrCat("national_policy { country: '", own.ToString(), "' ");
  for (const std::string& name : groups) {
    absl::StrAppend(&text, "peer_groups { name: '", absl::CEscape(name),
                    "' } ");
  }
  return absl::StrCat(text, PermitsAll(), "}");
}

std::vector<Country> PeersOf(const LoadedCases& cases) {
  std::set<Country> peers;
  for (const Case& one : cases.cases) {
    if (one.agreement) peers.insert(one.question.peer);
  }
  return {peers.begin(), peers.end()};
}

}  // namespace

std::string PermitsAll() {
  std::string text =
      "rules { id: 'minga.cases.permits-all' effect: EFFECT_PERMIT "
      "directions: [DIRECTION_SEND, DIRECTION_RECEIVE] fields: '*' "
      "level: LEVEL_RAW "
      "citations { statute: '-' article: '-' "
      "certainty: CERTAINTY_UNVERIFIED } ";
  for (int i = 1; i < kRecordKinds; ++i) {
    if (SchemaOf(static_cast<RecordKind>(i)).fields.empty()) continue;
    absl::StrAppend(&text, "kinds: ",
                    v1::RecordKind_Name(static_cast<v1::RecordKind>(i)), " ");
  }
  for (int i = 1; i < kPurposes; ++i) {
    absl::StrAppend(&text,
                    "purposes: ", v1::Purpose_Name(static_cast<v1::Purpose>(i)),
                    " ");
  }
  return absl::StrCat(text, "} ");
}

Bench::Bench(Layer layer, const v1::PolicyDocument& document,
             const LoadedCases& cases, std::vector<Country> signed_by)
    : layer_(layer), own_(cases.country), signed_by_(std::move(signed_by)) {
  if (layer_ != Layer::kNational) {
    national_ = {"national", NationalText(own_, GroupsOf(document))};
  }
  if (layer_ == Layer::kMou) return;
  const std::vector<Country> peers = PeersOf(cases);
  for (std::size_t from = 0; from < peers.size(); from += kPartnersMax) {
    std::string text = absl::StrCat("mou { parties: '", own_.ToString(), "' ");
    for (std::size_t i = from; i < std::min(peers.size(), from + kPartnersMax);
         ++i) {
      absl::StrAppend(&text, "parties: '", peers[i].ToString(), "' ");
    }
    absl::StrAppend(&text, "valid_from: '1970-01-01' ", PermitsAll(), "}");
    mous_.push_back({"agreement", std::move(text)});
  }
}

absl::StatusOr<std::shared_ptr<const PolicySet>> Bench::Load(
    const std::string& name, const std::string& text, bool agreement) const {
  PolicySources sources;
  sources.national = national_;
  if (agreement) sources.mous = mous_;
  DocumentSource document = {name, text, signed_by_};
  switch (layer_) {
    case Layer::kNational:
      sources.national = std::move(document);
      break;
    case Layer::kMou:
      if (agreement) sources.mous.push_back(std::move(document));
      break;
    default:
      sources.overrides.push_back(std::move(document));
  }
  return PolicySet::Load(own_, sources);
}

}  // namespace minga::policy::cases
