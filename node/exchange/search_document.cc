#include "node/exchange/search_document.h"

#include <google/protobuf/message.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/status.h"
#include "node/exchange/content.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

using storage::SearchDocument;

void Add(absl::string_view words, std::string& text) {
  if (words.empty()) return;
  absl::StrAppend(&text, text.empty() ? "" : "\n", words);
}

// The first language decides the stemmer; the others are found by whole words.
template <typename Texts>
void FillTexts(const Texts& texts, SearchDocument& document) {
  for (const v1::LocalizedText& text : texts) {
    if (document.language.empty()) document.language = text.language();
    Add(text.title(), document.title);
    Add(text.description(), document.body);
  }
}

void Fill(const v1::Vacancy& vacancy, SearchDocument& document) {
  FillTexts(vacancy.texts(), document);
  Add(vacancy.occupation().text(), document.body);
  Add(vacancy.employer().name(), document.body);
  for (const v1::Skill& skill : vacancy.skills()) {
    Add(skill.label(), document.body);
  }
  for (const v1::Location& location : vacancy.locations()) {
    Add(location.municipality(), document.body);
    if (document.subdivision.empty()) {
      document.subdivision = location.subdivision();
    }
  }
  document.occupation = vacancy.occupation().isco();
  document.open = vacancy.status() == v1::VACANCY_STATUS_OPEN;
}

void Fill(const v1::Profile& profile, SearchDocument& document) {
  for (const v1::Skill& skill : profile.skills()) {
    Add(skill.label(), document.body);
  }
  for (const v1::LanguageSkill& language : profile.languages()) {
    Add(language.language(), document.body);
  }
  if (!profile.desired_occupations().empty()) {
    document.occupation = profile.desired_occupations(0).isco();
  }
  document.subdivision = profile.residence().subdivision();
}

}  // namespace

absl::StatusOr<std::optional<SearchDocument>> SearchDocumentOf(
    Country own, const storage::StoredRecord& record) {
  std::optional<SearchDocument> none;
  const bool is_own = record.key.country == own;
  if (is_own && record.key.kind == RecordKind::kProfile) return none;
  absl::string_view message = record.body;
  if (!is_own) {
    MINGA_ASSIGN_OR_RETURN(const ReceivedBody body,
                           DecodeReceived(record.body));
    message = body.message;
  }
  const absl::StatusOr<OwnedContent> content =
      ParseContent(record.key.kind, message);
  if (!content.ok()) return absl::DataLossError(content.status().message());
  SearchDocument document;
  document.row = record.row;
  document.key = record.key;
  if (record.key.kind == RecordKind::kVacancy) {
    Fill(content->view().vacancy(), document);
  } else if (record.key.kind == RecordKind::kProfile) {
    Fill(content->view().profile(), document);
  } else {
    FillTexts(content->view().rights_notice().texts(), document);
  }
  return std::optional<SearchDocument>(std::move(document));
}

}  // namespace minga::exchange
