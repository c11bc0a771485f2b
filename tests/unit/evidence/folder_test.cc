#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "tests/support/exported_log.h"

namespace minga::storage {
namespace {

std::vector<std::string> FaultsOf(const MemoryFiles& files,
                                  const FolderQuestion& question) {
  return VerifyFolder(files, question).value().faults;
}

// One fault at least, and one that begins with `place`.
bool Names(const std::vector<std::string>& faults, absl::string_view place) {
  for (const std::string& fault : faults) {
    if (absl::StartsWith(fault, place)) return true;
  }
  UNSCOPED_INFO("faults: " << absl::StrJoin(faults, " | "));
  return false;
}

TEST_CASE("a sound export of any size holds", "[evidence]") {
  for (const std::size_t size :
       {1u, 2u, 255u, 256u, 257u, 511u, 512u, 1000u, 65536u, 65537u, 66000u}) {
    CAPTURE(size);
    ExportedLog exported;
    exported.Grow(size);
    const FolderVerdict verdict =
        VerifyFolder(exported.Export(), exported.Question()).value();
    CHECK(verdict.faults == std::vector<std::string>());
    CHECK(verdict.size == size);
    CHECK(verdict.root == RootAt(exported.log, size).value());
    CHECK(verdict.trusted.size() == 2);
    CHECK(verdict.cosigned_size == size);
  }
}

TEST_CASE("a log before its first entry can be exported", "[evidence]") {
  ExportedLog exported;
  CHECK(FaultsOf(exported.Export(), exported.Question()).empty());
}

TEST_CASE("an older checkpoint and a cosigned one are looked up in the tree",
          "[evidence]") {
  ExportedLog exported;
  exported.Grow(700);
  MemoryFiles files = exported.Export();
  FolderQuestion question = exported.Question();
  question.since = exported.SignedAt(300, false);
  files.files["checkpoint"] = exported.SignedAt(700, false);
  files.files["cosigned"] = exported.SignedAt(650);

  const FolderVerdict verdict = VerifyFolder(files, question).value();
  CHECK(verdict.faults == std::vector<std::string>());
  CHECK(verdict.since_size == 300);
  CHECK(verdict.cosigned_size == 650);
  CHECK(verdict.trusted.size() == 2);

  SECTION("of a longer log: rolled back") {
    exported.Grow(800);
    question.since = exported.SignedAt(800);
    CHECK(Names(FaultsOf(files, question), "the older checkpoint: covers 800"));
  }
  SECTION("of another history: forked") {
    ExportedLog other;
    other.Grow(200);
    other.Grow(300, "something else");
    question.since = other.SignedAt(300);
    CHECK(Names(FaultsOf(files, question),
                "the older checkpoint: signed over other 300 entries"));
    files.files["cosigned"] = other.SignedAt(300);
    CHECK(Names(FaultsOf(files, question), "cosigned: signed over other 300"));
  }
  SECTION("of another log: not a question that can be answered") {
    question.since = "no note";
    CHECK_FALSE(VerifyFolder(files, question).ok());
  }
}

TEST_CASE("each kind of tampering is found and its place is named",
          "[evidence]") {
  ExportedLog exported;
  exported.Grow(1000);
  const FolderQuestion question = exported.Question();
  const MemoryFiles sound = exported.Export();
  MemoryFiles files = sound;
  const auto entry_of = [&](std::size_t index) {
    return absl::StrCat("entry number ", index);
  };

  SECTION("an entry changed") {
    std::string& bundle = files.files["tile/entries/001"];
    bundle[bundle.find(entry_of(300))] = 'E';
    CHECK(Names(FaultsOf(files, question),
                "tile/entries/001: entry 300 is not what was signed"));
  }
  SECTION("two entries swapped") {
    std::string& bundle = files.files["tile/entries/000"];
    const std::size_t a = bundle.find(entry_of(100));
    const std::size_t b = bundle.find(entry_of(200));
    bundle.replace(a, 16, entry_of(200)).replace(b, 16, entry_of(100));
    CHECK(Names(FaultsOf(files, question),
                "tile/entries/000: entry 100, 200 is not what was signed"));
  }
  SECTION("an entry dropped") {
    std::string& bundle = files.files["tile/entries/002"];
    const std::size_t at = bundle.find(entry_of(600)) - 2;
    bundle.erase(at, bundle.find(entry_of(601)) - 2 - at);
    CHECK(Names(FaultsOf(files, question),
                "tile/entries/002: entry 600, 601, 602, 603 and 163 more"));
    CHECK(Names(FaultsOf(files, question),
                "tile/entries/002: entry 767 is cut off or missing"));
  }
  SECTION("a bundle cut short, one too long, one gone") {
    files.files["tile/entries/000"].pop_back();
    files.files["tile/entries/001"] += "x";
    files.files.erase("tile/entries/002");
    const std::vector<std::string> faults = FaultsOf(files, question);
    CHECK(Names(faults, "tile/entries/000: entry 255 is cut off"));
    CHECK(Names(faults, "tile/entries/001: 1 bytes after entry 511"));
    CHECK(Names(faults, "tile/entries/002: missing"));
  }
  SECTION("tiles changed, cut, gone") {
    files.files["tile/0/001"][33] ^= 1;
    files.files["tile/1/000.p/3"][64] ^= 1;
    files.files["tile/0/002"].pop_back();
    files.files.erase("tile/0/003.p/232");
    const std::vector<std::string> faults = FaultsOf(files, question);
    CHECK(Names(faults, "tile/0/001: hash 1 is not that of entry 257"));
    CHECK(Names(faults, "tile/1/000.p/3: hash 2 does not follow"));
    CHECK(Names(faults, "tile/0/002: has 8191 bytes"));
    CHECK(Names(faults, "tile/0/003.p/232: missing"));
    CHECK(faults.size() == 4);
  }
  SECTION("an entry changed together with its tiles") {
    ExportedLog other;
    other.Grow(500);
    other.Grow(501, "another");
    other.Grow(1000);
    MemoryFiles forged = other.Export();
    forged.files["checkpoint"] = sound.files.at("checkpoint");
    CHECK(Names(FaultsOf(forged, question),
                "checkpoint: its root is not that of the 1000 entries"));
  }
  SECTION("the log cut at its end, with an own checkpoint") {
    ExportedLog shorter;
    shorter.Grow(900);
    FolderQuestion with_older = question;
    with_older.since = exported.SignedAt(1000);
    CHECK(Names(FaultsOf(shorter.Export(), with_older),
                "the older checkpoint: covers 1000 entries, the log here only "
                "900"));
  }
  SECTION("the log cut at its end under the whole one's checkpoint") {
    ExportedLog shorter;
    shorter.Grow(900);
    files.files = shorter.Export().files;
    files.files["checkpoint"] = sound.files.at("checkpoint");
    CHECK(Names(FaultsOf(files, question), "tile/entries/003.p/232: missing"));
  }
  SECTION("a file that does not belong there") {
    files.files["tile/0/004"] = "x";
    files.files["notes.txt"] = "x";
    CHECK(Names(FaultsOf(files, question), "tile/0/004: no file of a log"));
    CHECK(Names(FaultsOf(files, question), "notes.txt: no file of a log"));
  }
  SECTION("signatures") {
    ExportedLog stranger;
    stranger.own = NamedSigner("minga/co/spe", NoteKeyType::kEd25519, 77);
    stranger.Grow(1000);
    files.files["checkpoint"] = stranger.SignedAt(1000);
    CHECK(Names(FaultsOf(files, question), "checkpoint: the signature by"));

    std::string& note = files.files["checkpoint"];
    note = sound.files.at("checkpoint");
    note[note.size() - 10] = note[note.size() - 10] == 'A' ? 'B' : 'A';
    CHECK(Names(FaultsOf(files, question),
                "checkpoint line 7: signature by `minga/pe/mtpe/cosign` is "
                "wrong"));

    files.files["checkpoint"] = sound.files.at("checkpoint");
    files.files["keys"].erase(files.files["keys"].rfind("cosigner"));
    FolderQuestion alone = question;
    alone.peer_keys.clear();
    CHECK(Names(FaultsOf(files, alone), "checkpoint line 7: signature by "));
  }
  SECTION("fewer cosigners than asked for") {
    files.files["checkpoint"] = exported.SignedAt(1000, false);
    FolderQuestion strict = question;
    strict.quorum = 1;
    CHECK(Names(FaultsOf(files, strict), "checkpoint: cosigned by 0"));
  }
  SECTION("another key than the auditor's") {
    FolderQuestion other = question;
    other.log_keys = {
        NamedSigner("minga/co/spe", NoteKeyType::kEd25519, 77).verifier};
    CHECK(Names(FaultsOf(files, other), "keys: the log's key is not"));
    CHECK(Names(FaultsOf(files, other), "checkpoint: the signature by"));
  }
}

TEST_CASE("tile paths are read in their one spelling", "[evidence]") {
  CHECK(ParseTilePath("tile/0/x001/234") == TileName{0, 1234, 256});
  CHECK(ParseTilePath("tile/entries/x001/x234/067.p/8") ==
        TileName{-1, 1234067, 8});
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/1",
                          "tile/0/x001",
                          "tile/0/001/234",
                          "tile/0/x000/001",
                          "tile/00/001",
                          "tile/-1/001",
                          "tile/7/001",
                          "tile/+1/001",
                          "tile/0/001.p/",
                          "tile/0/001.p/0",
                          "tile/0/001.p/256",
                          "tile/0/001.p/08",
                          "tile/0/001.p/8/",
                          "tile/0/ 01",
                          "/tile/0/001",
                          "tile/0/../001",
                          "tile/entries/001.p/x",
                          "tile/0/x001/x001/x001/x001/x001/x001/001"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseTilePath(bad).has_value());
  }
}

TEST_CASE("an export that was cut off goes on where it was", "[evidence]") {
  ExportedLog exported;
  exported.Grow(66000);
  std::vector<std::string> all;
  const auto note = [](std::vector<std::string>& paths) {
    return [&paths](const TileName& name) {
      paths.push_back(TilePath(name.level, name.index, name.width));
      return absl::OkStatus();
    };
  };
  REQUIRE(VisitTiles(66000, 0, note(all)).ok());
  for (const std::uint64_t from : {1u, 255u, 256u, 257u}) {
    std::vector<std::string> rest;
    REQUIRE(VisitTiles(66000, from, note(rest)).ok());
    const std::string stored = TilePath(-1, from - 1, kTileWidth);
    const auto at = std::find(all.begin(), all.end(), stored);
    REQUIRE(at != all.end());
    CHECK(std::vector<std::string>(at + 1, all.end()) == rest);
  }
}

}  // namespace
}  // namespace minga::storage
