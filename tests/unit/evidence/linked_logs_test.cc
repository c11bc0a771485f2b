// Exports of logs that were closed and went on: each log by itself, and how one
// leads to the next.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "storage/evidence/log_link.h"
#include "storage/evidence/signed_checkpoint.h"
#include "tests/support/exported_log.h"

namespace minga::storage {
namespace {

bool Names(const MemoryFiles& files, const FolderQuestion& question,
           absl::string_view place) {
  const std::vector<std::string> faults =
      VerifyFolder(files, question).value().faults;
  for (const std::string& fault : faults) {
    if (absl::StartsWith(fault, place)) return true;
  }
  UNSCOPED_INFO("faults: " << absl::StrJoin(faults, " | "));
  return false;
}

TEST_CASE("logs have the node's name and their number", "[evidence]") {
  CHECK(LogSuffix(0).empty());
  CHECK(LogSuffix(12) == "/log-12");
  CHECK(LogNumber("minga/co/spe", "minga/co/spe") == 0);
  CHECK(LogNumber("minga/co/spe/log-12", "minga/co/spe") == 12);
  CHECK(LogNumber("minga/co/spe/log-4095", "minga/co/spe") == 4095);
  for (const char* origin :
       {"minga/co", "minga/co/spe/", "minga/co/spe/log-", "minga/co/spe/log-0",
        "minga/co/spe/log-01", "minga/co/spe/log--1", "minga/co/spe/log-+1",
        "minga/co/spe/log-4096", "minga/co/spe/log-1/log-2", "minga/ec/log-1",
        ""}) {
    CAPTURE(origin);
    CHECK_FALSE(LogNumber(origin, "minga/co/spe").has_value());
  }
}

TEST_CASE("folders of logs have one spelling", "[evidence]") {
  const auto take = [](absl::string_view path) {
    const int log = TakeLogFolder(path);
    return std::make_pair(log, std::string(path));
  };
  using Taken = std::pair<int, std::string>;
  CHECK(take("checkpoint") == Taken(0, "checkpoint"));
  CHECK(take("tile/0/000") == Taken(0, "tile/0/000"));
  CHECK(take("1/checkpoint") == Taken(1, "checkpoint"));
  CHECK(take("17/tile/0/000") == Taken(17, "tile/0/000"));
  for (const char* path :
       {"0/checkpoint", "01/checkpoint", "+1/checkpoint", "-1/checkpoint",
        "4096/checkpoint", "/checkpoint", "1"}) {
    CHECK(take(path) == Taken(0, path));
  }
}

TEST_CASE("the checkpoint of a later log is signed with the same key",
          "[evidence]") {
  const LinkedLogs logs(300, 50);
  const NoteVerifier key = logs.first.own.verifier;
  const auto opened = OpenCheckpoint(logs.second.SignedAt(50), {&key, 1});
  REQUIRE(opened.ok());
  CHECK(opened->head() == LogHead{1, 50});
  CHECK(LogHead{1, 50} > LogHead{0, 300});
  // Under the name of one log nothing of another is signed.
  const NoteVerifier later = KeyOfLog(key, 1);
  CHECK(absl::IsFailedPrecondition(
      OpenCheckpoint(logs.first.SignedAt(300), {&later, 1}).status()));
  CHECK(Compare(opened->body,
                OpenCheckpoint(logs.first.SignedAt(50), {&key, 1})->body) ==
        CheckpointPair::kUndecided);
}

TEST_CASE("linked logs hold, whatever their sizes", "[evidence]") {
  for (const std::size_t closed : {1u, 2u, 256u, 257u, 700u}) {
    for (const std::size_t present : {1u, 2u, 256u, 300u}) {
      CAPTURE(closed, present);
      const LinkedLogs logs(closed, present);
      FolderQuestion question = logs.first.Question();
      question.quorum = 2;
      question.since = logs.first.SignedAt(closed);
      const FolderVerdict verdict =
          VerifyFolder(logs.Export(), question).value();
      CHECK(verdict.faults == std::vector<std::string>());
      CHECK(verdict.closed == 1);
      CHECK(verdict.entries == closed + present);
      CHECK(verdict.size == present);
      CHECK(verdict.origin == "minga/co/spe/log-1");
      CHECK(verdict.root == RootAt(logs.second.log, present).value());
      CHECK(verdict.trusted.size() == 2);
    }
  }
}

TEST_CASE("what breaks the link is named", "[evidence]") {
  LinkedLogs logs(700, 300);
  MemoryFiles files = logs.Export();
  FolderQuestion question = logs.first.Question();
  const auto replace_second = [&](const std::string& first_entry) {
    ExportedLog other;
    other.number = 1;
    other.log.Append(first_entry);
    other.Grow(300);
    logs.second = std::move(other);
    files = logs.Export();
  };

  SECTION("another end of the closed log") {
    replace_second(ContinuedEntry(logs.first.SignedAt(600, false)));
    CHECK(Names(files, question,
                "1/tile/entries/000: entry 0 continues `minga/co/spe` at 600 "
                "entries, not `minga/co/spe` at 700"));
  }
  SECTION("an end of the same size and another root") {
    ExportedLog forked;
    forked.Grow(700, "something else");
    replace_second(ContinuedEntry(forked.SignedAt(700, false)));
    CHECK(Names(files, question, "1/tile/entries/000: entry 0 continues"));
  }
  SECTION("a digest of something else") {
    std::string entry = ContinuedEntry(logs.first.SignedAt(700, false));
    entry[10] = static_cast<char>(entry[10] ^ 1);
    replace_second(entry);
    CHECK(Names(files, question,
                "1/tile/entries/000: entry 0 has another digest"));
  }
  SECTION("a first entry that names no log") {
    replace_second("entry number 0");
    CHECK(Names(files, question, "1/tile/entries/000: entry 0 does not say"));
  }
  SECTION("a log that was not closed") {
    ExportedLog open;
    open.Grow(700);
    logs.first = std::move(open);
    replace_second(ContinuedEntry(logs.first.SignedAt(700, false)));
    CHECK(Names(files, question,
                "tile/entries/002.p/188: entry 699 does not close the log"));
  }
  SECTION("the next log is missing") {
    CHECK(Names(logs.first.Export(), question,
                "tile/entries/002.p/188: entry 699 closes the log"));
  }
  SECTION("the closed log is missing") {
    MemoryFiles alone;
    for (const auto& [path, bytes] : files.files) {
      if (absl::StartsWith(path, "1/") || path == "keys") {
        alone.files[path] = bytes;
      }
    }
    CHECK(Names(alone, question, "checkpoint: missing"));
  }
  SECTION("the checkpoint of one log under the name of the other") {
    files.files["1/checkpoint"] = files.files["checkpoint"];
    CHECK(Names(files, question, "1/checkpoint: is of log 0"));
  }
  SECTION("files of a log that is not there") {
    files.files["3/tile/0/000"] = "hash";
    CHECK(Names(files, question, "2/checkpoint: missing"));
    CHECK(Names(files, question, "3/checkpoint: missing"));
  }
  SECTION("a file that belongs to no log") {
    files.files["1/keys"] = files.files["keys"];
    CHECK(Names(files, question, "1/keys: no file of a log"));
  }
  SECTION("a closed log whose end no peer has cosigned") {
    question.quorum = 1;
    files.files["checkpoint"] = logs.first.SignedAt(700, false);
    files.files["cosigned"] = logs.first.SignedAt(650);
    CHECK(Names(files, question, "checkpoint: cosigned by 0 of the peers"));
  }
  SECTION("an older checkpoint of a log that is not there any more") {
    question.since = logs.second.SignedAt(200);
    CHECK(VerifyFolder(files, question).value().faults.empty());
    CHECK(Names(logs.first.Export(), question,
                "the older checkpoint: is of log 1"));
  }
}

TEST_CASE("entries may be missing if the log says that they were pruned",
          "[evidence]") {
  LinkedLogs logs(700, 40);
  const bool said = GENERATE(true, false);
  if (said) logs.second.log.Append(PrunedEntry(512));
  logs.second.Grow(60);
  MemoryFiles files = logs.Export();
  const FolderQuestion question = logs.first.Question();
  files.files.erase("tile/entries/000");
  files.files.erase("tile/entries/001");
  const FolderVerdict verdict = VerifyFolder(files, question).value();
  if (said) {
    CHECK(verdict.faults == std::vector<std::string>());
    CHECK(verdict.pruned == 512);
    CHECK(verdict.entries == 760);
    SECTION("and no more than that") {
      files.files.erase("tile/entries/002.p/188");
      CHECK(Names(files, question, "tile/entries/002.p/188: missing"));
    }
    SECTION("and their hashes are checked") {
      files.files["tile/0/001"][40] ^= 1;
      CHECK(Names(files, question, "checkpoint: its root is not"));
    }
    return;
  }
  CHECK(verdict.pruned == 0);
  CHECK(Names(files, question, "tile/entries/000: missing"));
}

}  // namespace
}  // namespace minga::storage
