// What a node keeps and sends of the free text of its vacancies.
#include "node/exchange/redact.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/limits.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using policy::redaction::Counts;
using policy::redaction::Kind;
using storage::ViewState;
using Outcome = storage::PutResult::Outcome;

constexpr char kOffice[] = "rrhh@taller.com.co";
constexpr char kOfficePhone[] = "+57 601 234 5678";

// Calls `visit` with path and value of every string in `message`, and sets it
// to what that returns.
void EachString(
    Message& message, const std::string& prefix,
    const std::function<std::string(const std::string&, std::string)>& visit) {
  const google::protobuf::Reflection& set = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const std::string path = absl::StrCat(prefix, field.name());
    const int size = field.is_repeated() ? set.FieldSize(message, &field) : 1;
    for (int k = 0; k < size; ++k) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        EachString(field.is_repeated()
                       ? *set.MutableRepeatedMessage(&message, &field, k)
                       : *set.MutableMessage(&message, &field),
                   path + ".", visit);
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        if (field.is_repeated()) {
          set.SetRepeatedString(
              &message, &field, k,
              visit(path, set.GetRepeatedString(message, &field, k)));
        } else {
          set.SetString(&message, &field,
                        visit(path, set.GetString(message, &field)));
        }
      }
    }
  }
}

v1::Vacancy Described(absl::string_view id, absl::string_view language,
                      absl::string_view text) {
  v1::Vacancy vacancy = SampleVacancy(id);
  vacancy.mutable_texts(0)->set_language(std::string(language));
  vacancy.mutable_texts(0)->set_description(std::string(text));
  return vacancy;
}

// The employer publishes where to write to, and says it again in every text.
v1::Vacancy WithOffice(absl::string_view id) {
  const std::string text =
      absl::StrCat("Escriba a ", kOffice, " o llame al ", kOfficePhone, ".");
  v1::Vacancy vacancy = Described(id, "es", text);
  vacancy.mutable_apply()->set_email(kOffice);
  vacancy.mutable_apply()->set_phone(kOfficePhone);
  vacancy.mutable_apply()->set_instructions(
      absl::StrCat(text, " No a jefe@taller.com.co."));
  return vacancy;
}

v1::Vacancy Shown(const Office& office, Country peer, absl::string_view id) {
  const storage::FeedRow row = office.Row(peer, VacancyKey(id));
  REQUIRE(row.state == ViewState::kShown);
  v1::Vacancy shown;
  REQUIRE(shown.ParseFromString(office.Projected(peer, row).body));
  return shown;
}

v1::Vacancy Stored(const Office& office, absl::string_view id) {
  auto found = office.offices.exchange->Get(VacancyKey(id));
  REQUIRE(found.ok());
  return found->record->vacancy();
}

bool Holds(const Message& message, absl::string_view value) {
  return absl::StrContains(message.SerializeAsString(), value);
}

TEST_CASE("all free text of a vacancy is read, and nothing else") {
  constexpr char kText[] = "a ana@example.com hoy";
  v1::Vacancy vacancy;
  FillEverything(vacancy);
  EachString(vacancy, "",
             [&](const std::string&, std::string) { return kText; });
  Counts counts;
  const auto redacted = RedactVacancy(vacancy, kColombia, counts);
  REQUIRE(redacted != nullptr);
  std::set<std::string> changed;
  EachString(*redacted, "", [&](const std::string& path, std::string value) {
    if (value != kText) {
      INFO(path);
      CHECK(value == "a [e-mail] hoy");
      changed.insert(path);
    }
    return value;
  });
  // A new field of text is read too, or it is said in redact.h why not.
  const std::set<std::string> expected = {
      "texts.title",   "texts.description",         "occupation.text",
      "skills.label",  "driving_licences",          "benefits.items",
      "right_to_work", "sharing.reason_not_shared", "apply.instructions"};
  CHECK(changed == expected);
  CHECK(counts.Of(Kind::kEmail) == expected.size());
}

