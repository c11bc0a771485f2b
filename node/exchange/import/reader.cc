#include "node/exchange/import/reader.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/status.h"
#include "node/exchange/import/csv.h"
#include "node/exchange/import/jsonl.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/row_mapper.h"

namespace minga::importing {
namespace {

class CsvRecords final : public RecordSource {
 public:
  CsvRecords(std::unique_ptr<ByteSource> source,
             std::shared_ptr<const Mapping> mapping)
      : mapping_(std::move(mapping)),
        reader_(std::move(source), mapping_->dialect) {}

  absl::StatusOr<std::optional<Row>> Next() override {
    if (mapper_ == nullptr) MINGA_RETURN_IF_ERROR(Begin());
    MINGA_ASSIGN_OR_RETURN(const bool more, reader_.Next(csv_row_));
    if (!more) return std::nullopt;
    Row row;
    row.line = csv_row_.line;
    row.status = csv_row_.status;
    if (row.status.ok()) mapper_->Apply(csv_row_.fields, row);
    return row;
  }

  Progress progress() const override { return reader_.progress(); }

 private:
  // Takes the header and binds the mapping's columns to it.
  absl::Status Begin() {
    std::vector<std::string> columns = mapping_->columns;
    if (mapping_->header) {
      MINGA_ASSIGN_OR_RETURN(const bool more, reader_.Next(csv_row_));
      if (!more) return absl::InvalidArgumentError("file has no header");
      if (!csv_row_.status.ok()) return At("header", csv_row_.status);
      columns = csv_row_.fields;
    }
    MINGA_ASSIGN_OR_RETURN(mapper_, RowMapper::Bind(mapping_, columns));
    return absl::OkStatus();
  }

  const std::shared_ptr<const Mapping> mapping_;
  CsvReader reader_;
  CsvRow csv_row_;
  std::unique_ptr<RowMapper> mapper_;
};

}  // namespace

Row::Row() = default;
Row::Row(Row&&) noexcept = default;
Row& Row::operator=(Row&&) noexcept = default;
Row::~Row() = default;

absl::StatusOr<std::unique_ptr<RecordSource>> ReadRecords(
    std::unique_ptr<ByteSource> source, const ReadOptions& options) {
  if (options.mapping != nullptr) {
    return std::make_unique<CsvRecords>(std::move(source), options.mapping);
  }
  if (options.bare_kind != RecordKind::kUnspecified &&
      options.bare_kind != RecordKind::kVacancy &&
      options.bare_kind != RecordKind::kProfile) {
    return absl::InvalidArgumentError(
        absl::StrCat("records of kind `", KindName(options.bare_kind),
                     "` cannot be imported: expected `vacancy` or `profile`"));
  }
  return ReadJsonLines(std::move(source), options.bare_kind);
}

absl::StatusOr<std::unique_ptr<RecordSource>> OpenRecords(
    const std::string& path, const ReadOptions& options) {
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, OpenBytes(path));
  return ReadRecords(std::move(source), options);
}

}  // namespace minga::importing
