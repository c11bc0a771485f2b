// Checks one log of an export: its checkpoints, its signatures, its tree. How
// it goes together with the logs before and after it is for folder_verifier.h.
// Internal to this room.
#ifndef MINGA_STORAGE_EVIDENCE_ONE_LOG_CHECK_H_
#define MINGA_STORAGE_EVIDENCE_ONE_LOG_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/evidence/folder_verifier.h"
#include "storage/evidence/log_files.h"
#include "storage/evidence/log_keys.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/evidence/tree_pass.h"
#include "storage/merkle.h"

namespace minga::storage {

// What is to be checked; all of it outlives the check.
struct OneLogQuestion {
  const LogFiles* files = nullptr;  // of this log alone
  const FolderQuestion* folder = nullptr;
  const LogKeys* named = nullptr;  // the keys that the folder names
  int log = 0;
  bool closed = false;  // another log follows
  // An older checkpoint of this log; null: none.
  const SignedCheckpoint* since = nullptr;
};

struct OneLogVerdict {
  std::optional<Checkpoint> newest;  // nothing if there is no sound one
  Digest root{};
  LeafIndex cosigned_size = 0;
  std::vector<Cosigner> trusted;
  std::vector<Cosigner> claimed;
  std::vector<std::string> faults;  // with the path in the export
};

class OneLogCheck {
 public:
  explicit OneLogCheck(const OneLogQuestion& question) : question_(question) {}

  // First: the checkpoints and who has signed them.
  void ReadCheckpoints();
  // How many entries there have to be; 0 without a sound checkpoint.
  LeafIndex size() const { return size_; }
  // How many full bundles at the beginning of the log are not there.
  std::uint64_t MissingBundles() const;
  // Then: every tile and entry; bundles before `pruned` need not be there.
  absl::Status CheckFiles(std::uint64_t pruned);

  OneLogVerdict Take() { return std::move(verdict_); }

 private:
  // A checkpoint to be found in the tree.
  struct Claim {
    std::string place;  // for faults: the file's name
    SignedCheckpoint checkpoint;
    std::vector<NoteVerifier> signed_by;  // the known keys that verified
  };

  void Fault(std::string what);
  // Of faults that begin with a path of this log.
  void FaultsOf(const std::vector<std::string>& all);
  std::string PathOf(int level, std::uint64_t number) const;
  std::optional<Claim> ReadClaim(absl::string_view file, bool required);
  void CheckSignatures(Claim& claim);
  std::optional<NoteVerifier> KeyOf(const NoteSignature& signature) const;
  void CountCosigners();
  absl::Status CheckTree(std::uint64_t pruned);
  std::vector<TreeMark> Marks() const;
  bool Holds(const TreePass& pass) const;
  void CheckClaims(const TreePass& pass);
  absl::Status FindStrangers();

  const OneLogQuestion question_;
  LeafIndex size_ = 0;
  std::vector<Claim> claims_;  // the newest first
  OneLogVerdict verdict_;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_ONE_LOG_CHECK_H_
