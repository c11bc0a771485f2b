#include "node/rpc/refusals.h"

#include <grpc/support/log.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/strings.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kReasonBytesMax = 300;
// How gRPC 1.51 begins the line about a handshake that OpenSSL gave up.
constexpr absl::string_view kHandshakeFailed =
    "Handshake failed with fatal error ";
// How it tells of one that it gave up for another reason, and which of these is
// the other end's doing: a node that stops gives up all.
constexpr absl::string_view kHandshakeGivenUp =
    "TlsServerSecurityConnector::cancel_check_peer error: ";
constexpr absl::string_view kHandshakeTimedOut = "Handshake timed out";
// Lines that say nothing: no certificate of ours is chosen by server name, and
// a connection that we drop ourselves is no error.
constexpr std::array<absl::string_view, 2> kIgnored = {
    "No match found for server name",
    "TlsChannelSecurityConnector::cancel_check_peer"};

absl::string_view SideText(Refusal::Side side) {
  switch (side) {
    case Refusal::Side::kServer:
      return "from outside: ";
    case Refusal::Side::kClient:
      return "by us, dialling: ";
    case Refusal::Side::kUnknown:
      break;
  }
  return "";
}

// gRPC has one log function per process, so the listeners are process-wide.
struct Listeners {
  absl::Mutex mutex;
  std::vector<RefusalLog*> logs ABSL_GUARDED_BY(mutex);
};

Listeners& AllListeners() {
  static Listeners* const listeners = new Listeners;
  return *listeners;
}

// "SSL_ERROR_SSL: error:0A000102:SSL routines::unsupported protocol." ->
// "unsupported protocol".
std::string HandshakeReason(absl::string_view message) {
  message = absl::StripSuffix(message, ".");
  const std::size_t colons = message.rfind("::");
  if (colons != absl::string_view::npos) message.remove_prefix(colons + 2);
  return absl::StrCat("TLS handshake failed: ",
                      Printable(message, kReasonBytesMax));
}

void ReportToAll(const std::string& reason) {
  Listeners& all = AllListeners();
  const absl::MutexLock lock(&all.mutex);
  for (RefusalLog* log : all.logs) log->Report(Refusal{.reason = reason});
}

void OnGrpcLog(gpr_log_func_args* line) {
  absl::string_view message = line->message;
  for (const absl::string_view ignored : kIgnored) {
    if (absl::StartsWith(message, ignored)) return;
  }
  if (absl::ConsumePrefix(&message, kHandshakeFailed)) {
    ReportToAll(HandshakeReason(message));
  } else if (absl::ConsumePrefix(&message, kHandshakeGivenUp)) {
    if (absl::StrContains(message, kHandshakeTimedOut)) {
      ReportToAll("TLS handshake not finished in time");
    }
  } else {
    std::fprintf(stderr, "grpc: %s\n",
                 Printable(line->message, kReasonBytesMax).c_str());
  }
}

}  // namespace

std::string Refusal::ToString() const {
  std::string text = absl::StrCat(SideText(side), reason);
  if (!certificate.empty()) absl::StrAppend(&text, "; ", certificate);
  if (unreported > 0) absl::StrAppend(&text, "; ", unreported, " more before");
  return text;
}

RefusalLog::RefusalLog(const Clock* clock, Sink sink)
    : clock_(clock), sink_(std::move(sink)) {}

RefusalLog::~RefusalLog() { Close(); }

void RefusalLog::Report(Refusal refusal) {
  const absl::Time now = clock_->Now();
  // Held over the sink, so that Close waits for it.
  const absl::MutexLock lock(&mutex_);
  ++total_;
  if (sink_ == nullptr) return;
  if (!TakeToken(now)) {
    ++unreported_;
    return;
  }
  refusal.unreported = std::exchange(unreported_, 0);
  sink_(refusal);
}

bool RefusalLog::TakeToken(absl::Time now) {
  if (now > filled_) {
    const double fresh = absl::FDivDuration(now - filled_, kRefusalInterval);
    tokens_ = std::min<double>(kRefusalBurst, tokens_ + fresh);
  }
  // Also when the clock was set back: waiting for the old time would mute us.
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::uint64_t RefusalLog::total() const {
  const absl::MutexLock lock(&mutex_);
  return total_;
}

void RefusalLog::Close() {
  {
    Listeners& all = AllListeners();
    const absl::MutexLock lock(&all.mutex);
    std::erase(all.logs, this);
  }
  const absl::MutexLock lock(&mutex_);
  sink_ = nullptr;
}

void RefusalLog::ListenToGrpc() {
  Listeners& all = AllListeners();
  const absl::MutexLock lock(&all.mutex);
  if (std::find(all.logs.begin(), all.logs.end(), this) == all.logs.end()) {
    all.logs.push_back(this);
  }
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  gpr_set_log_function(&OnGrpcLog);
}

}  // namespace minga::rpc
