#include "tests/simulation/world.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"

namespace minga::test {

World::World(std::uint64_t seed, const std::vector<Country>& countries)
    : clock_(absl::FromUnixSeconds(1'795'000'000)),  // in November 2026
      random_(seed) {
  for (const Country& country : countries) {
    nodes_.push_back(std::make_unique<Node>(network_, clock_, random_, country,
                                            folder_.path()));
  }
}

Node& World::node(Country country) {
  for (const auto& node : nodes_) {
    if (node->country() == country) return *node;
  }
  std::abort();
}

void World::Join() {
  for (const auto& node : nodes_) {
    for (const auto& peer : nodes_) {
      if (node != peer) node->AddPeer(peer->party());
    }
  }
}

bool World::Step() {
  // Nodes tick, write and hear in turn; a turn that has nothing to do passes.
  // Twice around: what the ticks of the first round begin, the second finds.
  const std::size_t turns = 2 * nodes_.size() + 1;
  for (std::size_t tried = 0; tried < 2 * turns; ++tried) {
    const std::size_t turn = turn_++ % turns;
    if (turn == 2 * nodes_.size()) {
      if (network_.Deliver()) return true;
      continue;
    }
    Node& node = *nodes_[turn / 2];
    if (turn % 2 == 0) {
      if (node.federation().Tick() <= clock_.Now()) return true;
    } else if (node.database().Step() || node.AnswerQuestions()) {
      return true;
    }
  }
  return false;
}

void World::RandomStep() {
  Node& node = *nodes_[random_.Below(nodes_.size())];
  switch (random_.Below(4)) {
    case 0:
      node.federation().Tick();
      return;
    case 1:
      node.database().Step();
      return;
    case 2:
      node.AnswerQuestions();
      return;
    default:
      network_.Deliver(random_.Next());
  }
}

bool World::Move() {
  if (!Step()) return false;
  ++steps_;
  if (after_step != nullptr) after_step();
  return true;
}

void World::Settle() {
  // The last pass ticks every node without effect, so nothing is left.
  while (Move()) {
  }
}

absl::Time World::TickAll() {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& node : nodes_) {
    due = std::min(due, node->federation().Tick());
  }
  return due;
}

bool World::Converge(absl::Duration limit) {
  const absl::Time end = clock_.Now() + limit;
  while (true) {
    Settle();
    if (Converged()) return true;
    const absl::Time due = TickAll();
    if (due > end) return false;
    clock_.Set(std::max(due, clock_.Now() + absl::Milliseconds(1)));
  }
}

bool World::Converged() { return Differences().empty(); }

std::string World::Differences() {
  std::string text;
  for (const auto& origin : nodes_) {
    for (const auto& follower : nodes_) {
      if (origin == follower) continue;
      const std::string pair = absl::StrCat(origin->country().ToString(), "->",
                                            follower->country().ToString());
      View shown = origin->ShownTo(follower->country());
      View held = follower->HeldFrom(origin->country());
      // What the receiver refuses, it need not hold.
      for (auto it = shown.begin(); it != shown.end();) {
        const bool refused = absl::EndsWith(it->second, kRejectedText);
        if (refused) held.erase(it->first);
        it = refused ? shown.erase(it) : std::next(it);
      }
      for (const auto& [id, body] : shown) {
        const auto found = held.find(id);
        if (found == held.end()) {
          absl::StrAppend(&text, pair, " lacks ", id, "\n");
        } else if (found->second != body) {
          absl::StrAppend(&text, pair, " has an old ", id, "\n");
        }
      }
      for (const auto& [id, body] : held) {
        if (!shown.contains(id)) {
          absl::StrAppend(&text, pair, " still has ", id, "\n");
        }
      }
      const storage::FeedHead head = origin->HeadOf(follower->country());
      const storage::Cursor cursor = follower->CursorOf(origin->country());
      if (cursor != storage::Cursor{head.epoch, head.last}) {
        absl::StrAppend(&text, pair, " cursor ", cursor.epoch, "/", cursor.seq,
                        ", feed ", head.epoch, "/", head.last, "\n");
      }
      if (head.acknowledged != head.last) {
        absl::StrAppend(&text, pair, " acknowledged ", head.acknowledged,
                        " of ", head.last, "\n");
      }
    }
  }
  return text;
}

std::string LogFaults(World& world, Country origin, Country follower) {
  std::set<std::string> sent;
  const auto name = [](const v1::AuditEntry& e) {
    return absl::StrCat(e.epoch(), " ", e.after(), " ", e.upto(), " ",
                        e.count(), " ", e.digest());
  };
  for (const v1::AuditEntry& e : world.node(origin).Audit()) {
    if (e.event() == v1::AUDIT_EVENT_PAGE_SENT &&
        e.peer() == follower.ToString()) {
      sent.insert(name(e));
    }
  }
  storage::Cursor at;
  for (const v1::AuditEntry& e : world.node(follower).Audit()) {
    if (e.peer() != origin.ToString()) continue;
    if (e.event() == v1::AUDIT_EVENT_EPOCH_STARTED) at = {e.epoch(), 0};
    if (e.event() != v1::AUDIT_EVENT_PAGE_APPLIED) continue;
    if (at != storage::Cursor{e.epoch(), e.after()}) {
      return absl::StrCat("page (", e.after(), ", ", e.upto(),
                          "] was applied at ", at.epoch, "/", at.seq);
    }
    if (e.count() > 0 && !sent.contains(name(e))) {
      return absl::StrCat("page (", e.after(), ", ", e.upto(),
                          "] is not in the origin's log");
    }
    at.seq = e.upto();
  }
  if (at != world.node(follower).CursorOf(origin)) {
    return "the log does not lead to the cursor";
  }
  return "";
}

}  // namespace minga::test
