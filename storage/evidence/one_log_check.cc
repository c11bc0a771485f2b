#include "storage/evidence/one_log_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::storage {
namespace {

constexpr std::size_t kEchoBytesMax = 120;

std::string More(int count) {
  return count > 0 ? absl::StrCat(" and ", count, " more") : std::string();
}

bool Among(const std::vector<NoteVerifier>& keys, const NoteVerifier& key) {
  return std::any_of(keys.begin(), keys.end(), [&](const NoteVerifier& one) {
    return one.name == key.name && one.KeyId() == key.KeyId();
  });
}

bool HoldsAt(const TreePass& pass, const Checkpoint& body) {
  if (body.size == 0) return body.root == RootOf({});
  return std::any_of(
      pass.marks().begin(), pass.marks().end(), [&](const TreeMark& mark) {
        return mark.size == body.size && mark.root == body.root && mark.holds;
      });
}

}  // namespace

void OneLogCheck::Fault(std::string what) {
  if (verdict_.faults.size() < kFolderFaultsMax) {
    verdict_.faults.push_back(std::move(what));
  }
}

void OneLogCheck::FaultsOf(const std::vector<std::string>& all) {
  for (const std::string& fault : all) {
    Fault(absl::StrCat(LogFolderPath(question_.log), fault));
  }
}

std::string OneLogCheck::PathOf(int level, std::uint64_t number) const {
  return absl::StrCat(
      LogFolderPath(question_.log),
      TilePath(level, number, TileWidthIn(size_, level, number)));
}

void OneLogCheck::ReadCheckpoints() {
  std::optional<Claim> newest = ReadClaim(kCheckpointFile, true);
  if (!newest.has_value()) return;
  verdict_.newest = newest->checkpoint.body;
  size_ = newest->checkpoint.body.size;
  claims_.push_back(*std::move(newest));
  std::optional<Claim> cosigned = ReadClaim(kCosignedFile, false);
  if (cosigned.has_value()) claims_.push_back(*std::move(cosigned));
  CountCosigners();
  if (question_.since != nullptr) {
    claims_.push_back({"the older checkpoint", *question_.since, {}});
  }
}

std::uint64_t OneLogCheck::MissingBundles() const {
  std::uint64_t missing = 0;
  while (
      missing < size_ / kTileWidth &&
      absl::IsNotFound(
          question_.files->Read(TilePath(-1, missing, kTileWidth)).status())) {
    ++missing;
  }
  return missing;
}

absl::Status OneLogCheck::CheckFiles(std::uint64_t pruned) {
  if (verdict_.newest.has_value()) MINGA_RETURN_IF_ERROR(CheckTree(pruned));
  return FindStrangers();
}

// A checkpoint of the folder: signed by a trusted key of the log, and with no
// signature that is wrong or by nobody known.
std::optional<OneLogCheck::Claim> OneLogCheck::ReadClaim(absl::string_view file,
                                                         bool required) {
  const std::string place = absl::StrCat(LogFolderPath(question_.log), file);
  const absl::StatusOr<std::string> text = question_.files->Read(file);
  if (!text.ok()) {
    if (required || !absl::IsNotFound(text.status())) {
      Fault(absl::StrCat(place, ": missing or unreadable"));
    }
    return std::nullopt;
  }
  absl::StatusOr<SignedCheckpoint> opened =
      OpenCheckpoint(*text, question_.folder->log_keys);
  if (!opened.ok()) {
    Fault(absl::StrCat(place, ": ", opened.status().message()));
    return std::nullopt;
  }
  if (opened->log != question_.log) {
    Fault(absl::StrCat(place, ": is of log ", opened->log));
    return std::nullopt;
  }
  Claim claim{place, *std::move(opened), {}};
  CheckSignatures(claim);
  return claim;
}

