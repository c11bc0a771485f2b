#include "node/config.h"

// Header-only and without exceptions: the packaged library is built with them.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_WINDOWS_COMPAT 0
// Without its assertions toml++ 3.3 reports what it would abort at ("[[[a]]]").
// The same in node/exchange/import/toml_table.h: the linker joins the parsers.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/config_bounds.h"
#include "node/exchange/import/toml_check.h"
#include "node/files.h"

namespace minga {
namespace {

constexpr std::size_t kEchoBytesMax = 80;
constexpr std::size_t kPathBytesMax = 4096;  // PATH_MAX

absl::string_view View(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// Reads the keys of one table; what it has not been asked for is unknown.
class TableReader {
 public:
  TableReader(const toml::table& table, absl::string_view file,
              absl::string_view section)
      : table_(table), file_(file), section_(section) {}

  absl::Status ErrorAt(const toml::source_region& where,
                       absl::string_view message) const {
    return absl::InvalidArgumentError(absl::StrCat(
        file_, ":", where.begin.line, ":", where.begin.column, ": ", message));
  }

  absl::Status Error(absl::string_view key, absl::string_view message) const {
    const toml::node* node =
        table_.get(std::string_view(key.data(), key.size()));
    return ErrorAt(node == nullptr ? table_.source() : node->source(),
                   absl::StrCat("`", Name(key), "`: ", message));
  }

  // The node if it is there and of the type, with the key marked as known.
  template <typename T>
  absl::StatusOr<const toml::value<T>*> Find(absl::string_view key,
                                             absl::string_view type) {
    const toml::node* node = Mark(key);
    if (node == nullptr) return nullptr;
    const toml::value<T>* value = node->as<T>();
    if (value == nullptr) {
      return Error(key, absl::StrCat("must be ", type));
    }
    return value;
  }

  absl::Status String(absl::string_view key, std::string& out) {
    MINGA_ASSIGN_OR_RETURN(const auto* value,
                           Find<std::string>(key, "a string in quotes"));
    if (value != nullptr) out = value->get();
    return absl::OkStatus();
  }

  absl::Status Int(absl::string_view key, int min, int max, int& out) {
    MINGA_ASSIGN_OR_RETURN(const auto* value,
                           Find<std::int64_t>(key, "a whole number"));
    if (value == nullptr) return absl::OkStatus();
    if (value->get() < min || value->get() > max) {
      return Error(key,
                   absl::StrCat(value->get(), " is not in ", min, "..", max));
    }
    out = static_cast<int>(value->get());
    return absl::OkStatus();
  }

  absl::Status Strings(absl::string_view key, std::vector<std::string>& out) {
    const toml::node* node = Mark(key);
    if (node == nullptr) return absl::OkStatus();
    const toml::array* items = node->as_array();
    if (items == nullptr) {
      return Error(key, "must be a list of strings, [\"...\"]");
    }
    for (const toml::node& item : *items) {
      const auto* text = item.as_string();
      if (text == nullptr) return ErrorAt(item.source(), "must be a string");
      out.push_back(text->get());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const toml::table*> Table(absl::string_view key) {
    const toml::node* node = Mark(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) {
      return Error(key, absl::StrCat("must be a section, [", key, "]"));
    }
    return node->as_table();
  }

  absl::Status RefuseUnknown() const {
    for (const auto& [key, value] : table_) {
      if (absl::c_linear_search(known_, View(key.str()))) continue;
      return ErrorAt(
          key.source(),
          absl::StrCat("unknown key `",
                       Printable(Name(View(key.str())), kEchoBytesMax),
                       "`; known here: ", absl::StrJoin(known_, ", ")));
    }
    return absl::OkStatus();
  }

 private:
  std::string Name(absl::string_view key) const {
    return section_.empty() ? std::string(key)
                            : absl::StrCat(section_, ".", key);
  }

  const toml::node* Mark(absl::string_view key) {
    known_.emplace_back(key);
    return table_.get(std::string_view(key.data(), key.size()));
  }

  const toml::table& table_;
  absl::string_view file_;
  absl::string_view section_;
  std::vector<std::string> known_;
};

absl::Status ReadTop(TableReader& top, Config& config) {
  std::string country;
  MINGA_RETURN_IF_ERROR(top.String("country", country));
  const absl::StatusOr<Country> parsed = Country::Parse(country);
  if (!parsed.ok()) return top.Error("country", parsed.status().message());
  config.country = *parsed;
  MINGA_RETURN_IF_ERROR(top.String("name", config.name));
  const absl::Status name = ValidateNodeName(config.name);
  return name.ok() ? name : top.Error("name", name.message());
}

absl::Status ReadPeers(const toml::table& table, absl::string_view file,
                       Config& config) {
  TableReader peers(table, file, "peers");
  MINGA_RETURN_IF_ERROR(peers.String("listen", config.listen));
  if (const absl::Status address = ValidateAddress(config.listen, true);
      !address.ok()) {
    return peers.Error("listen", address.message());
  }
  MINGA_RETURN_IF_ERROR(peers.Strings("endpoints", config.endpoints));
  if (config.endpoints.size() > kEndpointsMax) {
    return peers.Error("endpoints",
                       absl::StrCat("at most ", kEndpointsMax, " are allowed"));
  }
  for (const std::string& endpoint : config.endpoints) {
    const absl::Status address = ValidateAddress(endpoint, false);
    if (!address.ok()) return peers.Error("endpoints", address.message());
  }
  MINGA_RETURN_IF_ERROR(
      peers.Int("memory_mb", kMemoryMbMin, kMemoryMbMax, config.memory_mb));
  int minutes = static_cast<int>(absl::ToInt64Minutes(config.connection_life));
  MINGA_RETURN_IF_ERROR(peers.Int("connection_minutes", kLifeMinutesMin,
                                  kLifeMinutesMax, minutes));
  config.connection_life = absl::Minutes(minutes);
  return peers.RefuseUnknown();
}

absl::Status ReadLog(const toml::table& table, absl::string_view file,
                     Config& config) {
  TableReader log(table, file, "log");
  int ms =
      static_cast<int>(absl::ToInt64Milliseconds(config.checkpoint_interval));
  MINGA_RETURN_IF_ERROR(
      log.Int("checkpoint_ms", kCheckpointMsMin, kCheckpointMsMax, ms));
  config.checkpoint_interval = absl::Milliseconds(ms);
  MINGA_RETURN_IF_ERROR(
      log.Int("keep_years", 0, kKeepYearsMax, config.keep_years));
  MINGA_RETURN_IF_ERROR(log.Int("close_at_entries", 0, kCloseAtEntriesMax,
                                config.close_at_entries));
  if (config.close_at_entries != 0 &&
      config.close_at_entries < kCloseAtEntriesMin) {
    return log.Error(
        "close_at_entries",
        absl::StrCat("must be 0 or ", kCloseAtEntriesMin, " and more"));
  }
  return log.RefuseUnknown();
}

absl::Status ReadProtection(const toml::table& table, absl::string_view file,
                            Config& config) {
  TableReader protection(table, file, "protection");
  federation::Allowances& most = config.allowances;
  int records = static_cast<int>(most.records_per_day);
  MINGA_RETURN_IF_ERROR(protection.Int("records_per_day", kRecordsPerDayMin,
                                       kRecordsPerDayMax, records));
  most.records_per_day = records;
  int megabytes = static_cast<int>(most.megabytes_per_day);
  MINGA_RETURN_IF_ERROR(protection.Int("megabytes_per_day", kMegabytesPerDayMin,
                                       kMegabytesPerDayMax, megabytes));
  most.megabytes_per_day = megabytes;
  MINGA_RETURN_IF_ERROR(protection.Int("held_records", kHeldRecordsMin,
                                       kHeldRecordsMax, config.held_records));
  MINGA_RETURN_IF_ERROR(protection.Int("held_megabytes", kHeldMegabytesMin,
                                       kHeldMegabytesMax,
                                       config.held_megabytes));
  MINGA_RETURN_IF_ERROR(protection.Int("calls_per_minute", kCallsPerMinuteMin,
                                       kCallsPerMinuteMax,
                                       most.calls_per_minute));
  MINGA_RETURN_IF_ERROR(
      protection.Int("handshakes_per_minute", kHandshakesPerMinuteMin,
                     kHandshakesPerMinuteMax, config.handshakes_per_minute));
  return protection.RefuseUnknown();
}

absl::Status ReadAnonymity(const toml::table& table, absl::string_view file,
                           Config& config) {
  TableReader anonymity(table, file, "anonymity");
  MINGA_RETURN_IF_ERROR(anonymity.String("hierarchies", config.hierarchies));
  if (config.hierarchies.size() > kPathBytesMax) {
    return anonymity.Error("hierarchies", "is too long for a folder");
  }
  return anonymity.RefuseUnknown();
}

absl::Status ReadAudit(const toml::table& table, absl::string_view file,
                       Config& config) {
  TableReader audit(table, file, "audit");
  MINGA_RETURN_IF_ERROR(audit.String("http", config.audit_http));
  if (!config.audit_http.empty()) {
    const absl::Status address = ValidateAddress(config.audit_http, true);
    if (!address.ok()) return audit.Error("http", address.message());
  }
  return audit.RefuseUnknown();
}

}  // namespace

absl::StatusOr<Config> ParseConfig(absl::string_view text,
                                   absl::string_view file) {
  MINGA_RETURN_IF_ERROR(importing::CheckToml(text, std::string(file)));
  const toml::parse_result parsed = toml::parse(
      std::string_view(text.data(), text.size()), std::string(file));
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", at.line, ":", at.column, ": ",
                     View(parsed.error().description())));
  }
  Config config;
  TableReader top(parsed.table(), file, "");
  MINGA_RETURN_IF_ERROR(ReadTop(top, config));
  MINGA_ASSIGN_OR_RETURN(const toml::table* peers, top.Table("peers"));
  if (peers != nullptr) {
    MINGA_RETURN_IF_ERROR(ReadPeers(*peers, file, config));
  }
  MINGA_ASSIGN_OR_RETURN(const toml::table* protection,
                         top.Table("protection"));
  if (protection != nullptr) {
    MINGA_RETURN_IF_ERROR(ReadProtection(*protection, file, config));
  }
  MINGA_ASSIGN_OR_RETURN(const toml::table* anonymity, top.Table("anonymity"));
  if (anonymity != nullptr) {
    MINGA_RETURN_IF_ERROR(ReadAnonymity(*anonymity, file, config));
  }
  MINGA_ASSIGN_OR_RETURN(const toml::table* audit, top.Table("audit"));
  if (audit != nullptr) MINGA_RETURN_IF_ERROR(ReadAudit(*audit, file, config));
  MINGA_ASSIGN_OR_RETURN(const toml::table* log, top.Table("log"));
  if (log != nullptr) MINGA_RETURN_IF_ERROR(ReadLog(*log, file, config));
  MINGA_RETURN_IF_ERROR(top.RefuseUnknown());
  return config;
}

absl::StatusOr<Config> LoadConfig(const DataFolder& folder) {
  absl::StatusOr<std::string> text = ReadFile(folder.config(), kConfigBytesMax);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        absl::StrCat("no node in `", folder.root, "`: `", folder.config(),
                     "` is missing; `minga init` makes a data folder"));
  }
  MINGA_RETURN_IF_ERROR(text.status());
  return ParseConfig(*text, folder.config());
}

}  // namespace minga
