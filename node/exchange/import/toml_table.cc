#include "node/exchange/import/toml_table.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"
#include "node/exchange/import/values.h"

namespace minga::importing {
namespace {

constexpr std::size_t kNameBytesMax = 100;

std::string Text(const toml::key& key) { return std::string(key.str()); }

bool IsSeparator(char c) {
  return c != 0 && c != '\r' && c != '\n' &&
         absl::ascii_isascii(static_cast<unsigned char>(c));
}

}  // namespace

std::string PlaceOf(const std::string& file, const toml::node& node) {
  return absl::StrCat(file, ":", node.source().begin.line, ":",
                      node.source().begin.column);
}

absl::Status Wrong(const std::string& file, const toml::node& node,
                   absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat(PlaceOf(file, node), ": ", reason));
}

std::vector<std::string> KeysOf(const toml::table& table) {
  std::vector<std::string> keys;
  for (const auto& [key, node] : table) keys.push_back(Text(key));
  absl::c_sort(keys);
  return keys;
}

const toml::node* TomlTable::Get(absl::string_view key) {
  known_.emplace_back(key);
  return table_.get(std::string_view(key.data(), key.size()));
}

const toml::table* TomlTable::GetTable(absl::string_view key) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) Fail(*node, absl::StrCat("`", key, "` is no table"));
  return node->as_table();
}

void TomlTable::Get(absl::string_view key, std::string& out) {
  std::optional<std::string> text;
  Get(key, text);
  if (text.has_value()) out = *std::move(text);
}

void TomlTable::Get(absl::string_view key, std::optional<std::string>& out) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return;
  if (const auto* const text = node->as_string()) {
    out = text->get();
  } else {
    Fail(*node, absl::StrCat("`", key, "` is no text in quotes"));
  }
}

void TomlTable::Get(absl::string_view key, bool& out) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return;
  if (const auto* const flag = node->as_boolean()) {
    out = flag->get();
  } else {
    Fail(*node, absl::StrCat("`", key, "` is neither true nor false"));
  }
}

void TomlTable::Get(absl::string_view key, std::int64_t& out) {
  std::optional<std::int64_t> number;
  Get(key, number);
  if (number.has_value()) out = *number;
}

void TomlTable::Get(absl::string_view key, std::optional<std::int64_t>& out) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return;
  if (const auto* const number = node->as_integer()) {
    out = number->get();
  } else {
    Fail(*node, absl::StrCat("`", key, "` is no whole number"));
  }
}

void TomlTable::Get(absl::string_view key, char& out, bool or_none) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return;
  const auto* const text = node->as_string();
  if (text != nullptr && or_none && text->get().empty()) {
    out = 0;
  } else if (text != nullptr && text->get().size() == 1 &&
             IsSeparator(text->get()[0])) {
    out = text->get()[0];
  } else {
    Fail(*node, absl::StrCat("`", key, "` is not one ASCII character"));
  }
}

void TomlTable::Get(absl::string_view key, std::vector<std::string>& out) {
  const toml::node* const node = Get(key);
  if (node == nullptr) return;
  const toml::array* const words = node->as_array();
  out.clear();
  if (words != nullptr) {
    for (const toml::node& word : *words) {
      if (const auto* const text = word.as_string()) out.push_back(text->get());
    }
  }
  if (words == nullptr || out.size() != words->size()) {
    Fail(*node, absl::StrCat("`", key, "` is no list of texts"));
  }
}

void TomlTable::Fail(const toml::node& node, absl::string_view reason) {
  if (status_.ok()) status_ = Wrong(file_, node, reason);
}

absl::Status TomlTable::Done() const {
  if (!status_.ok()) return status_;
  for (const auto& [key, node] : table_) {
    const std::string name = Text(key);
    if (absl::c_linear_search(known_, name)) continue;
    const std::string nearest = Nearest(name, known_);
    return absl::InvalidArgumentError(absl::StrCat(
        file_, ":", key.source().begin.line, ":", key.source().begin.column,
        ": unknown key `", Printable(name, kNameBytesMax), "`",
        nearest.empty() ? ""
                        : absl::StrCat("; did you mean `", nearest, "`?")));
  }
  return absl::OkStatus();
}

}  // namespace minga::importing
