#include "node/cli/put_rows.h"

#include <cstdio>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/base/crypto/hash_stream.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"
#include "node/rpc/admin_client.h"
#include "policy/redaction/counts.h"

namespace minga::cli {
namespace {

using policy::redaction::Counts;
using policy::redaction::Kind;

// Bad rows shown on the screen when no report file is asked for.
constexpr int kReasonsShown = 10;
// A request stays below the message limit of the socket.
constexpr std::size_t kBatchBytesMax = 2 * 1024 * 1024;
constexpr std::size_t kReasonBytesMax = 500;

struct BadRow {
  std::uint64_t line = 0;
  std::string reason;
};

struct Totals {
  std::uint64_t rows = 0, inserted = 0, replaced = 0, unchanged = 0,
                refused = 0;
  std::uint64_t redacted_records = 0;
  Counts redacted;
  std::vector<BadRow> bad;  // the first kImportErrorsListedMax

  void Refuse(std::uint64_t line, absl::string_view reason) {
    ++refused;
    if (bad.size() < kImportErrorsListedMax) {
      bad.push_back({line, Printable(reason, kReasonBytesMax)});
    }
  }

  void Redact(const v1::Redacted& found) {
    Counts counts;
    counts.Of(Kind::kIdentifier) = found.identifiers();
    counts.Of(Kind::kPhone) = found.phones();
    counts.Of(Kind::kEmail) = found.emails();
    counts.kept = found.contacts_kept();
    redacted_records += counts.total() > 0 ? 1 : 0;
    redacted += counts;
  }
};

struct Batch {
  v1::PutRecordsRequest request;
  std::vector<std::uint64_t> lines;
  std::size_t bytes = 0;
};

// Sends one batch while the next is being read.
class Sender {
 public:
  Sender(rpc::AdminClient& node, Totals& totals)
      : node_(node), totals_(totals) {}

  absl::Status Send(Batch batch) {
    MINGA_RETURN_IF_ERROR(Wait());
    sent_ = std::move(batch);
    answer_ = std::async(std::launch::async, [this] {
      return rpc::Call(node_.pes(), &v1::PesService::StubInterface::PutRecords,
                       sent_.request);
    });
    return absl::OkStatus();
  }

  // Waits for the batch in flight and counts its results.
  absl::Status Wait() {
    if (!answer_.valid()) return absl::OkStatus();
    MINGA_ASSIGN_OR_RETURN(const v1::PutRecordsResponse response,
                           answer_.get());
    for (int i = 0; i < response.results_size(); ++i) {
      const v1::PutResult& result = response.results(i);
      totals_.Redact(result.redacted());
      switch (result.outcome()) {
        case v1::PUT_OUTCOME_INSERTED:
          ++totals_.inserted;
          break;
        case v1::PUT_OUTCOME_REPLACED:
          ++totals_.replaced;
          break;
        case v1::PUT_OUTCOME_UNCHANGED:
          ++totals_.unchanged;
          break;
        default:
          totals_.Refuse(sent_.lines[static_cast<std::size_t>(i)],
                         result.error());
      }
    }
    return absl::OkStatus();
  }

