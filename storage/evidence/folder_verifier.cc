#include "storage/evidence/folder_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/evidence/log_keys.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/evidence/tree_pass.h"
#include "storage/merkle.h"

namespace minga::storage {
namespace {

constexpr std::size_t kEchoBytesMax = 120;

// A checkpoint to be found in the tree.
struct Claim {
  std::string place;  // for faults: the file's name
  SignedCheckpoint checkpoint;
  std::vector<NoteVerifier> signed_by;  // the known keys that verified
};

std::string More(int count) {
  return count > 0 ? absl::StrCat(" and ", count, " more") : std::string();
}

class Verification {
 public:
  Verification(const LogFiles& files, const FolderQuestion& question)
      : files_(files), question_(question) {}

  absl::StatusOr<FolderVerdict> Run() {
    if (question_.log_keys.empty()) {
      return absl::InvalidArgumentError("no key of the log was given");
    }
    ReadKeys();
    const std::optional<Claim> newest = ReadClaim(kCheckpointFile, true);
    if (newest.has_value()) {
      size_ = newest->checkpoint.body.size;
      verdict_.size = size_;
      verdict_.origin = newest->checkpoint.body.origin;
      claims_.push_back(*newest);
      std::optional<Claim> cosigned = ReadClaim(kCosignedFile, false);
      if (cosigned.has_value()) claims_.push_back(*std::move(cosigned));
      CountCosigners();
      MINGA_RETURN_IF_ERROR(AddSince());
      MINGA_RETURN_IF_ERROR(CheckTree());
    }
    MINGA_RETURN_IF_ERROR(FindStrangers());
    return std::move(verdict_);
  }

 private:
  void Fault(std::string what) {
    if (verdict_.faults.size() < kFolderFaultsMax) {
      verdict_.faults.push_back(std::move(what));
    }
  }
  void Faults(const std::vector<std::string>& all) {
    for (const std::string& fault : all) Fault(fault);
  }

  std::string PathOf(int level, std::uint64_t number) const {
    return TilePath(level, number, TileWidthIn(size_, level, number));
  }

  void ReadKeys() {
    const absl::StatusOr<std::string> text = files_.Read(kKeysFile);
    if (!text.ok()) return Fault("keys: missing or unreadable");
    absl::StatusOr<LogKeys> keys = LogKeys::Parse(*text);
    if (!keys.ok()) {
      return Fault(absl::StrCat("keys: ", keys.status().message()));
    }
    keys_ = *std::move(keys);
    for (const NoteVerifier& trusted : question_.log_keys) {
      const bool named = std::any_of(keys_.log.begin(), keys_.log.end(),
                                     [&](const NoteVerifier& key) {
                                       return key.ToVkey() == trusted.ToVkey();
                                     });
      if (!named) {
        Fault(absl::StrCat("keys: the log's key is not `", trusted.ToVkey(),
                           "`"));
      }
    }
  }

  // A checkpoint of the folder: signed by a trusted key of the log, and with no
  // signature that is wrong or by nobody known.
  std::optional<Claim> ReadClaim(absl::string_view place, bool required) {
    const absl::StatusOr<std::string> text = files_.Read(place);
    if (!text.ok()) {
      if (required || !absl::IsNotFound(text.status())) {
        Fault(absl::StrCat(place, ": missing or unreadable"));
      }
      return std::nullopt;
    }
    absl::StatusOr<SignedCheckpoint> opened =
        OpenCheckpoint(*text, question_.log_keys);
    if (!opened.ok()) {
      Fault(absl::StrCat(place, ": ", opened.status().message()));
      return std::nullopt;
    }
    Claim claim{std::string(place), *std::move(opened), {}};
    CheckSignatures(claim);
    return claim;
  }

  void CheckSignatures(Claim& claim) {
    // Three lines of text, a blank one, then signatures from line 5 on.
    constexpr std::size_t kFirstLine = 5;
    const Note& note = claim.checkpoint.note;
    for (std::size_t i = 0; i < note.signatures.size(); ++i) {
      const NoteSignature& signature = note.signatures[i];
      const std::optional<NoteVerifier> key = KeyOf(signature);
      Note alone;
      alone.text = note.text;
      alone.signatures = {signature};
      if (key.has_value() && VerifyNote(alone, *key)) {
        claim.signed_by.push_back(*key);
        continue;
      }
      Fault(absl::StrCat(
          claim.place, " line ", kFirstLine + i, ": signature by `",
          Printable(signature.name, kEchoBytesMax),
          key.has_value() ? "` is wrong" : "`, whose key is not known"));
    }
  }

  std::optional<NoteVerifier> KeyOf(const NoteSignature& signature) const {
    for (const auto* keys : {&question_.log_keys, &question_.peer_keys,
                             &keys_.log, &keys_.cosigners}) {
      for (const NoteVerifier& key : *keys) {
        if (key.name == signature.name && key.KeyId() == signature.key_id) {
          return key;
        }
      }
    }
    return std::nullopt;
  }

  static bool Among(const std::vector<NoteVerifier>& keys,
                    const NoteVerifier& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const NoteVerifier& one) {
      return one.name == key.name && one.KeyId() == key.KeyId();
    });
  }

