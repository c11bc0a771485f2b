// What a hostile peer costs the honest ones: how long a change takes from the
// origin to an honest receiver, in peace and while a pinned peer opens
// malformed sessions and strangers knock at the port with garbage; and how much
// the origin's memory grows meanwhile. Peace and attack take turns of --slice
// seconds, so that whatever else the machine does falls on both.
//
// usage: hostile_bench [--seconds N] [--slice N] [--rate N] [--json]
//
// A third of the sessions are streams on one connection, a third comes with a
// TLS connection each, a third says nothing that TLS knows. The node slows the
// peer and then suspends it: what is measured is both before and after that.
#include <arpa/inet.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "minga/v1/federation.grpc.pb.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/base/clock.h"
#include "node/keys.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/tls.h"
#include "tests/bench/command_line.h"
#include "tests/bench/daemons.h"

namespace minga::testing {
namespace {

// One change at a time, so that each is measured by itself.
constexpr absl::Duration kBetweenChanges = absl::Milliseconds(20);
constexpr absl::Duration kSessionMax = absl::Seconds(5);

struct Options {
  int seconds = 120;  // of each, peace and attack
  int slice = 10;
  int rate = 100;  // hostile sessions a second
  bool json = false;
};

// --- The hostile peer.

class Hostile {
 public:
  // Speaks with the keys of `self`, whose daemon does not run, to `victim`.
  Hostile(const NodeProcess& self, const NodeProcess& victim)
      : endpoint_(victim.endpoint()),
        port_(std::atoi(endpoint_.substr(endpoint_.rfind(':') + 1).c_str())) {
    auto own = LoadKeys(absl::StrCat(self.data(), "/keys"));
    Must(own.status(), "keys of the hostile peer");
    auto other = LoadKeys(absl::StrCat(victim.data(), "/keys"));
    Must(other.status(), "keys of the victim");
    const auto facts = ReadCertificate(other->tls.certificate_pem);
    Must(facts.status(), "certificate of the victim");
    const auto pins = std::make_shared<rpc::PinBook>();
    pins->Replace({{facts->fingerprint, kVictim}});
    tls_.own = own->tls;
    tls_.pins = pins;
    tls_.refusals =
        std::make_shared<rpc::RefusalLog>(&clock_, [](const rpc::Refusal&) {});
    tls_.clock = &clock_;
    channel_ = Channel();
  }

  void Session(int number) {
    switch (number % 3) {
      case 0:
        Malformed(channel_);
        return;
      case 1:
        Malformed(Channel());
        return;
      default:
        Garbage();
    }
  }

  std::int64_t malformed() const { return malformed_; }
  std::int64_t refused() const { return refused_; }
  std::int64_t garbage() const { return garbage_; }

 private:
  static constexpr Country kVictim = Country::Of("CO");

  std::shared_ptr<grpc::Channel> Channel() const {
    return rpc::OpenPeerChannel(tls_, kVictim, endpoint_);
  }

  // A credit before the greeting.
  void Malformed(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kSessionMax));
    const auto stub = v1::FederationService::NewStub(channel);
    const auto stream = stub->Follow(&context);
    v1::FollowRequest request;
    request.mutable_credit()->set_pages(1'000'000);
    stream->Write(request);
    v1::FollowResponse response;
    stream->Read(&response);
    const grpc::Status status = stream->Finish();
    if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
      ++malformed_;
    } else {
      ++refused_;
    }
  }

  void Garbage() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port_));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
      constexpr char kText[] = "GET / HTTP/1.1\r\nHost: minga\r\n\r\n";
      (void)::send(fd, kText, sizeof(kText) - 1, MSG_NOSIGNAL);
    }
    ::close(fd);
    ++garbage_;
  }

  const std::string endpoint_;
  const int port_;
  SystemClock clock_;
  rpc::TlsParts tls_;
  std::shared_ptr<grpc::Channel> channel_;
  std::atomic<std::int64_t> malformed_ = 0, refused_ = 0, garbage_ = 0;
};

// Sessions at a rate, by as many threads as it takes: one that waits for its
// answer, for kSessionMax at most, must not slow the next.
class Attack {
 public:
  Attack(Hostile& hostile, int rate) {
    const int threads =
        rate * static_cast<int>(absl::ToInt64Seconds(kSessionMax));
    const absl::Duration every = absl::Seconds(threads) / rate;
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, &hostile, every, i, threads] {
        absl::Time next = absl::Now() + every * i / threads;
        for (int number = i; !stop_; number += threads) {
          if (absl::Now() < next) absl::SleepFor(next - absl::Now());
          next += every;
          hostile.Session(number);
        }
      });
    }
  }
  ~Attack() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

// --- The honest ones.

// What was seen in all slices of peace, or of attack.
struct Seen {
  std::vector<double> took;  // ms from the put to being searchable there
  double grown = 0;          // MB of the origin's memory
};

double MemoryOf(NodeProcess& node) {
  return static_cast<double>(node.Status().memory_bytes()) / 1e6;
}

