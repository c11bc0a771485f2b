#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"
#include "tests/simulation/world.h"
#include "tests/support/generations.h"

namespace minga::test {
namespace {

void MustBe(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "simulation: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

Node::Node(MemoryNetwork& network, SimulatedClock& clock, Random& random,
           Country country, const std::string& folder)
    : network_(network),
      clock_(clock),
      random_(random),
      country_(country),
      path_(absl::StrCat(folder, "/", country.ToString(), ".db")),
      party_(MakeParty(country)),
      keyring_({FirstGeneration(party_)}, &clock) {
  Start();
}

Node::~Node() { Crash(); }

void Node::Start() {
  static SystemRandom* const random = new SystemRandom();
  storage::SqliteOptions options;
  options.path = path_;
  options.own = country_;
  options.node_key = std::string(32, 'k');
  options.random = random;
  auto opened = storage::OpenSqliteDatabase(options);
  MustBe(opened.status());
  inner_ = *std::move(opened);
  told_ = std::make_shared<federation::Federation*>(nullptr);
  inner_->AddListener([told = told_](const storage::CommitNews& news) {
    if (*told != nullptr) (*told)->FeedsMoved(news.feeds);
  });
  database_ = std::make_unique<SteppedDatabase>(*inner_);
  transport_ = network_.TransportOf(country_);
  federation::Parts parts;
  parts.own = country_;
  parts.database = database_.get();
  parts.projector = &exchange_;
  parts.inbox = &exchange_;
  parts.transport = transport_.get();
  parts.clock = &clock_;
  parts.random = &random_;
  parts.keyring = &keyring_;
  parts.peers_changed = [this] { federation_->PeersChanged(); };
  parts.protocols = protocols_;
  parts.allowances = allowances_;
  parts.aside = [this](std::function<void()> work) {
    waiting_.push_back(std::move(work));
    if (!slow_) GoOn();
  };
  federation_ = federation::Federation::Create(parts);
  *told_ = federation_.get();
  network_.Attach(country_, federation_.get());
}

void Node::GoOn() {
  if (waiting_.empty()) return;
  const std::function<void()> work = std::move(waiting_.front());
  waiting_.pop_front();
  work();
}

void Node::BeSlow(bool slow) {
  slow_ = slow;
  while (!slow_ && !waiting_.empty()) GoOn();
}

void Node::Crash() {
  waiting_.clear();
  network_.Detach(country_);
  if (told_ != nullptr) *told_ = nullptr;
  federation_ = nullptr;
  transport_ = nullptr;
  database_ = nullptr;
  inner_ = nullptr;
}

void Node::Restart() {
  Crash();
  Start();
}

void Node::Speak(federation::ProtocolRange protocols) {
  protocols_ = protocols;
  Restart();
}

void Node::Allow(const federation::Allowances& most) {
  allowances_ = most;
  Restart();
}

void Node::Write(storage::Database::Job job) {
  MustBe(database_->Write(std::move(job)));
}

void Node::AddPeer(const Party& peer, Epoch epoch) {
  storage::PeerRow row;
  row.id = peer.descriptor.country;
  row.descriptor = peer.DescriptorNote();
  row.pseudonym_key = std::string(32, 'p');
  row.added_at = clock_.Now();
  Write([&](storage::Transaction& t) { return t.peers().Put(row); });
  if (std::find(peers_.begin(), peers_.end(), row.id) == peers_.end()) {
    peers_.push_back(row.id);
  }
  keyring_.SetPeers(peers_);
  StartEpoch(row.id, epoch);
  federation_->PeersChanged();
}

void Node::StartEpoch(PeerId peer, Epoch epoch) {
  Write([&](storage::Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.feeds().StartEpoch(peer, epoch));
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::StoredRecord> own,
        t.records().Scan(country_, RecordKind::kVacancy, "", 1000));
    for (const storage::StoredRecord& record : own) {
      MINGA_RETURN_IF_ERROR(Decide(t, record.key, peer));
    }
    return absl::OkStatus();
  });
}

void Node::SetState(PeerId peer, storage::PeerState state) {
  Write([&](storage::Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                           t.peers().Get(peer));
    row->state = state;
    return t.peers().Put(*row);
  });
  federation_->PeersChanged();
}

