#include "storage/sqlite/dictionary.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kFind[] =
    "SELECT reason FROM reason WHERE code = ?1 AND explanation = ?2"
    " AND basis = ?3";
constexpr char kInsert[] =
    "INSERT INTO reason (code, explanation, basis) VALUES (?1, ?2, ?3)";
constexpr char kGet[] =
    "SELECT code, explanation, basis FROM reason WHERE reason = ?1";

// Beyond this a policy makes explanations of its own for each record; memory
// must not grow with them.
constexpr std::size_t kRememberedMax = 16384;

}  // namespace

absl::Status Dictionary::Prepare(Connection& connection) {
  return connection.Prepare(
      {{&find_, kFind}, {&insert_, kInsert}, {&get_, kGet}});
}

absl::StatusOr<std::int64_t> Dictionary::Number(absl::string_view code,
                                                absl::string_view explanation,
                                                absl::string_view basis) {
  constexpr absl::string_view kNul("\0", 1);
  std::string key = absl::StrCat(code, kNul, explanation, kNul, basis);
  if (const auto known = numbers_.find(key); known != numbers_.end()) {
    return known->second;
  }
  if (numbers_.size() >= kRememberedMax) numbers_.clear();
  {
    Run run(find_, code, explanation, Bytes{basis});
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (found) return numbers_[std::move(key)] = run.Int(0);
  }
  Run run(insert_, code, explanation, Bytes{basis});
  MINGA_RETURN_IF_ERROR(run.Finish());
  return numbers_[std::move(key)] = run.LastRow();
}

absl::StatusOr<const Dictionary::Reason*> Dictionary::Find(
    std::int64_t number) const {
  if (const auto known = reasons_.find(number); known != reasons_.end()) {
    return &known->second;
  }
  if (reasons_.size() >= kRememberedMax) reasons_.clear();
  Run run(get_, number);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) {
    return absl::DataLossError(
        absl::StrCat("database: no reason has number ", number));
  }
  return &(reasons_[number] =
               Reason{run.String(0), run.String(1), run.String(2)});
}

void Dictionary::Forget() {
  numbers_.clear();
  reasons_.clear();
}

}  // namespace minga::storage::sqlite
