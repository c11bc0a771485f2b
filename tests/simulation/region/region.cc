#include "tests/simulation/region/region.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "node/base/status.h"

namespace minga::region {
namespace {

// What a slow disk takes for one commit.
constexpr absl::Duration kSlowWrite = absl::Seconds(5);
// A frame of gRPC: a flag and a length before the message.
constexpr std::size_t kFrameBytes = 5;

std::pair<Country, Country> Pair(Country a, Country b) {
  return std::minmax(a, b);
}

absl::Status At(const Node& node, const absl::Status& status) {
  return minga::At(node.own().ToString(), status);
}

}  // namespace

std::vector<Country> Region::CountriesOf(const Region& region) {
  std::vector<Country> countries;
  for (const auto& node : region.nodes_) countries.push_back(node->own());
  return countries;
}

void Figures::Add(const Figures& other) {
  simulated += other.simulated;
  events += other.events;
  faults += other.faults;
  pages += other.pages;
  rows += other.rows;
  checks += other.checks;
  bytes += other.bytes;
  cuts += other.cuts;
}

Region::Region(std::uint64_t seed, const std::vector<Country>& countries)
    : clock_(absl::FromUnixSeconds(1'795'262'400)),  // 2026-11-21 noon
      random_(seed) {
  for (const Country country : countries) {
    nodes_.push_back(std::make_unique<Node>(network_, clock_, random_.Next(),
                                            country, folder_.path()));
  }
  network_.OnTravel([this](const auto& travel) { return OnTravel(travel); });
  network_.OnSent(
      [this](Country from, Country to, const v1::FollowResponse& message) {
        OnSent(from, to, message);
      });
  network_.OnArrival([this](Country to) {
    if (Node* const node = Find(to); node != nullptr) node->Wake();
  });
}

Region::Region(std::uint64_t seed, const Region& stopped)
    : Region(seed, CountriesOf(stopped)) {
  std::filesystem::copy(stopped.folder_.path(), folder_.path(),
                        std::filesystem::copy_options::recursive);
  for (const auto& node : stopped.nodes_) {
    Find(node->own())->Inherit(node->ledger());
  }
}

// The nodes first: the network asks the region while they go.
Region::~Region() { nodes_.clear(); }

Node* Region::Find(Country country) {
  for (const auto& node : nodes_) {
    if (node->own() == country) return node.get();
  }
  return nullptr;
}

absl::Status Region::Found() {
  for (const auto& node : nodes_) {
    MINGA_RETURN_IF_ERROR(node->Start());
    MINGA_RETURN_IF_ERROR(node->Activate(Laws().front()));
    for (const auto& peer : nodes_) {
      if (peer == node) continue;
      MINGA_RETURN_IF_ERROR(node->AddPeer(peer->party()));
      MINGA_RETURN_IF_ERROR(node->SignMou(peer->own()));
    }
  }
  return absl::OkStatus();
}

absl::Status Region::Start() {
  for (const auto& node : nodes_) {
    MINGA_RETURN_IF_ERROR(At(*node, node->Start()));
  }
  return absl::OkStatus();
}

void Region::Stop() {
  for (const auto& node : nodes_) node->Stop();
}

// --- Faults

absl::Status Region::Crash(Node& node) {
  node.Stop();
  return At(node, node.Start());
}

absl::Status Region::Revive(Node& node) {
  return node.up() && node.disk().died() ? Crash(node) : absl::OkStatus();
}

void Region::Cut(Country a, Country b) { network_.CutBetween(a, b); }

void Region::CutAt(Country a, Country b, std::uint64_t bytes) {
  bytes_left_[Pair(a, b)] = bytes;
}

void Region::Part(Country a, Country b, bool parted) {
  network_.SetParted(a, b, parted);
  parted ? void(parted_.insert(Pair(a, b))) : void(parted_.erase(Pair(a, b)));
}

void Region::RepeatPage(Country origin, Country follower) {
  repeats_.insert({origin, follower});
}

void Region::DamagePage(Country origin, Country follower) {
  damages_.insert({origin, follower});
}

void Region::SetSlow(Country country, bool slow) {
  slow ? void(slow_.emplace(country, clock_.Now()))
       : void(slow_.erase(country));
}

void Region::SetFull(Country country, bool full) {
  Node& node = *Find(country);
  if (node.up()) node.disk().SetFull(full);
}

void Region::SetClock(Country country, absl::Duration wrong_by) {
  Node& node = *Find(country);
  node.clock().SetWrongBy(wrong_by);
  node.Wake();
}

absl::Status Region::EndFaults() {
  for (const auto& pair : std::exchange(parted_, {})) {
    Part(pair.first, pair.second, false);
  }
  bytes_left_.clear();
  repeats_.clear();
  damages_.clear();
  slow_.clear();
  for (const auto& node : nodes_) {
    SetClock(node->own(), absl::ZeroDuration());
    SetFull(node->own(), false);
    if (!node->up()) MINGA_RETURN_IF_ERROR(At(*node, node->Start()));
  }
  return absl::OkStatus();
}

test::MemoryNetwork::Fate Region::OnTravel(
    const test::MemoryNetwork::Travel& travel) {
  using Fate = test::MemoryNetwork::Fate;
  ++figures_.events;
  const std::size_t bytes =
      kFrameBytes + (travel.request != nullptr
                         ? travel.request->ByteSizeLong()
                         : travel.response->ByteSizeLong());
  figures_.bytes += bytes;
  const auto left = bytes_left_.find(Pair(travel.from, travel.to));
  if (left != bytes_left_.end()) {
    if (left->second < bytes) {
      bytes_left_.erase(left);
      ++figures_.cuts;
      return Fate::kConnectionLost;
    }
    left->second -= bytes;
  }
  if (travel.response == nullptr || travel.response->page().rows().empty()) {
    return Fate::kArrives;
  }
  v1::Page& page = *travel.response->mutable_page();
  if (damages_.erase({travel.from, travel.to}) > 0) {
    std::string& row = *page.mutable_rows(0);
    row[random_.Below(row.size())] ^= static_cast<char>(1 << random_.Below(8));
  }
  return repeats_.erase({travel.from, travel.to}) > 0 ? Fate::kArrivesTwice
                                                      : Fate::kArrives;
}

void Region::OnSent(Country from, Country to,
                    const v1::FollowResponse& message) {
  if (message.page().rows().empty()) return;
  ++figures_.pages;
  figures_.rows += static_cast<std::uint64_t>(message.page().rows_size());
  const absl::Status checked = CheckSent(*Find(from), to, message.page());
  if (wrong_.ok()) wrong_ = checked;
}

// --- Time

bool Region::IsSlow(const Node& node) const {
  const auto slow = slow_.find(node.own());
  return slow != slow_.end() && slow->second > clock_.Now();
}

absl::StatusOr<bool> Region::MoveNode(Node& node) {
  if (!node.up()) return false;
  if (node.awake() || node.Due() <= clock_.Now()) {
    ++figures_.events;
    MINGA_ASSIGN_OR_RETURN(const bool kept, node.KeepHouse());
    node.Tick();
    MINGA_RETURN_IF_ERROR(Revive(node));
    if (kept || node.awake()) return true;
  }
  if (!node.disk().HasWork() || IsSlow(node)) return false;
  ++figures_.events;
  const auto slow = slow_.find(node.own());
  if (slow != slow_.end()) slow->second = clock_.Now() + kSlowWrite;
  node.disk().Step();
  node.Wake();
  MINGA_RETURN_IF_ERROR(Revive(node));
  return true;
}

absl::StatusOr<bool> Region::Move() {
  bool moved = network_.Deliver(random_.Next());
  for (const auto& node : nodes_) {
    const absl::StatusOr<bool> one = MoveNode(*node);
    if (!one.ok()) return At(*node, one.status());
    moved |= *one;
  }
  MINGA_RETURN_IF_ERROR(wrong_);
  return moved;
}

absl::Status Region::Steps(std::uint64_t steps) {
  for (; steps > 0; --steps) {
    if (random_.Below(2) == 0) {
      network_.Deliver(random_.Next());
    } else {
      MINGA_RETURN_IF_ERROR(
          MoveNode(*nodes_[random_.Below(nodes_.size())]).status());
    }
    MINGA_RETURN_IF_ERROR(wrong_);
  }
  return absl::OkStatus();
}

absl::Status Region::Settle() {
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool moved, Move());
    if (!moved) return absl::OkStatus();
  }
}

absl::Time Region::Due() const {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& node : nodes_) {
    if (!node->up()) continue;
    due = std::min(due, node->Due());
    const auto slow = slow_.find(node->own());
    if (slow != slow_.end() && node->disk().HasWork()) {
      due = std::min(due, slow->second);
    }
  }
  return due;
}

