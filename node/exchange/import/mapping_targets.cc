// The parts of a mapping that say what is written where.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/mapping_loader.h"
#include "node/exchange/import/target_writer.h"

namespace minga::importing {
namespace {

constexpr std::size_t kNameBytesMax = 100;
constexpr absl::string_view kConsentPrefix = "consent.";
constexpr std::int64_t kScaleMax = 1'000'000;

}  // namespace

absl::Status MappingLoader::Path(const toml::node& node, absl::string_view path,
                                 Target& target) {
  target.in_consent = mapping_.kind == RecordKind::kProfile &&
                      absl::StartsWith(path, kConsentPrefix);
  if (path == "id") {
    return Wrong(mapping_.file, node, "the id is made by section [id]");
  }
  const google::protobuf::Descriptor* root = Root().GetDescriptor();
  if (target.in_consent) {
    path.remove_prefix(kConsentPrefix.size());
    root = v1::Consent::descriptor();
    if (mapping_.consent == nullptr) {
      mapping_.consent = std::make_unique<v1::Consent>();
    }
  }
  absl::StatusOr<FieldPath> field = FieldPath::Parse(*root, path);
  if (!field.ok()) {
    return Wrong(mapping_.file, node, field.status().message());
  }
  target.field = *std::move(field);
  return absl::OkStatus();
}

absl::Status MappingLoader::Constant(const Target& target,
                                     const toml::node& node) {
  std::string text;
  if (const auto* const word = node.as_string()) {
    text = word->get();
  } else if (const auto* const number = node.as_integer()) {
    text = absl::StrCat(number->get());
  } else if (const auto* const flag = node.as_boolean()) {
    text = flag->get() ? "true" : "false";
  } else {
    return Wrong(mapping_.file, node,
                 "a constant is a text, a whole number, true or false");
  }
  google::protobuf::Message& root =
      target.in_consent
          ? static_cast<google::protobuf::Message&>(*mapping_.consent)
          : Root();
  const absl::StatusOr<bool> wrote = WriteValue(target, text, root);
  if (!wrote.ok()) return Wrong(mapping_.file, node, wrote.status().message());
  return absl::OkStatus();
}

absl::Status MappingLoader::Constants() {
  const toml::table* const node = document_.GetTable("constants");
  if (node == nullptr) return document_.status();
  for (const std::string& path : KeysOf(*node)) {
    const toml::node& value = *node->get(path);
    Target target;
    MINGA_RETURN_IF_ERROR(Path(value, path, target));
    if (target.field.kind() == FieldPath::Kind::kMoment) {
      target.date = std::string(absl::RFC3339_full);
    }
    const toml::array* const values = value.as_array();
    if (values == nullptr) {
      MINGA_RETURN_IF_ERROR(Constant(target, value));
      continue;
    }
    if (!target.field.many()) {
      return Wrong(mapping_.file, value,
                   absl::StrCat("`", path, "` takes one value"));
    }
    for (const toml::node& one : *values) {
      MINGA_RETURN_IF_ERROR(Constant(target, one));
    }
  }
  return absl::OkStatus();
}

absl::Status MappingLoader::TargetOptions(TomlTable& options, Target& target) {
  std::string table;
  std::string outside = "refuse";
  options.Get("required", target.required);
  options.Get("default", target.fallback);
  options.Get("clean", target.clean);
  options.Get("split", target.split, false);
  options.Get("table", table);
  options.Get("outside", outside);
  options.Get("decimal", target.number.decimal, false);
  options.Get("thousands", target.number.thousands, true);
  options.Get("scale", target.scale);
  options.Get("round", target.round);
  options.Get("min", target.min);
  options.Get("max", target.max);
  options.Get("yes", target.yes);
  options.Get("no", target.no);
  options.Get("date", target.date);
  MINGA_RETURN_IF_ERROR(GetZone(options, target.zone));
  MINGA_RETURN_IF_ERROR(options.Done());
  const toml::table& node = options.table();
  if (outside != "refuse" && outside != "omit") {
    return Wrong(mapping_.file, node,
                 "`outside` is neither \"refuse\" nor \"omit\"");
  }
  target.omit_outside = outside == "omit";
  if (target.scale < 1 || target.scale > kScaleMax) {
    return Wrong(mapping_.file, node,
                 absl::StrCat("`scale` is not 1..", kScaleMax));
  }
  if (target.number.decimal == target.number.thousands) {
    return Wrong(mapping_.file, node, "`decimal` and `thousands` are the same");
  }
  if (table.empty()) return absl::OkStatus();
  const auto found = tables_.find(table);
  if (found == tables_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, unused] : tables_) known.push_back(name);
    const std::string nearest = Nearest(table, known);
    return Wrong(
        mapping_.file, node,
        absl::StrCat("no [tables.", Printable(table, kNameBytesMax), "]",
                     nearest.empty()
                         ? ""
                         : absl::StrCat("; did you mean `", nearest, "`?")));
  }
  target.table = found->second;
  return absl::OkStatus();
}

