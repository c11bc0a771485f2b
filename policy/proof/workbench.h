// The documents of one proof as formulas, made for each kind and direction when
// they are first asked about. Internal to this room.
#ifndef MINGA_POLICY_PROOF_WORKBENCH_H_
#define MINGA_POLICY_PROOF_WORKBENCH_H_

#include <z3++.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "policy/proof/decision_model.h"
#include "policy/proof/proof.h"
#include "policy/proof/searcher.h"

namespace minga::policy::proof {

class Workbench {
 public:
  // One kind and direction.
  struct Side {
    Side(z3::context& z3, const Vocabulary& words, RecordKind kind,
         Direction direction, const Layers& layers, const Deadline& deadline)
        : symbols(z3, words, kind, direction),
          decisions(symbols, layers),
          searcher(symbols, deadline) {}
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;

    Symbols symbols;
    DecisionModel decisions;
    Searcher searcher;
  };

  // `named` are all documents whose words the proof needs, with those of
  // `layers`; `own` as of Vocabulary. All must outlive this.
  Workbench(const Layers& layers,
            const std::vector<const CompiledDocument*>& named,
            std::vector<Country> own, absl::Duration limit)
      : layers_(layers), words_(named, std::move(own)), deadline_(limit) {}

  // Throws z3::exception.
  Side& At(RecordKind kind, Direction direction);
  // Those of every kind that has fields.
  std::vector<Side*> Sides();

  const Layers& layers() const { return layers_; }
  const Deadline& deadline() const { return deadline_; }

 private:
  const Layers layers_;
  const Vocabulary words_;
  const Deadline deadline_;
  z3::context z3_;
  std::map<std::pair<RecordKind, Direction>, std::unique_ptr<Side>> sides_;
};

// That `id`, in words `what`, was not decided in time.
Finding Undecided(const std::string& id, const std::string& what,
                  const Deadline& deadline, bool refuses);

// That `what` depends on groups that are not at hand.
Finding GroupsUnknown(const std::string& id, const std::string& what,
                      bool refuses);

// Time since construction, for Proved.
class Stopwatch {
 public:
  absl::Duration Elapsed() const {
    return absl::FromChrono(std::chrono::steady_clock::now() - begin_);
  }

 private:
  const std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
};

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_WORKBENCH_H_
