#include "node/rpc/knock_book.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/hash/hash.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace minga::rpc {

KnockBook::KnockBook(int handshakes_per_minute)
    : per_minute_(handshakes_per_minute),
      all_strangers_(BudgetOf(kStrangersShare)),
      strangers_(kStrangerBudgets, BudgetOf(1)) {}

federation::Budget KnockBook::BudgetOf(int addresses) const {
  return federation::Budget(addresses * per_minute_, absl::Minutes(1));
}

bool KnockBook::Admit(const std::string& address, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (const auto known = known_.find(address); known != known_.end()) {
    federation::Budget& own = known->second.budget;
    if (own.Empty(now)) return false;
    own.Spend(now, 1);
    return true;
  }
  federation::Budget& own =
      strangers_[absl::HashOf(address) % strangers_.size()];
  if (own.Empty(now) || all_strangers_.Empty(now)) return false;
  own.Spend(now, 1);
  all_strangers_.Spend(now, 1);
  return true;
}

void KnockBook::Know(const PeerId& peer, const std::string& address,
                     absl::Time now) {
  if (address.empty()) return;
  const absl::MutexLock lock(&mutex_);
  if (const auto known = known_.find(address); known != known_.end()) {
    known->second.called_at = now;
    return;
  }
  MakeRoom(peer);
  known_.emplace(address, Known{peer, now, BudgetOf(1)});
}

void KnockBook::MakeRoom(const PeerId& peer) {
  int addresses = 0;
  auto oldest = known_.end();
  for (auto it = known_.begin(); it != known_.end(); ++it) {
    if (it->second.peer != peer) continue;
    ++addresses;
    if (oldest == known_.end() ||
        it->second.called_at < oldest->second.called_at) {
      oldest = it;
    }
  }
  if (addresses >= kAddressesPerPeer) known_.erase(oldest);
}

bool KnockBook::Knows(const std::string& address) const {
  const absl::MutexLock lock(&mutex_);
  return known_.contains(address);
}

std::string AddressKey(absl::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return text;
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1) return "";
  const unsigned char* b = six.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    return absl::StrFormat("%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
  }
  return absl::StrFormat("%x:%x:%x:%x", b[0] * 256 + b[1], b[2] * 256 + b[3],
                         b[4] * 256 + b[5], b[6] * 256 + b[7]);
}

std::string AddressKeyOfUri(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, "ipv4:") &&
      !absl::ConsumePrefix(&uri, "ipv6:")) {
    return "";
  }
  const std::size_t colon = uri.rfind(':');
  if (colon == absl::string_view::npos) return "";
  return AddressKey(absl::StrReplaceAll(
      uri.substr(0, colon),
      {{"%5B", ""}, {"%5D", ""}, {"%25", "%"}, {"[", ""}, {"]", ""}}));
}

}  // namespace minga::rpc
