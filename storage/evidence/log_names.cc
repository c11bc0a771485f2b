#include "storage/evidence/log_names.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/audit_chain.h"

namespace minga::storage {

std::string LogSuffix(int log) {
  return log == 0 ? std::string() : absl::StrCat("/log-", log);
}

std::optional<int> LogNumber(absl::string_view origin,
                             absl::string_view key_name) {
  if (!absl::ConsumePrefix(&origin, key_name)) return std::nullopt;
  if (origin.empty()) return 0;
  absl::string_view digits = origin;
  int log = 0;
  // One spelling only: signs and zeros in front end here.
  if (!absl::ConsumePrefix(&digits, "/log-") ||
      !absl::SimpleAtoi(digits, &log) || log < 1 || log >= kLogsMax ||
      LogSuffix(log) != origin) {
    return std::nullopt;
  }
  return log;
}

NoteVerifier KeyOfLog(const NoteVerifier& key, int log) {
  return {absl::StrCat(key.name, LogSuffix(log)), key.type, key.public_key};
}

}  // namespace minga::storage
