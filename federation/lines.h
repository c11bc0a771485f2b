// Reads the line-based texts of federation's notes, strictly and with the line
// number in every error.
#ifndef MINGA_FEDERATION_LINES_H_
#define MINGA_FEDERATION_LINES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::federation {

// Walks a text that outlives it. All errors are INVALID_ARGUMENT "line N: ...".
class LineReader {
 public:
  explicit LineReader(absl::string_view text) : rest_(text) {}

  // The next line without its '\n'; `what` names it if it is missing.
  absl::StatusOr<absl::string_view> Next(absl::string_view what);
  // The value of the next line, which must be "`name`: value".
  absl::StatusOr<absl::string_view> Field(absl::string_view name);
  // Whether the next line is a field of that name.
  bool AtField(absl::string_view name) const;
  // The next line must be exactly `line`.
  absl::Status Expect(absl::string_view line);
  // The next line has exactly `count` items with one space between each.
  absl::StatusOr<std::vector<absl::string_view>> Items(absl::string_view what,
                                                       std::size_t count);
  // Nothing may follow.
  absl::Status End() const;

  // An error about the line last read.
  absl::Status Error(absl::string_view what) const;

 private:
  absl::string_view rest_;
  int line_ = 0;
};

// Decimal digits without sign or leading zeros, so that a number has one form.
absl::StatusOr<std::uint64_t> ParseNumber(absl::string_view text);

// Base64 of a SHA-256.
absl::StatusOr<Digest> ParseDigest(absl::string_view text);

// The next line as two different countries, e.g. "CO EC".
struct CountryPair {
  Country first;
  Country second;
};
absl::StatusOr<CountryPair> ParseCountryPair(LineReader& lines,
                                             absl::string_view what);

// The next line as `count` numbers.
absl::StatusOr<std::vector<std::uint64_t>> ParseNumbers(LineReader& lines,
                                                        absl::string_view what,
                                                        std::size_t count);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_LINES_H_
