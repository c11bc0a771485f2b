#include "node/audit/log_pruner.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/audit/terms.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/merkle.h"

namespace minga::audit {
namespace {

constexpr absl::Duration kLookAgain = absl::Hours(1);
// Looking through them holds the writer for some tens of milliseconds.
constexpr std::uint64_t kBundlesAtOnce = 512;

// True if every entry of the bundle is from before `kept_from`.
absl::StatusOr<bool> IsOld(const storage::AuditReader& log,
                           std::uint64_t bundle, absl::Time kept_from) {
  MINGA_ASSIGN_OR_RETURN(const std::string bytes, log.EntryBundle(bundle));
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                         storage::SplitBundle(bytes));
  v1::AuditEntry entry;
  for (const std::string& one : entries) {
    // What cannot be read does not say how old it is.
    if (!entry.ParseFromString(one) || TimeOf(entry) >= kept_from) return false;
  }
  return true;
}

// The first bundle of `log` that stays, at most kBundlesAtOnce after `from`.
absl::StatusOr<std::uint64_t> FirstKept(const storage::AuditReader& log,
                                        std::uint64_t from,
                                        absl::Time kept_from) {
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log.Size());
  std::uint64_t bundle = from;
  while (bundle < size / kTileWidth && bundle < from + kBundlesAtOnce) {
    MINGA_ASSIGN_OR_RETURN(const bool old, IsOld(log, bundle, kept_from));
    if (!old) break;
    ++bundle;
  }
  return bundle;
}

struct Pruned {
  int log = 0;
  std::uint64_t bundles = 0;
};

// Prunes the oldest log that has something to prune; nothing: log 0, bundle 0.
absl::StatusOr<Pruned> PruneSome(storage::AuditStore& present,
                                 absl::Time kept_from) {
  auto* const chain = storage::AuditChain::Of(present);
  if (chain == nullptr) return Pruned();
  MINGA_ASSIGN_OR_RETURN(const int newest, chain->Number());
  for (int number = 0; number <= newest; ++number) {
    MINGA_ASSIGN_OR_RETURN(const auto log, storage::OpenLog(present, number));
    MINGA_ASSIGN_OR_RETURN(const std::uint64_t from, chain->Pruned(number));
    MINGA_ASSIGN_OR_RETURN(const std::uint64_t upto,
                           FirstKept(*log, from, kept_from));
    if (upto == from) continue;
    MINGA_ASSIGN_OR_RETURN(const std::uint64_t left,
                           chain->Prune(number, upto));
    return Pruned{number, left};
  }
  return Pruned();
}

}  // namespace

absl::Time KeptFrom(absl::Time now, int years) {
  const absl::CivilYear year(DayOf(now));
  return absl::FromCivil(year - years, absl::UTCTimeZone());
}

absl::StatusOr<bool> LogPruner::Step() {
  const absl::Time now = clock_.Now();
  // Also when the clock was set back.
  if (years_ <= 0 || (now < next_ && next_ - now <= kLookAgain)) return false;
  const absl::Time kept_from = KeptFrom(now, years_);
  Pruned pruned;
  MINGA_RETURN_IF_ERROR(
      database_.Write([&](storage::Transaction& t) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(pruned, PruneSome(t.audit(), kept_from));
        if (pruned.bundles == 0) return absl::OkStatus();
        v1::AuditEntry entry;
        federation::FillEntry(
            entry, v1::AUDIT_EVENT_LOG_PRUNED, now, "system",
            absl::StrCat(
                "kept for ", years_, " years: all since ",
                absl::FormatTime("%Y-%m-%d", kept_from, absl::UTCTimeZone())));
        entry.set_count(static_cast<std::uint32_t>(pruned.log));
        entry.set_upto(pruned.bundles * kTileWidth);
        return t.audit().Append(federation::EntryBytes(entry)).status();
      }));
  if (pruned.bundles > 0) return true;
  next_ = now + kLookAgain;
  return false;
}

}  // namespace minga::audit
