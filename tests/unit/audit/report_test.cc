// The report about one person.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/audit/person_report.h"
#include "node/audit/report_prose.h"
#include "node/audit/report_words.h"
#include "node/exchange/judge.h"
#include "node/exchange/obligations.h"
#include "policy/level.h"
#include "tests/unit/audit/stored_log.h"

namespace minga::audit {
namespace {

const std::string kSubject(32, 'p');
constexpr Epoch kEpoch = 7;

v1::AuditEntry Entry(v1::AuditEvent event, const char* actor = "operator") {
  v1::AuditEntry entry;
  federation::FillEntry(entry, event, absl::FromUnixSeconds(1'795'300'000),
                        actor, "");
  return entry;
}

v1::AuditEntry Decision(v1::AuditEvent event, std::uint64_t basis,
                        std::uint64_t seq) {
  v1::AuditEntry entry = Entry(event);
  entry.set_peer("EC");
  entry.set_kind(v1::RECORD_KIND_PROFILE);
  entry.set_subject(kSubject);
  entry.set_basis_entry(basis);
  entry.set_seq(seq);
  entry.set_epoch(kEpoch);
  return entry;
}

v1::AuditEntry Receipt(std::uint64_t after, std::uint64_t upto) {
  v1::AuditEntry entry = Entry(v1::AUDIT_EVENT_RECEIPT_TAKEN, "peer:EC");
  entry.set_peer("EC");
  entry.set_epoch(kEpoch);
  entry.set_after(after);
  entry.set_upto(upto);
  return entry;
}

v1::AuditEntry Basis(const char* reason, const char* article) {
  v1::AuditEntry entry = Entry(v1::AUDIT_EVENT_BASIS, "system");
  v1::Basis& basis = *entry.mutable_basis();
  basis.set_reason(reason);
  basis.set_purpose(v1::PURPOSE_JOB_MATCHING);
  v1::CitedRule& rule = *basis.add_rules();
  rule.set_id("co.profile");
  rule.set_statute("Ley <1581>/2012");
  rule.set_article(article);
  basis.set_levels(
      std::string(3, static_cast<char>(policy::Level::Raw().stored())));
  return entry;
}

// Shown, confirmed, changed before it was confirmed, withdrawn, confirmed.
std::vector<v1::AuditEntry> Story() {
  v1::AuditEntry consent = Entry(v1::AUDIT_EVENT_CONSENT_GIVEN);
  consent.set_kind(v1::RECORD_KIND_PROFILE);
  consent.set_subject(kSubject);
  v1::AuditEntry other = Decision(v1::AUDIT_EVENT_DECISION_PERMIT, 1, 8);
  other.set_subject(std::string(32, 'q'));
  return {Entry(v1::AUDIT_EVENT_NODE_STARTED, "system"),
          Basis("permit", "art. 26"),
          Basis("consent", "art. 9"),
          consent,                                          // 3
          Decision(v1::AUDIT_EVENT_DECISION_PERMIT, 1, 5),  // 4
          Receipt(0, 4),                                    // 5
          Receipt(4, 6),                                    // 6
          Decision(v1::AUDIT_EVENT_DECISION_PERMIT, 1, 7),  // 7
          other,                                            // 8
          Decision(v1::AUDIT_EVENT_WITHDRAWAL, 2, 9),       // 9
          Receipt(6, 10)};                                  // 10
}

v1::ReportPersonResponse Report(const StoredLog& log) {
  const Finder finder(log.database.get(), log.index.get(), kColombia);
  v1::ReportPersonResponse report =
      StoredLog::Must(ReportPerson(finder, kSubject));
  report.set_person("<b>17</b>");
  report.set_country("CO");
  report.set_node("Servicio & Empleo");
  report.set_checkpoint("minga/co\n11\nroot=\n\n\xE2\x80\x94 signed\n");
  return report;
}

TEST_CASE("a report tells each step and its receipt") {
  StoredLog log;
  log.Append(Story());
  const v1::ReportPersonResponse report = Report(log);
  REQUIRE(report.disclosures_size() == 1);
  const v1::PersonDisclosure& ecuador = report.disclosures(0);
  CHECK(ecuador.peer() == "EC");
  REQUIRE(ecuador.steps_size() == 3);
  CHECK(ecuador.steps(0).found().place().index() == 4);
  CHECK(ecuador.steps(0).receipt().place().index() == 6);
  CHECK(ecuador.steps(0).found().basis().rules(0).article() == "art. 26");
  // Ecuador confirmed what came after it, and may never have had this.
  CHECK(ecuador.steps(1).found().place().index() == 7);
  CHECK_FALSE(ecuador.steps(1).has_receipt());
  CHECK(ecuador.steps(2).found().entry().event() == v1::AUDIT_EVENT_WITHDRAWAL);
  CHECK(ecuador.steps(2).receipt().place().index() == 10);
  REQUIRE(report.others_size() == 1);
  CHECK(report.others(0).entry().event() == v1::AUDIT_EVENT_CONSENT_GIVEN);
  CHECK_FALSE(report.cut());

  SECTION("what was confirmed of another feed proves nothing of this one") {
    log.Append({Decision(v1::AUDIT_EVENT_DECISION_PERMIT, 1, 12)});
    // After a restore, or who joined anew.
    v1::AuditEntry receipt = Receipt(0, 50);
    receipt.set_epoch(kEpoch + 1);
    log.Append({receipt, Receipt(10, 11)});
    v1::ReportPersonResponse later = Report(log);
    REQUIRE(later.disclosures(0).steps_size() == 4);
    CHECK_FALSE(later.disclosures(0).steps(3).has_receipt());
    // Nor does a number of the next feed end this one.
    v1::AuditEntry shown = Decision(v1::AUDIT_EVENT_DECISION_PERMIT, 1, 3);
    shown.set_epoch(kEpoch + 1);
    log.Append({shown, receipt});
    later = Report(log);
    REQUIRE(later.disclosures(0).steps_size() == 5);
    CHECK_FALSE(later.disclosures(0).steps(3).has_receipt());
    CHECK(later.disclosures(0).steps(4).receipt().place().index() == 15);
  }
}

TEST_CASE("a report reads in three languages") {
  StoredLog log;
  log.Append(Story());
  const v1::ReportPersonResponse report = Report(log);
  std::set<std::string> texts;
  for (const char* language : {"es", "pt", "en"}) {
    const std::string text = ToText(StoredLog::Must(InWords(report, language)));
    INFO(text);
    CHECK(absl::StrContains(text, "Ley <1581>/2012, art. 26"));
    CHECK(absl::StrContains(text, "(EC)"));
    CHECK(absl::StrContains(text, "minga/co\n11\n"));
    for (const absl::string_view key :
         {"event.", "reason.", "AUDIT_EVENT", "$0"}) {
      CHECK_FALSE(absl::StrContains(text, key));
    }
    texts.insert(text);
  }
  CHECK(texts.size() == 3);
  CHECK(absl::IsInvalidArgument(InWords(report, "fr").status()));
}

TEST_CASE("every word of a report is there in every language") {
  const auto keys = ReportWordKeys();
  CHECK(std::set<absl::string_view>(keys.begin(), keys.end()).size() ==
        keys.size());
  for (const absl::string_view key : keys) {
    for (const char* language : {"es", "pt", "en"}) {
      INFO(key << " in " << language);
      CHECK_FALSE(ReportWord(key, language).empty());
      CHECK(ReportWord(key, language) != key);
    }
  }
}

TEST_CASE("a report has words for every reason of a view") {
  for (const absl::string_view reason :
       {exchange::kReasonPermit, exchange::kReasonPolicy,
        exchange::kReasonOverride, exchange::kReasonMou,
        exchange::kReasonConsent, exchange::kReasonClass,
        exchange::kReasonObligation, exchange::kReasonNationalFirst,
        exchange::kReasonClosed, exchange::kReasonExpired,
        exchange::kReasonSuspended, exchange::kReasonLeaving,
        exchange::kReasonWithdrawn, exchange::kReasonErased,
        exchange::kReasonHeld}) {
    const std::string key = absl::StrCat("reason.", reason);
    INFO(key);
    CHECK(ReportWord(key, "es") != key);
  }
}

TEST_CASE("a page runs nothing, loads nothing and escapes everything") {
  StoredLog log;
  log.Append(Story());
  const v1::ReportPersonResponse report = Report(log);
  const std::string page = ToPage(StoredLog::Must(InWords(report, "es")));
  INFO(page);
  CHECK(absl::StrContains(page, "<html lang=\"es\">"));
  CHECK(absl::StrContains(page, "&lt;b&gt;17&lt;/b&gt;"));
  CHECK(absl::StrContains(page, "Servicio &amp; Empleo"));
  CHECK(absl::StrContains(page, "Ley &lt;1581&gt;/2012"));
  for (const absl::string_view never :
       {"<script", "<b>", "http://", "https://", "src=", "onload", "url("}) {
    CHECK_FALSE(absl::StrContains(page, never));
  }
}

}  // namespace
}  // namespace minga::audit