TEST_CASE("personal data in es, pt and en texts is neither kept nor sent") {
  struct Sample {
    const char* language;
    const char* text;
    const char* redacted;
    std::vector<std::string> values;
  };
  const std::vector<Sample> samples = {
      {"es",
       "Preguntar por Ana, C.C. 52.345.678, cel. 300 123 4567 o "
       "ana (arroba) hotel (punto) com.",
       "Preguntar por Ana, C.C. [id], cel. [phone] o [e-mail].",
       {"52.345.678", "300 123 4567", "arroba"}},
      {"pt",
       "Falar com João, CPF 529.982.247-25, fone +55 11 98765-4321, "
       "joao@padaria.com.br.",
       "Falar com João, CPF [id], fone [phone], [e-mail].",
       {"529.982.247-25", "98765-4321", "joao@padaria"}},
      {"en",
       "Ask for Eve: call +593 99 123 4567 or write to eve at hotel dot com.",
       "Ask for Eve: call [phone] or write to [e-mail].",
       {"99 123 4567", "hotel dot com"}},
  };
  Office office;
  office.Prepare();
  for (const Sample& sample : samples) {
    const std::string id = absl::StrCat("v-", sample.language);
    const auto outcomes =
        office.PutAll({Wrap(Described(id, sample.language, sample.text))});
    REQUIRE(outcomes[0].status.ok());
    const Counts& counts = outcomes[0].redacted;
    CHECK(counts.total() == sample.values.size());
    CHECK(counts.Of(Kind::kEmail) == 1);
    CHECK(counts.Of(Kind::kPhone) == 1);
    CHECK(Stored(office, id).texts(0).description() == sample.redacted);
    for (const Country peer : {kEcuador, kPeru}) {
      CHECK(Shown(office, peer, id).texts(0).description() == sample.redacted);
    }
    const auto log = office.Log(v1::AUDIT_EVENT_TEXT_REDACTED);
    REQUIRE(!log.empty());
    CHECK(log.back().record_id() == id);
    CHECK(log.back().detail() == CountsText(counts));
    for (const v1::AuditEntry& entry : office.Log()) {
      for (const std::string& value : sample.values) {
        CHECK_FALSE(Holds(entry, value));
      }
    }
  }
  CHECK(office.Log(v1::AUDIT_EVENT_TEXT_REDACTED).size() == samples.size());
}

TEST_CASE("a published contact stays where the policy shows it") {
  Office office;
  office.Prepare();
  policy::DocumentSource national = SampleNational();
  REQUIRE(absl::StrReplaceAll(
              {{"rules { id: 'co.fee-asked'",
                "rules { id: 'co.no-apply' effect: EFFECT_FORBID directions: "
                "DIRECTION_SEND kinds: RECORD_KIND_VACANCY "
                "fields: 'apply_method' peers: 'PE' "
                "citations { statute: 'Ley 1581/2012' article: 'art. 26' "
                "certainty: CERTAINTY_VERIFIED } }\n"
                "rules { id: 'co.fee-asked'"}},
              &national.text) == 1);
  office.Activate(national);
  const auto outcomes = office.PutAll({Wrap(WithOffice("v1"))});
  REQUIRE(outcomes[0].status.ok());
  CHECK(outcomes[0].redacted.kept == 2);
  CHECK(outcomes[0].redacted.Of(Kind::kEmail) == 2);
  CHECK(outcomes[0].redacted.Of(Kind::kPhone) == 1);

  const v1::Vacancy shown = Shown(office, kEcuador, "v1");
  CHECK(shown.apply().email() == kOffice);
  CHECK(shown.apply().phone() == kOfficePhone);
  CHECK(shown.apply().instructions() ==
        "Escriba a rrhh@taller.com.co o llame al +57 601 234 5678. No a "
        "[e-mail].");
  CHECK(shown.texts(0).description() ==
        "Escriba a [e-mail] o llame al "
        "[phone].");

  const v1::Vacancy hidden = Shown(office, kPeru, "v1");
  CHECK_FALSE(hidden.has_apply());
  CHECK_FALSE(Holds(hidden, "taller.com"));
  CHECK_FALSE(Holds(hidden, "234 5678"));
  CHECK(hidden.texts(0).title() == shown.texts(0).title());
}

