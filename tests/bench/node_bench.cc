// The figures of a whole node, measured on real daemons on loopback: put with
// two peers, first sync over mutual TLS, sustained updates, latency of one
// change, memory. The baseline, plain SQLite inserts of the same rows, runs in
// the same process run so that the ratio means something on any machine.
//
// usage: node_bench [--records N] [--updates N] [--changes N] [--peers 1|2]
//                   [--json]
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "minga/v1/pes.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "tests/bench/command_line.h"
#include "tests/bench/daemons.h"
#include "tests/bench/thread_times.h"
#include "tests/generator/sample_generator.h"
#include "tests/support/nodes/node_process.h"

namespace minga::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(10);
// After a load the nodes put their indexes in order for some seconds.
constexpr absl::Duration kRest = absl::Seconds(30);
// Between two looks whether a load of seconds has ended.
constexpr absl::Duration kLook = absl::Milliseconds(20);

struct Options {
  int records = 200000;
  int updates = 50000;
  int changes = 500;
  int peers = 2;  // of the origin; one of them receives
  bool json = false;
};

// Processor seconds by thread, and from two of them what was used between.
using Threads = std::map<std::string, double>;

struct BothNodes {
  Threads origin, receiver;
};

struct Latency {
  double p50_ms = 0, p99_ms = 0;
};

struct Figures {
  double bytes_per_record = 0;
  double sqlite_rate = 0;
  double put_rate = 0;
  double put_indexed_rate = 0;
  double sync_rate = 0;
  std::int64_t synced = 0;
  double update_rate = 0;
  // Processor seconds.
  BothNodes sync_s, update_s;
  Latency after_updates, at_rest;
  double origin_mb = 0, receiver_mb = 0;
};

double Rate(std::int64_t count, absl::Duration took) {
  return static_cast<double>(count) / absl::ToDoubleSeconds(took);
}

std::vector<v1::PutRecordsRequest> MakeBatches(const Options& options,
                                               Figures& figures) {
  SampleGenerator samples(7, DayOf(absl::Now()));
  std::vector<v1::PutRecordsRequest> batches;
  std::size_t bytes = 0;
  for (int i = 0; i < options.records; ++i) {
    if (i % kPutBatchRecordsMax == 0) batches.emplace_back();
    v1::Vacancy* vacancy = batches.back().add_records()->mutable_vacancy();
    *vacancy =
        samples.Vacancy(Country::Of("CO"), static_cast<std::uint64_t>(i));
    bytes += vacancy->ByteSizeLong();
  }
  figures.bytes_per_record =
      static_cast<double>(bytes) / std::max(1, options.records);
  return batches;
}

// One table with a primary key, a thousand rows a transaction, synchronous
// FULL: what "just store them" costs here.
double PlainSqliteRate(const std::string& folder,
                       const std::vector<v1::PutRecordsRequest>& batches) {
  sqlite3* db = nullptr;
  const std::string path = folder + "/plain.db";
  if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) Die("plain.db");
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      Die(sqlite3_errmsg(db));
    }
  };
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("CREATE TABLE vacancy(id TEXT PRIMARY KEY, body BLOB)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO vacancy VALUES(?,?)", -1, &insert,
                     nullptr);
  std::int64_t rows = 0;
  const absl::Time start = absl::Now();
  for (const v1::PutRecordsRequest& batch : batches) {
    run("BEGIN");
    for (const v1::Record& record : batch.records()) {
      const std::string& id = record.vacancy().id();
      const std::string body = record.vacancy().SerializeAsString();
      sqlite3_bind_text(insert, 1, id.data(), static_cast<int>(id.size()),
                        SQLITE_STATIC);
      sqlite3_bind_blob(insert, 2, body.data(), static_cast<int>(body.size()),
                        SQLITE_STATIC);
      if (sqlite3_step(insert) != SQLITE_DONE) Die(sqlite3_errmsg(db));
      sqlite3_reset(insert);
      ++rows;
    }
    run("COMMIT");
  }
  const double rate = Rate(rows, absl::Now() - start);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return rate;
}

void MeasurePut(NodeProcess& origin,
                const std::vector<v1::PutRecordsRequest>& batches,
                Figures& figures) {
  std::int64_t rows = 0;
  const absl::Time start = absl::Now();
  for (const v1::PutRecordsRequest& batch : batches) {
    const auto response =
        rpc::Call(origin.client().pes(), &Pes::PutRecords, batch);
    Must(response.status(), "put");
    for (const v1::PutResult& result : response->results()) {
      if (result.outcome() != v1::PUT_OUTCOME_INSERTED) Die(result.error());
    }
    rows += batch.records_size();
  }
  figures.put_rate = Rate(rows, absl::Now() - start);
  if (!WaitFor([&] { return origin.Status().index_lag_rows() == 0; }, kPatience,
               kLook)) {
    Die("the index of the origin does not catch up");
  }
  figures.put_indexed_rate = Rate(rows, absl::Now() - start);
}

