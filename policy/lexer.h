// Cuts the text of a condition into the tokens of the CEL grammar. Internal to
// this room.
#ifndef MINGA_POLICY_LEXER_H_
#define MINGA_POLICY_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/ast.h"

namespace minga::policy {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kName,    // also true, false, in
    kInt,     // decimal or 0x, without sign
    kString,  // `text` is decoded
    kSymbol,  // `text` is the symbol: "&&" "(" ...
  };

  Kind kind = Kind::kEnd;
  std::string text;
  // Of kInt; as unsigned, so that -9223372036854775808 can be written.
  std::uint64_t number = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Returns the tokens of `text`, the last one kEnd, or nullopt with `error` set:
// an unknown character, an unfinished string, a bad escape, a number that is
// too large or not an int.
std::optional<std::vector<Token>> Tokenize(absl::string_view text,
                                           ConditionError& error);

}  // namespace minga::policy

#endif  // MINGA_POLICY_LEXER_H_
