// A table of a TOML file whose every key must be known: asking for a key makes
// it known, and the first thing wrong is kept until Done.
// Included only by the .cc files that read mapping files: toml++ is heavy.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_TOML_TABLE_H_
#define MINGA_NODE_EXCHANGE_IMPORT_TOML_TABLE_H_

// As in node/config.cc, or the linker would mix two parsers. Parse errors come
// as values: nothing throws through our code. toml++ 3.3 asserts what its next
// lines check for themselves ("[[[a]]]", put right upstream in 2026), and under
// NDEBUG it takes it for granted; without the assertion it reports an error.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_WINDOWS_COMPAT 0
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace minga::importing {

// "file:line:column" of a node.
std::string PlaceOf(const std::string& file, const toml::node& node);
absl::Status Wrong(const std::string& file, const toml::node& node,
                   absl::string_view reason);
// The names of `table`, sorted.
std::vector<std::string> KeysOf(const toml::table& table);

// Each Get leaves `out` alone if the key is absent.
class TomlTable {
 public:
  // REQUIRES: `file` and `table` outlive it.
  TomlTable(const std::string& file, const toml::table& table)
      : file_(file), table_(table) {}

  const toml::table& table() const { return table_; }

  // Null if absent.
  const toml::node* Get(absl::string_view key);
  // Null if absent or no table, which is an error.
  const toml::table* GetTable(absl::string_view key);
  void Get(absl::string_view key, std::string& out);
  void Get(absl::string_view key, std::optional<std::string>& out);
  void Get(absl::string_view key, bool& out);
  void Get(absl::string_view key, std::int64_t& out);
  void Get(absl::string_view key, std::optional<std::int64_t>& out);
  // One ASCII character; with `or_none`, the empty string means 0.
  void Get(absl::string_view key, char& out, bool or_none);
  void Get(absl::string_view key, std::vector<std::string>& out);

  // Notes what is wrong with the value of `key` unless something was before.
  void Fail(const toml::node& node, absl::string_view reason);

  // What was wrong so far.
  const absl::Status& status() const { return status_; }
  // What was wrong, or the first key that nobody asked for.
  absl::Status Done() const;

 private:
  const std::string& file_;
  const toml::table& table_;
  std::vector<std::string> known_;
  absl::Status status_;
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_TOML_TABLE_H_
