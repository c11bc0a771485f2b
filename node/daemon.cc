#include "node/daemon.h"

#include <poll.h>

#include <cerrno>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/federation.h"
#include "federation/keyring.h"
#include "federation/own_log.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/configuration_log.h"
#include "node/edges.h"
#include "node/exchange/indexer.h"
#include "node/exchange/offices.h"
#include "node/exchange/policy_desk.h"
#include "node/federation_thread.h"
#include "node/files.h"
#include "node/hierarchy_files.h"
#include "node/housekeeper.h"
#include "node/key_log.h"
#include "node/key_store.h"
#include "node/keys.h"
#include "node/log_keeper.h"
#include "node/log_room.h"
#include "node/notices.h"
#include "node/policy_gate.h"
#include "node/relay.h"
#include "node/rpc/farewell_desk.h"
#include "node/rpc/grpc_transport.h"
#include "node/rpc/node_parts.h"
#include "node/rpc/peer_pins.h"
#include "node/side_thread.h"
#include "storage/database.h"
#include "storage/sqlite/sqlite.h"

namespace minga {
namespace {

constexpr absl::string_view kSystem = "system";
constexpr absl::string_view kVersion = MINGA_VERSION;
class NodeDaemon final : public Daemon {
 public:
  explicit NodeDaemon(const DaemonOptions& options)
      : options_(options), folder_(options.folder) {}
  ~NodeDaemon() override {
    const absl::Status stopped = Stop();
    if (!stopped.ok()) Notice("stop", stopped);
  }

  absl::Status Open() {
    MINGA_RETURN_IF_ERROR(OpenFolder());
    MINGA_RETURN_IF_ERROR(OpenStores());
    MINGA_RETURN_IF_ERROR(OpenRooms());
    FillNodeParts();
    // Before anybody can ask for anything that was taken back.
    MINGA_ASSIGN_OR_RETURN(const bool restored,
                           offices_.recovery->AtStart(/*older=*/false));
    if (restored) {
      Notice(
          "an older copy of the database was put back: `minga status` says "
          "what follows");
    }
    MINGA_RETURN_IF_ERROR(LogEvent(v1::AUDIT_EVENT_NODE_STARTED));
    MINGA_RETURN_IF_ERROR(
        LogConfiguration(*database_, options_.config, options_.clock->Now()));
    running_ = true;
    indexer_->Start();
    alarm_keeper_.emplace(AlarmKeeper::Parts{
        database_.get(), offices_.duties.get(), federation_.get()});
    housekeeper_.emplace(Housekeeper::Parts{
        options_.clock, &*log_keeper_, offices_.exchange.get(),
        transport_.get(), &*alarm_keeper_, log_room_.get(),
        [this] { return DoChores(); }, options_.config.checkpoint_interval});
    federation_thread_.emplace(federation_.get());
    federation_thread_->Start();
    housekeeper_->Start();
    refusals_->ListenToGrpc();
    return edges_.Open(options_.config, folder_.root, &node_);
  }

  std::string listening() const override { return edges_.listening(); }

  absl::Status Stop() override {
    if (!running_) return absl::OkStatus();
    running_ = false;
    edges_.Shutdown();
    transport_->Shutdown();
    federation_thread_->Stop();
    housekeeper_->Stop();
    refusals_->Close();
    absl::Status status = LogEvent(v1::AUDIT_EVENT_NODE_STOPPED);
    const absl::Status sealed = log_keeper_->SignIfGrown();
    if (status.ok()) status = sealed;
    indexer_->Stop();
    relay_.Set(nullptr);
    return status;
  }

 private:
  absl::Status OpenFolder() {
    MINGA_RETURN_IF_ERROR(CheckPrivateFolder(folder_.root));
    MINGA_ASSIGN_OR_RETURN(lock_, FolderLock::Take(folder_.lock()));
    MINGA_ASSIGN_OR_RETURN(storage_key_, LoadStorageKey(folder_.keys()));
    const Config& config = options_.config;
    MINGA_ASSIGN_OR_RETURN(
        keys_, KeyStore::Open(folder_.keys(),
                              {config.country, config.name, config.endpoints},
                              options_.clock, options_.random));
    MINGA_ASSIGN_OR_RETURN(
        hierarchies_,
        LoadHierarchies(folder_.Resolve(options_.config.hierarchies)));
    return absl::OkStatus();
  }

  absl::Status OpenStores() {
    storage::SqliteOptions sqlite;
    sqlite.path = folder_.database();
    sqlite.keys = folder_.person_keys();
    sqlite.own = options_.config.country;
    sqlite.node_key = storage_key_;
    sqlite.random = options_.random;
    MINGA_ASSIGN_OR_RETURN(database_, storage::OpenSqliteDatabase(sqlite));
    own_log_.emplace([this] { return LogKeysNow(); });
    log_keeper_.emplace(
        database_.get(), &ring(), folder_.checkpoint(), options_.clock,
        &*own_log_,
        static_cast<std::uint64_t>(options_.config.close_at_entries));
    MINGA_RETURN_IF_ERROR(log_keeper_->CheckAtStart());
    MINGA_ASSIGN_OR_RETURN(index_,
                           storage::OpenSqliteSearchIndex(folder_.index()));
    MINGA_ASSIGN_OR_RETURN(
        log_room_, LogRoom::Open(folder_, options_.config, database_.get(),
                                 options_.clock));
    return absl::OkStatus();
  }

