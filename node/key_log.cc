#include "node/key_log.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "federation/audit_entry.h"
#include "federation/descriptor.h"
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga {
namespace {

using federation::Descriptor;
using federation::OwnGeneration;

constexpr absl::string_view kDocLogged = "own-keys/logged";

// "<newest descriptor> <first whose keys count>" that the log tells of.
struct Logged {
  std::uint64_t newest = 1;
  std::uint64_t oldest = 1;
};

absl::StatusOr<Logged> ReadLogged(const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(kDocLogged));
  Logged logged;
  if (!text.has_value()) return logged;
  const std::vector<absl::string_view> items = absl::StrSplit(*text, ' ');
  if (items.size() == 2 && absl::SimpleAtoi(items[0], &logged.newest) &&
      absl::SimpleAtoi(items[1], &logged.oldest)) {
    return logged;
  }
  return absl::DataLossError(absl::StrCat(kDocLogged, " cannot be read"));
}

// "log 1a2b3c4d": the key ID as notes carry it; of a certificate the beginning
// of its SHA-256. The descriptor, whose digest stands in the entry, has all.
std::string NameKey(const Descriptor& descriptor, absl::string_view use) {
  if (use == "tls") {
    const auto facts = ReadCertificate(descriptor.certificate_pem);
    return absl::StrCat(
        "tls ",
        facts.ok() ? Hex(AsView(facts->fingerprint).substr(0, 8)) : "?");
  }
  const NoteVerifier& key = use == "log"      ? descriptor.log_key
                            : use == "cosign" ? descriptor.cosign_key
                                              : descriptor.node_key;
  return absl::StrCat(use, " ", absl::StrFormat("%08x", key.KeyId()));
}

std::string NameKeys(const Descriptor& descriptor,
                     const std::vector<std::string>& uses) {
  std::string text;
  for (const std::string& use : uses) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", NameKey(descriptor, use));
  }
  return text;
}

absl::Status Append(storage::Transaction& transaction, v1::AuditEvent event,
                    absl::Time now, absl::string_view actor,
                    const OwnGeneration& generation,
                    const std::string& detail) {
  return transaction.audit()
      .Append(federation::NodeEntry(event, now, actor, detail,
                                    AsView(Sha256(generation.note))))
      .status();
}

std::string DescribeChange(const Descriptor& former, const Descriptor& next) {
  const auto changed = federation::ChangedKeys(former, next);
  std::string detail = absl::StrCat(
      "descriptor ", next.sequence, ", ",
      changed.empty() ? "same keys" : "new: " + NameKeys(next, changed));
  if (!changed.empty() && next.former_until.has_value()) {
    absl::StrAppend(&detail, "; former until ", FormatDay(*next.former_until));
  }
  return detail;
}

}  // namespace

absl::Status LogKeys(storage::Database& database,
                     const federation::Keyring& ring, absl::string_view actor,
                     absl::Time now) {
  std::vector<OwnGeneration> all = ring.All();
  const Logged present{ring.Sequence(), ring.OldestInForceSequence()};
  Logged logged;
  MINGA_RETURN_IF_ERROR(
      database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(logged, ReadLogged(snapshot.documents()));
        return absl::OkStatus();
      }));
  if (logged.newest >= present.newest && logged.oldest >= present.oldest) {
    return absl::OkStatus();
  }
  // Ascending; number n stands at n - 1.
  std::reverse(all.begin(), all.end());
  return database.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(logged, ReadLogged(transaction.documents()));
    for (std::uint64_t n = logged.newest + 1; n <= present.newest; ++n) {
      MINGA_RETURN_IF_ERROR(Append(
          transaction, v1::AUDIT_EVENT_KEYS_CHANGED, now, actor, all[n - 1],
          DescribeChange(all[n - 2].descriptor, all[n - 1].descriptor)));
    }
    for (std::uint64_t n = logged.oldest; n < present.oldest; ++n) {
      const Descriptor& former = all[n - 1].descriptor;
      const auto gone = federation::ChangedKeys(former, all[n].descriptor);
      if (gone.empty()) continue;
      MINGA_RETURN_IF_ERROR(Append(
          transaction, v1::AUDIT_EVENT_KEYS_RETIRED, now, "system", all[n - 1],
          absl::StrCat("of descriptor ", n, ": ", NameKeys(former, gone))));
    }
    return transaction.documents().Put(
        kDocLogged, absl::StrCat(std::max(logged.newest, present.newest), " ",
                                 std::max(logged.oldest, present.oldest)));
  });
}

}  // namespace minga
