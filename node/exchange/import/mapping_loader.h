// Reads one TOML document into one Mapping, section by section.
// Included only by the .cc files that load mappings: toml++ is heavy.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_MAPPING_LOADER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_MAPPING_LOADER_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/toml_table.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace minga::importing {

// REQUIRES: `mapping.file` is set; `mapping` and `document` outlive the loader.
class MappingLoader {
 public:
  MappingLoader(const toml::table& document, Mapping& mapping)
      : document_(mapping.file, document), mapping_(mapping) {}

  absl::Status Run();

 private:
  absl::Status Source();
  absl::Status Id();
  absl::Status CodeTables();
  absl::Status Constants();
  absl::Status Constant(const Target& target, const toml::node& node);
  absl::Status Columns();
  absl::Status Products();
  absl::StatusOr<Target> OneTarget(const toml::node& node);
  absl::Status TargetOptions(TomlTable& options, Target& target);
  static absl::Status GetZone(TomlTable& table, absl::TimeZone& zone);
  absl::Status Path(const toml::node& node, absl::string_view path,
                    Target& target);

  google::protobuf::Message& Root();

  TomlTable document_;
  Mapping& mapping_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Table>> tables_;
  NumberFormat number_;
  absl::TimeZone zone_ = absl::UTCTimeZone();
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_MAPPING_LOADER_H_
