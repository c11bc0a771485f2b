// What decisions rest on, as the log tells it.
#include <catch2/catch.hpp>
#include <set>

#include "node/base/status.h"
#include "node/exchange/exchange.h"
#include "node/exchange/policy_desk.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

v1::Vacancy ForPeru(v1::Vacancy vacancy) {
  vacancy.mutable_sharing()->add_countries("PE");
  return vacancy;
}

std::vector<v1::AuditEntry> Permits(const Office& office) {
  return office.Log(v1::AUDIT_EVENT_DECISION_PERMIT);
}

TEST_CASE("a decision names policy, rules, articles and levels") {
  Office office;
  office.Prepare();
  office.Put(Wrap(ForPeru(SampleVacancy("v1"))));
  REQUIRE(Permits(office).size() == 1);
  const v1::Basis basis = office.BasisOf(Permits(office)[0]);
  CHECK(basis.purpose() == v1::PURPOSE_JOB_MATCHING);
  CHECK(basis.policy_hash() == ToBytes(office.offices.desk->InForce()->hash()));
  CHECK(basis.levels().size() == 32);
  CHECK(basis.summary().empty());
  REQUIRE(basis.rules_size() == 2);
  CHECK(basis.rules(0).id() == "co.vacancy");
  CHECK(basis.rules(0).layer() == "national");
  CHECK(basis.rules(0).effect() == "permit");
  CHECK(basis.rules(0).statute() == "Ley 1636/2013");
  CHECK(basis.rules(0).article() == "art. 31");
  CHECK(basis.rules(1).layer() == "mou");

  const auto refused = office.Log(v1::AUDIT_EVENT_DECISION_WITHHOLD);
  REQUIRE(refused.size() == 1);
  const v1::Basis why = office.BasisOf(refused[0]);
  CHECK(why.reason() == "policy");
  REQUIRE(why.rules_size() == 1);
  CHECK(why.rules(0).id() == "co.vacancy");
  CHECK_FALSE(why.rules(0).failed().empty());
}

TEST_CASE("what many decisions rest on stands in the log once") {
  Office office;
  office.Prepare();
  for (const char* id : {"v1", "v2", "v3"}) {
    office.Put(Wrap(ForPeru(SampleVacancy(id))));
  }
  std::set<std::uint64_t> bases;
  for (const v1::AuditEntry& permit : Permits(office)) {
    bases.insert(permit.basis_entry());
  }
  CHECK(Permits(office).size() == 3);
  CHECK(bases.size() == 1);
  CHECK(office.Log(v1::AUDIT_EVENT_BASIS).size() == 2);

  SECTION("also after a restart") {
    office.Restart();
    office.Put(Wrap(ForPeru(SampleVacancy("v4"))));
    CHECK(office.Log(v1::AUDIT_EVENT_BASIS).size() == 2);
    CHECK(Permits(office)[3].basis_entry() == *bases.begin());
  }
  SECTION("and again in another year, whose entries may outlive these") {
    office.clock.Advance(absl::Hours(24 * 60));
    v1::Vacancy later = ForPeru(SampleVacancy("v4"));
    later.set_closing_date("2027-06-01");
    office.Put(Wrap(later));
    int decided = 0;
    for (const v1::AuditEntry& entry : office.Log()) {
      if (entry.record_id() != "v4") continue;
      CHECK(entry.basis_entry() > *bases.rbegin());
      CHECK_FALSE(office.BasisOf(entry).reason().empty());
      ++decided;
    }
    CHECK(decided == 2);
  }
}

TEST_CASE("a change says what it was before") {
  Office office;
  office.Prepare();
  office.Put(Wrap(ForPeru(SampleVacancy("v1"))));
  const v1::AuditEntry first = Permits(office)[0];
  CHECK(first.basis_before() == 0);
  REQUIRE(office.offices.exchange->Withdraw("pes", VacancyKey("v1"), "filled")
              .ok());
  const auto withdrawn = office.Log(v1::AUDIT_EVENT_WITHDRAWAL);
  REQUIRE(withdrawn.size() == 1);
  CHECK(withdrawn[0].basis_before() == first.basis_entry());
  CHECK(withdrawn[0].seq() == 2);
  // By it a receipt is known to be of the same feed.
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                           transaction.feeds().Head(kPeru));
    CHECK(head.epoch > 0);
    CHECK(withdrawn[0].epoch() == head.epoch);
    return absl::OkStatus();
  });
  const v1::Basis basis = office.BasisOf(withdrawn[0]);
  CHECK(basis.reason() == "filled");
  CHECK(basis.levels().empty());
  CHECK(basis.rules().empty());
}

}  // namespace
}  // namespace minga::exchange