// Everything that the origin has for the receiver is verified, durable,
// searchable there, and receipted here.
bool AllArrived(NodeProcess& origin, NodeProcess& receiver) {
  const v1::PeerStatus sent = origin.Peer(receiver.country());
  const v1::GetStatusResponse status = receiver.Status();
  bool applied = false;
  for (const v1::PeerStatus& peer : status.peers()) {
    applied |= peer.country() == origin.country() &&
               peer.received_cursor() == sent.sent_last();
  }
  return applied && status.index_lag_rows() == 0 &&
         sent.sent_acknowledged() == sent.sent_last();
}

double Sum(const BothNodes& nodes) {
  double sum = 0;
  for (const auto& [thread, seconds] : nodes.origin) sum += seconds;
  for (const auto& [thread, seconds] : nodes.receiver) sum += seconds;
  return sum;
}

Threads Since(const NodeProcess& node, const Threads& before) {
  Threads used = ThreadTimes(node.pid());
  for (const auto& [thread, seconds] : before) used[thread] -= seconds;
  return used;
}

void MeasureSync(NodeProcess& origin, NodeProcess& receiver, Figures& figures) {
  const Threads before = ThreadTimes(origin.pid());
  const absl::Time start = absl::Now();
  Must(receiver.Start(), "restart");
  const bool done =
      WaitFor([&] { return AllArrived(origin, receiver); }, kPatience, kLook);
  if (!done) Die("the first sync does not end: " + receiver.Log());
  const absl::Duration took = absl::Now() - start;
  const v1::GetStatusResponse status = receiver.Status();
  for (const v1::KindCount& count : status.records()) {
    if (count.country() == origin.country()) figures.synced += count.records();
  }
  figures.sync_rate = Rate(figures.synced, took);
  figures.sync_s = {Since(origin, before), ThreadTimes(receiver.pid())};
  figures.receiver_mb =
      static_cast<double>(receiver.Status().memory_bytes()) / 1e6;
  figures.origin_mb = static_cast<double>(origin.Status().memory_bytes()) / 1e6;
}

// Every nth vacancy gets a longer description, a thousand a call, by two
// callers; until all of it is searchable at the receiver.
void MeasureUpdates(NodeProcess& origin, NodeProcess& receiver,
                    std::vector<v1::PutRecordsRequest>& batches, int updates,
                    Figures& figures) {
  std::vector<v1::PutRecordsRequest> changed;
  const int records = static_cast<int>(batches.size()) * kPutBatchRecordsMax;
  const int step = std::max(1, records / updates);
  int number = 0, made = 0;
  for (v1::PutRecordsRequest& batch : batches) {
    for (v1::Record& record : *batch.mutable_records()) {
      if (number++ % step != 0 || made == updates) continue;
      if (made % kPutBatchRecordsMax == 0) changed.emplace_back();
      absl::StrAppend(
          record.mutable_vacancy()->mutable_texts(0)->mutable_description(),
          " Turno ", made++ / kPutBatchRecordsMax, ".");
      *changed.back().add_records() = std::move(record);
    }
  }
  const BothNodes before = {ThreadTimes(origin.pid()),
                            ThreadTimes(receiver.pid())};
  const absl::Time start = absl::Now();
  const auto put_every_other = [&](std::size_t first) {
    for (std::size_t i = first; i < changed.size(); i += 2) {
      Must(rpc::Call(origin.client().pes(), &Pes::PutRecords, changed[i])
               .status(),
           "update");
    }
  };
  std::thread other([&] { put_every_other(1); });
  put_every_other(0);
  other.join();
  if (!WaitFor([&] { return AllArrived(origin, receiver); }, kPatience,
               kLook)) {
    Die("the updates do not arrive: " + receiver.Log());
  }
  figures.update_rate = Rate(made, absl::Now() - start);
  figures.update_s = {Since(origin, before.origin),
                      Since(receiver, before.receiver)};
}