  // In the order that node/exchange/offices.h asks for: listeners first.
  absl::Status OpenRooms() {
    const Country own = options_.config.country;
    indexer_ = exchange::Indexer::Create({own, database_.get(), index_.get()});
    MINGA_ASSIGN_OR_RETURN(
        offices_, exchange::OpenOffices({own, database_.get(), index_.get(),
                                         options_.clock, options_.random,
                                         gate_.get(), std::string(kVersion),
                                         hierarchies_, HeldMax()}));
    side_thread_.emplace();
    pins_ = std::make_shared<rpc::PinBook>();
    refusals_ = std::make_shared<rpc::RefusalLog>(
        options_.clock,
        [this](const rpc::Refusal& refusal) { LogRefusal(refusal); });
    transport_ = std::make_unique<rpc::GrpcTransport>(
        Tls(), [this](const PeerId& peer, const std::string& address) {
          edges_.Reached(peer, address);
        });
    federation::Parts parts;
    parts.own = own;
    parts.database = database_.get();
    parts.projector = offices_.projector.get();
    parts.inbox = offices_.inbox.get();
    parts.transport = transport_.get();
    parts.clock = options_.clock;
    parts.random = options_.random;
    parts.keyring = &ring();
    parts.peers_changed = [this] {
      const absl::Status changed = PeersChanged();
      if (!changed.ok()) Notice("a peer that has changed", changed);
    };
    parts.allowances = options_.config.allowances;
    parts.policy_hash = [desk = offices_.desk.get()] {
      return ToBytes(desk->InForce()->hash());
    };
    parts.own_log = &*own_log_;
    parts.aside = [this](std::function<void()> work) {
      side_thread_->Run(std::move(work));
    };
    federation_ = federation::Federation::Create(parts);
    relay_.Set(federation_.get());
    own_log_->OnSigned([this] { federation_->LogSigned(); });
    database_->AddListener(
        [this](const storage::CommitNews& news) { relay_.Tell(news); });
    MINGA_RETURN_IF_ERROR(
        own_log_->AwaitPeers(*database_, options_.clock->Now()));
    return LoadPins();
  }

  storage::RecordCount HeldMax() const {
    constexpr std::int64_t kMegabyte = 1'000'000;
    return {options_.config.held_records,
            options_.config.held_megabytes * kMegabyte};
  }

  rpc::TlsParts Tls() const {
    rpc::TlsParts tls{{}, pins_, refusals_, options_.clock};
    tls.towards = [this](const PeerId& peer) {
      return keys_->ring().TowardsPeer(peer);
    };
    tls.serving = keys_->serving();
    return tls;
  }

  void FillNodeParts() {
    node_.own = options_.config.country;
    node_.name = options_.config.name;
    node_.version = std::string(kVersion);
    node_.endpoints = options_.config.endpoints;
    node_.started_at = options_.clock->Now();
    node_.database = database_.get();
    node_.exchange = offices_.exchange.get();
    node_.desk = offices_.desk.get();
    node_.diff = offices_.diff.get();
    node_.releases = offices_.releases.get();
    node_.duties = offices_.duties.get();
    node_.anonymity = offices_.anonymity.get();
    node_.recovery = offices_.recovery.get();
    node_.indexer = indexer_.get();
    node_.finder = &log_room_->finder();
    node_.federation = federation_.get();
    node_.own_log = &*own_log_;
    node_.clock = options_.clock;
    node_.random = options_.random;
    node_.keyring = &ring();
    node_.rotate_keys = [this](const std::set<std::string>& uses, int days) {
      return RotateKeys(uses, days);
    };
    node_.tls = Tls();
    node_.listening = [this] { return listening(); };
    node_.close_log = [this] { return CloseLog(); };
    node_.back_up = [this](const std::string& path) { return BackUp(path); };
    node_.peers_changed = [this] { return PeersChanged(); };
  }

  absl::StatusOr<rpc::NodeParts::BackUp> BackUp(const std::string& path) {
    MINGA_ASSIGN_OR_RETURN(
        const storage::SqliteCopy copy,
        storage::CopySqliteDatabase(folder_.database(), path));
    return rpc::NodeParts::BackUp{copy.bytes, copy.log_size};
  }

  absl::StatusOr<rpc::NodeParts::ClosedLog> CloseLog() {
    MINGA_ASSIGN_OR_RETURN(LogKeeper::Closed closed,
                           log_keeper_->Close(rpc::kOperator));
    return rpc::NodeParts::ClosedLog{closed.log, std::move(closed.checkpoint),
                                     std::move(closed.next)};
  }

