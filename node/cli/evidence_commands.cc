// audit export, verify --folder, forks, check-fork.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "minga/v1/evidence.grpc.pb.h"
#include "node/base/limits.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/log_folder.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"
#include "storage/evidence/folder_verifier.h"
#include "storage/evidence/signed_checkpoint.h"

namespace minga::cli {
namespace {

using Evidence = v1::EvidenceService::StubInterface;

std::string Count(std::uint64_t number) {
  return Grouped(static_cast<std::int64_t>(number));
}

// What came of one log.
struct Exported {
  std::uint64_t entries = 0;
  std::uint64_t files = 0;
  bool had_some = false;  // of an earlier export
  int logs = 0;           // that the node has
};

absl::StatusOr<Exported> ExportOne(rpc::AdminClient& node, int log,
                                   const std::string& root) {
  MINGA_ASSIGN_OR_RETURN(LogFolder folder, LogFolder::Open(root));
  v1::ExportLogRequest request;
  request.set_log(static_cast<std::uint32_t>(log));
  request.set_bundles(folder.bundles());
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(absl::Now() + kSweepDeadline));
  const auto stream = node.evidence().ExportLog(&call, request);
  v1::ExportLogResponse file;
  absl::Status stored;
  std::string checkpoint;
  Exported exported;
  while (stored.ok() && stream->Read(&file)) {
    ++exported.files;
    if (file.path() == storage::kCheckpointFile) {
      checkpoint = file.content();
    } else {
      stored = folder.Put(file.path(), file.content());
    }
  }
  if (!stored.ok()) call.TryCancel();
  const absl::Status sent = rpc::FromGrpc(stream->Finish());
  MINGA_RETURN_IF_ERROR(stored);
  MINGA_RETURN_IF_ERROR(sent);
  if (checkpoint.empty()) {
    return absl::DataLossError("the export ended without its checkpoint");
  }
  MINGA_RETURN_IF_ERROR(folder.Finish(file.size(), checkpoint));
  exported.entries = file.size();
  exported.had_some = folder.bundles() > 0;
  exported.logs = static_cast<int>(file.logs());
  return exported;
}

absl::Status Export(Context& context, const std::string& root) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  Exported all;
  // The node may close a log meanwhile: there is one more then.
  for (int log = 0; log == 0 || log < all.logs; ++log) {
    const std::string folder = log == 0 ? root : absl::StrCat(root, "/", log);
    MINGA_ASSIGN_OR_RETURN(const Exported one, ExportOne(*node, log, folder));
    all.entries += one.entries;
    all.files += one.files;
    all.had_some = all.had_some || one.had_some;
    all.logs = one.logs;
  }
  v1::ExportLogResponse report;
  report.set_path(root);
  report.set_size(all.entries);
  report.set_logs(static_cast<std::uint32_t>(all.logs));
  context.Print(
      absl::StrCat(
          root, ": ", Count(all.entries), " entries",
          all.logs > 1 ? absl::StrCat(" in ", all.logs, " logs") : "", ", ",
          Count(all.files), " files written",
          all.had_some ? ", the rest was there" : "",
          "\ncheck it, without a node:\n  minga audit verify --folder ", root,
          " --key VKEY\n"),
      report);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NoteVerifier>> ReadKeys(
    const std::vector<std::string>& vkeys, NoteKeyType type,
    absl::string_view option) {
  std::vector<NoteVerifier> keys;
  for (const std::string& vkey : vkeys) {
    absl::StatusOr<NoteVerifier> key = NoteVerifier::FromVkey(vkey);
    if (!key.ok()) return At(option, key.status());
    if (key->type != type) {
      return absl::InvalidArgumentError(
          absl::StrCat(option, ": `", key->name, "` is ",
                       type == NoteKeyType::kEd25519
                           ? "a cosigner's key; the log's is wanted"
                           : "a log's key; a cosigner's is wanted"));
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

struct FolderWords {
  std::string folder;
  std::vector<std::string> keys;
  std::vector<std::string> peer_keys;
  std::size_t quorum = 0;
  std::string since;
};

std::string Cosigners(const std::vector<storage::Cosigner>& cosigners) {
  return absl::StrJoin(
      cosigners, ", ", [](std::string* out, const storage::Cosigner& one) {
        absl::StrAppend(out, one.name, " at ",
                        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", one.at,
                                         absl::UTCTimeZone()));
      });
}

std::string VerdictText(const storage::FolderVerdict& verdict,
                        std::size_t peer_keys) {
  std::string text;
  if (!verdict.faults.empty()) {
    text = "THE EXPORT DOES NOT HOLD\n";
    for (const std::string& fault : verdict.faults) {
      absl::StrAppend(&text, "  ", fault, "\n");
    }
    return text;
  }
  text = absl::StrCat("the export holds: log `", verdict.origin, "`, ",
                      Count(verdict.size), " entries, root ",
                      Base64(AsView(verdict.root)), "\n");
  if (verdict.closed > 0) {
    absl::StrAppend(&text, "it continues ", verdict.closed,
                    " closed logs, which hold too: ", Count(verdict.entries),
                    " entries in all\n");
  }
  if (verdict.pruned > 0) {
    absl::StrAppend(&text, Count(verdict.pruned),
                    " entries were pruned, as the log says; their hashes "
                    "hold\n");
  }
  if (verdict.since_size > 0) {
    absl::StrAppend(&text, "it continues the older checkpoint over ",
                    Count(verdict.since_size), " entries\n");
  }
  absl::StrAppend(&text, "cosigned by ", verdict.trusted.size(), " of the ",
                  peer_keys, " peers whose keys you gave");
  if (!verdict.trusted.empty() || !verdict.claimed.empty()) {
    absl::StrAppend(&text, ", up to entry ", Count(verdict.cosigned_size));
  }
  absl::StrAppend(&text, "\n");
  if (!verdict.trusted.empty()) {
    absl::StrAppend(&text, "  ", Cosigners(verdict.trusted), "\n");
  }
  if (!verdict.claimed.empty()) {
    absl::StrAppend(&text,
                    "and under keys that only the folder names (give them with "
                    "--peer-key once you have them from the peers):\n  ",
                    Cosigners(verdict.claimed), "\n");
  }
  return text;
}

absl::Status VerifyFolderOf(Context& context, const FolderWords& words) {
  storage::FolderQuestion question;
  MINGA_ASSIGN_OR_RETURN(question.log_keys,
                         ReadKeys(words.keys, NoteKeyType::kEd25519, "--key"));
  MINGA_ASSIGN_OR_RETURN(
      question.peer_keys,
      ReadKeys(words.peer_keys, NoteKeyType::kEd25519Cosignature,
               "--peer-key"));
  question.quorum = words.quorum;
  if (!words.since.empty()) {
    MINGA_ASSIGN_OR_RETURN(question.since,
                           ReadFile(words.since, kNoteBytesMax));
  }
  const storage::FolderFiles files(words.folder);
  MINGA_ASSIGN_OR_RETURN(const storage::FolderVerdict verdict,
                         storage::VerifyFolder(files, question));
  v1::FolderReport report;
  report.set_origin(verdict.origin);
  report.set_size(verdict.size);
  report.set_root(ToBytes(verdict.root));
  report.set_cosigned_size(verdict.cosigned_size);
  report.set_since_size(verdict.since_size);
  report.set_closed(static_cast<std::uint32_t>(verdict.closed));
  report.set_entries(verdict.entries);
  for (const auto& one : verdict.trusted) {
    report.add_trusted_cosigners(one.name);
  }
  for (const auto& one : verdict.claimed) report.add_named_cosigners(one.name);
  for (const std::string& fault : verdict.faults) report.add_faults(fault);
  if (!verdict.faults.empty()) context.exit_code = kCheckFailed;
  context.Print(VerdictText(verdict, question.peer_keys.size()), report);
  return absl::OkStatus();
}

// "1,234", or "1/1,234" in log 1.
std::string HeadText(std::uint32_t log, std::uint64_t size) {
  return absl::StrCat(log == 0 ? "" : absl::StrCat(log, "/"), Count(size));
}

absl::Status Forks(Context& context) {
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  MINGA_ASSIGN_OR_RETURN(const v1::ListWitnessedResponse response,
                         rpc::Call(node->evidence(), &Evidence::ListWitnessed,
                                   v1::ListWitnessedRequest()));
  Table table({"PEER", "COSIGNED BY US", "HAS COSIGNED OURS"});
  for (const v1::WitnessedLog& log : response.logs()) {
    table.Add({log.country(), HeadText(log.cosigned_log(), log.cosigned_size()),
               HeadText(log.witnessed_log(), log.witnessed_size())});
  }
  std::string text = table.ToString();
  if (!response.signing_stopped().empty()) {
    absl::StrAppend(
        &text, "\nNO CHECKPOINT IS SIGNED: ", response.signing_stopped(), "\n");
  }
  if (response.forks().empty()) absl::StrAppend(&text, "\nno forks found\n");
  for (const v1::ForkEvidence& fork : response.forks()) {
    context.exit_code = kCheckFailed;
    absl::StrAppend(
        &text, "\nFORK of the log of ", fork.country(), ", found ",
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                         absl::FromUnixSeconds(fork.found_at().seconds()),
                         absl::UTCTimeZone()),
        ": ",
        fork.kind() == v1::FORK_KIND_TWO_ROOTS
            ? "two roots at one size; `minga audit check-fork` proves it with "
              "these two notes"
            : "it could not show that the second continues the first; its "
              "entries decide (`audit verify --folder ... --since FIRST`)",
        "\n--- first, cosigned here\n", fork.first(), "--- second\n",
        fork.second());
  }
  context.Print(text, response);
  return absl::OkStatus();
}

absl::Status CheckFork(Context& context, const std::string& first,
                       const std::string& second,
                       const std::vector<std::string>& vkeys) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<NoteVerifier> keys,
                         ReadKeys(vkeys, NoteKeyType::kEd25519, "--key"));
  std::vector<storage::SignedCheckpoint> pair;
  for (const std::string& file : {first, second}) {
    MINGA_ASSIGN_OR_RETURN(const std::string note,
                           ReadFile(file, kNoteBytesMax));
    absl::StatusOr<storage::SignedCheckpoint> opened =
        storage::OpenCheckpoint(note, keys);
    if (!opened.ok()) return At(file, opened.status());
    pair.push_back(*std::move(opened));
  }
  const storage::CheckpointPair shown =
      storage::Compare(pair[0].body, pair[1].body);
  v1::ForkReport report;
  report.set_origin(pair[0].body.origin);
  report.set_first_size(pair[0].body.size);
  report.set_second_size(pair[1].body.size);
  report.set_fork(shown == storage::CheckpointPair::kFork);
  report.set_same(shown == storage::CheckpointPair::kSame);
  std::string text;
  switch (shown) {
    case storage::CheckpointPair::kFork:
      context.exit_code = kCheckFailed;
      text = absl::StrCat("FORK: `", report.origin(), "` has signed two ",
                          "histories of ", Count(report.first_size()),
                          " entries. These two notes prove it to anybody.\n");
      break;
    case storage::CheckpointPair::kSame:
      text = absl::StrCat("no fork: both are over the same ",
                          Count(report.first_size()), " entries\n");
      break;
    case storage::CheckpointPair::kUndecided:
      text = absl::StrCat(
          "undecided: they are over ",
          pair[0].log == pair[1].log ? "" : "two logs of the node, ",
          Count(report.first_size()), " and ", Count(report.second_size()),
          " entries. The entries of the longer one tell: minga audit verify "
          "--folder EXPORT --since THE-SHORTER --key VKEY\n");
      break;
  }
  context.Print(text, report);
  return absl::OkStatus();
}