// Changes the same records over and over, so that a node that has come to rest
// does not grow with what it holds. A word comes back when the record that had
// it last has another since.
class Honest {
 public:
  Honest(NodeProcess& origin, NodeProcess& receiver)
      : origin_(origin), receiver_(receiver) {}

  void Exchange(absl::Duration duration, Seen& seen) {
    const double before = MemoryOf(origin_);
    const absl::Time end = absl::Now() + duration;
    while (absl::Now() < end) {
      ++changes_;
      vacancy_.set_id(absl::StrCat("honest-", changes_ % kRecords));
      seen.took.push_back(
          ChangeLatencyMs(origin_, receiver_, vacancy_,
                          absl::StrCat("change", changes_ % kWords, "kx"),
                          absl::Microseconds(500)));
      absl::SleepFor(kBetweenChanges);
    }
    seen.grown += MemoryOf(origin_) - before;
  }

 private:
  static constexpr int kRecords = 50;
  static constexpr int kWords = 2 * kRecords;

  NodeProcess& origin_;
  NodeProcess& receiver_;
  v1::Vacancy vacancy_ = OrdinaryVacancy();
  int changes_ = 0;
};

double P(const Seen& seen, std::size_t percent) {
  std::vector<double> sorted = seen.took;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() * percent / 100];
}

struct Result {
  Seen peace, attack;
  double memory = 0;  // MB, before
  std::int64_t malformed = 0, refused = 0, garbage = 0;
  std::string state;  // of the hostile peer, afterwards

  double Ratio() const { return P(attack, 99) / P(peace, 99); }
  double Growth(const Seen& seen) const { return 100 * seen.grown / memory; }
};

Result Measure(const Options& options) {
  TemporaryFolder folder;
  const auto co = Begin(folder.path(), "CO");
  const auto ec = Begin(folder.path(), "EC");
  const auto pe = Begin(folder.path(), "PE");
  Must(Join(*co, *ec), "join CO-EC");
  Must(Join(*co, *pe), "join CO-PE");
  pe->Stop();
  Honest honest(*co, *ec);
  const absl::Duration slice = absl::Seconds(options.slice);
  // Caches and pools fill before anything is compared.
  Seen ignored;
  honest.Exchange(absl::Seconds(options.seconds) / 4, ignored);
  Result result;
  result.memory = MemoryOf(*co);
  Hostile hostile(*pe, *co);
  for (int done = 0; done < options.seconds; done += options.slice) {
    honest.Exchange(slice, result.peace);
    const Attack attack(hostile, options.rate);
    honest.Exchange(slice, result.attack);
  }
  result.malformed = hostile.malformed();
  result.refused = hostile.refused();
  result.garbage = hostile.garbage();
  result.state = co->Peer("PE").state();
  return result;
}

void PrintJson(const Options& options, const Result& result) {
  absl::PrintF(
      "{\"seconds\":%d,\"slice\":%d,\"rate\":%d,\"malformed\":%d,"
      "\"refused\":%d,\"garbage\":%d,\"peace_p50_ms\":%.2f,"
      "\"peace_p99_ms\":%.2f,\"attack_p50_ms\":%.2f,"
      "\"attack_p99_ms\":%.2f,\"p99_ratio\":%.2f,\"memory_mb\":%.1f,"
      "\"memory_growth_in_peace_percent\":%.2f,"
      "\"memory_growth_percent\":%.2f,\"hostile_state\":\"%s\"}\n",
      options.seconds, options.slice, options.rate, result.malformed,
      result.refused, result.garbage, P(result.peace, 50), P(result.peace, 99),
      P(result.attack, 50), P(result.attack, 99), result.Ratio(), result.memory,
      result.Growth(result.peace), result.Growth(result.attack), result.state);
}

void Print(const Options& options, const Result& result) {
  absl::PrintF("one change, put to searchable at an honest peer (%d/%d):\n",
               static_cast<int>(result.peace.took.size()),
               static_cast<int>(result.attack.took.size()));
  absl::PrintF("  in peace      p50 %.1f ms, p99 %.1f ms\n",
               P(result.peace, 50), P(result.peace, 99));
  absl::PrintF("  under attack  p50 %.1f ms, p99 %.1f ms: %.2f times\n",
               P(result.attack, 50), P(result.attack, 99), result.Ratio());
  absl::PrintF(
      "  %d sessions a second for %d s: %d answered as malformed, %d refused, "
      "%d garbage; the peer is %s\n",
      options.rate, options.seconds, result.malformed, result.refused,
      result.garbage, result.state);
  // What the log and the merging of the index add shows in peace.
  absl::PrintF(
      "  memory of the origin: %.1f MB, %+.2f %% in peace, %+.2f %% under "
      "attack\n",
      result.memory, result.Growth(result.peace), result.Growth(result.attack));
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(argc, argv,
                                  {{"--seconds", &options.seconds},
                                   {"--slice", &options.slice},
                                   {"--rate", &options.rate}},
                                  options.json);
  const auto result = minga::testing::Measure(options);
  (options.json ? minga::testing::PrintJson : minga::testing::Print)(options,
                                                                     result);
}
