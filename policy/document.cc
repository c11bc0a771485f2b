#include "policy/document.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "policy/document_text.h"
#include "policy/property_loader.h"
#include "policy/rule_loader.h"

namespace minga::policy {
namespace {

namespace pb = google::protobuf;

// The region of the Quito Process has eleven countries.
constexpr int kMouPartiesMax = 32;

using Spot = DocumentText::Spot;

// Text format's escapes can write what the file itself may not hold.
void CheckTexts(const pb::Message& message, const Spot& spot,
                ErrorList& errors) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const int count =
        field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckTexts(field->is_repeated()
                       ? reflection.GetRepeatedMessage(message, field, i)
                       : reflection.GetMessage(message, field),
                   *spot.Nested(field->name(), i), errors);
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
        const std::string text =
            field->is_repeated()
                ? reflection.GetRepeatedString(message, field, i)
                : reflection.GetString(message, field);
        const absl::Status valid = ValidateText(text, "\n\t");
        if (!valid.ok()) {
          errors.Add(spot.Of(field->name(), i), std::string(valid.message()));
        }
      }
    }
  }
}

class DocumentLoader {
 public:
  DocumentLoader(const LoadContext& context, ErrorList& errors)
      : context_(context), errors_(errors), loader_(errors) {}

  CompiledDocument Load(const v1::PolicyDocument& document, const Spot& root) {
    switch (document.document_case()) {
      case v1::PolicyDocument::kNationalPolicy:
        National(document.national_policy(), *root.Nested("national_policy"));
        break;
      case v1::PolicyDocument::kMou:
        Agreement(document.mou(), *root.Nested("mou"));
        break;
      case v1::PolicyDocument::kNodeOverride:
        Override(document.node_override(), *root.Nested("node_override"));
        break;
      case v1::PolicyDocument::kCases:
        errors_.Add(root.Of("cases"),
                    "these are cases to test a policy with, not a policy");
        break;
      case v1::PolicyDocument::DOCUMENT_NOT_SET:
        errors_.Add(Place(),
                    "expected `national_policy {`, `mou {` or "
                    "`node_override {`");
        break;
    }
    return std::move(out_);
  }

 private:
  void National(const v1::NationalPolicy& policy, const Spot& spot) {
    Begin(Layer::kNational, spot);
    OwnCountry(policy.country(), spot);
    Titles(policy.titles(), spot);
    for (int i = 0; i < policy.peer_groups_size(); ++i) {
      Group(policy.peer_groups(i), *spot.Nested("peer_groups", i));
    }
    Rules(policy.rules(), spot, /*groups_known=*/true);
    LoadProperties(policy.properties(), spot, /*groups_known=*/true, errors_,
                   out_);
  }

  void Agreement(const v1::Mou& mou, const Spot& spot) {
    Begin(Layer::kMou, spot);
    for (int i = 0; i < mou.parties_size(); ++i) {
      const std::optional<Country> party =
          loader_.LoadCountry(mou.parties(i), spot.Of("parties", i));
      if (party.has_value()) out_.countries.push_back(*party);
    }
    CheckParties(mou, spot);
    Titles(mou.titles(), spot);
    if (mou.valid_from().empty()) {
      errors_.Add(spot.here(), "an MoU needs `valid_from`");
    }
    loader_.LoadDay(mou.valid_from(), spot.Of("valid_from"), out_.from);
    loader_.LoadDay(mou.valid_until(), spot.Of("valid_until"), out_.until);
    if (out_.until < out_.from) {
      errors_.Add(spot.Of("valid_until"),
                  absl::StrCat("this MoU ends on ", mou.valid_until(),
                               ", before it begins on ", mou.valid_from()));
    }
    Rules(mou.rules(), spot, /*groups_known=*/true);
    LoadProperties(mou.properties(), spot, /*groups_known=*/true, errors_,
                   out_);
  }

  void CheckParties(const v1::Mou& mou, const Spot& spot) {
    const std::vector<Country>& parties = out_.countries;
    if (mou.parties_size() < 2 || mou.parties_size() > kMouPartiesMax) {
      errors_.Add(spot.Of("parties"),
                  absl::StrCat("expected 2 to ", kMouPartiesMax,
                               " parties, found ", mou.parties_size()));
      return;
    }
    // The loop above left out what is no country.
    if (parties.size() != static_cast<std::size_t>(mou.parties_size())) return;
    for (std::size_t i = 0; i < parties.size(); ++i) {
      if (std::find(parties.begin(), parties.begin() + static_cast<int>(i),
                    parties[i]) == parties.begin() + static_cast<int>(i)) {
        continue;
      }
      errors_.Add(spot.Of("parties", static_cast<int>(i)),
                  absl::StrCat(parties[i].ToString(), " is named twice"));
    }
    if (!context_.own.empty() && std::find(parties.begin(), parties.end(),
                                           context_.own) == parties.end()) {
      errors_.Add(spot.Of("parties"),
                  absl::StrCat("expected ", context_.own.ToString(),
                               " as a party of this MoU"));
    }
  }

