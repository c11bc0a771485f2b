#include "policy/anonymity/search.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "policy/anonymity/class_counter.h"

namespace minga::policy::anonymity {
namespace {

using Node = Lattice::Node;

constexpr std::uint32_t kClassSizeMax = 1'000'000;
// Counted classes that are kept to count coarser ones from.
constexpr std::size_t kSnapshotsMax = 256;
constexpr std::size_t kSnapshotEntriesMax = std::size_t{4} << 20;

class Search {
 public:
  Search(const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
         const Aim& aim, Lattice lattice)
      : hierarchies_(hierarchies),
        histogram_(histogram),
        k_(aim.k),
        allowed_(static_cast<std::uint64_t>(
            aim.suppression_limit * static_cast<double>(histogram.records()))),
        lattice_(std::move(lattice)),
        counter_(hierarchies, histogram),
        all_(counter_.AllTuples()),
        state_(lattice_.size(), State::kOpen) {
    for (std::size_t i = 0; i < hierarchies.size(); ++i) {
      losses_.push_back(LossByLevel(hierarchies[i], histogram, i));
    }
  }

  absl::StatusOr<Generalisation> Run() {
    // Coarse nodes tell about many finer ones: each open node starts a path to
    // the top, and the lowest anonymous node of the path is found by halving.
    for (const Node node : lattice_.BottomUp()) {
      if (Worth(node)) WalkPath(PathFrom(node));
    }
    // Left out above: nodes known to be anonymous that may lose less than their
    // finer relatives because fewer records are left out.
    for (Node node = 0; node < lattice_.size(); ++node) {
      if (state_[node] == State::kAnonymous && Bound(node) < best_loss_) {
        Count(node);
      }
    }
    if (!best_.has_value()) {
      return absl::NotFoundError(absl::StrCat(
          "no generalisation has classes of ", k_,
          " records: there are too few records, or the coarsest levels still "
          "tell them apart"));
    }
    Refine(best_->levels);
    best_->lattice = lattice_.size();
    best_->counted = counted_;
    return *std::move(best_);
  }

 private:
  enum class State : std::uint8_t {
    kOpen,
    kNotAnonymous,
    kAnonymous,
    kCounted
  };

  struct Snapshot {
    Node node = 0;
    std::vector<ClassSize> classes;
  };

  // Takes the finest of several levels that lose the same: what they show of
  // these records stands for the same values, so that classes are the same, but
  // "721" says more than "7" if only 7212 and 7213 are there.
  void Refine(Levels& levels) const {
    const Levels finest = lattice_.LevelsOf(0);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const auto loss = [&](int level) {
        return losses_[i][static_cast<std::size_t>(level)];
      };
      while (levels[i] > finest[i] && loss(levels[i] - 1) == loss(levels[i])) {
        --levels[i];
      }
    }
  }

  // What the node loses at least.
  double Bound(Node node) const {
    double loss = 0;
    const Levels levels = lattice_.LevelsOf(node);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      loss += losses_[i][static_cast<std::size_t>(levels[i])];
    }
    return loss / static_cast<double>(levels.size());
  }

  bool Worth(Node node) const {
    return state_[node] == State::kOpen && Bound(node) < best_loss_;
  }

