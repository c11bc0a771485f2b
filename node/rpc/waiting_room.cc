#include "node/rpc/waiting_room.h"

#include <algorithm>
#include <utility>

namespace minga::rpc {
namespace {

constexpr unsigned kHandshakeRecord = 22;
constexpr unsigned kMajorVersion = 3;
constexpr unsigned kRecordBytesMax = 16384;
constexpr unsigned kMessageHeaderBytes = 4;
constexpr unsigned kClientHello = 1;

}  // namespace

Opening ReadOpening(absl::string_view bytes) {
  const auto at = [bytes](std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
  };
  if (!bytes.empty() && at(0) != kHandshakeRecord) return Opening::kOther;
  if (bytes.size() > 1 && at(1) != kMajorVersion) return Opening::kOther;
  if (bytes.size() < kOpeningBytes) return Opening::kTooShort;
  const unsigned length = at(3) * 256U + at(4);
  const bool hello = length >= kMessageHeaderBytes &&
                     length <= kRecordBytesMax && at(5) == kClientHello;
  return hello ? Opening::kHello : Opening::kOther;
}

std::optional<WaitingRoom::Guest> WaitingRoom::Enter(Guest guest) {
  const auto same = [&guest](const Guest& other) {
    return other.address == guest.address;
  };
  std::optional<Guest> gone;
  const auto of_address = std::count_if(guests_.begin(), guests_.end(), same);
  if (static_cast<std::size_t>(of_address) >= kWaitingPerAddress) {
    gone = Take(std::find_if(guests_.begin(), guests_.end(), same));
  } else if (guests_.size() >= kWaitingMax) {
    gone = Take(guests_.begin());
  }
  guests_.push_back(std::move(guest));
  return gone;
}

bool WaitingRoom::Has(int fd) const {
  return std::any_of(guests_.begin(), guests_.end(), [fd](const Guest& guest) {
    return guest.connection.get() == fd;
  });
}

WaitingRoom::Guest WaitingRoom::Leave(int fd) {
  return Take(std::find_if(
      guests_.begin(), guests_.end(),
      [fd](const Guest& guest) { return guest.connection.get() == fd; }));
}

std::optional<WaitingRoom::Guest> WaitingRoom::Overdue(absl::Time now) {
  if (guests_.empty()) return std::nullopt;
  const absl::Duration waited = now - guests_.front().since;
  // Also when the clock was set back: waiting for the old time would keep them.
  if (absl::AbsDuration(waited) < kHelloPatience) return std::nullopt;
  return Take(guests_.begin());
}

WaitingRoom::Guest WaitingRoom::Take(Guests::iterator guest) {
  Guest taken = std::move(*guest);
  guests_.erase(guest);
  return taken;
}

}  // namespace minga::rpc
