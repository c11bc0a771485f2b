// Leaving, when an older copy of the database is put back meanwhile.
#include "node/rpc/farewell_desk.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "federation/reconcile_wire.h"
#include "federation/view_items.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/offices.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/generations.h"

namespace minga::rpc {
namespace {

using test::kColombia;
using test::kEcuador;

// Colombia, which leaves Ecuador.
class Leaver {
 public:
  Leaver()
      : clock_(absl::FromUnixSeconds(1'795'000'000)),
        ring_({test::FirstGeneration(test::MakeParty(kColombia))}, &clock_) {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-leave-XXXXXX")
            .string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    storage::SqliteOptions sqlite;
    sqlite.path = folder_ + "/node.db";
    sqlite.own = kColombia;
    sqlite.node_key = std::string(32, 'k');
    sqlite.random = &random_;
    database_ = storage::OpenSqliteDatabase(sqlite).value();
    index_ = storage::OpenSqliteSearchIndex(folder_ + "/index.db").value();
    offices_ = exchange::OpenOffices({kColombia, database_.get(), index_.get(),
                                      &clock_, &random_})
                   .value();
    node_.own = kColombia;
    node_.database = database_.get();
    node_.desk = offices_.desk.get();
    node_.clock = &clock_;
    node_.random = &random_;
    node_.keyring = &ring_;
    node_.peers_changed = [] { return absl::OkStatus(); };
    storage::PeerRow row;
    row.id = kEcuador;
    row.descriptor = test::MakeParty(kEcuador).DescriptorNote();
    row.pseudonym_key = std::string(32, 'p');
    Write([&](storage::Transaction& t) { return t.peers().Put(row); });
    REQUIRE(offices_.desk->PeerChanged("operator", kEcuador).ok());
  }
  ~Leaver() {
    offices_ = exchange::Offices();
    database_ = nullptr;
    index_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  void Write(const storage::Database::Job& job) {
    REQUIRE(database_->Write(job) == absl::OkStatus());
  }
  void PutRow(storage::ViewState state) {
    storage::FeedRow row;
    row.key = {kColombia, RecordKind::kVacancy, "v1"};
    row.state = state;
    row.digest = Sha256("v1");
    row.revision = 1;
    Write([&](storage::Transaction& t) {
      return t.feeds().Put(kEcuador, row).status();
    });
  }
  void Acknowledge(SeqNo upto) {
    Write([&](storage::Transaction& t) {
      return t.feeds().Acknowledge(kEcuador, upto);
    });
  }
  storage::FeedHead Head() {
    storage::FeedHead head;
    Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(head, t.feeds().Head(kEcuador));
      return absl::OkStatus();
    });
    return head;
  }
  void PutBack() {
    REQUIRE(offices_.recovery->AtStart(/*older=*/true).value());
  }
  // What Ecuador says that it holds under our feed of now.
  void HearCompared(std::uint64_t items) {
    federation::ComparedStatement said;
    said.follower = kEcuador;
    said.origin = kColombia;
    said.epoch = Head().epoch;
    said.upto = Head().last;
    said.items = items;
    const test::Party ec = test::MakeParty(kEcuador);
    Note note;
    note.text = said.Text();
    note.signatures = {SignNote(note.text, ec.verifier().name, *ec.node_key)};
    Write([&](storage::Transaction& t) {
      return federation::KeepStatement(t, kEcuador, said, note.Serialize(),
                                       clock_.Now());
    });
  }
  // Everything that housekeeping does before the peer is heard from.
  v1::Farewell Advance() {
    for (int round = 0; round < 5; ++round) {
      REQUIRE(AdvanceFarewells(node_) == absl::OkStatus());
    }
    return ListFarewells(node_, kEcuador).value().farewells(0);
  }
  void Leave() {
    REQUIRE(rpc::Leave(node_, kEcuador, "the memorandum ended").ok());
  }

 private:
  SimulatedClock clock_;
  SystemRandom random_;
  federation::Keyring ring_;
  std::string folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  exchange::Offices offices_;
  NodeParts node_;
};

TEST_CASE_METHOD(Leaver, "a farewell is signed once receipts confirm it") {
  PutRow(storage::ViewState::kShown);
  Acknowledge(1);
  Leave();
  PutRow(storage::ViewState::kGone);
  CHECK(Advance().own_statement().empty());
  CHECK(Advance().unconfirmed() == 1);
  Acknowledge(2);
  CHECK_FALSE(Advance().own_statement().empty());
  CHECK(Advance().unconfirmed() == 0);
}

TEST_CASE_METHOD(Leaver, "a feed that begins anew confirms no withdrawal") {
  PutRow(storage::ViewState::kShown);
  Acknowledge(1);
  Leave();
  PutRow(storage::ViewState::kGone);
  const bool signed_before = GENERATE(false, true);
  if (signed_before) Acknowledge(2);
  CHECK(Advance().own_statement().empty() != signed_before);

  PutBack();
  CHECK(Head().last == 0);
  CHECK(Advance().own_statement().empty());
  CHECK(Advance().unconfirmed() == 1);
  HearCompared(1);
  CHECK(Advance().own_statement().empty());
  HearCompared(0);
  CHECK_FALSE(Advance().own_statement().empty());
  CHECK(Advance().unconfirmed() == 0);
}

}  // namespace
}  // namespace minga::rpc
