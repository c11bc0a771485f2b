#include "tests/simulation/world.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"

namespace minga::test {
namespace {

// A memory file system if there is one: fsync is no part of these tests.
std::string NewFolder() {
  static std::atomic<int> count{0};
  const std::filesystem::path shm = "/dev/shm";
  const std::filesystem::path base =
      std::filesystem::is_directory(shm) && ::access(shm.c_str(), W_OK) == 0
          ? shm
          : std::filesystem::temp_directory_path();
  const std::filesystem::path folder =
      base / absl::StrCat("minga-simulation-", ::getpid(), "-", ++count);
  std::filesystem::create_directories(folder);
  return folder.string();
}

void MustBe(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "simulation: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

World::World(std::uint64_t seed, const std::vector<Country>& countries)
    : folder_(NewFolder()),
      clock_(absl::FromUnixSeconds(1'795'000'000)),  // in November 2026
      random_(seed) {
  for (const Country& country : countries) {
    nodes_.push_back(
        std::make_unique<Node>(network_, clock_, random_, country, folder_));
  }
}

World::~World() {
  nodes_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Node& World::node(Country country) {
  for (const auto& node : nodes_) {
    if (node->country() == country) return *node;
  }
  std::abort();
}

void World::Join() {
  for (const auto& node : nodes_) {
    for (const auto& peer : nodes_) {
      if (node != peer) node->AddPeer(peer->party());
    }
  }
}

bool World::Step() {
  // Nodes tick, write and hear in turn; a turn that has nothing to do passes.
  // Twice around: what the ticks of the first round begin, the second finds.
  const std::size_t turns = 2 * nodes_.size() + 1;
  for (std::size_t tried = 0; tried < 2 * turns; ++tried) {
    const std::size_t turn = turn_++ % turns;
    if (turn == 2 * nodes_.size()) {
      if (network_.Deliver()) return true;
      continue;
    }
    Node& node = *nodes_[turn / 2];
    if (turn % 2 == 0) {
      if (node.federation().Tick() <= clock_.Now()) return true;
    } else if (node.database().Step() || node.AnswerQuestions()) {
      return true;
    }
  }
  return false;
}

void World::RandomStep() {
  Node& node = *nodes_[random_.Below(nodes_.size())];
  switch (random_.Below(4)) {
    case 0:
      node.federation().Tick();
      return;
    case 1:
      node.database().Step();
      return;
    case 2:
      node.AnswerQuestions();
      return;
    default:
      network_.Deliver(random_.Next());
  }
}

bool World::Move() {
  if (!Step()) return false;
  ++steps_;
  if (after_step != nullptr) after_step();
  return true;
}

void World::Settle() {
  // The last pass ticks every node without effect, so nothing is left.
  while (Move()) {
  }
}

absl::Time World::TickAll() {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& node : nodes_) {
    due = std::min(due, node->federation().Tick());
  }
  return due;
}

bool World::Converge(absl::Duration limit) {
  const absl::Time end = clock_.Now() + limit;
  while (true) {
    Settle();
    if (Converged()) return true;
    const absl::Time due = TickAll();
    if (due > end) return false;
    clock_.Set(std::max(due, clock_.Now() + absl::Milliseconds(1)));
  }
}

bool World::Converged() { return Differences().empty(); }

std::string World::Differences() {
  std::string text;
  for (const auto& origin : nodes_) {
    for (const auto& follower : nodes_) {
      if (origin == follower) continue;
      const std::string pair = absl::StrCat(origin->country().ToString(), "->",
                                            follower->country().ToString());
      View shown = origin->ShownTo(follower->country());
      View held = follower->HeldFrom(origin->country());
      // What the receiver refuses, it need not hold.
      for (auto it = shown.begin(); it != shown.end();) {
        const bool refused = absl::EndsWith(it->second, kRejectedText);
        if (refused) held.erase(it->first);
        it = refused ? shown.erase(it) : std::next(it);
      }
      for (const auto& [id, body] : shown) {
        const auto found = held.find(id);
        if (found == held.end()) {
          absl::StrAppend(&text, pair, " lacks ", id, "\n");
        } else if (found->second != body) {
          absl::StrAppend(&text, pair, " has an old ", id, "\n");
        }
      }
      for (const auto& [id, body] : held) {
        if (!shown.contains(id)) {
          absl::StrAppend(&text, pair, " still has ", id, "\n");
        }
      }
      const storage::FeedHead head = origin->HeadOf(follower->country());
      const storage::Cursor cursor = follower->CursorOf(origin->country());
      if (cursor != storage::Cursor{head.epoch, head.last}) {
        absl::StrAppend(&text, pair, " cursor ", cursor.epoch, "/", cursor.seq,
                        ", feed ", head.epoch, "/", head.last, "\n");
      }
      if (head.acknowledged != head.last) {
        absl::StrAppend(&text, pair, " acknowledged ", head.acknowledged,
                        " of ", head.last, "\n");
      }
    }
  }
  return text;
}

std::string LogFaults(World& world, Country origin, Country follower) {
  std::set<std::string> sent;
  const auto name = [](const v1::AuditEntry& e) {
    return absl::StrCat(e.epoch(), " ", e.after(), " ", e.upto(), " ",
                        e.count(), " ", e.digest());
  };
  for (const v1::AuditEntry& e : world.node(origin).Audit()) {
    if (e.event() == v1::AUDIT_EVENT_PAGE_SENT &&
        e.peer() == follower.ToString()) {
      sent.insert(name(e));
    }
  }
  storage::Cursor at;
  for (const v1::AuditEntry& e : world.node(follower).Audit()) {
    if (e.peer() != origin.ToString()) continue;
    if (e.event() == v1::AUDIT_EVENT_EPOCH_STARTED) at = {e.epoch(), 0};
    if (e.event() != v1::AUDIT_EVENT_PAGE_APPLIED) continue;
    if (at != storage::Cursor{e.epoch(), e.after()}) {
      return absl::StrCat("page (", e.after(), ", ", e.upto(),
                          "] was applied at ", at.epoch, "/", at.seq);
    }
    if (e.count() > 0 && !sent.contains(name(e))) {
      return absl::StrCat("page (", e.after(), ", ", e.upto(),
                          "] is not in the origin's log");
    }
    at.seq = e.upto();
  }
  if (at != world.node(follower).CursorOf(origin)) {
    return "the log does not lead to the cursor";
  }
  return "";
}

// --- Node --------------------------------------------------------------------

Node::Node(MemoryNetwork& network, SimulatedClock& clock, Random& random,
           Country country, const std::string& folder)
    : network_(network),
      clock_(clock),
      random_(random),
      country_(country),
      path_(absl::StrCat(folder, "/", country.ToString(), ".db")),
      party_(MakeParty(country)) {
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
  parts.node_key = party_.node_key.get();
  parts.node_key_name = party_.verifier().name;
  federation_ = federation::Federation::Create(parts);
  *told_ = federation_.get();
  network_.Attach(country_, federation_.get());
}

void Node::Crash() {
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
    Write([&](storage::Transaction& t) { return Decide(t, q.key, q.peer); });
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
    MINGA_ASSIGN_OR_RETURN(receipts, s.peers().Receipts(peer, 1000));
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
