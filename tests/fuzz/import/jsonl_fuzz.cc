// Lines from anywhere: no crash, what is refused leaves nothing, and what is
// accepted is strict JSON and reads the same when it is written again.
#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "minga/v1/pes.pb.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/jsonl.h"

namespace {

using minga::RecordKind;

void Require(bool condition) {
  if (!condition) std::abort();
}

// Where protobuf's own parser reads the line too, it reads the same.
void CompareWithProtobuf(const std::string& line, RecordKind kind,
                         const minga::v1::Record& record) {
  if (kind != RecordKind::kVacancy) return;
  minga::v1::Vacancy vacancy;
  if (!google::protobuf::util::JsonStringToMessage(line, &vacancy).ok()) return;
  Require(vacancy.SerializeAsString() == record.vacancy().SerializeAsString());
}

void Check(const std::string& line, RecordKind kind) {
  minga::importing::Row row;
  const bool good = minga::importing::ParseRecordLine(line, kind, row).ok();
  Require(good == (row.record != nullptr));
  if (!good) {
    Require(row.consent == nullptr);
    return;
  }
  Require(minga::importing::CheckJson(line).ok());
  CompareWithProtobuf(line, kind, *row.record);
  const auto again =
      minga::importing::FormatRecordLine(*row.record, row.consent.get());
  Require(again.ok());
  minga::importing::Row second;
  Require(minga::importing::ParseRecordLine(*again, RecordKind::kUnspecified,
                                            second)
              .ok());
  Require(second.record->SerializeAsString() ==
          row.record->SerializeAsString());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string line(reinterpret_cast<const char*>(data), size);
  Check(line, RecordKind::kUnspecified);
  Check(line, RecordKind::kVacancy);
  Check(line, RecordKind::kProfile);
  return 0;
}
