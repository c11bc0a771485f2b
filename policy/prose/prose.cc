#include "policy/prose/prose.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "policy/prose/duty_prose.h"
#include "policy/prose/page.h"
#include "policy/prose/rule_prose.h"
#include "policy/prose/words.h"

namespace minga::policy::prose {
namespace {

// A document of any layer, as far as they are the same.
class DocumentProse {
 public:
  DocumentProse(const DocumentInfo& info, const Words& words)
      : info_(info), words_(words), rules_(info.layer, words, page_) {}

  std::string Write(const v1::PolicyDocument& document) {
    switch (info_.layer) {
      case Layer::kNational: {
        const v1::NationalPolicy& policy = document.national_policy();
        Begin(policy.titles(), policy.version(), "about.national");
        Groups(policy);
        Body(policy);
        break;
      }
      case Layer::kMou:
        Begin(document.mou().titles(), document.mou().version(), "about.mou");
        Body(document.mou());
        break;
      default:
        Begin(document.node_override().titles(), "", "about.override");
        Body(document.node_override());
        break;
    }
    End();
    return page_.Take();
  }

 private:
  template <typename Notes>
  void Begin(const Notes& titles, const std::string& version,
             const std::string& key) {
    const std::string title = NoteText(titles, words_);
    page_.Title(title.empty() ? words_.Get("untitled") : title);
    page_.Section(words_.Get("about.heading"));
    std::vector<std::string> countries;
    for (const Country country : info_.countries) {
      countries.push_back(words_.CountryWithCode(country.ToString()));
    }
    page_.Paragraph(words_.Fill(key, words_.Join(countries, "and")));
    if (!version.empty()) {
      page_.Paragraph(words_.Fill("about.version", version));
    }
    if (info_.until != absl::CivilDay::max()) {
      page_.Paragraph(words_.Fill("about.range", words_.Day(info_.from),
                                  words_.Day(info_.until)));
    } else if (info_.from != absl::CivilDay::min()) {
      page_.Paragraph(words_.Fill("about.from", words_.Day(info_.from)));
    }
    page_.Blank();
    if (info_.layer != Layer::kOverride) {
      page_.Paragraph(words_.Get("about.default"));
    }
    page_.Paragraph(words_.Get(key + ".layers"));
    page_.Paragraph(words_.Get("about.ids"));
  }

  void Groups(const v1::NationalPolicy& policy) {
    if (policy.peer_groups().empty()) return;
    page_.Section(words_.Get("groups.heading"));
    for (const v1::PeerGroup& group : policy.peer_groups()) {
      std::vector<std::string> countries;
      for (const std::string& country : group.countries()) {
        countries.push_back(words_.CountryWithCode(country));
      }
      page_.Item(words_.Fill("groups.line", words_.GroupName(group.name()),
                             words_.Join(countries, "and")));
      for (const v1::Citation& citation : group.citations()) {
        page_.Bullet(CitationText(citation, words_));
      }
      citations_.AddAll(group.citations());
    }
  }

  template <typename Document>
  void Body(const Document& document) {
    for (int i = 1; i < kRecordKinds; ++i) {
      for (const Direction direction :
           {Direction::kSend, Direction::kReceive}) {
        Section(document.rules(), static_cast<RecordKind>(i), direction);
      }
    }
    for (const v1::Rule& rule : document.rules()) {
      citations_.AddAll(rule.citations());
      for (const v1::Obligation& obligation : rule.obligations()) {
        citations_.AddAll(obligation.citations());
      }
    }
    // What is common to all countries is proved of national policies.
    const bool national = info_.layer == Layer::kNational;
    if (document.properties().empty() && !national) return;
    page_.Section(words_.Get("properties.heading"));
    if (national) {
      page_.Paragraph(words_.Get("properties.common"));
      page_.Blank();
    }
    for (const v1::Property& property : document.properties()) {
      rules_.Property(property);
      citations_.AddAll(property.citations());
    }
  }

  // Permits first, then what forbids, then what obliges.
  template <typename Rules>
  void Section(const Rules& rules, RecordKind kind, Direction direction) {
    const auto concerns = [&](const v1::Rule& rule) {
      const std::vector<RecordKind> kinds = KindsOf(rule.kinds());
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end() &&
             std::find(rule.directions().begin(), rule.directions().end(),
                       static_cast<int>(direction)) != rule.directions().end();
    };
    if (std::none_of(rules.begin(), rules.end(), concerns)) return;
    page_.Section(words_.Fill(
        absl::StrCat("section.", DirectionName(direction)), words_.Kind(kind)));
    for (const v1::Rule::Effect effect :
         {v1::Rule::EFFECT_PERMIT, v1::Rule::EFFECT_FORBID,
          v1::Rule::EFFECT_OBLIGE}) {
      for (const v1::Rule& rule : rules) {
        if (rule.effect() != effect || !concerns(rule)) continue;
        rules_.Rule(rule, kind, direction);
      }
    }
  }

  void End() {
    page_.Section(words_.Get("citations.heading"));
    if (citations_.total() == 0) page_.Paragraph(words_.Get("citations.none"));
    for (const v1::Certainty certainty :
         {v1::CERTAINTY_VERIFIED, v1::CERTAINTY_SECONDARY,
          v1::CERTAINTY_UNVERIFIED}) {
      if (citations_.total() == 0) break;
      page_.Bullet(words_.Fill(
          "citations.line", absl::StrCat(citations_.of(certainty)),
          absl::StrCat(citations_.total()), CertaintyText(certainty, words_)));
    }
    page_.Blank();
    page_.Paragraph(words_.Get("review"));
  }

  const DocumentInfo& info_;
  const Words& words_;
  Page page_;
  RuleProse rules_;
  CitationCount citations_;
};

}  // namespace

absl::StatusOr<std::string> Show(const DocumentSource& document,
                                 absl::string_view language) {
  const Words* const words = Words::Of(language);
  if (words == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", Printable(language, 20),
                     "` is not a language that policies are shown in; "
                     "expected es, pt or en"));
  }
  MINGA_ASSIGN_OR_RETURN(const DocumentInfo info, DescribeDocument(document));
  v1::PolicyDocument message;
  if (!google::protobuf::TextFormat::ParseFromString(document.text, &message)) {
    return absl::InternalError(
        absl::StrCat(document.name, " loads, but not twice"));
  }
  return DocumentProse(info, *words).Write(message);
}

std::string ShowSigners(const std::vector<std::string>& names,
                        absl::string_view language) {
  if (names.empty()) return "";
  const Words* const known = Words::Of(language);
  const Words& words = known != nullptr ? *known : *Words::Of("en");
  Page page;
  page.Paragraph(words.Fill("signed", words.Join(names, "and")));
  return page.Take();
}

}  // namespace minga::policy::prose
