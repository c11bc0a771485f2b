// RowMapper turns the rows of one CSV file into records as a mapping says.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_ROW_MAPPER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_ROW_MAPPER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"

namespace minga::importing {

// Memory: 16 bytes or so per row if ids are digests, for the repetitions.
// Threads: one.
class RowMapper {
 public:
  // Finds the mapping's columns among `header`. INVALID_ARGUMENT: a column is
  // missing (naming the nearest), appears twice, or is neither mapped nor
  // ignored.
  static absl::StatusOr<std::unique_ptr<RowMapper>> Bind(
      std::shared_ptr<const Mapping> mapping,
      const std::vector<std::string>& header);

  // Fills `row.record` and `row.consent`, or says in `row.status` why not.
  void Apply(const std::vector<std::string>& fields, Row& row);

 private:
  explicit RowMapper(std::shared_ptr<const Mapping> mapping);

  absl::Status Fill(const std::vector<std::string>& fields, Row& row);
  absl::StatusOr<bool> Write(const ColumnRule& rule,
                             const std::vector<std::size_t>& positions,
                             const Target& target,
                             const std::vector<std::string>& fields,
                             Row& row) const;
  absl::StatusOr<std::string> MakeId(const std::vector<std::string>& fields);

  const std::shared_ptr<const Mapping> mapping_;
  std::size_t width_ = 0;
  // Parallel to mapping_->rules: positions of their columns in a row.
  std::vector<std::vector<std::size_t>> positions_;
  std::vector<std::size_t> id_positions_;
  // One target of each numbered message after the first ("locations[1]") that
  // columns write to: if none of them had a value, the message is removed,
  // constants and all.
  std::vector<const Target*> elements_;
  absl::flat_hash_map<const Target*, std::size_t> element_of_;
  std::vector<bool> written_;  // parallel to elements_, of the current row
  // How often a digest was seen, by its first eight bytes.
  absl::flat_hash_map<std::uint64_t, std::uint32_t> seen_;
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_ROW_MAPPER_H_