TEST_CASE("no text tells who a confidential employer is by its contact") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = WithOffice("v1");
  vacancy.mutable_employer()->set_confidential(true);
  office.Put(Wrap(vacancy));
  const v1::Vacancy shown = Shown(office, kEcuador, "v1");
  CHECK_FALSE(Holds(shown, "taller.com"));
  CHECK_FALSE(Holds(shown, "234 5678"));
}

TEST_CASE("a redacted vacancy is put again, and so is its original") {
  Office office;
  office.Prepare();
  const v1::Record original = Wrap(WithOffice("v1"));
  CHECK(office.Put(original) == Outcome::kInserted);
  const std::size_t logged = office.Log().size();

  const auto again = office.PutAll({original});
  CHECK(again[0].outcome == Outcome::kUnchanged);
  CHECK(again[0].redacted.total() == 3);
  const auto redacted = office.PutAll({Wrap(Stored(office, "v1"))});
  CHECK(redacted[0].outcome == Outcome::kUnchanged);
  CHECK(redacted[0].redacted.total() == 0);
  CHECK(office.Log().size() == logged);

  // Both in one request are the same record twice.
  const auto twins = office.PutAll({original, Wrap(Stored(office, "v1"))});
  CHECK(twins[1].status.ok());
}

TEST_CASE("a dry run counts and stores nothing") {
  Office office;
  office.Prepare();
  const v1::Record record = Wrap(WithOffice("v1"));
  const std::size_t logged = office.Log().size();
  const auto outcomes = office.offices.exchange->Put("pes", {&record}, {},
                                                     /*dry_run=*/true);
  REQUIRE(outcomes.ok());
  REQUIRE((*outcomes)[0].status.ok());
  CHECK((*outcomes)[0].redacted.total() == 3);
  CHECK((*outcomes)[0].redacted.kept == 2);
  CHECK_FALSE(office.offices.exchange->Get(VacancyKey("v1")).ok());
  CHECK(office.Log().size() == logged);
}

TEST_CASE("a title that placeholders make too long is refused") {
  std::string title;
  while (title.size() + 7 <= kTitleBytesMax) title += "a@b.co ";
  title.pop_back();
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.mutable_texts(0)->set_title(title);
  Office office;
  office.Prepare();
  const auto outcomes = office.PutAll({Wrap(vacancy)});
  CHECK(outcomes[0].status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(absl::StartsWith(outcomes[0].status.message(),
                         "redacted: texts[0].title: "));
  CHECK_FALSE(absl::StrContains(outcomes[0].status.message(), "a@b.co"));
  CHECK(outcomes[0].redacted == Counts());
}

TEST_CASE("public notices keep the telephone that they tell") {
  v1::RightsNotice notice;
  notice.set_id("n1");
  notice.set_topic(v1::RIGHTS_TOPIC_FEES);
  v1::LocalizedText& text = *notice.add_texts();
  text.set_language("es");
  text.set_title("Denuncie los cobros");
  text.set_description("Línea gratuita: +57 601 377 9999.");
  v1::Record record;
  *record.mutable_rights_notice() = notice;
  Office office;
  office.Prepare();
  const auto outcomes = office.PutAll({record});
  REQUIRE(outcomes[0].status.ok());
  CHECK(outcomes[0].redacted == Counts());
  const auto found = office.offices.exchange->Get(
      {kColombia, RecordKind::kRightsNotice, "n1"});
  REQUIRE(found.ok());
  CHECK(found->record->rights_notice().SerializeAsString() ==
        notice.SerializeAsString());
}

}  // namespace
}  // namespace minga::exchange