 private:
  rpc::AdminClient& node_;
  Totals& totals_;
  Batch sent_;
  std::future<absl::StatusOr<v1::PutRecordsResponse>> answer_;
};

void AddRow(importing::Row row, Batch& batch) {
  if (row.consent != nullptr && row.record->has_profile()) {
    (*batch.request.mutable_consents())[row.record->profile().id()] =
        std::move(*row.consent);
  }
  batch.bytes += row.record->ByteSizeLong();
  batch.lines.push_back(row.line);
  batch.request.mutable_records()->AddAllocated(row.record.release());
}

absl::Status Report(const ImportOptions& options, const Totals& totals) {
  if (!options.report.empty()) {
    std::string text = "line\treason\n";
    for (const BadRow& row : totals.bad) {
      absl::StrAppend(&text, row.line, "\t", row.reason, "\n");
    }
    if (totals.refused > totals.bad.size()) {
      absl::StrAppend(&text, "\tand ", totals.refused - totals.bad.size(),
                      " more\n");
    }
    return WriteFile(options.report, text);
  }
  int shown = 0;
  for (const BadRow& row : totals.bad) {
    if (++shown > kReasonsShown) break;
    absl::FPrintF(stderr, "%s:%d: %s\n", options.path, row.line, row.reason);
  }
  if (totals.refused > kReasonsShown) {
    absl::FPrintF(stderr, "and %d more; --report FILE lists them\n",
                  totals.refused - kReasonsShown);
  }
  return absl::OkStatus();
}

void PrintRedacted(const Totals& totals) {
  const Counts& redacted = totals.redacted;
  if (redacted.total() > 0) {
    absl::PrintF("redacted: %s in %s record%s\n", CountsText(redacted),
                 Grouped(static_cast<std::int64_t>(totals.redacted_records)),
                 totals.redacted_records == 1 ? "" : "s");
  }
  if (redacted.kept > 0) {
    absl::PrintF("kept in instructions: %d published business contact%s\n",
                 redacted.kept, redacted.kept == 1 ? "" : "s");
  }
}

void PrintTotals(const Context& context, const ImportOptions& options,
                 const Totals& totals, absl::Duration took) {
  const double seconds = std::max(1e-3, absl::ToDoubleSeconds(took));
  const auto rate =
      static_cast<std::int64_t>(static_cast<double>(totals.rows) / seconds);
  if (context.json) {
    absl::PrintF(
        "{\"rows\":%d,\"inserted\":%d,\"replaced\":%d,\"unchanged\":%d,"
        "\"refused\":%d,\"redacted\":{\"records\":%d,\"identifiers\":%d,"
        "\"phones\":%d,\"emails\":%d,\"contacts_kept\":%d},"
        "\"dry_run\":%s,\"seconds\":%.3f}\n",
        totals.rows, totals.inserted, totals.replaced, totals.unchanged,
        totals.refused, totals.redacted_records,
        totals.redacted.Of(Kind::kIdentifier), totals.redacted.Of(Kind::kPhone),
        totals.redacted.Of(Kind::kEmail), totals.redacted.kept,
        options.dry_run ? "true" : "false", seconds);
    return;
  }
  absl::PrintF(
      "%s%s rows: %s new, %s replaced, %s unchanged, %s refused "
      "(%.1f s, %s rows/s)\n",
      options.dry_run ? "dry run, nothing stored: " : "",
      Grouped(static_cast<std::int64_t>(totals.rows)),
      Grouped(static_cast<std::int64_t>(totals.inserted)),
      Grouped(static_cast<std::int64_t>(totals.replaced)),
      Grouped(static_cast<std::int64_t>(totals.unchanged)),
      Grouped(static_cast<std::int64_t>(totals.refused)), seconds,
      Grouped(rate));
  PrintRedacted(totals);
}

absl::Status ReadAndSend(const ImportOptions& options,
                         importing::RecordSource& source, Sender& sender,
                         Totals& totals) {
  ProgressBar bar("importing", source.progress().total_bytes);
  Batch batch;
  batch.request.set_dry_run(options.dry_run);
  const auto flush = [&]() -> absl::Status {
    if (batch.lines.empty()) return absl::OkStatus();
    MINGA_RETURN_IF_ERROR(sender.Send(std::exchange(batch, Batch())));
    batch.request.set_dry_run(options.dry_run);
    return absl::OkStatus();
  };
  while (true) {
    MINGA_ASSIGN_OR_RETURN(std::optional<importing::Row> row, source.Next());
    if (!row) break;
    ++totals.rows;
    if (!row->status.ok()) {
      totals.Refuse(row->line, row->status.message());
      continue;
    }
    AddRow(*std::move(row), batch);
    if (batch.lines.size() >= kPutBatchRecordsMax ||
        batch.bytes >= kBatchBytesMax) {
      MINGA_RETURN_IF_ERROR(flush());
      bar.Update(source.progress().read_bytes,
                 absl::StrCat(Grouped(static_cast<std::int64_t>(totals.rows)),
                              " rows"));
    }
  }
  MINGA_RETURN_IF_ERROR(flush());
  return sender.Wait();
}

// SHA-256 of a file's bytes; empty for standard input, which is read once only.
absl::StatusOr<std::string> DigestOfFile(const std::string& path) {
  if (path.empty() || path == "-") return std::string();
  std::ifstream file(path, std::ios::binary);
  Sha256Stream digest;
  std::string chunk(1 << 20, '\0');
  while (file.good()) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    digest.Add({chunk.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) {
    return absl::UnknownError(absl::StrCat("`", path, "`: cannot be read"));
  }
  return ToBytes(digest.Finish());
}

// The audit log says which file went in.
absl::Status LogImport(rpc::AdminClient& node, const ImportOptions& options,
                       const std::string& file_digest, const Totals& totals,
                       bool stopped) {
  v1::LogImportRequest request;
  request.set_file_digest(file_digest);
  MINGA_ASSIGN_OR_RETURN(*request.mutable_mapping_digest(),
                         DigestOfFile(options.mapping));
  request.set_inserted(totals.inserted);
  request.set_replaced(totals.replaced);
  request.set_unchanged(totals.unchanged);
  request.set_refused(totals.refused);
  request.set_stopped(stopped);
  return rpc::Call(node.pes(), &v1::PesService::StubInterface::LogImport,
                   request)
      .status();
}

}  // namespace

absl::Status PutRows(Context& context, const ImportOptions& options) {
  importing::ReadOptions read;
  read.bare_kind = options.bare_kind;
  if (!options.mapping.empty()) {
    MINGA_ASSIGN_OR_RETURN(read.mapping,
                           importing::Mapping::Load(options.mapping));
  }
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<importing::RecordSource> source,
                         importing::OpenRecords(options.path, read));
  MINGA_ASSIGN_OR_RETURN(const std::string file_digest,
                         DigestOfFile(options.path));
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());

  Totals totals;
  const absl::Time start = absl::Now();
  Sender sender(*node, totals);
  absl::Status status = ReadAndSend(options, *source, sender, totals);
  if (!options.dry_run) {
    status.Update(LogImport(*node, options, file_digest, totals, !status.ok()));
  }
  MINGA_RETURN_IF_ERROR(Report(options, totals));
  PrintTotals(context, options, totals, absl::Now() - start);
  if (totals.refused > 0) context.exit_code = kSomeRefused;
  return status;
}

}  // namespace minga::cli