  void Override(const v1::NodeOverride& document, const Spot& spot) {
    Begin(Layer::kOverride, spot);
    OwnCountry(document.country(), spot);
    Titles(document.titles(), spot);
    if (context_.groups != nullptr) out_.groups = *context_.groups;
    Rules(document.rules(), spot, context_.groups != nullptr);
    LoadProperties(document.properties(), spot, context_.groups != nullptr,
                   errors_, out_);
  }

  void Begin(Layer layer, const Spot& spot) {
    out_.layer = layer;
    if (!context_.layer.has_value() || *context_.layer == layer) return;
    errors_.Add(spot.here(),
                absl::StrCat("expected a document of the layer ",
                             LayerName(*context_.layer),
                             ", found one of the layer ", LayerName(layer)));
  }

  void OwnCountry(const std::string& text, const Spot& spot) {
    const std::optional<Country> country =
        loader_.LoadCountry(text, spot.Of("country"));
    if (!country.has_value()) return;
    out_.countries.push_back(*country);
    if (!context_.own.empty() && *country != context_.own) {
      errors_.Add(spot.Of("country"),
                  absl::StrCat("this is a document of ", text,
                               "; expected one of ", context_.own.ToString()));
    }
  }

  template <typename Notes>
  void Titles(const Notes& titles, const Spot& spot) {
    for (int i = 0; i < titles.size(); ++i) {
      LanguageOf(titles.Get(i), *spot.Nested("titles", i));
    }
    if (!titles.empty()) out_.title = titles.Get(0).text();
  }

  void LanguageOf(const v1::LocalizedNote& note, const Spot& spot) {
    const std::string& language = note.language();
    if (language.size() == 2 && absl::ascii_islower(language[0]) &&
        absl::ascii_islower(language[1])) {
      return;
    }
    errors_.Add(spot.Of("language"),
                absl::StrCat("`", Printable(language, 20),
                             "` is not a language of ISO 639-1 such as es"));
  }

  void Group(const v1::PeerGroup& group, const Spot& spot) {
    if (group.name().empty()) {
      errors_.Add(spot.here(), "this peer group has no name");
    }
    std::vector<Country> countries;
    for (int i = 0; i < group.countries_size(); ++i) {
      const std::optional<Country> country =
          loader_.LoadCountry(group.countries(i), spot.Of("countries", i));
      if (country.has_value()) countries.push_back(*country);
    }
    std::vector<Citation> citations;
    for (int i = 0; i < group.citations_size(); ++i) {
      loader_.LoadCitation(group.citations(i), *spot.Nested("citations", i),
                           citations);
    }
    if (!out_.groups.emplace(group.name(), std::move(countries)).second) {
      errors_.Add(spot.Of("name"),
                  absl::StrCat("peer group `", Printable(group.name(), 80),
                               "` is defined twice"));
    }
  }

  template <typename RuleList>
  void Rules(const RuleList& rules, const Spot& spot, bool groups_known) {
    if (rules.size() > kPolicyRulesMax) {
      errors_.Add(
          spot.Of("rules", kPolicyRulesMax),
          absl::StrCat(rules.size(), " rules; at most ", kPolicyRulesMax));
      return;
    }
    absl::flat_hash_set<std::string> ids;
    for (int i = 0; i < rules.size(); ++i) {
      const v1::Rule& rule = rules.Get(i);
      const std::unique_ptr<Spot> at = spot.Nested("rules", i);
      if (!ids.insert(rule.id()).second) {
        errors_.Add(at->Of("id"),
                    absl::StrCat("rule id `", Printable(rule.id(), 80),
                                 "` is used twice"));
      }
      for (int j = 0; j < rule.rationale_size(); ++j) {
        LanguageOf(rule.rationale(j), *at->Nested("rationale", j));
      }
      loader_.LoadRule(rule, *at, groups_known, out_);
    }
  }

  const LoadContext& context_;
  ErrorList& errors_;
  Loader loader_;
  CompiledDocument out_;
};

}  // namespace

std::optional<CompiledDocument> LoadDocument(const DocumentSource& source,
                                             const LoadContext& context,
                                             std::vector<std::string>& errors) {
  ErrorList list(source.name);
  v1::PolicyDocument message;
  const std::unique_ptr<DocumentText> text =
      DocumentText::Parse(source.text, message, list);
  std::optional<CompiledDocument> document;
  if (text != nullptr) {
    const std::unique_ptr<Spot> root = text->Root();
    CheckTexts(message, *root, list);
    document = DocumentLoader(context, list).Load(message, *root);
    document->name = source.name;
  }
  if (list.empty()) return document;
  for (std::string& line : list.Lines()) errors.push_back(std::move(line));
  return std::nullopt;
}

}  // namespace minga::policy
