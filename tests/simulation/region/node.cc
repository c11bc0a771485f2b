#include "tests/simulation/region/node.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/generations.h"

namespace minga::region {
namespace {

// The housekeeper looks again after an error.
constexpr absl::Duration kHouseRetry = absl::Minutes(1);
constexpr absl::Duration kHouseLookAgain = absl::Hours(1);
constexpr absl::Duration kSignEvery = absl::Seconds(1);

bool Stands(const v1::Vacancy& stored, const Vacancy& put) {
  return SeenIn(stored).title == put.title &&
         (stored.status() == v1::VACANCY_STATUS_OPEN) == put.open;
}

}  // namespace

Node::Node(test::MemoryNetwork& network, const Clock& clock, std::uint64_t seed,
           Country own, std::string folder)
    : network_(network),
      clock_(clock),
      folder_(std::move(folder)),
      party_(test::MakeParty(own)),
      keyring_({test::FirstGeneration(party_)}, &clock_),
      random_(seed) {
  ledger_.own = own;
}

Node::~Node() { Stop(); }

absl::Status Node::Open() {
  storage::SqliteOptions options;
  options.path = absl::StrCat(folder_, "/", own().ToString(), ".db");
  options.own = own();
  options.node_key = std::string(32, 'k');
  options.random = &random_;
  MINGA_ASSIGN_OR_RETURN(database_, storage::OpenSqliteDatabase(options));
  self_ = std::make_shared<Node*>(this);
  database_->AddListener([self = self_](const storage::CommitNews& news) {
    if (*self == nullptr || !(*self)->up()) return;
    (*self)->federation().FeedsMoved(news.feeds);
    (*self)->SignSoon();
    (*self)->Wake();
  });
  disk_ = std::make_unique<Disk>(*database_, [this] { NoteSentPages(); });
  MINGA_ASSIGN_OR_RETURN(
      index_, storage::OpenSqliteSearchIndex(
                  absl::StrCat(folder_, "/", own().ToString(), ".index")));
  MINGA_ASSIGN_OR_RETURN(
      offices_, exchange::OpenOffices({own(), disk_.get(), index_.get(),
                                       &clock_, &random_, &gate_}));
  own_log_ = std::make_unique<federation::OwnLog>(federation::OwnLogKeys{
      keyring_.Verifiers(federation::KeyUse::kLog),
      [this](absl::string_view text, std::uint64_t unix_seconds) {
        return keyring_.Cosign(text, unix_seconds);
      }});
  keeper_ = std::make_unique<LogKeeper>(
      disk_.get(), &keyring_,
      absl::StrCat(folder_, "/", own().ToString(), ".checkpoint"), &clock_,
      own_log_.get());
  MINGA_RETURN_IF_ERROR(keeper_->CheckAtStart());
  return database_->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(leaves_, snapshot.audit().Size());
        return absl::OkStatus();
      });
}

absl::Status Node::Start() {
  MINGA_RETURN_IF_ERROR(Open());
  transport_ = network_.TransportOf(own());
  federation::Parts parts;
  parts.own = own();
  parts.database = disk_.get();
  parts.projector = offices_.projector.get();
  parts.inbox = offices_.inbox.get();
  parts.transport = transport_.get();
  parts.clock = &clock_;
  parts.random = &random_;
  parts.keyring = &keyring_;
  parts.peers_changed = [this] { federation_->PeersChanged(); };
  parts.own_log = own_log_.get();
  federation_ = federation::Federation::Create(parts);
  own_log_->OnSigned([this] {
    federation_->LogSigned();
    Wake();
  });
  MINGA_RETURN_IF_ERROR(own_log_->AwaitPeers(*disk_, clock_.Now()));
  network_.Attach(own(), federation_.get());
  awake_ = true;
  due_ = absl::InfinitePast();
  house_due_ = absl::InfinitePast();
  sign_due_ = clock_.Now();
  return ReadBack();
}

void Node::Stop() {
  network_.Detach(own());
  if (self_ != nullptr) *self_ = nullptr;
  federation_ = nullptr;
  transport_ = nullptr;
  keeper_ = nullptr;
  own_log_ = nullptr;
  offices_ = exchange::Offices();
  disk_ = nullptr;
  index_ = nullptr;
  database_ = nullptr;
}

void Node::Tick() {
  awake_ = false;
  due_ = federation_->Tick();
  if (due_ <= clock_.Now()) awake_ = true;
}

void Node::SignSoon() {
  if (!sign_due_.has_value()) sign_due_ = clock_.Now() + kSignEvery;
}

// As node/housekeeper.cc: each second while the log grows.
absl::Status Node::SignLog() {
  const absl::Time now = clock_.Now();
  if (!sign_due_.has_value() ||
      (now < *sign_due_ && *sign_due_ - now <= kHouseRetry)) {
    return absl::OkStatus();
  }
  sign_due_.reset();
  const absl::Status signed_now = keeper_->SignIfGrown();
  if (!signed_now.ok()) {
    sign_due_ = now + kHouseRetry;
  } else if (absl::IsUnavailable(own_log_->MaySign(now))) {
    sign_due_ = now + kSignEvery;  // it waits for the peers
  }
  return signed_now;
}