  // Of the newest checkpoint that anybody has cosigned.
  void CountCosigners() {
    for (const Claim& claim : claims_) {
      std::vector<NoteVerifier> trusted;
      std::vector<NoteVerifier> claimed;
      for (const NoteVerifier& key : claim.signed_by) {
        if (key.type != NoteKeyType::kEd25519Cosignature) continue;
        (Among(question_.peer_keys, key) ? trusted : claimed).push_back(key);
      }
      if (trusted.size() <= verdict_.trusted.size() &&
          claimed.size() <= verdict_.claimed.size()) {
        continue;
      }
      verdict_.cosigned_size = claim.checkpoint.body.size;
      verdict_.trusted = CosignersOf(claim.checkpoint.note, trusted);
      verdict_.claimed = CosignersOf(claim.checkpoint.note, claimed);
    }
    if (verdict_.trusted.size() < question_.quorum) {
      Fault(absl::StrCat("checkpoint: cosigned by ", verdict_.trusted.size(),
                         " of the peers whose keys were given, ",
                         question_.quorum, " are asked for"));
    }
  }

  absl::Status AddSince() {
    if (question_.since.empty()) return absl::OkStatus();
    const absl::StatusOr<SignedCheckpoint> since =
        OpenCheckpoint(question_.since, question_.log_keys);
    if (!since.ok()) return At("the older checkpoint", since.status());
    verdict_.since_size = since->body.size;
    claims_.push_back({"the older checkpoint", *since, {}});
    return absl::OkStatus();
  }

  absl::Status CheckTree() {
    TreePass entries(files_, size_, TreePass::Source::kEntries, Marks());
    MINGA_RETURN_IF_ERROR(entries.Run());
    if (!entries.stuck()) verdict_.root = entries.Root();
    if (Holds(entries)) {
      // The entries are what was signed: what disagrees with them is wrong.
      for (const EntryDifference& found : entries.differing()) {
        const LeafIndex index = found.first.front();
        Fault(absl::StrCat(PathOf(0, found.bundle), ": hash ",
                           index % kTileWidth, " is not that of entry ", index,
                           More(found.count - 1)));
      }
      Faults(entries.bundle_faults());
      Faults(entries.tile_faults());
      CheckClaims(entries);
      return absl::OkStatus();
    }
    TreePass tiles(files_, size_, TreePass::Source::kTiles, Marks());
    MINGA_RETURN_IF_ERROR(tiles.Run());
    const bool tiles_hold = Holds(tiles);
    Faults(entries.bundle_faults());
    for (const EntryDifference& found : entries.differing()) {
      Fault(
          absl::StrCat(PathOf(-1, found.bundle), ": entry ",
                       absl::StrJoin(found.first, ", "),
                       More(found.count - static_cast<int>(found.first.size())),
                       tiles_hold ? " is not what was signed"
                                  : absl::StrCat(" does not fit its hash in ",
                                                 PathOf(0, found.bundle))));
    }
    Faults(tiles.tile_faults());
    if (!tiles_hold) {
      Fault(absl::StrCat("checkpoint: its root is not that of the ", size_,
                         " entries here: the log was cut, changed or forked"));
    }
    CheckClaims(tiles_hold ? tiles : entries);
    return absl::OkStatus();
  }

  // What the tree must pass through: each size once, ascending.
  std::vector<TreeMark> Marks() const {
    std::vector<TreeMark> marks;
    for (const Claim& claim : claims_) {
      const Checkpoint& body = claim.checkpoint.body;
      if (body.size > 0 && body.size <= size_) {
        marks.push_back({body.size, body.root, false, false});
      }
    }
    std::stable_sort(
        marks.begin(), marks.end(),
        [](const TreeMark& a, const TreeMark& b) { return a.size < b.size; });
    return marks;
  }

  static bool HoldsAt(const TreePass& pass, const Checkpoint& body) {
    if (body.size == 0) return body.root == RootOf({});
    return std::any_of(
        pass.marks().begin(), pass.marks().end(), [&](const TreeMark& mark) {
          return mark.size == body.size && mark.root == body.root && mark.holds;
        });
  }
  bool Holds(const TreePass& pass) const {
    return !pass.stuck() && HoldsAt(pass, claims_.front().checkpoint.body);
  }

  // The checkpoints beside the newest one.
  void CheckClaims(const TreePass& pass) {
    for (std::size_t i = 1; i < claims_.size(); ++i) {
      const Checkpoint& body = claims_[i].checkpoint.body;
      if (body.size > size_) {
        Fault(
            absl::StrCat(claims_[i].place, ": covers ", body.size,
                         " entries, the log here only ", size_,
                         ": it was rolled back, or this export is the older"));
      } else if (!HoldsAt(pass, body)) {
        Fault(absl::StrCat(
            claims_[i].place, ": signed over other ", body.size,
            " entries than these: the log has two histories (a fork)"));
      }
    }
  }

  absl::Status FindStrangers() {
    return files_.Visit([this](absl::string_view path) -> absl::Status {
      if (path == kCheckpointFile || path == kCosignedFile ||
          path == kKeysFile || path == kReadmeFile) {
        return absl::OkStatus();
      }
      const std::optional<TileName> tile = ParseTilePath(path);
      // Without a checkpoint nobody can say which tiles there should be.
      if (tile.has_value() &&
          (claims_.empty() ||
           TileWidthIn(size_, tile->level, tile->index) == tile->width)) {
        return absl::OkStatus();
      }
      Fault(absl::StrCat(Printable(path, kEchoBytesMax),
                         ": no file of a log of ", size_, " entries"));
      return absl::OkStatus();
    });
  }

  const LogFiles& files_;
  const FolderQuestion& question_;
  LogKeys keys_;
  LeafIndex size_ = 0;
  std::vector<Claim> claims_;  // the newest first
  FolderVerdict verdict_;
};

}  // namespace

absl::StatusOr<FolderVerdict> VerifyFolder(const LogFiles& files,
                                           const FolderQuestion& question) {
  return Verification(files, question).Run();
}

}  // namespace minga::storage