absl::Status Region::Live(absl::Time end) {
  while (true) {
    MINGA_RETURN_IF_ERROR(Settle());
    const absl::Time due =
        std::max(Due(), clock_.Now() + absl::Milliseconds(1));
    if (due > end) break;
    figures_.simulated += due - clock_.Now();
    clock_.Set(due);
  }
  if (end > clock_.Now()) {
    figures_.simulated += end - clock_.Now();
    clock_.Set(end);
  }
  return absl::OkStatus();
}

absl::Status Region::Pass(absl::Duration time) {
  const absl::Time end = clock_.Now() + time;
  while (end - clock_.Now() > 2 * kAwake) {
    MINGA_RETURN_IF_ERROR(Live(clock_.Now() + kAwake));
    // To the next day of whoever's comes first, but not beyond the end.
    absl::Time leap = end - kAwake;
    for (const auto& node : nodes_) {
      const absl::Time midnight =
          absl::FromCivil(node->Today() + 1, absl::UTCTimeZone()) -
          node->clock().wrong_by();
      if (midnight > clock_.Now()) leap = std::min(leap, midnight);
    }
    if (leap <= clock_.Now()) continue;
    network_.CutAll();
    figures_.simulated += leap - clock_.Now();
    clock_.Set(leap);
    for (const auto& node : nodes_) node->Wake();
  }
  return Live(end);
}

absl::Status Region::Converge(absl::Duration limit) {
  const absl::Time end = clock_.Now() + limit;
  while (true) {
    MINGA_RETURN_IF_ERROR(Settle());
    const bool quiet = checks_.Quiet(*this);
    absl::Status agreed;
    if (quiet) {
      ++figures_.checks;
      agreed = checks_.AtRest(*this);
      if (agreed.ok()) return agreed;
    }
    const absl::Time due =
        std::max(Due(), clock_.Now() + absl::Milliseconds(1));
    if (due > end) {
      return quiet ? agreed
                   : absl::InternalError(absl::StrCat(
                         "not at rest after ", absl::FormatDuration(limit),
                         ": ", checks_.WhoIsNot(*this)));
    }
    figures_.simulated += due - clock_.Now();
    clock_.Set(due);
  }
}

}  // namespace minga::region
