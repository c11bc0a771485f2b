#include "node/policy_gate.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "policy/cases/cases.h"
#include "policy/proof/proof.h"

namespace minga {
namespace {

using exchange::Admission;
using exchange::Candidate;
using exchange::PolicyDocument;

// What an answer of the admin socket carries of a message, less the sentence
// that ends it.
constexpr std::size_t kReasonsBytesMax = 1800;
// Admitted documents that need no second look: an agreement of a group is
// signed with each party.
constexpr std::size_t kRememberedMax = 16;

// The reasons against one document.
class Reasons {
 public:
  void Add(std::string reason) { reasons_.push_back(std::move(reason)); }
  bool empty() const { return reasons_.empty(); }

  absl::Status ToStatus(const std::string& name) const {
    std::string text =
        absl::StrCat("refused: ", name, ": ", reasons_.size(),
                     reasons_.size() == 1 ? " reason" : " reasons",
                     "; the policy in force is unchanged");
    std::size_t listed = 0;
    for (; listed < reasons_.size(); ++listed) {
      if (text.size() + reasons_[listed].size() > kReasonsBytesMax) break;
      absl::StrAppend(&text, "\n", reasons_[listed]);
    }
    if (listed < reasons_.size()) {
      absl::StrAppend(&text, "\n... and ", reasons_.size() - listed,
                      " more; `minga policy test` and `minga policy prove` "
                      "list all");
    }
    return absl::InvalidArgumentError(text);
  }

 private:
  std::vector<std::string> reasons_;
};

absl::Status Test(const Candidate& candidate, Admission& passed,
                  Reasons& reasons) {
  if (candidate.cases.text.empty()) {
    if (candidate.which == PolicyDocument::kNational) {
      reasons.Add(
          absl::StrCat(candidate.document.name,
                       ":1:1: a national policy is put in force with its cases "
                       "(--cases FILE, or cases.textproto beside it)"));
    }
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(
      const policy::cases::Report report,
      policy::cases::TestPolicy(candidate.document, candidate.cases));
  for (const policy::cases::Failure& failure : report.failures) {
    reasons.Add(absl::StrCat(failure.place, ": case `", failure.id,
                             "`: ", failure.message));
  }
  for (const std::string& uncovered : report.uncovered) {
    reasons.Add(absl::StrCat(candidate.cases.name, ": ", uncovered));
  }
  for (const std::string& survivor : report.survivors) {
    reasons.Add(absl::StrCat(candidate.cases.name, ": ", survivor));
  }
  passed.cases = report.cases;
  return absl::OkStatus();
}

void Note(const policy::DocumentSource& document,
          const policy::proof::Report& report, Admission& passed,
          Reasons& reasons) {
  passed.properties += static_cast<int>(report.proved.size());
  for (const policy::proof::Finding& finding : report.findings) {
    if (finding.refuses) {
      reasons.Add(
          absl::StrCat(PlaceOf(document, finding.id), ": ", finding.message));
    } else {
      ++passed.remarks;
    }
  }
}

absl::Status Prove(const Candidate& candidate, Admission& passed,
                   Reasons& reasons) {
  const auto begin = std::chrono::steady_clock::now();
  const auto left = [begin] {
    return kProofLimit -
           absl::FromChrono(std::chrono::steady_clock::now() - begin);
  };
  std::vector<policy::DocumentSource> promising = {candidate.document};
  if (candidate.which == PolicyDocument::kNational) {
    // They name its groups.
    promising.insert(promising.end(), candidate.sources.overrides.begin(),
                     candidate.sources.overrides.end());
  }
  for (const policy::DocumentSource& document : promising) {
    policy::proof::Options options;
    options.national = candidate.sources.national;
    options.limit = left();
    MINGA_ASSIGN_OR_RETURN(const policy::proof::Report report,
                           policy::proof::Prove(document, options));
    Note(document, report, passed, reasons);
  }
  policy::PolicySources sources = candidate.sources;
  if (candidate.which == PolicyDocument::kMou) {
    // The others were proved when they were signed.
    sources.mous = {candidate.document};
    sources.overrides.clear();
  }
  // An agreement of a group stands once for each party; proved once.
  for (policy::DocumentSource& mou : sources.mous) mou.signed_by.clear();
  std::sort(sources.mous.begin(), sources.mous.end(),
            [](const auto& a, const auto& b) { return a.text < b.text; });
  sources.mous.erase(std::unique(sources.mous.begin(), sources.mous.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.text == b.text;
                                 }),
                     sources.mous.end());
  if (sources.mous.empty() && sources.overrides.empty()) {
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(
      const policy::proof::Report tightens,
      policy::proof::ProveTightens(candidate.own, sources, left()));
  Note(candidate.document, tightens, passed, reasons);
  return absl::OkStatus();
}

// Everything that the answer depends on.
Digest KeyOf(const Candidate& candidate) {
  std::string all = absl::StrCat(candidate.own.ToString(), " ",
                                 exchange::PolicyDocumentName(candidate.which));
  const auto add = [&all](absl::string_view text) {
    absl::StrAppend(&all, "\n", text.size(), "\n", text);
  };
  add(candidate.document.text);
  add(candidate.cases.text);
  add(candidate.sources.national.text);
  if (candidate.which == PolicyDocument::kMou) return Sha256(all);
  for (const policy::DocumentSource& mou : candidate.sources.mous) {
    add(mou.text);
  }
  for (const policy::DocumentSource& own : candidate.sources.overrides) {
    add(own.text);
  }
  return Sha256(all);
}

class PolicyGate final : public exchange::ActivationGate {
 public:
  absl::StatusOr<Admission> Admit(const Candidate& candidate) const override {
    const Digest key = KeyOf(candidate);
    const absl::MutexLock lock(&mutex_);
    for (const auto& [known, passed] : remembered_) {
      if (known == key) return passed;
    }
    Admission passed;
    Reasons reasons;
    MINGA_RETURN_IF_ERROR(Test(candidate, passed, reasons));
    MINGA_RETURN_IF_ERROR(Prove(candidate, passed, reasons));
    if (!reasons.empty()) return reasons.ToStatus(candidate.document.name);
    if (remembered_.size() >= kRememberedMax) {
      remembered_.erase(remembered_.begin());
    }
    remembered_.emplace_back(key, passed);
    return passed;
  }

 private:
  mutable absl::Mutex mutex_;
  mutable std::vector<std::pair<Digest, Admission>> remembered_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::string PlaceOf(const policy::DocumentSource& document,
                    absl::string_view id) {
  const absl::string_view text = document.text;
  for (std::size_t at = text.find(id);
       !id.empty() && at != absl::string_view::npos;
       at = text.find(id, at + 1)) {
    const std::size_t end = at + id.size();
    if (at == 0 || end == text.size() || text[at - 1] != text[end] ||
        (text[end] != '"' && text[end] != '\'')) {
      continue;
    }
    absl::string_view before =
        absl::StripTrailingAsciiWhitespace(text.substr(0, at - 1));
    if (!absl::ConsumeSuffix(&before, ":")) continue;
    before = absl::StripTrailingAsciiWhitespace(before);
    if (!absl::ConsumeSuffix(&before, "id")) continue;
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column =
        before.size() - (start == absl::string_view::npos ? 0 : start + 1) + 1;
    return absl::StrCat(document.name, ":", line, ":", column);
  }
  return document.name;
}

std::unique_ptr<exchange::ActivationGate> MakePolicyGate() {
  return std::make_unique<PolicyGate>();
}

}  // namespace minga
