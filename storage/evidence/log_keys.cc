#include "storage/evidence/log_keys.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/strings.h"

namespace minga::storage {
namespace {

constexpr absl::string_view kTitle = "minga/log-keys/v1";
constexpr absl::string_view kLog = "log: ";
constexpr absl::string_view kCosigner = "cosigner: ";
constexpr std::size_t kEchoBytesMax = 40;

absl::Status LineError(std::size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

absl::Status Take(absl::string_view line, LogKeys& keys) {
  const bool log = absl::ConsumePrefix(&line, kLog);
  if (!log && !absl::ConsumePrefix(&line, kCosigner)) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", Printable(line, kEchoBytesMax),
                     "` is neither `log: ` nor `cosigner: ` with a key"));
  }
  absl::StatusOr<NoteVerifier> key = NoteVerifier::FromVkey(line);
  if (!key.ok()) return key.status();
  if (key->ToVkey() != line) {
    return absl::InvalidArgumentError("the key is not in its one spelling");
  }
  const NoteKeyType wanted =
      log ? NoteKeyType::kEd25519 : NoteKeyType::kEd25519Cosignature;
  if (key->type != wanted) {
    return absl::InvalidArgumentError("a key of another type");
  }
  (log ? keys.log : keys.cosigners).push_back(*std::move(key));
  return absl::OkStatus();
}

}  // namespace

std::string LogKeys::Text() const {
  std::string text = absl::StrCat(kTitle, "\n");
  for (const NoteVerifier& key : log) {
    absl::StrAppend(&text, kLog, key.ToVkey(), "\n");
  }
  for (const NoteVerifier& key : cosigners) {
    absl::StrAppend(&text, kCosigner, key.ToVkey(), "\n");
  }
  return text;
}

absl::StatusOr<LogKeys> LogKeys::Parse(absl::string_view text) {
  if (text.size() > kLogKeysBytesMax) {
    return absl::InvalidArgumentError("longer than any list of keys");
  }
  if (!absl::ConsumeSuffix(&text, "\n")) {
    return absl::InvalidArgumentError("does not end in a whole line");
  }
  LogKeys keys;
  std::size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (number == 1) {
      if (line != kTitle) {
        return LineError(1, absl::StrCat("is not `", kTitle, "`"));
      }
      continue;
    }
    const absl::Status taken = Take(line, keys);
    if (!taken.ok()) return LineError(number, taken.message());
  }
  if (keys.log.empty()) return LineError(number + 1, "no key of the log");
  return keys;
}

}  // namespace minga::storage
