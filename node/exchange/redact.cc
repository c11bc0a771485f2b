#include "node/exchange/redact.h"

#include <memory>
#include <string>
#include <utility>

#include "minga/v1/vacancy.pb.h"
#include "node/base/status.h"
#include "node/exchange/validate.h"
#include "policy/redaction/scanner.h"

namespace minga::exchange {
namespace {

using policy::redaction::Counts;
using policy::redaction::Scanner;

// Copies the vacancy when the first text of it changes.
class Redaction {
 public:
  Redaction(const v1::Vacancy& in, Country own, Counts& counts)
      : in_(in), own_(own), scanner_(own), counts_(counts) {}

  void Texts();
  void Requirements();
  void Terms();
  void Instructions();

  std::unique_ptr<v1::Vacancy> Take() { return std::move(out_); }

 private:
  // Calls `set` with the copy and the redacted text if there is something in
  // `text`.
  template <typename Set>
  void Read(const Scanner& scanner, const std::string& text, Set set) {
    if (text.empty()) return;
    std::string redacted = scanner.Redact(text, counts_);
    if (redacted == text) return;
    if (out_ == nullptr) out_ = std::make_unique<v1::Vacancy>(in_);
    set(*out_, std::move(redacted));
  }
  template <typename Set>
  void Read(const std::string& text, Set set) {
    Read(scanner_, text, set);
  }

  const v1::Vacancy& in_;
  const Country own_;
  const Scanner scanner_;
  Counts& counts_;
  std::unique_ptr<v1::Vacancy> out_;
};

void Redaction::Texts() {
  for (int i = 0; i < in_.texts_size(); ++i) {
    Read(in_.texts(i).title(), [i](v1::Vacancy& out, std::string text) {
      out.mutable_texts(i)->set_title(std::move(text));
    });
    Read(in_.texts(i).description(), [i](v1::Vacancy& out, std::string text) {
      out.mutable_texts(i)->set_description(std::move(text));
    });
  }
  Read(in_.occupation().text(), [](v1::Vacancy& out, std::string text) {
    out.mutable_occupation()->set_text(std::move(text));
  });
}

void Redaction::Requirements() {
  for (int i = 0; i < in_.skills_size(); ++i) {
    Read(in_.skills(i).label(), [i](v1::Vacancy& out, std::string text) {
      out.mutable_skills(i)->set_label(std::move(text));
    });
  }
  for (int i = 0; i < in_.driving_licences_size(); ++i) {
    Read(in_.driving_licences(i), [i](v1::Vacancy& out, std::string text) {
      out.set_driving_licences(i, std::move(text));
    });
  }
  Read(in_.right_to_work(), [](v1::Vacancy& out, std::string text) {
    out.set_right_to_work(std::move(text));
  });
}

void Redaction::Terms() {
  for (int i = 0; i < in_.benefits().items_size(); ++i) {
    Read(in_.benefits().items(i), [i](v1::Vacancy& out, std::string text) {
      out.mutable_benefits()->set_items(i, std::move(text));
    });
  }
  Read(in_.sharing().reason_not_shared(),
       [](v1::Vacancy& out, std::string text) {
         out.mutable_sharing()->set_reason_not_shared(std::move(text));
       });
}

void Redaction::Instructions() {
  const v1::ApplyMethod& apply = in_.apply();
  if (apply.instructions().empty()) return;
  Scanner keeper(own_);
  if (!apply.email().empty()) keeper.Keep(apply.email());
  if (!apply.phone().empty()) keeper.Keep(apply.phone());
  Read(keeper, apply.instructions(), [](v1::Vacancy& out, std::string text) {
    out.mutable_apply()->set_instructions(std::move(text));
  });
}

}  // namespace

std::unique_ptr<v1::Vacancy> RedactVacancy(const v1::Vacancy& vacancy,
                                           Country own, Counts& counts) {
  Redaction redaction(vacancy, own, counts);
  redaction.Texts();
  redaction.Requirements();
  redaction.Terms();
  redaction.Instructions();
  return redaction.Take();
}

absl::StatusOr<OwnedContent> RedactOwn(const Content& content, Country own,
                                       Counts& counts) {
  OwnedContent redacted{content.kind, nullptr};
  if (content.kind != RecordKind::kVacancy) return redacted;
  Counts found;
  redacted.message = RedactVacancy(content.vacancy(), own, found);
  if (redacted.message != nullptr) {
    MINGA_RETURN_IF_ERROR(
        At("redacted", Validate(redacted.view(), own, Source::kOwn)));
  }
  counts += found;
  return redacted;
}

}  // namespace minga::exchange