void OneLogCheck::CheckSignatures(Claim& claim) {
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

std::optional<NoteVerifier> OneLogCheck::KeyOf(
    const NoteSignature& signature) const {
  const auto by = [&](const NoteVerifier& key) {
    return key.name == signature.name && key.KeyId() == signature.key_id;
  };
  for (const auto* keys :
       {&question_.folder->log_keys, &question_.named->log}) {
    for (const NoteVerifier& key : *keys) {
      NoteVerifier of_log = KeyOfLog(key, question_.log);
      if (by(of_log)) return of_log;
    }
  }
  for (const auto* keys :
       {&question_.folder->peer_keys, &question_.named->cosigners}) {
    for (const NoteVerifier& key : *keys) {
      if (by(key)) return key;
    }
  }
  return std::nullopt;
}

// Of the newest checkpoint that anybody has cosigned; of a closed log of its
// last one, which the next log rests on.
void OneLogCheck::CountCosigners() {
  for (const Claim& claim : claims_) {
    std::vector<NoteVerifier> trusted;
    std::vector<NoteVerifier> claimed;
    for (const NoteVerifier& key : claim.signed_by) {
      if (key.type != NoteKeyType::kEd25519Cosignature) continue;
      (Among(question_.folder->peer_keys, key) ? trusted : claimed)
          .push_back(key);
    }
    if (trusted.size() > verdict_.trusted.size() ||
        claimed.size() > verdict_.claimed.size()) {
      verdict_.cosigned_size = claim.checkpoint.body.size;
      verdict_.trusted = CosignersOf(claim.checkpoint.note, trusted);
      verdict_.claimed = CosignersOf(claim.checkpoint.note, claimed);
    }
    if (question_.closed) break;
  }
  if (verdict_.trusted.size() < question_.folder->quorum) {
    Fault(absl::StrCat(LogFolderPath(question_.log), "checkpoint: cosigned by ",
                       verdict_.trusted.size(),
                       " of the peers whose keys were given, ",
                       question_.folder->quorum, " are asked for"));
  }
}

absl::Status OneLogCheck::CheckTree(std::uint64_t pruned) {
  TreePass entries(*question_.files, size_, pruned, TreePass::Source::kEntries,
                   Marks());
  MINGA_RETURN_IF_ERROR(entries.Run());
  if (!entries.stuck()) verdict_.root = entries.Root();
  if (Holds(entries)) {
    // The entries are what was signed: what disagrees with them is wrong.
    for (const EntryDifference& found : entries.differing()) {
      const LeafIndex index = found.first.front();
      Fault(absl::StrCat(PathOf(0, found.bundle), ": hash ", index % kTileWidth,
                         " is not that of entry ", index,
                         More(found.count - 1)));
    }
    FaultsOf(entries.bundle_faults());
    FaultsOf(entries.tile_faults());
    CheckClaims(entries);
    return absl::OkStatus();
  }
  TreePass tiles(*question_.files, size_, pruned, TreePass::Source::kTiles,
                 Marks());
  MINGA_RETURN_IF_ERROR(tiles.Run());
  const bool tiles_hold = Holds(tiles);
  FaultsOf(entries.bundle_faults());
  for (const EntryDifference& found : entries.differing()) {
    Fault(absl::StrCat(PathOf(-1, found.bundle), ": entry ",
                       absl::StrJoin(found.first, ", "),
                       More(found.count - static_cast<int>(found.first.size())),
                       tiles_hold ? " is not what was signed"
                                  : absl::StrCat(" does not fit its hash in ",
                                                 PathOf(0, found.bundle))));
  }
  FaultsOf(tiles.tile_faults());
  if (!tiles_hold) {
    Fault(absl::StrCat(claims_.front().place, ": its root is not that of the ",
                       size_,
                       " entries here: the log was cut, changed or forked"));
  }
  CheckClaims(tiles_hold ? tiles : entries);
  return absl::OkStatus();
}

// What the tree must pass through: each size once, ascending.
std::vector<TreeMark> OneLogCheck::Marks() const {
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

bool OneLogCheck::Holds(const TreePass& pass) const {
  return !pass.stuck() && HoldsAt(pass, claims_.front().checkpoint.body);
}

// The checkpoints beside the newest one.
void OneLogCheck::CheckClaims(const TreePass& pass) {
  for (std::size_t i = 1; i < claims_.size(); ++i) {
    const Checkpoint& body = claims_[i].checkpoint.body;
    if (body.size > size_) {
      Fault(absl::StrCat(claims_[i].place, ": covers ", body.size,
                         " entries, the log here only ", size_,
                         ": it was rolled back, or this export is the older"));
    } else if (!HoldsAt(pass, body)) {
      Fault(absl::StrCat(
          claims_[i].place, ": signed over other ", body.size,
          " entries than these: the log has two histories (a fork)"));
    }
  }
}

absl::Status OneLogCheck::FindStrangers() {
  return question_.files->Visit([this](absl::string_view path) -> absl::Status {
    const bool top = question_.log == 0;
    if (path == kCheckpointFile || path == kCosignedFile ||
        (top && (path == kKeysFile || path == kReadmeFile))) {
      return absl::OkStatus();
    }
    const std::optional<TileName> tile = ParseTilePath(path);
    // Without a checkpoint nobody can say which tiles there should be.
    if (tile.has_value() &&
        (claims_.empty() ||
         TileWidthIn(size_, tile->level, tile->index) == tile->width)) {
      return absl::OkStatus();
    }
    Fault(absl::StrCat(LogFolderPath(question_.log),
                       Printable(path, kEchoBytesMax), ": no file of a log of ",
                       size_, " entries"));
    return absl::OkStatus();
  });
}

}  // namespace minga::storage
