// How many are displayed and wait in each anonymity class. The writer keeps
// what it has seen in memory and writes each class once a commit: a bulk load
// changes the same few classes over and over.
#ifndef MINGA_STORAGE_SQLITE_CLASS_COUNTS_H_
#define MINGA_STORAGE_SQLITE_CLASS_COUNTS_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "storage/class_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/staged.h"

namespace minga::storage::sqlite {

// Over table `display_class`. In memory only after Load; before, as readers
// are, every question goes to the file. Threads: its connection's.
class ClassCounts final : public Staged {
 public:
  absl::Status Prepare(Connection& connection);

  // ClassReader::Lookup.
  absl::StatusOr<ClassState> Lookup(const PeerId& peer,
                                    const Digest& klass) const;
  // Sets the counts of `state`, which come from the file, to those of now.
  void Correct(const PeerId& peer, ClassState& state) const;

  // REQUIRES for what follows: Load.
  //
  // The class, made if there is none.
  absl::StatusOr<ClassNo> NumberOf(const PeerId& peer, const Digest& klass);
  absl::Status Add(ClassNo klass, int shown, int waiting);
  // One more (1) or less (-1) is displayed with `values`, one of each
  // attribute.
  absl::Status AddSensitive(ClassNo klass,
                            const std::vector<std::uint64_t>& values,
                            int change);
  // What is in the file of the peer is deleted by the caller.
  void Drop(const PeerId& peer);

  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  // Deletes classes in which nobody is left.
  absl::Status Flush() override;

 private:
  using Key = std::pair<PeerId, Digest>;
  struct Sensitive {
    SensitiveCount count;
    bool changed = false;
  };
  struct Count {
    ClassNo number = 0;  // 0: not in the file
    std::int64_t shown = 0;
    std::int64_t waiting = 0;
    bool changed = false;     // against the file
    std::uint64_t saved = 0;  // the mark for which undo_ has it
    // Once asked for. Those that nobody has any more stay until Flush.
    std::optional<std::vector<Sensitive>> sensitive;
  };
  struct Saved {
    Count* count;
    Count was;
  };

  absl::StatusOr<Count*> CountOf(const PeerId& peer, const Digest& klass) const;
  absl::StatusOr<Count*> CountOf(ClassNo klass) const;
  // What is displayed of sensitive values in the class, from the file.
  absl::StatusOr<std::vector<Sensitive>> ReadSensitive(ClassNo klass) const;
  absl::StatusOr<std::vector<Sensitive>*> SensitiveOf(Count& count) const;
  absl::Status FlushSensitive(Count& count);
  Count* Remember(const PeerId& peer, const Digest& klass,
                  const Count& count) const;
  // Before each change.
  void Save(Count& count);
  void Forget();

  Statement lookup_;
  Statement by_number_;
  Statement make_;
  Statement set_;
  Statement forget_;
  Statement sensitive_;
  Statement set_sensitive_;
  Statement forget_sensitive_;

  bool staged_ = false;
  mutable absl::node_hash_map<Key, Count> counts_;
  mutable absl::flat_hash_map<ClassNo, Count*> numbers_;
  std::vector<Count*> changed_;
  std::vector<Saved> undo_;  // since Mark
  std::uint64_t mark_ = 1;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_CLASS_COUNTS_H_
