#include "node/exchange/import/mapping_loader.h"

#include <utility>

#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::importing {

absl::Status MappingLoader::Run() {
  MINGA_RETURN_IF_ERROR(Source());
  MINGA_RETURN_IF_ERROR(Id());
  MINGA_RETURN_IF_ERROR(CodeTables());
  mapping_.record = std::make_unique<v1::Record>();
  Root();  // so that a record without constants is of its kind too
  MINGA_RETURN_IF_ERROR(Constants());
  MINGA_RETURN_IF_ERROR(Columns());
  MINGA_RETURN_IF_ERROR(Products());
  MINGA_RETURN_IF_ERROR(document_.Done());
  if (mapping_.rules.empty()) {
    return Wrong(mapping_.file, document_.table(), "no column is mapped");
  }
  return absl::OkStatus();
}

google::protobuf::Message& MappingLoader::Root() {
  if (mapping_.kind == RecordKind::kProfile) {
    return *mapping_.record->mutable_profile();
  }
  return *mapping_.record->mutable_vacancy();
}

absl::Status MappingLoader::GetZone(TomlTable& table, absl::TimeZone& zone) {
  std::string text;
  table.Get("zone", text);
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<absl::TimeZone> parsed = ParseZone(text);
  if (!parsed.ok()) {
    table.Fail(*table.Get("zone"), parsed.status().message());
    return table.Done();
  }
  zone = *parsed;
  return absl::OkStatus();
}

absl::Status MappingLoader::Source() {
  const toml::table* const node = document_.GetTable("source");
  if (node == nullptr) {
    MINGA_RETURN_IF_ERROR(document_.status());
    return Wrong(mapping_.file, document_.table(),
                 "section [source] is missing");
  }
  TomlTable source(mapping_.file, *node);
  std::string format;
  std::string kind;
  std::string encoding = "utf-8";
  source.Get("format", format);
  source.Get("kind", kind);
  source.Get("encoding", encoding);
  source.Get("delimiter", mapping_.dialect.delimiter, false);
  source.Get("quote", mapping_.dialect.quote, false);
  source.Get("header", mapping_.header);
  source.Get("columns", mapping_.columns);
  source.Get("ignore", mapping_.ignored);
  source.Get("decimal", number_.decimal, false);
  source.Get("thousands", number_.thousands, true);
  MINGA_RETURN_IF_ERROR(GetZone(source, zone_));
  MINGA_RETURN_IF_ERROR(source.Done());
  if (format != "csv") {
    return Wrong(mapping_.file, *node, "`format` is not \"csv\"");
  }
  if (kind != "vacancy" && kind != "profile") {
    return Wrong(mapping_.file, *node,
                 "`kind` is neither \"vacancy\" nor \"profile\"");
  }
  mapping_.kind =
      kind == "vacancy" ? RecordKind::kVacancy : RecordKind::kProfile;
  if (encoding == "latin1") {
    mapping_.dialect.encoding = Encoding::kLatin1;
  } else if (encoding == "windows-1252") {
    mapping_.dialect.encoding = Encoding::kWindows1252;
  } else if (encoding != "utf-8") {
    return Wrong(mapping_.file, *node,
                 "`encoding` is not \"utf-8\", \"latin1\" or \"windows-1252\"");
  }
  if (mapping_.header != mapping_.columns.empty()) {
    return Wrong(mapping_.file, *node,
                 "`columns` belongs to a file with `header = false`");
  }
  if (mapping_.dialect.delimiter == mapping_.dialect.quote) {
    return Wrong(mapping_.file, *node, "`delimiter` and `quote` are the same");
  }
  return absl::OkStatus();
}

absl::Status MappingLoader::Id() {
  const toml::table* const node = document_.GetTable("id");
  if (node == nullptr) {
    MINGA_RETURN_IF_ERROR(document_.status());
    return Wrong(mapping_.file, document_.table(), "section [id] is missing");
  }
  TomlTable id(mapping_.file, *node);
  id.Get("digest", mapping_.id.digest);
  id.Get("prefix", mapping_.id.prefix);
  id.Get("columns", mapping_.id.columns);
  mapping_.id.place = PlaceOf(mapping_.file, *node);
  MINGA_RETURN_IF_ERROR(id.Done());
  if (!mapping_.id.digest && mapping_.id.columns.empty()) {
    return Wrong(mapping_.file, *node,
                 "an id needs `columns` or `digest = true`");
  }
  // The digest takes 16 characters and the number of a repetition up to 8.
  if (mapping_.id.prefix.size() + 24 > kRecordIdBytesMax) {
    return Wrong(mapping_.file, *node, "`prefix` is too long");
  }
  if (!mapping_.id.prefix.empty() &&
      !ValidateRecordId(mapping_.id.prefix).ok()) {
    return Wrong(mapping_.file, *node,
                 "`prefix` has characters that ids may not have");
  }
  return absl::OkStatus();
}

absl::Status MappingLoader::CodeTables() {
  const toml::table* const node = document_.GetTable("tables");
  if (node == nullptr) return document_.status();
  for (const std::string& name : KeysOf(*node)) {
    const toml::node& entry = *node->get(name);
    if (!entry.is_table()) {
      return Wrong(mapping_.file, entry, "expected [tables.NAME]");
    }
    auto table = std::make_shared<Table>();
    for (const auto& [key, value] : *entry.as_table()) {
      const auto* const code = value.as_string();
      if (code == nullptr) {
        return Wrong(mapping_.file, value, "a code is a text in quotes");
      }
      (*table)[std::string(key.str())] = code->get();
    }
    tables_[name] = std::move(table);
  }
  return absl::OkStatus();
}

}  // namespace minga::importing