  // Upwards over open nodes, always the one that loses least.
  std::vector<Node> PathFrom(Node node) const {
    std::vector<Node> path = {node};
    while (true) {
      std::optional<Node> next;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < lattice_.dimensions(); ++i) {
        if (!lattice_.HasAbove(path.back(), i)) continue;
        const Node above = lattice_.Above(path.back(), i);
        const double loss = Bound(above);
        if (state_[above] != State::kOpen || loss >= least) continue;
        least = loss;
        next = above;
      }
      if (!next.has_value() || least >= best_loss_) return path;
      path.push_back(*next);
    }
  }

  void WalkPath(const std::vector<Node>& path) {
    std::size_t low = 0;
    std::size_t high = path.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (Count(path[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
  }

  // The kept classes that are fewest among those nowhere coarser than `node`.
  const std::vector<ClassSize>& SourceFor(Node node) const {
    const std::vector<ClassSize>* source = &all_;
    for (const Snapshot& snapshot : snapshots_) {
      if (snapshot.classes.size() < source->size() &&
          lattice_.Covers(node, snapshot.node)) {
        source = &snapshot.classes;
      }
    }
    return *source;
  }

  // True if `node` is anonymous; remembers what follows for others.
  bool Count(Node node) {
    ++counted_;
    const std::vector<ClassSize>& source = SourceFor(node);
    const Levels levels = lattice_.LevelsOf(node);
    const std::vector<ClassSize>& classes = counter_.Count(levels, source);
    std::uint64_t suppressed = 0;
    for (const ClassSize& one : classes) {
      if (one.records < k_) suppressed += one.records;
    }
    const bool anonymous =
        suppressed <= allowed_ && suppressed < histogram_.records();
    if (anonymous) {
      Consider(levels, classes, suppressed);
      TagAbove(node);
    } else {
      TagBelow(node);
    }
    state_[node] = anonymous ? State::kCounted : State::kNotAnonymous;
    Keep(node, classes, source.size());
    return anonymous;
  }

  void Keep(Node node, const std::vector<ClassSize>& classes,
            std::size_t source) {
    // Worth the memory only if counting from it is much faster.
    if (classes.size() * 2 > source || snapshots_.size() >= kSnapshotsMax ||
        kept_ + classes.size() > kSnapshotEntriesMax) {
      return;
    }
    kept_ += classes.size();
    snapshots_.push_back({node, classes});
  }

  void Consider(const Levels& levels, const std::vector<ClassSize>& classes,
                std::uint64_t suppressed) {
    double sum = 0;
    std::uint64_t shown = 0;
    for (const ClassSize& one : classes) {
      if (one.records < k_) continue;
      ++shown;
      double loss = 0;
      const absl::Span<const ValueId> tuple = histogram_.Tuple(one.tuple);
      for (std::size_t i = 0; i < levels.size(); ++i) {
        loss += ValueLoss(hierarchies_[i], levels[i], tuple[i]);
      }
      sum += loss * one.records;
    }
    const double attributes = static_cast<double>(levels.size());
    sum += static_cast<double>(suppressed) * attributes;
    const double loss =
        sum / attributes / static_cast<double>(histogram_.records());
    if (loss >= best_loss_) return;
    best_loss_ = loss;
    best_ = Generalisation{levels, loss, suppressed, shown, 0, 0};
  }

  void TagBelow(Node node) {
    Spread(node, State::kNotAnonymous, [this](Node at, std::size_t i) {
      return lattice_.HasBelow(at, i) ? std::optional(lattice_.Below(at, i))
                                      : std::nullopt;
    });
  }

  void TagAbove(Node node) {
    Spread(node, State::kAnonymous, [this](Node at, std::size_t i) {
      return lattice_.HasAbove(at, i) ? std::optional(lattice_.Above(at, i))
                                      : std::nullopt;
    });
  }

  // Tags all open nodes that `next` leads to. What is tagged was spread before.
  template <typename Next>
  void Spread(Node node, State state, Next next) {
    std::vector<Node> todo = {node};
    while (!todo.empty()) {
      const Node at = todo.back();
      todo.pop_back();
      for (std::size_t i = 0; i < lattice_.dimensions(); ++i) {
        const std::optional<Node> other = next(at, i);
        if (!other.has_value() || state_[*other] != State::kOpen) continue;
        state_[*other] = state;
        todo.push_back(*other);
      }
    }
  }

  const std::vector<Hierarchy>& hierarchies_;
  const Histogram& histogram_;
  const std::uint32_t k_;
  const std::uint64_t allowed_;
  const Lattice lattice_;
  ClassCounter counter_;
  const std::vector<ClassSize> all_;
  std::vector<State> state_;
  std::vector<std::vector<double>> losses_;  // by attribute and level
  std::vector<Snapshot> snapshots_;
  std::size_t kept_ = 0;
  std::uint64_t counted_ = 0;
  double best_loss_ = std::numeric_limits<double>::infinity();
  std::optional<Generalisation> best_;
};

absl::Status CheckAim(const std::vector<Hierarchy>& hierarchies,
                      const Histogram& histogram, const Aim& aim) {
  if (hierarchies.empty() || hierarchies.size() != histogram.attributes()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected one hierarchy for each of ", histogram.attributes(),
        " quasi-identifiers, found ", hierarchies.size()));
  }
  if (aim.k < 1 || aim.k > kClassSizeMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected k of 1 to ", kClassSizeMax, ", found ", aim.k));
  }
  if (!(aim.suppression_limit >= 0 && aim.suppression_limit <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a suppression limit of 0 to 1, found ",
                     aim.suppression_limit));
  }
  if (!aim.finest.empty() && aim.finest.size() != hierarchies.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", hierarchies.size(), " finest levels, found ",
                     aim.finest.size()));
  }
  for (std::size_t i = 0; i < aim.finest.size(); ++i) {
    if (aim.finest[i] >= 0 && aim.finest[i] < hierarchies[i].levels()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the hierarchy ", hierarchies[i].name(), " has no level ",
        aim.finest[i], "; its levels are 0 to ", hierarchies[i].levels() - 1));
  }
  return absl::OkStatus();
}

}  // namespace

double ValueLoss(const Hierarchy& hierarchy, int level, ValueId value) {
  const std::size_t values = hierarchy.size(0);
  if (values < 2) return 0;
  const ValueId shown = hierarchy.Generalise(level, value);
  return static_cast<double>(hierarchy.Leaves(level, shown) - 1) /
         static_cast<double>(values - 1);
}

std::vector<double> LossByLevel(const Hierarchy& hierarchy,
                                const Histogram& histogram,
                                std::size_t attribute) {
  std::vector<std::uint64_t> records(hierarchy.size(0));
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    records[histogram.Tuple(i)[attribute]] += histogram.Count(i);
  }
  std::vector<double> losses;
  for (int level = 0; level < hierarchy.levels(); ++level) {
    double sum = 0;
    for (std::size_t value = 0; value < records.size(); ++value) {
      if (records[value] == 0) continue;
      sum += ValueLoss(hierarchy, level, static_cast<ValueId>(value)) *
             static_cast<double>(records[value]);
    }
    losses.push_back(sum / static_cast<double>(histogram.records()));
  }
  return losses;
}

absl::StatusOr<Generalisation> FindGeneralisation(
    const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
    const Aim& aim) {
  MINGA_RETURN_IF_ERROR(CheckAim(hierarchies, histogram, aim));
  if (histogram.records() == 0) {
    return absl::NotFoundError("there are no records to generalise");
  }
  Levels finest = aim.finest;
  finest.resize(hierarchies.size());
  Levels coarsest;
  for (const Hierarchy& hierarchy : hierarchies) {
    coarsest.push_back(hierarchy.levels() - 1);
  }
  if (Lattice::Size(finest, coarsest) > kLatticeNodesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kLatticeNodesMax,
                     " ways to generalise: take fewer quasi-identifiers or "
                     "shorter hierarchies"));
  }
  return Search(hierarchies, histogram, aim, Lattice(finest, coarsest)).Run();
}

}  // namespace minga::policy::anonymity
