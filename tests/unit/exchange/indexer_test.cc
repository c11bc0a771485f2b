#include "node/exchange/indexer.h"

#include <catch2/catch.hpp>

#include "absl/synchronization/mutex.h"
#include "storage/search_index.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

std::vector<std::string> Find(const Office& office, absl::string_view text) {
  storage::SearchQuery query;
  query.text = std::string(text);
  const auto page = office.offices.exchange->Search(query);
  REQUIRE(page.ok());
  std::vector<std::string> ids;
  for (const FoundRecord& found : page->hits) ids.push_back(found.key.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST_CASE("what is put is found, what goes is not") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("before")));
  CHECK(*office.indexer->LagRows() == 1);
  CHECK(office.indexer->CatchUp().code() == absl::StatusCode::kUnavailable);
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(*office.indexer->LagRows() == 0);
  CHECK(Find(office, "soldadores bogota") ==
        std::vector<std::string>{"before"});

  v1::Vacancy baker = SampleVacancy("baker");
  baker.mutable_texts(0)->set_title("Panadero");
  baker.mutable_texts(0)->set_description("Horno.");
  office.Put(Wrap(baker));
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(Find(office, "panadero") == std::vector<std::string>{"baker"});

  baker.mutable_texts(0)->set_title("Pastelero");
  office.Put(Wrap(baker));
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(Find(office, "panadero").empty());
  CHECK(Find(office, "") == std::vector<std::string>{"baker", "before"});

  REQUIRE(
      office.offices.exchange->Withdraw("pes", VacancyKey("before"), "").ok());
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(Find(office, "") == std::vector<std::string>{"baker"});
  CHECK(office.indexer->Health().ok());
  office.indexer->Stop();
}

TEST_CASE("a vacancy past its closing date is not offered") {
  Office office;
  office.Put(Wrap(SampleVacancy("v1")));
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(Find(office, "soldador").size() == 1);
  office.clock.Set(absl::FromUnixSeconds(1798761600));
  CHECK(Find(office, "soldador").empty());
}

TEST_CASE("own profiles are not in the index") {
  Office office;
  v1::Profile profile = SampleProfile("p1", "7212", "CO-AMA");
  profile.add_skills()->set_label("soldadura");
  office.Put(Wrap(profile));
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  storage::SearchQuery query;
  query.kind = RecordKind::kProfile;
  const auto hits = office.index->Search(query);
  REQUIRE(hits.ok());
  CHECK(hits->empty());
  CHECK(*office.indexer->LagRows() == 0);
}

TEST_CASE("many are indexed in batches, and a restart goes on") {
  Office office;
  for (int batch = 0; batch < 5; ++batch) {
    std::vector<v1::Record> records;
    for (int i = 0; i < 900; ++i) {
      records.push_back(
          Wrap(SampleVacancy("v" + std::to_string(batch * 900 + i))));
    }
    office.PutAll(records);
  }
  CHECK(*office.indexer->LagRows() == 4500);
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(*office.indexer->LagRows() == 0);
  office.Restart();
  office.Put(Wrap(SampleVacancy("last")));
  CHECK(*office.indexer->LagRows() == 1);
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  CHECK(*office.indexer->LagRows() == 0);
}

// An index that keeps nothing and has parts to merge after each change; the
// first `failures` changes and `merge_failures` merges fail.
class Merging final : public storage::SearchIndex {
 public:
  absl::Status Apply(const std::vector<storage::SearchDocument>& /*put*/,
                     const std::vector<storage::RowNo>& /*gone*/,
                     const storage::IndexPosition& position) override {
    absl::MutexLock lock(&mutex_);
    if (--failures >= 0) return absl::ResourceExhaustedError("disk is full");
    position_ = position;
    left_ = 3;
    return absl::OkStatus();
  }
  absl::StatusOr<storage::IndexPosition> Position() const override {
    absl::MutexLock lock(&mutex_);
    return position_;
  }
  absl::StatusOr<std::vector<storage::SearchHit>> Search(
      const storage::SearchQuery& /*query*/) const override {
    return std::vector<storage::SearchHit>();
  }
  absl::StatusOr<bool> Merge() override {
    absl::MutexLock lock(&mutex_);
    if (--merge_failures >= 0) return absl::UnavailableError("disk is full");
    if (left_ > 0) --left_;
    return left_ > 0;
  }
  absl::StatusOr<bool> Tidy() override { return false; }

  // Waits until all was merged.
  void AwaitMerged() {
    absl::MutexLock lock(&mutex_);
    const auto merged = [this] { return left_ == 0; };
    CHECK(mutex_.AwaitWithTimeout(absl::Condition(&merged), absl::Minutes(1)));
  }

  // Waits until the last of the merges that fail has.
  void AwaitMergeFailed() {
    absl::MutexLock lock(&mutex_);
    const auto failed = [this] { return merge_failures == 0; };
    CHECK(mutex_.AwaitWithTimeout(absl::Condition(&failed), absl::Minutes(1)));
  }

  int failures = 0;
  int merge_failures = 0;

 private:
  mutable absl::Mutex mutex_;
  storage::IndexPosition position_;
  int left_ = -1;
};

TEST_CASE("what a batch left is merged when nothing comes") {
  Office office;
  Merging index;
  const auto indexer =
      Indexer::Create({kColombia, office.database.get(), &index});
  indexer->Start();
  for (const char* id : {"v1", "v2"}) {
    office.Put(Wrap(SampleVacancy(id)));
    REQUIRE(indexer->CatchUp().ok());
    index.AwaitMerged();
  }
  indexer->Stop();
  CHECK(indexer->Health().ok());
}

TEST_CASE("an index that fails to follow or to merge is tried again") {
  Office office;
  Merging index;
  index.failures = 2;
  index.merge_failures = 2;
  const auto indexer = Indexer::Create(
      {kColombia, office.database.get(), &index, absl::Milliseconds(10)});
  office.Put(Wrap(SampleVacancy("v1")));
  indexer->Start();
  index.AwaitMerged();
  REQUIRE(indexer->CatchUp().ok());
  CHECK(*indexer->LagRows() == 0);
  indexer->Stop();
  CHECK(indexer->Health().ok());
}

TEST_CASE("why an index is not merged is told, and nothing is missing") {
  Office office;
  Merging index;
  index.merge_failures = 1;
  const auto indexer = Indexer::Create(
      {kColombia, office.database.get(), &index, absl::Hours(1)});
  office.Put(Wrap(SampleVacancy("v1")));
  indexer->Start();
  index.AwaitMergeFailed();
  REQUIRE(indexer->CatchUp().ok());
  indexer->Stop();
  CHECK(indexer->Health().message() == "disk is full");
}

}  // namespace
}  // namespace minga::exchange