  absl::Status LoadPins() {
    return database_->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const rpc::PeerPins known,
                                 rpc::ReadPeerPins(snapshot));
          pins_->Replace(known.pins);
          ring().SetPeers(known.peers);
          return absl::OkStatus();
        });
  }

  federation::Keyring& ring() { return keys_->ring(); }

  federation::OwnLogKeys LogKeysNow() {
    return {ring().Verifiers(federation::KeyUse::kLog),
            [this](absl::string_view text, std::uint64_t unix_seconds) {
              return ring().Cosign(text, unix_seconds);
            }};
  }

  absl::StatusOr<std::uint64_t> RotateKeys(const std::set<std::string>& uses,
                                           int overlap_days) {
    MINGA_ASSIGN_OR_RETURN(const std::uint64_t sequence,
                           keys_->Rotate(uses, overlap_days));
    MINGA_RETURN_IF_ERROR(
        LogKeys(*database_, ring(), rpc::kOperator, options_.clock->Now()));
    // Streams begin anew with them, and the peers are told.
    MINGA_RETURN_IF_ERROR(PeersChanged());
    return sequence;
  }

  // On the housekeeper's thread.
  absl::Status DoChores() {
    absl::Status status = keys_->Keep();
    status.Update(LogKeys(*database_, ring(), kSystem, options_.clock->Now()));
    if (status.ok()) status = keys_->DestroyRetired();
    // Whom federation has suspended, and what a crash left half done.
    const absl::StatusOr<bool> followed = offices_.desk->FinishPeerChanges();
    status.Update(followed.status());
    if (followed.ok() && *followed) status.Update(PeersChanged());
    status.Update(rpc::AdvanceFarewells(node_));
    return status;
  }

  absl::Status PeersChanged() {
    MINGA_RETURN_IF_ERROR(LoadPins());
    transport_->PinsChanged();
    edges_.PinsChanged();
    federation_->PeersChanged();
    return absl::OkStatus();
  }

  absl::Status LogEvent(v1::AuditEvent event) {
    return database_->Write(
        [&](storage::Transaction& transaction) -> absl::Status {
          return transaction.audit()
              .Append(federation::NodeEntry(event, options_.clock->Now(),
                                            kSystem,
                                            absl::StrCat("minga ", kVersion)))
              .status();
        });
  }

  // On gRPC's threads: only queues.
  void LogRefusal(const rpc::Refusal& refusal) {
    std::string entry = federation::NodeEntry(v1::AUDIT_EVENT_HANDSHAKE_REFUSED,
                                              options_.clock->Now(), kSystem,
                                              refusal.ToString());
    database_->WriteAsync(
        [entry = std::move(entry)](storage::Transaction& transaction) {
          return transaction.audit().Append(entry).status();
        },
        [](const absl::Status& status) {
          if (!status.ok())
            Notice("a refused handshake was not logged", status);
        });
  }

  // Destroyed from the last to the first.
  const DaemonOptions options_;
  const DataFolder folder_;
  std::optional<FolderLock> lock_;
  std::string storage_key_;
  std::unique_ptr<KeyStore> keys_;
  std::shared_ptr<const exchange::Hierarchies> hierarchies_;
  Relay relay_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  std::optional<federation::OwnLog> own_log_;
  // Its work reads the database, and outlives federation.
  std::optional<SideThread> side_thread_;
  std::optional<LogKeeper> log_keeper_;
  std::unique_ptr<LogRoom> log_room_;
  std::unique_ptr<exchange::Indexer> indexer_;
  const std::unique_ptr<exchange::ActivationGate> gate_ = MakePolicyGate();
  exchange::Offices offices_;
  std::shared_ptr<rpc::PinBook> pins_;
  std::shared_ptr<rpc::RefusalLog> refusals_;
  std::unique_ptr<rpc::GrpcTransport> transport_;
  std::unique_ptr<federation::Federation> federation_;
  std::optional<FederationThread> federation_thread_;
  std::optional<AlarmKeeper> alarm_keeper_;
  std::optional<Housekeeper> housekeeper_;
  rpc::NodeParts node_;
  Edges edges_;
  bool running_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(
    const DaemonOptions& options) {
  auto daemon = std::make_unique<NodeDaemon>(options);
  MINGA_RETURN_IF_ERROR(daemon->Open());
  return daemon;
}

absl::Status RunDaemon(const DaemonOptions& options, int stop_fd,
                       const std::function<void(const Daemon&)>& ready) {
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Daemon> daemon,
                         Daemon::Start(options));
  ready(*daemon);
  pollfd waiting{.fd = stop_fd, .events = POLLIN, .revents = 0};
  while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) {
  }
  NotifySystemd("STOPPING=1");
  return daemon->Stop();
}

}  // namespace minga
