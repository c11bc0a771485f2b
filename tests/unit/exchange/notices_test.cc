// Rights notices cross borders like vacancies do.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "minga/v1/publications.pb.h"
#include "node/base/status.h"
#include "node/exchange/facts.h"
#include "node/exchange/project.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::InboundRow;
using storage::ViewState;

constexpr char kRule[] =
    "effect: EFFECT_PERMIT directions: [DIRECTION_SEND, DIRECTION_RECEIVE] "
    "kinds: RECORD_KIND_RIGHTS_NOTICE fields: '*' level: LEVEL_RAW "
    "purposes: PURPOSE_RIGHTS_INFORMATION "
    "citations { statute: 'Ley 1636/2013' article: 'art. 3' "
    "certainty: CERTAINTY_VERIFIED } ";

void Open(Office& office, absl::string_view when) {
  office.AddPeer(kEcuador);
  office.Activate(
      {"co.textproto",
       absl::StrCat(
           "national_policy { country: 'CO' rules { id: 'co.notice' ", kRule,
           when.empty() ? "" : absl::StrCat("when: '", when, "'"), " } }")});
  REQUIRE(office.offices.desk
              ->KeepMou("operator", kEcuador, "note",
                        absl::StrCat("mou { parties: ['CO', 'EC'] valid_from: "
                                     "'2026-01-01' rules { id: 'mou' ",
                                     kRule, " } }"),
                        true)
              .ok());
}

v1::RightsNotice Notice(absl::string_view id) {
  v1::RightsNotice notice;
  notice.set_id(std::string(id));
  notice.set_topic(v1::RIGHTS_TOPIC_FEES);
  v1::LocalizedText& text = *notice.add_texts();
  text.set_language("es");
  text.set_title("Nadie cobra por un empleo");
  text.set_description("El trabajador no paga por la intermediación.");
  notice.set_source_citation("Ley 1636/2013 art. 36");
  notice.set_verified_on("2026-10-01");
  notice.set_valid_until("2026-12-31");
  notice.set_version(3);
  return notice;
}

v1::Record Wrapped(const v1::RightsNotice& notice) {
  v1::Record record;
  *record.mutable_rights_notice() = notice;
  return record;
}

RecordKey NoticeKey(absl::string_view id) {
  return {kColombia, RecordKind::kRightsNotice, std::string(id)};
}

TEST_CASE("a rights notice is shown, changed and over") {
  Office office;
  Open(office, "");
  office.Put(Wrapped(Notice("n1")));
  const storage::FeedRow row = office.Row(kEcuador, NoticeKey("n1"));
  REQUIRE(row.state == ViewState::kShown);
  v1::RightsNotice shown;
  REQUIRE(shown.ParseFromString(office.Projected(kEcuador, row).body));
  CHECK(shown.SerializeAsString() == Notice("n1").SerializeAsString());
  const auto log = office.Log(v1::AUDIT_EVENT_DECISION_PERMIT);
  REQUIRE(log.size() == 1);
  CHECK(office.BasisOf(log[0]).purpose() == v1::PURPOSE_RIGHTS_INFORMATION);

  v1::RightsNotice next = Notice("n1");
  next.set_version(4);
  office.Put(Wrapped(next));
  CHECK(office.Row(kEcuador, NoticeKey("n1")).seq > row.seq);

  office.clock.Advance(absl::Hours(24 * 40));  // the last day of 2026
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kEcuador, NoticeKey("n1")).state == ViewState::kShown);
  office.clock.Advance(absl::Hours(24));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  const storage::FeedRow over = office.Row(kEcuador, NoticeKey("n1"));
  CHECK(over.state == ViewState::kGone);
  CHECK(over.reason == "expired");
}

TEST_CASE("a notice without a source stays where that is asked") {
  Office office;
  Open(office, "notice.sourced");
  v1::RightsNotice bare = Notice("bare");
  bare.clear_source_citation();
  v1::RightsNotice linked = bare;
  linked.set_id("linked");
  linked.set_source_url("https://www.suin-juriscol.gov.co/");
  office.PutAll({Wrapped(Notice("cited")), Wrapped(bare), Wrapped(linked)});
  CHECK(office.Row(kEcuador, NoticeKey("cited")).state == ViewState::kShown);
  CHECK(office.Row(kEcuador, NoticeKey("linked")).state == ViewState::kShown);
  const storage::FeedRow row = office.Row(kEcuador, NoticeKey("bare"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "policy");
}

TEST_CASE("the facts of a notice") {
  const policy::KindSchema& schema =
      policy::SchemaOf(RecordKind::kRightsNotice);
  v1::RightsNotice notice = Notice("n1");
  const policy::Facts facts = FactsForReceiving(
      {RecordKind::kRightsNotice, &notice}, absl::CivilDay(2026, 11, 21));
  const auto fact = [&](absl::string_view name) {
    return facts.Get(*schema.FindFact(name));
  };
  CHECK(std::get<std::string>(fact("notice.topic")) == "fees");
  CHECK(std::get<bool>(fact("notice.sourced")));
  CHECK(std::get<absl::CivilDay>(fact("notice.verified_on")) ==
        absl::CivilDay(2026, 10, 1));
  CHECK(std::get<absl::CivilDay>(fact("notice.valid_until")) ==
        absl::CivilDay(2026, 12, 31));
  // Every topic has the name that the schema publishes.
  notice.set_topic(v1::RIGHTS_TOPIC_RESIDENCE_AND_WORK_PERMITS);
  const policy::Facts other = FactsForSending(
      {RecordKind::kRightsNotice, &notice}, nullptr, absl::CivilDay());
  CHECK(std::get<std::string>(other.Get(*schema.FindFact("notice.topic"))) ==
        "residence_and_work_permits");
  // The table projects what the schema has, and nothing at SUPPRESS.
  CHECK(ProjectedFields(RecordKind::kRightsNotice).size() ==
        schema.fields.size());
  const OwnedContent none =
      Project({RecordKind::kRightsNotice, &notice}, policy::Decision(), "n1",
              *Hierarchies::BuiltIn());
  CHECK(PathsSet(*none.message) == std::vector<std::string>{"id"});
}

TEST_CASE("a peer's notice is taken in and found") {
  Office office;
  Open(office, "");
  const std::string good = Notice("e1").SerializeAsString();
  v1::RightsNotice empty = Notice("e2");
  empty.clear_texts();
  const std::string bad = empty.SerializeAsString();
  std::vector<InboundRow> rows(2);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].seq = i + 1;
    rows[i].key = {kEcuador, RecordKind::kRightsNotice, i == 0 ? "e1" : "e2"};
    rows[i].upsert = true;
    rows[i].body = i == 0 ? good : bad;
  }
  federation::ApplyResult result;
  auto rejected = office.offices.inbox->Validate(kEcuador, rows);
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        result, office.offices.inbox->Apply(transaction, kEcuador, rows,
                                            std::move(rejected)));
    return absl::OkStatus();
  });
  CHECK(result.applied == 1);
  REQUIRE(result.rejected.size() == 1);
  CHECK(result.rejected[0].seq == 2);
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  const auto found = [&office] {
    storage::SearchQuery query;
    query.kind = RecordKind::kRightsNotice;
    query.text = "intermediacion";
    const auto page = office.offices.exchange->Search(query);
    REQUIRE(page.ok());
    return page->hits.size();
  };
  CHECK(found() == 1);
  // Past its validity nobody is told of it, whatever its origin does.
  office.clock.Advance(absl::Hours(24 * 41));
  CHECK(found() == 0);
  office.indexer->Stop();
}

}  // namespace
}  // namespace minga::exchange