absl::StatusOr<Target> MappingLoader::OneTarget(const toml::node& node) {
  Target target;
  target.number = number_;
  target.zone = zone_;
  if (const auto* const path = node.as_string()) {
    MINGA_RETURN_IF_ERROR(Path(node, path->get(), target));
  } else if (const toml::table* const table = node.as_table()) {
    TomlTable options(mapping_.file, *table);
    std::string name;
    options.Get("field", name);
    options.Get("columns");  // of a product, read by Products
    MINGA_RETURN_IF_ERROR(TargetOptions(options, target));
    if (name.empty()) return Wrong(mapping_.file, node, "`field` is missing");
    MINGA_RETURN_IF_ERROR(Path(*table->get("field"), name, target));
  } else {
    return Wrong(mapping_.file, node,
                 "expected the name of a field or { field = ... }");
  }
  const absl::Status fits = CheckTarget(target);
  if (!fits.ok()) return Wrong(mapping_.file, node, fits.message());
  return target;
}

absl::Status MappingLoader::Columns() {
  const toml::table* const node = document_.GetTable("columns");
  if (node == nullptr) return document_.status();
  for (const std::string& column : KeysOf(*node)) {
    const toml::node& entry = *node->get(column);
    ColumnRule rule;
    rule.place = PlaceOf(mapping_.file, entry);
    rule.columns = {column};
    const auto add = [this, &rule](const toml::node& one) {
      if (one.is_table() && one.as_table()->contains("columns")) {
        return Wrong(mapping_.file, one, "`columns` belongs in [[products]]");
      }
      MINGA_ASSIGN_OR_RETURN(Target target, OneTarget(one));
      rule.targets.push_back(std::move(target));
      return absl::OkStatus();
    };
    if (const toml::array* const list = entry.as_array()) {
      for (const toml::node& one : *list) MINGA_RETURN_IF_ERROR(add(one));
    } else {
      MINGA_RETURN_IF_ERROR(add(entry));
    }
    mapping_.rules.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

absl::Status MappingLoader::Products() {
  const toml::node* const node = document_.Get("products");
  if (node == nullptr) return absl::OkStatus();
  const toml::array* const products = node->as_array();
  if (products == nullptr) {
    return Wrong(mapping_.file, *node, "expected [[products]]");
  }
  for (const toml::node& one : *products) {
    const toml::table* const table = one.as_table();
    if (table == nullptr) {
      return Wrong(mapping_.file, one, "expected [[products]]");
    }
    ColumnRule rule;
    rule.place = PlaceOf(mapping_.file, one);
    TomlTable(mapping_.file, *table).Get("columns", rule.columns);
    if (rule.columns.size() != 2) {
      return Wrong(mapping_.file, one, "a product is of two `columns`");
    }
    MINGA_ASSIGN_OR_RETURN(Target target, OneTarget(one));
    if (target.field.kind() != FieldPath::Kind::kInteger) {
      return Wrong(mapping_.file, one, "a product goes into a number field");
    }
    rule.targets.push_back(std::move(target));
    mapping_.rules.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

}  // namespace minga::importing
