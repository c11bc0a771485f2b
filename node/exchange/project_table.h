// The shape of a projection table: a name of the policy schema and the function
// that copies what it stands for. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_PROJECT_TABLE_H_
#define MINGA_NODE_EXCHANGE_PROJECT_TABLE_H_

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/decision.h"
#include "policy/schema.h"

namespace minga::exchange {

template <typename Message>
struct TableRow {
  absl::string_view field;
  // Called with a level above SUPPRESS only.
  void (*copy)(const Message& in, policy::Level level, Message& out);
};

// The rows with their ids in the schema. A row whose name the schema does not
// have is left out, so that nothing permits it (a test sees to it that there is
// none).
template <typename Message>
class Table {
 public:
  Table(RecordKind kind, absl::Span<const TableRow<Message>> rows) {
    const policy::KindSchema& schema = policy::SchemaOf(kind);
    for (const TableRow<Message>& row : rows) {
      const std::optional<policy::FieldId> id = schema.FindField(row.field);
      if (id.has_value()) rows_.emplace_back(*id, row);
    }
  }

  void Apply(const Message& in, const policy::Decision& decision,
             Message& out) const {
    for (const auto& [id, row] : rows_) {
      const policy::Level level = decision.levels[id];
      if (!level.suppressed()) row.copy(in, level, out);
    }
  }

  std::vector<absl::string_view> Fields() const {
    std::vector<absl::string_view> names;
    for (const auto& [id, row] : rows_) names.push_back(row.field);
    return names;
  }

 private:
  std::vector<std::pair<policy::FieldId, TableRow<Message>>> rows_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PROJECT_TABLE_H_