absl::StatusOr<bool> Node::KeepHouse() {
  const absl::Status sealed = SignLog();
  if (!sealed.ok() && !absl::IsResourceExhausted(sealed) &&
      !absl::IsUnavailable(sealed)) {
    return sealed;
  }
  const absl::Time now = clock_.Now();
  // As node/housekeeper.cc: also when the clock was set back.
  if (now < house_due_ && house_due_ - now <= kHouseLookAgain) return false;
  const absl::StatusOr<bool> followed = offices_.desk->FinishPeerChanges();
  absl::Status why = followed.status();
  if (followed.ok() && *followed) {
    federation_->PeersChanged();
    Wake();
  }
  // An operator whose command failed half-way gives it again.
  why.Update(SignAgain());
  const absl::StatusOr<absl::Time> next = offices_.exchange->Housekeep(now);
  why.Update(next.status());
  if (!why.ok()) {
    house_due_ = now + kHouseRetry;
    if (absl::IsResourceExhausted(why) || absl::IsUnavailable(why)) return true;
    return why;
  }
  house_due_ = std::clamp(*next, now, now + kHouseLookAgain);
  return true;
}

absl::Time Node::Due() const {
  const absl::Time due = std::min(due_, house_due_);
  return std::min(due, sign_due_.value_or(due)) - clock_.wrong_by();
}

// --- What the ledger is told.

void Node::Enter(const Pending& put) {
  if (put.vacancy.has_value()) ledger_.vacancies[put.id] = *put.vacancy;
  if (put.person.has_value()) ledger_.people[put.id] = *put.person;
}

absl::Status Node::ReadBack() {
  for (const Pending& put : std::exchange(pending_, {})) {
    MINGA_RETURN_IF_ERROR(ReadBack(put));
  }
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const policy::PolicySources sources,
                           exchange::ReadSources(snapshot.documents()));
    ledger_.law = FindLaw(sources.national.name);
    if (ledger_.law == nullptr) ledger_.law = FindLaw("closed");
    ledger_.peers.clear();
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                           snapshot.peers().List());
    for (const storage::PeerRow& peer : peers) {
      ledger_.peers[peer.id] = peer.state == storage::PeerState::kActive;
    }
    for (auto person = ledger_.people.begin();
         person != ledger_.people.end();) {
      const auto key = snapshot.people().Key(person->first);
      person = absl::IsNotFound(key.status()) ? ledger_.people.erase(person)
                                              : std::next(person);
    }
    return absl::OkStatus();
  };
  return database_->Read(read);
}

absl::Status Node::ReadBack(const Pending& put) {
  const RecordKind kind =
      put.vacancy.has_value() ? RecordKind::kVacancy : RecordKind::kProfile;
  const absl::StatusOr<exchange::FoundRecord> found =
      offices_.exchange->Get({own(), kind, put.id});
  if (absl::IsNotFound(found.status())) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(found.status());
  if (put.vacancy.has_value()) {
    if (Stands(found->record->vacancy(), *put.vacancy)) Enter(put);
    return absl::OkStatus();
  }
  std::optional<std::string> bytes;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(bytes, snapshot.people().Consent(put.id));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(database_->Read(read));
  // Of several puts that were under way, whichever came to the disk.
  MINGA_ASSIGN_OR_RETURN(ledger_.people[put.id],
                         PersonIn(found->record->profile(), bytes));
  return absl::OkStatus();
}

// --- What is sent.

void Node::NoteSentPages() {
  if (federation_ == nullptr) return;
  std::vector<v1::AuditEntry> sent;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size,
                           snapshot.audit().Size());
    while (leaves_ < size) {
      const std::uint64_t bundle = leaves_ / kTileWidth;
      MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                             snapshot.audit().EntryBundle(bundle));
      MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                             storage::SplitBundle(bytes));
      for (std::size_t i = leaves_ % kTileWidth; i < entries.size(); ++i) {
        v1::AuditEntry entry;
        if (!entry.ParseFromString(entries[i])) {
          return absl::DataLossError("not an audit entry");
        }
        if (entry.event() == v1::AUDIT_EVENT_PAGE_SENT) {
          sent.push_back(std::move(entry));
        }
      }
      leaves_ = bundle * kTileWidth + entries.size();
    }
    return absl::OkStatus();
  };
  const absl::Status done = database_->Read(read);
  if (!done.ok()) return;  // found by whoever reads next
  for (const v1::AuditEntry& entry : sent) {
    const auto peer = Country::Parse(entry.peer());
    if (!peer.ok()) continue;
    logged_[{*peer, entry.digest()}] = SendableTo(*peer);
  }
}

Sendable Node::SendableTo(Country peer) const {
  Sendable sendable;
  sendable.vacancies = ledger_.VacanciesFor(peer, Today());
  const std::set<std::string> people = ledger_.PeopleFor(peer, Today());
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    for (const std::string& person : people) {
      MINGA_ASSIGN_OR_RETURN(
          const std::optional<storage::FeedRow> row,
          snapshot.feeds().Find(peer, {own(), RecordKind::kProfile, person}));
      if (row.has_value() && row->state == storage::ViewState::kShown) {
        sendable.pseudonyms.insert(row->wire_id);
      }
    }
    return absl::OkStatus();
  };
  const absl::Status done = database_->Read(read);
  if (!done.ok()) sendable.pseudonyms.clear();
  return sendable;
}

const Sendable* Node::LoggedPage(Country peer, const std::string& root) const {
  const auto found = logged_.find({peer, root});
  return found == logged_.end() ? nullptr : &found->second;
}

}  // namespace minga::region