void AddFolderOptions(CLI::App& verify, Context& context,
                      std::function<absl::Status()> own_log) {
  auto words = std::make_shared<FolderWords>();
  CLI::Option* folder = verify.add_option(
      "--folder", words->folder,
      "An exported folder instead of the node's own log; needs no node");
  CLI::Option* key =
      verify
          .add_option("--key", words->keys,
                      "The log's verifier key, as its country publishes it; "
                      "again for retired ones")
          ->needs(folder);
  verify
      .add_option("--peer-key", words->peer_keys,
                  "A peer's cosigning key, as that country publishes it; "
                  "again for each")
      ->needs(folder);
  verify
      .add_option("--quorum", words->quorum,
                  "How many of these must have cosigned")
      ->needs(folder);
  verify
      .add_option("--since", words->since,
                  "An older checkpoint of the log, which this must continue")
      ->needs(folder);
  folder->needs(key);
  verify.callback([=, own_log = std::move(own_log), &context] {
    context.run = folder->count() == 0 ? own_log : [=, &context] {
      return VerifyFolderOf(context, *words);
    };
  });
}

}  // namespace

void AddEvidenceCommands(CLI::App& audit, CLI::App& verify,
                         std::function<absl::Status()> verify_own_log,
                         Context& context) {
  AddFolderOptions(verify, context, std::move(verify_own_log));

  auto root = std::make_shared<std::string>();
  CLI::App* export_log = audit.add_subcommand(
      "export",
      "The log as plain files for an auditor; goes on where it was cut off");
  export_log->add_option("folder", *root, "New, or of an earlier export")
      ->required();
  export_log->callback([root, &context] {
    context.run = [root, &context] { return Export(context, *root); };
  });

  CLI::App* forks = audit.add_subcommand(
      "forks", "Who is witness to whose log; logs with two histories");
  forks->callback(
      [&context] { context.run = [&context] { return Forks(context); }; });

  auto first = std::make_shared<std::string>();
  auto second = std::make_shared<std::string>();
  auto keys = std::make_shared<std::vector<std::string>>();
  CLI::App* check = audit.add_subcommand(
      "check-fork",
      "Whether two checkpoints prove two histories; needs no node");
  check->add_option("first", *first, "A checkpoint file")->required();
  check->add_option("second", *second, "Another one")->required();
  check->add_option("--key", *keys, "The log's verifier key; again for retired")
      ->required();
  check->callback([=, &context] {
    context.run = [=, &context] {
      return CheckFork(context, *first, *second, *keys);
    };
  });
}

}  // namespace minga::cli