RecordKey Node::Key(absl::string_view id) const {
  return {country_, RecordKind::kVacancy, std::string(id)};
}

void Node::Put(absl::string_view id, absl::string_view text) {
  Write([&](storage::Transaction& t) {
    return PutText(t, Key(id), text, peers_);
  });
}

void Node::Erase(absl::string_view id) {
  Write([&](storage::Transaction& t) { return EraseText(t, Key(id), peers_); });
}

bool Node::AnswerQuestions() {
  if (exchange_.questions.empty()) return false;
  for (const TextExchange::Question& q : std::exchange(exchange_.questions, {}))
    Write([&](storage::Transaction& t) {
      return q.withhold != 0 ? WithholdText(t, q.key, q.peer, q.withhold)
                             : Decide(t, q.key, q.peer);
    });
  return true;
}

View Node::ShownTo(PeerId peer) const {
  View view;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    SeqNo after = 0;
    while (true) {
      MINGA_ASSIGN_OR_RETURN(const std::vector<storage::FeedRow> rows,
                             s.feeds().Read(peer, after, kFeedPageRowsMax));
      if (rows.empty()) return absl::OkStatus();
      for (const storage::FeedRow& row : rows) {
        after = row.seq;
        if (row.state != storage::ViewState::kShown) continue;
        MINGA_ASSIGN_OR_RETURN(const auto record, s.records().Get(row.key));
        view[row.key.id] =
            record.has_value() ? ProjectionOf(row.key, record->body) : "";
      }
    }
  }));
  return view;
}

View Node::HeldFrom(PeerId origin) const {
  View view;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    std::string after;
    while (true) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::StoredRecord> records,
          s.records().Scan(origin, RecordKind::kVacancy, after, 1000));
      if (records.empty()) return absl::OkStatus();
      for (const storage::StoredRecord& record : records) {
        after = record.key.id;
        view[record.key.id] = record.body;
      }
    }
  }));
  return view;
}

storage::FeedHead Node::HeadOf(PeerId peer) const {
  storage::FeedHead head;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(head, s.feeds().Head(peer));
    return absl::OkStatus();
  }));
  return head;
}

storage::Cursor Node::CursorOf(PeerId peer) const {
  storage::Cursor cursor;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(cursor, s.peers().CursorOf(peer));
    return absl::OkStatus();
  }));
  return cursor;
}

std::vector<storage::ReceiptRow> Node::ReceiptsOf(PeerId peer) const {
  std::vector<storage::ReceiptRow> receipts;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    for (const auto side :
         {storage::ReceiptSide::kGiven, storage::ReceiptSide::kTaken}) {
      MINGA_ASSIGN_OR_RETURN(const std::vector<storage::ReceiptRow> rows,
                             s.peers().receipts().Newest(peer, side, 1000));
      receipts.insert(receipts.end(), rows.begin(), rows.end());
    }
    return absl::OkStatus();
  }));
  return receipts;
}

std::vector<v1::AuditEntry> Node::Audit() const {
  std::vector<v1::AuditEntry> entries;
  MustBe(inner_->Read([&](const storage::Snapshot& s) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, s.audit().Size());
    for (std::uint64_t bundle = 0; bundle * kTileWidth < size; ++bundle) {
      MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                             s.audit().EntryBundle(bundle));
      MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> leaves,
                             storage::SplitBundle(bytes));
      for (const std::string& leaf : leaves) {
        if (!entries.emplace_back().ParseFromString(leaf)) {
          return absl::DataLossError("not an audit entry");
        }
      }
    }
    return absl::OkStatus();
  }));
  return entries;
}

federation::PeerProgress Node::ProgressWith(PeerId peer) const {
  for (federation::PeerProgress& progress : federation_->Progress()) {
    if (progress.peer == peer) return progress;
  }
  return {};
}

}  // namespace minga::test
