// What a hostile peer costs the honest ones: how long a change takes from the
// origin to an honest receiver, first in peace, then while a pinned peer opens
// malformed sessions and strangers knock at the port with garbage; and how much
// the origin's memory grows meanwhile.
//
// usage: hostile_bench [--seconds N] [--rate N] [--json]
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
  int seconds = 120;
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

// Milliseconds from the put to being searchable at the receiver, ascending.
std::vector<double> Latencies(NodeProcess& origin, NodeProcess& receiver,
                              const v1::Vacancy& model,
                              const std::string& prefix,
                              absl::Duration duration) {
  std::vector<double> took;
  const absl::Time end = absl::Now() + duration;
  for (int i = 0; absl::Now() < end; ++i) {
    took.push_back(ChangeLatencyMs(origin, receiver, model,
                                   absl::StrCat(prefix, i, "kx"),
                                   absl::Microseconds(500)));
    absl::SleepFor(kBetweenChanges);
  }
  std::sort(took.begin(), took.end());
  return took;
}

double P(const std::vector<double>& sorted, std::size_t percent) {
  return sorted[sorted.size() * percent / 100];
}

int Main(const Options& options) {
  TemporaryFolder folder;
  const auto co = Begin(folder.path(), "CO");
  const auto ec = Begin(folder.path(), "EC");
  const auto pe = Begin(folder.path(), "PE");
  Must(Join(*co, *ec), "join CO-EC");
  Must(Join(*co, *pe), "join CO-PE");
  pe->Stop();
  const v1::Vacancy model = OrdinaryVacancy();
  const absl::Duration time = absl::Seconds(options.seconds);
  // Caches and pools fill before anything is compared.
  Latencies(*co, *ec, model, "warm", time / 4);
  const auto memory = [&co] {
    return static_cast<double>(co->Status().memory_bytes()) / 1e6;
  };
  const double at_first = memory();
  const std::vector<double> quiet = Latencies(*co, *ec, model, "quiet", time);
  const double before = memory();
  Hostile hostile(*pe, *co);
  std::vector<double> attacked;
  {
    Attack attack(hostile, options.rate);
    attacked = Latencies(*co, *ec, model, "attacked", time);
  }
  const double after = memory();
  const std::string state = co->Peer("PE").state();
  const double ratio = P(attacked, 99) / P(quiet, 99);
  // What the records themselves add shows in peace.
  const double growth_in_peace = 100 * (before - at_first) / at_first;
  const double growth = 100 * (after - before) / before;
  if (options.json) {
    absl::PrintF(
        "{\"seconds\":%d,\"rate\":%d,\"malformed\":%d,\"refused\":%d,"
        "\"garbage\":%d,\"quiet_p50_ms\":%.2f,\"quiet_p99_ms\":%.2f,"
        "\"attacked_p50_ms\":%.2f,\"attacked_p99_ms\":%.2f,"
        "\"p99_ratio\":%.2f,\"memory_growth_in_peace_percent\":%.2f,"
        "\"memory_growth_percent\":%.2f,\"hostile_state\":\"%s\"}\n",
        options.seconds, options.rate, hostile.malformed(), hostile.refused(),
        hostile.garbage(), P(quiet, 50), P(quiet, 99), P(attacked, 50),
        P(attacked, 99), ratio, growth_in_peace, growth, state);
    return 0;
  }
  absl::PrintF("one change, put to searchable at an honest peer (%d/%d):\n",
               static_cast<int>(quiet.size()),
               static_cast<int>(attacked.size()));
  absl::PrintF("  in peace      p50 %.1f ms, p99 %.1f ms\n", P(quiet, 50),
               P(quiet, 99));
  absl::PrintF("  under attack  p50 %.1f ms, p99 %.1f ms: %.2f times\n",
               P(attacked, 50), P(attacked, 99), ratio);
  absl::PrintF(
      "  %d sessions a second for %d s: %d answered as malformed, %d refused, "
      "%d garbage; "
      "the peer is %s\n",
      options.rate, options.seconds, hostile.malformed(), hostile.refused(),
      hostile.garbage(), state);
  absl::PrintF(
      "  memory of the origin: %.1f MB, %.1f MB after the peace (%+.2f %%), "
      "%.1f MB after the attack (%+.2f %%)\n",
      at_first, before, growth_in_peace, after, growth);
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(
      argc, argv, {{"--seconds", &options.seconds}, {"--rate", &options.rate}},
      options.json);
  return minga::testing::Main(options);
}
