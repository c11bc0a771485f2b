// The engine among real threads: a federation thread and a writer per node, and
// one for the network. Under ThreadSanitizer this is the test that matters; the
// hidden [throughput] case measures a first sync.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "federation/federation.h"
#include "node/base/clock.h"
#include "storage/sqlite/sqlite.h"
#include "tests/simulation/text_exchange.h"
#include "tests/support/parties.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/transport/memory_transport.h"

namespace minga::test {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

class ThreadedNode {
 public:
  ThreadedNode(MemoryNetwork& network, Country country,
               const std::string& folder)
      : network_(network), party_(MakeParty(country)), random_(42) {
    storage::SqliteOptions options;
    options.path = absl::StrCat(folder, "/", country.ToString(), ".db");
    options.own = country;
    options.node_key = std::string(32, 'k');
    options.random = &keys_;
    database_ = storage::OpenSqliteDatabase(options).value();
    transport_ = network.TransportOf(country);
    federation::Parts parts;
    parts.own = country;
    parts.database = database_.get();
    parts.projector = &exchange_;
    parts.inbox = &exchange_;
    parts.transport = transport_.get();
    parts.clock = &clock_;
    parts.random = &random_;
    parts.node_key = party_.node_key.get();
    parts.node_key_name = party_.verifier().name;
    federation_ = federation::Federation::Create(parts);
    database_->AddListener([this](const storage::CommitNews& news) {
      federation_->FeedsMoved(news.feeds);
      absl::MutexLock lock(&mutex_);
      ++commits_;
    });
    network_.Attach(country, federation_.get());
    thread_ = std::thread([this] {
      while (federation_->WaitUntil(federation_->Tick())) {
      }
    });
  }

  // The network delivers nothing any more.
  ~ThreadedNode() {
    federation_->Close();
    thread_.join();
    network_.Detach(party_.descriptor.country);
    database_ = nullptr;  // its writer still told the federation
  }

  void AddPeer(const Party& peer) {
    const absl::Status added =
        database_->Write([&](storage::Transaction& t) -> absl::Status {
          storage::PeerRow row;
          row.id = peer.descriptor.country;
          row.descriptor = peer.DescriptorNote();
          row.pseudonym_key = std::string(32, 'p');
          const absl::Status put = t.peers().Put(row);
          return put.ok() ? t.feeds().StartEpoch(row.id, 1) : put;
        });
    REQUIRE(added.ok());
    federation_->PeersChanged();
  }

  void Put(PeerId peer, int first, int count, const std::string& text) {
    const Country own = party_.descriptor.country;
    const absl::Status put = database_->Write([&](storage::Transaction& t) {
      for (int i = first; i < first + count; ++i) {
        const absl::Status one = PutText(
            t, {own, RecordKind::kVacancy, absl::StrCat("v", i)}, text, {peer});
        if (!one.ok()) return one;
      }
      return absl::OkStatus();
    });
    REQUIRE(put.ok());
  }

  // Waits until the peer has acknowledged everything. A receipt is no news to
  // listeners, so that the condition is looked at now and then.
  bool AwaitReceipts(PeerId peer) {
    const absl::Time end = absl::Now() + kPatience;
    while (absl::Now() < end) {
      storage::FeedHead head;
      const absl::Status read =
          database_->Read([&](const storage::Snapshot& s) -> absl::Status {
            const auto found = s.feeds().Head(peer);
            if (found.ok()) head = *found;
            return found.status();
          });
      if (!read.ok()) return false;
      if (head.acknowledged == head.last) return true;
      absl::MutexLock lock(&mutex_);
      const std::uint64_t seen = commits_;
      const auto moved = [this, seen]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return commits_ != seen;
      };
      mutex_.AwaitWithTimeout(absl::Condition(&moved), absl::Milliseconds(20));
    }
    return false;
  }

  std::int64_t Held(Country origin) const {
    std::int64_t held = -1;
    const absl::Status read =
        database_->Read([&](const storage::Snapshot& s) -> absl::Status {
          const auto count = s.records().Count(origin, RecordKind::kVacancy);
          if (count.ok()) held = count->records;
          return count.status();
        });
    REQUIRE(read.ok());
    return held;
  }

  federation::Federation& federation() { return *federation_; }
  const Party& party() const { return party_; }

 private:
  MemoryNetwork& network_;
  const Party party_;
  SystemRandom keys_;
  SeededRandom random_;
  SystemClock clock_;
  TextExchange exchange_;
  absl::Mutex mutex_;
  std::uint64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<federation::Transport> transport_;
  std::unique_ptr<federation::Federation> federation_;
  std::thread thread_;
};

// Two nodes and a network that delivers by itself.
struct Threads {
  const testing::TemporaryFolder folder;
  MemoryNetwork network;
  std::atomic<bool> delivering{true};
  std::unique_ptr<ThreadedNode> co;
  std::unique_ptr<ThreadedNode> ec;
  std::thread wire;

  Threads() {
    co = std::make_unique<ThreadedNode>(network, kColombia, folder.path());
    ec = std::make_unique<ThreadedNode>(network, kEcuador, folder.path());
    wire = std::thread([this] {
      while (delivering) network.WaitAndDeliver(absl::Milliseconds(50));
    });
  }
  ~Threads() {
    delivering = false;
    wire.join();
    co = nullptr;
    ec = nullptr;
  }
  void Join() {
    co->AddPeer(ec->party());
    ec->AddPeer(co->party());
  }
};

TEST_CASE("threads: records cross both ways while streams are cut") {
  Threads threads;
  threads.Join();
  for (int round = 0; round < 5; ++round) {
    threads.co->Put(kEcuador, 300 * round, 300, "welder");
    threads.ec->Put(kColombia, 100 * round, 100, "nurse");
    if (round == 2) threads.network.CutAll();
    CHECK(threads.co->federation().Progress().size() <= 1);
  }
  CHECK(threads.co->AwaitReceipts(kEcuador));
  CHECK(threads.ec->AwaitReceipts(kColombia));
  CHECK(threads.ec->Held(kColombia) == 1500);
  CHECK(threads.co->Held(kEcuador) == 500);
}

TEST_CASE("throughput of a first sync", "[.][throughput]") {
  constexpr int kRecords = 200'000;
  Threads threads;
  threads.co->AddPeer(threads.ec->party());
  for (int i = 0; i < kRecords; i += 1000) {
    threads.co->Put(kEcuador, i, 1000, std::string(1000, 'x'));
  }
  const absl::Time start = absl::Now();
  threads.ec->AddPeer(threads.co->party());
  REQUIRE(threads.co->AwaitReceipts(kEcuador));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::printf("%d records of 1 KB in %.2f s: %.0f records/s\n", kRecords,
              seconds, kRecords / seconds);
  CHECK(threads.ec->Held(kColombia) == kRecords);
}

}  // namespace
}  // namespace minga::test
