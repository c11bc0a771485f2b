// A log in memory, exported to memory: what tests damage and
// hand to other verifiers.
#ifndef MINGA_TESTS_SUPPORT_EXPORTED_LOG_H_
#define MINGA_TESTS_SUPPORT_EXPORTED_LOG_H_

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/sign.h"
#include "node/base/random.h"
#include "storage/evidence/folder_verifier.h"
#include "storage/evidence/log_files.h"
#include "storage/evidence/log_keys.h"
#include "storage/evidence/log_names.h"
#include "storage/merkle.h"

namespace minga::storage {

class MemoryFiles final : public LogFiles {
 public:
  absl::StatusOr<std::string> Read(absl::string_view path) const override {
    const auto found = files.find(std::string(path));
    if (found == files.end()) return absl::NotFoundError(path);
    return found->second;
  }
  absl::Status Visit(
      absl::FunctionRef<absl::Status(absl::string_view)> visit) const override {
    for (const auto& [path, bytes] : files) {
      const absl::Status visited = visit(path);
      if (!visited.ok()) return visited;
    }
    return absl::OkStatus();
  }
  std::map<std::string, std::string> files;
};

// The entries and tiles of a log that only grows.
class MemoryLog : public AuditReader {
 public:
  absl::StatusOr<LeafIndex> Size() const override { return entries.size(); }
  absl::StatusOr<std::string> Tile(int level,
                                   std::uint64_t index) const override {
    const auto found = tiles.find({level, index});
    if (found == tiles.end()) return absl::OutOfRangeError("no tile");
    return found->second;
  }
  absl::StatusOr<std::string> EntryBundle(std::uint64_t number) const override {
    std::string bundle;
    for (std::size_t i = number * kTileWidth;
         i < entries.size() && i < (number + 1) * kTileWidth; ++i) {
      bundle.push_back(static_cast<char>(entries[i].size() >> 8));
      bundle.push_back(static_cast<char>(entries[i].size() & 0xff));
      bundle += entries[i];
    }
    if (bundle.empty()) return absl::OutOfRangeError("no bundle");
    return bundle;
  }
  absl::StatusOr<std::string> Checkpoint() const override {
    return std::string();
  }
  void Append(const std::string& entry) {
    entries.push_back(entry);
    AddHash(0, LeafHash(entry));
  }

  std::vector<std::string> entries;
  std::map<std::pair<int, std::uint64_t>, std::string> tiles;

 private:
  void AddHash(int level, const Digest& hash) {
    std::vector<Digest>& all = levels[level];
    all.push_back(hash);
    tiles[{level, (all.size() - 1) / kTileWidth}] += std::string(AsView(hash));
    if (all.size() % kTileWidth != 0) return;
    AddHash(level + 1, RootOf(absl::MakeConstSpan(all).last(kTileWidth)));
  }
  std::map<int, std::vector<Digest>> levels;
};

struct NamedSigner {
  NamedSigner(std::string name, NoteKeyType type, std::uint64_t seed) {
    SeededRandom random(seed);
    key = SigningKey::Generate(random).value();
    verifier = {std::move(name), type, key->public_key()};
  }
  std::unique_ptr<SigningKey> key;
  NoteVerifier verifier;
};

// A node's log with two witnesses.
struct ExportedLog {
  void Grow(std::size_t size, absl::string_view what = "entry") {
    while (log.entries.size() < size) {
      log.Append(absl::StrCat(what, " number ", log.entries.size(),
                              " says what was decided about a record"));
    }
  }
  std::string SignedAt(LeafIndex size, bool cosigned = true) const {
    Checkpoint checkpoint;
    checkpoint.origin = KeyOfLog(own.verifier, number).name;
    checkpoint.size = size;
    checkpoint.root = RootAt(log, size).value();
    Note note;
    note.text = checkpoint.Body();
    note.signatures = {SignNote(note.text, checkpoint.origin, *own.key)};
    if (cosigned) {
      for (const NamedSigner* witness : {&ecuador, &peru}) {
        note.signatures.push_back(CosignNote(note.text, witness->verifier.name,
                                             *witness->key, 1'764'000'000));
      }
    }
    return note.Serialize();
  }
  MemoryFiles Export() const {
    MemoryFiles out;
    const LeafIndex size = log.entries.size();
    const absl::Status visited =
        VisitTiles(size, 0, [&](const TileName& name) -> absl::Status {
          auto bytes = ReadTileFile(log, name);
          if (!bytes.ok()) return bytes.status();
          out.files[TilePath(name.level, name.index, name.width)] = *bytes;
          return absl::OkStatus();
        });
    if (!visited.ok()) std::abort();
    LogKeys keys;
    keys.log = {own.verifier};
    keys.cosigners = {ecuador.verifier, peru.verifier};
    out.files["keys"] = keys.Text();
    out.files["checkpoint"] = SignedAt(size);
    out.files["README.md"] = "what this is\n";
    return out;
  }
  FolderQuestion Question() const {
    FolderQuestion question;
    question.log_keys = {own.verifier};
    question.peer_keys = {ecuador.verifier, peru.verifier};
    return question;
  }

  NamedSigner own{"minga/co/spe", NoteKeyType::kEd25519, 1};
  NamedSigner ecuador{"minga/ec/rse/cosign", NoteKeyType::kEd25519Cosignature,
                      2};
  NamedSigner peru{"minga/pe/mtpe/cosign", NoteKeyType::kEd25519Cosignature, 3};
  MemoryLog log;
  int number = 0;
};

// LOG_CLOSED, and LOG_CONTINUED that goes on from `note`, as a node writes
// them (minga.v1.AuditEntry: event = 2, digest = 18, checkpoint = 24).
inline std::string ClosedEntry() { return std::string("\x10\x26", 2); }
inline std::string ContinuedEntry(const std::string& note) {
  const std::string digest(AsView(Sha256(note)));
  const auto high = static_cast<char>(note.size() >> 7);
  const auto low = static_cast<char>((note.size() & 0x7f) | 0x80);
  return absl::StrCat("\x10\x27\x92\x01\x20", digest, "\xc2\x01",
                      std::string{low, high}, note);
}

// LOG_PRUNED of the entries of log 0 before `upto`, 128 to 16,383 (upto = 16).
inline std::string PrunedEntry(int upto) {
  return absl::StrCat("\x10\x2c\x80\x01",
                      std::string{static_cast<char>((upto & 0x7f) | 0x80),
                                  static_cast<char>(upto >> 7)});
}

// Two logs of one node: the first closed, the second going on from it.
struct LinkedLogs {
  LinkedLogs(std::size_t closed, std::size_t present) {
    first.Grow(closed - 1);
    first.log.Append(ClosedEntry());
    second.number = 1;
    second.log.Append(ContinuedEntry(first.SignedAt(closed, false)));
    second.Grow(present);
  }
  MemoryFiles Export() const {
    MemoryFiles out = first.Export();
    for (const auto& [path, bytes] : second.Export().files) {
      if (path == kKeysFile || path == kReadmeFile) continue;
      out.files[absl::StrCat(LogFolderPath(second.number), path)] = bytes;
    }
    return out;
  }

  ExportedLog first;
  ExportedLog second;
};

}  // namespace minga::storage

#endif  // MINGA_TESTS_SUPPORT_EXPORTED_LOG_H_
