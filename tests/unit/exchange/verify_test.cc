// What was sent to a peer, read back from its feed.
#include <catch2/catch.hpp>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/exchange/anonymity_check.h"
#include "node/exchange/core.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

// Changes what the true one would send.
class Tampered final : public federation::Projector {
 public:
  explicit Tampered(federation::Projector& real) : real_(real) {}

  absl::StatusOr<federation::Projection> Project(
      const storage::Snapshot& snapshot, const PeerId& peer,
      const storage::FeedRow& row) override {
    auto projection = real_.Project(snapshot, peer, row);
    if (!projection.ok() || row.key.id != victim) return projection;
    v1::Profile shown;
    CHECK(shown.ParseFromString(projection->body));
    if (absl::Status status = tamper(shown, *projection); !status.ok()) {
      return status;
    }
    projection->body = shown.SerializeAsString();
    return projection;
  }
  void Reevaluate(const PeerId&, std::vector<RecordKey>) override {}
  void Withhold(const PeerId&,
                std::vector<std::pair<SeqNo, RecordKey>>) override {}
  absl::StatusOr<int> TakeBack(storage::Transaction& transaction,
                               const PeerId& peer,
                               absl::Span<const RecordKey> keys) override {
    return real_.TakeBack(transaction, peer, keys);
  }

  std::string victim = "p3";
  std::function<absl::Status(v1::Profile&, federation::Projection&)> tamper;

 private:
  federation::Projector& real_;
};

struct Sent {
  Office office;
  Core core;
  Tampered tampered;

  Sent() : core(PartsOf(office)), tampered(*office.offices.projector) {
    office.Prepare();
    const v1::Consent consent = SampleConsent();
    for (int i = 1; i <= 4; ++i) {
      office.Put(Wrap(SampleProfile(absl::StrCat("p", i), "7212", "CO-DC")),
                 &consent);
    }
    office.Put(Wrap(SampleProfile("alone", "9111", "CO-AMA")), &consent);
    office.Put(Wrap(SampleVacancy("v1")));
  }

  static Parts PartsOf(Office& office) {
    Parts parts{kColombia,     office.database.get(), office.index.get(),
                &office.clock, &office.random,        &office.gate};
    parts.hierarchies = Hierarchies::BuiltIn();
    return parts;
  }

  v1::VerifyAnonymityResponse Verify(federation::Projector& projector,
                                     int min_k = 0) {
    v1::VerifyAnonymityRequest request;
    request.set_peer("EC");
    request.set_min_k(min_k);
    auto response = VerifyFeed(core, projector, request);
    INFO(response.status());
    REQUIRE(response.ok());
    return *std::move(response);
  }
};

TEST_CASE("what was sent is checked, with the policy's k") {
  Sent sent;
  const auto report = sent.Verify(*sent.office.offices.projector);
  INFO(report.DebugString());
  CHECK(report.violations_total() == 0);
  CHECK(report.profiles() >= 4);
  CHECK(report.min_k() == 3);
  CHECK(report.smallest_class() >= 3);
  CHECK(report.changing() == 0);
  CHECK(sent.Verify(*sent.office.offices.projector, 9).violations_total() > 0);
}

TEST_CASE("a projection that tells somebody apart is found") {
  Sent sent;
  SECTION("by a field") {
    sent.tampered.tamper = [](v1::Profile& shown, federation::Projection&) {
      shown.add_sectors("C2511");
      return absl::OkStatus();
    };
    const auto report = sent.Verify(sent.tampered);
    REQUIRE(report.violations_total() == 1);
    CHECK(absl::EndsWith(report.violations(0), "has 1 people, k is 3"));
  }
  SECTION("by its terms") {
    sent.tampered.tamper = [](v1::Profile&, federation::Projection& tied) {
      tied.retention_days = 7;
      return absl::OkStatus();
    };
    CHECK(sent.Verify(sent.tampered).violations_total() == 1);
  }
  SECTION("by identity") {
    sent.tampered.tamper = [](v1::Profile& shown, federation::Projection&) {
      shown.mutable_identity()->set_name("Ana");
      return absl::OkStatus();
    };
    const auto report = sent.Verify(sent.tampered);
    REQUIRE(report.violations_total() == 2);
    CHECK(absl::EndsWith(report.violations(0), "shows `identity`"));
    CHECK_FALSE(absl::StrContains(report.DebugString(), "Ana"));
  }
  SECTION("by another pseudonym than the row's") {
    sent.tampered.tamper = [](v1::Profile& shown, federation::Projection&) {
      shown.set_id(std::string(52, 'a'));
      return absl::OkStatus();
    };
    CHECK(sent.Verify(sent.tampered).violations_total() == 1);
  }
}

TEST_CASE("rows on their way to another state are no violations") {
  Sent sent;
  sent.tampered.tamper = [](v1::Profile&, federation::Projection&) {
    return absl::FailedPreconditionError("stale");
  };
  const auto report = sent.Verify(sent.tampered);
  CHECK(report.changing() == 1);
  CHECK(report.violations_total() == 0);
}

TEST_CASE("an error that is not the row's ends the check") {
  Sent sent;
  sent.tampered.tamper = [](v1::Profile&, federation::Projection&) {
    return absl::UnavailableError("no policy");
  };
  v1::VerifyAnonymityRequest request;
  request.set_peer("EC");
  CHECK(absl::IsUnavailable(
      VerifyFeed(sent.core, sent.tampered, request).status()));
  request.set_peer("BR");
  CHECK(
      absl::IsNotFound(VerifyFeed(sent.core, sent.tampered, request).status()));
  request.set_peer("EC");
  request.set_min_k(-1);
  CHECK(absl::IsInvalidArgument(
      VerifyFeed(sent.core, sent.tampered, request).status()));
}

}  // namespace
}  // namespace minga::exchange