// Of new vacancies, each with a `word` of its own.
Latency MeasureLatency(NodeProcess& origin, NodeProcess& receiver,
                       v1::Vacancy vacancy, const char* word, int changes) {
  std::vector<double> took;
  for (int i = 0; i < changes; ++i) {
    const std::string title = absl::StrCat(word, i, "kx");
    vacancy.set_id(title);
    took.push_back(ChangeLatencyMs(origin, receiver, vacancy, title,
                                   absl::Microseconds(200)));
  }
  std::sort(took.begin(), took.end());
  return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

void PrintThreads(const char* what, const BothNodes& used,
                  std::int64_t records) {
  absl::PrintF("processor time of %s, microseconds a record: %.0f\n", what,
               Sum(used) * 1e6 / static_cast<double>(records));
  const auto print = [&](const char* node, const Threads& threads) {
    absl::PrintF("  %-9s", node);
    for (const auto& [thread, seconds] : threads) {
      const double us = seconds * 1e6 / static_cast<double>(records);
      if (us >= 0.5) absl::PrintF(" %s %.0f", thread, us);
    }
    absl::PrintF("\n");
  };
  print("origin", used.origin);
  print("receiver", used.receiver);
}

void Print(const Options& options, const Figures& f) {
  if (options.json) {
    absl::PrintF(
        "{\"records\":%d,\"bytes_per_record\":%.0f,"
        "\"sqlite_plain_per_s\":%.0f,\"put_per_s\":%.0f,"
        "\"put_indexed_per_s\":%.0f,\"put_to_sqlite\":%.3f,"
        "\"synced\":%d,\"sync_per_s\":%.0f,\"sync_to_sqlite\":%.3f,"
        "\"sync_cpu_s\":%.2f,\"updates\":%d,\"update_per_s\":%.0f,"
        "\"update_cpu_s\":%.2f,"
        "\"change_p50_ms\":%.2f,\"change_p99_ms\":%.2f,"
        "\"rest_p50_ms\":%.2f,\"rest_p99_ms\":%.2f,"
        "\"origin_mb\":%.0f,\"receiver_mb\":%.0f}\n",
        options.records, f.bytes_per_record, f.sqlite_rate, f.put_rate,
        f.put_indexed_rate, f.put_indexed_rate / f.sqlite_rate, f.synced,
        f.sync_rate, f.sync_rate / f.sqlite_rate, Sum(f.sync_s),
        options.updates, f.update_rate, Sum(f.update_s), f.after_updates.p50_ms,
        f.after_updates.p99_ms, f.at_rest.p50_ms, f.at_rest.p99_ms, f.origin_mb,
        f.receiver_mb);
    return;
  }
  absl::PrintF("%d vacancies of %.0f bytes\n", options.records,
               f.bytes_per_record);
  absl::PrintF("plain SQLite inserts           %9.0f /s   (baseline)\n",
               f.sqlite_rate);
  absl::PrintF("put, %d peer(s), durable        %9.0f /s\n", options.peers,
               f.put_rate);
  absl::PrintF("put, %d peer(s), and indexed    %9.0f /s   %.2f x baseline\n",
               options.peers, f.put_indexed_rate,
               f.put_indexed_rate / f.sqlite_rate);
  absl::PrintF(
      "first sync, searchable         %9.0f /s   %.2f x baseline"
      "   (%d records)\n",
      f.sync_rate, f.sync_rate / f.sqlite_rate, f.synced);
  absl::PrintF("updates, put to searchable     %9.0f /s   (%d)\n",
               f.update_rate, options.updates);
  const auto print = [](const char* when, const Latency& latency) {
    absl::PrintF("%-31sp50 %.1f ms, p99 %.1f ms\n", when, latency.p50_ms,
                 latency.p99_ms);
  };
  print("one change, put to searchable", f.at_rest);
  print("  right after the updates", f.after_updates);
  absl::PrintF(
      "memory after the sync          origin %.0f MB, receiver %.0f "
      "MB\n",
      f.origin_mb, f.receiver_mb);
  PrintThreads("the first sync", f.sync_s, f.synced);
  PrintThreads("the updates", f.update_s, options.updates);
}

int Main(const Options& options) {
  Figures figures;
  TemporaryFolder folder;
  std::vector<v1::PutRecordsRequest> batches = MakeBatches(options, figures);
  figures.sqlite_rate = PlainSqliteRate(folder.path(), batches);

  const auto co = Begin(folder.path(), "CO");
  const auto ec = Begin(folder.path(), "EC");
  Must(Join(*co, *ec), "join CO-EC");
  std::unique_ptr<NodeProcess> mx;
  if (options.peers > 1) {
    mx = Begin(folder.path(), "MX");
    Must(Join(*co, *mx), "join CO-MX");
    mx->Stop();
  }
  // The receivers are away while the records go in, so that the first sync is
  // measured by itself.
  ec->Stop();
  MeasurePut(*co, batches, figures);
  MeasureSync(*co, *ec, figures);
  MeasureUpdates(*co, *ec, batches, std::min(options.updates, options.records),
                 figures);
  figures.after_updates =
      MeasureLatency(*co, *ec, OrdinaryVacancy(), "zq", options.changes);
  absl::SleepFor(kRest);
  figures.at_rest =
      MeasureLatency(*co, *ec, OrdinaryVacancy(), "yq", options.changes);
  Print(options, figures);
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(argc, argv,
                                  {{"--records", &options.records},
                                   {"--updates", &options.updates},
                                   {"--changes", &options.changes},
                                   {"--peers", &options.peers, 1, 2}},
                                  options.json);
  return minga::testing::Main(options);
}
