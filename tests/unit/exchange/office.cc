#include "tests/unit/exchange/office.h"

#include <sqlite3.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

void Check(const absl::Status& status) {
  INFO(status.ToString());
  REQUIRE(status.ok());
}

}  // namespace

Office::Office() : clock(absl::FromUnixSeconds(1795262400)) {
  std::string name = std::filesystem::temp_directory_path() / "minga-XXXXXX";
  REQUIRE(mkdtemp(name.data()) != nullptr);
  folder_ = name;
  Open();
}

Office::~Office() {
  Close();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Office::Open() {
  storage::SqliteOptions options;
  options.path = folder_ + "/node.db";
  options.own = kColombia;
  options.node_key = std::string(32, 'k');
  options.random = &random;
  auto opened = storage::OpenSqliteDatabase(options);
  Check(opened.status());
  database = *std::move(opened);
  auto search = storage::OpenSqliteSearchIndex(folder_ + "/index.db");
  Check(search.status());
  index = *std::move(search);
  indexer = Indexer::Create({kColombia, database.get(), index.get()});
  Parts parts{kColombia, database.get(), index.get(), &clock, &random, &gate};
  parts.held_max = held_max;
  auto made = OpenOffices(parts);
  Check(made.status());
  offices = *std::move(made);
}

void Office::Close() {
  indexer.reset();
  offices = Offices();
  database.reset();
  index.reset();
}

void Office::Restart() {
  Close();
  Open();
}

void Office::RunSql(const std::string& sql) {
  Close();
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open((folder_ + "/node.db").c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) ==
        SQLITE_OK);
  sqlite3_close(handle);
  Open();
}

std::string Office::BackUp() {
  Close();
  std::ifstream file(folder_ + "/node.db", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  Open();
  return bytes;
}

void Office::PutBack(const std::string& backup) {
  Close();
  std::ofstream(folder_ + "/node.db", std::ios::binary | std::ios::trunc)
      << backup;
  Open();
}

v1::Basis Office::BasisOf(const v1::AuditEntry& entry) const {
  const std::vector<v1::AuditEntry> log = Log();
  REQUIRE(entry.basis_entry() > 0);
  REQUIRE(entry.basis_entry() < log.size());
  const v1::AuditEntry& basis = log[entry.basis_entry()];
  REQUIRE(basis.event() == v1::AUDIT_EVENT_BASIS);
  return basis.basis();
}

void Office::Write(const storage::Database::Job& job) {
  Check(database->Write(job));
}

void Office::AddPeer(Country peer) {
  Write([&](storage::Transaction& transaction) {
    storage::PeerRow row;
    row.id = peer;
    row.descriptor = "descriptor";
    row.pseudonym_key = random.Bytes(32);
    row.added_at = clock.Now();
    return transaction.peers().Put(row);
  });
  Check(offices.desk->PeerChanged("operator", peer).status());
}

void Office::SetPeerState(Country peer, storage::PeerState state) {
  Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                           transaction.peers().Get(peer));
    row->state = state;
    return transaction.peers().Put(*row);
  });
  Check(offices.desk->PeerChanged("operator", peer).status());
}

int Office::Activate(const policy::DocumentSource& national) {
  const absl::StatusOr<int> changed =
      offices.desk->Activate("operator", PolicyDocument::kNational, national);
  Check(changed.status());
  return *changed;
}

int Office::SignMou(Country peer) {
  const absl::StatusOr<int> changed = offices.desk->KeepMou(
      "operator", peer, "note", SampleMou(peer.ToString()).text, true);
  Check(changed.status());
  return *changed;
}

void Office::Prepare() {
  AddPeer(kEcuador);
  AddPeer(kPeru);
  Activate(SampleNational());
  SignMou(kEcuador);
  SignMou(kPeru);
}

std::vector<PutOutcome> Office::PutAll(const std::vector<v1::Record>& records,
                                       const v1::Consent* consent) {
  std::vector<const v1::Record*> pointers;
  std::vector<const v1::Consent*> consents;
  for (const v1::Record& record : records) {
    pointers.push_back(&record);
    consents.push_back(record.has_profile() ? consent : nullptr);
  }
  auto outcomes = offices.exchange->Put("pes", pointers, consents, false);
  Check(outcomes.status());
  return *std::move(outcomes);
}

storage::PutResult::Outcome Office::Put(const v1::Record& record,
                                        const v1::Consent* consent) {
  const std::vector<PutOutcome> outcomes = PutAll({record}, consent);
  Check(outcomes[0].status);
  return outcomes[0].outcome;
}

storage::FeedRow Office::Row(Country peer, const RecordKey& key) const {
  storage::FeedRow found;
  found.state = storage::ViewState::kGone;
  Check(database->Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                           snapshot.feeds().Find(peer, key));
    if (row.has_value()) found = *row;
    return absl::OkStatus();
  }));
  return found;
}

std::vector<storage::FeedRow> Office::Feed(Country peer) const {
  std::vector<storage::FeedRow> all;
  Check(database->Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    SeqNo after = 0;
    while (true) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::FeedRow> rows,
          snapshot.feeds().Read(peer, after, kFeedPageRowsMax));
      if (rows.empty()) return absl::OkStatus();
      after = rows.back().seq;
      all.insert(all.end(), rows.begin(), rows.end());
    }
  }));
  return all;
}

SeqNo Office::Last(Country peer) const {
  SeqNo last = 0;
  Check(database->Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                           snapshot.feeds().Head(peer));
    last = head.last;
    return absl::OkStatus();
  }));
  return last;
}

void Office::Acknowledge(Country peer, SeqNo upto) {
  Write([&](storage::Transaction& transaction) {
    return transaction.feeds().Acknowledge(peer, upto);
  });
}

federation::Projection Office::Projected(Country peer,
                                         const storage::FeedRow& row) const {
  federation::Projection projection;
  Check(database->Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(projection,
                           offices.projector->Project(snapshot, peer, row));
    return absl::OkStatus();
  }));
  return projection;
}

std::vector<v1::AuditEntry> Office::Log() const {
  std::vector<v1::AuditEntry> entries;
  Check(database->Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size,
                           snapshot.audit().Size());
    for (std::uint64_t bundle = 0; entries.size() < size; ++bundle) {
      MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                             snapshot.audit().EntryBundle(bundle));
      MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> split,
                             storage::SplitBundle(bytes));
      for (const std::string& entry : split) {
        REQUIRE(entries.emplace_back().ParseFromString(entry));
      }
    }
    return absl::OkStatus();
  }));
  return entries;
}

std::vector<v1::AuditEntry> Office::Log(v1::AuditEvent event) const {
  std::vector<v1::AuditEntry> entries = Log();
  std::erase_if(entries, [event](const v1::AuditEntry& entry) {
    return entry.event() != event;
  });
  return entries;
}

}  // namespace minga::exchange
