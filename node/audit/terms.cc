#include "node/audit/terms.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"

namespace minga::audit {
namespace {

std::uint64_t First64(const Digest& digest) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(AsView(digest)[i]);
  }
  return value;
}

bool TellsOfPeersRecord(v1::AuditEvent event) {
  return event == v1::AUDIT_EVENT_RECORD_RECEIVED ||
         event == v1::AUDIT_EVENT_RECORD_REJECTED ||
         event == v1::AUDIT_EVENT_RECORD_WITHDRAWN;
}

}  // namespace

absl::Time TimeOf(const v1::AuditEntry& entry) {
  return absl::FromUnixSeconds(entry.at().seconds()) +
         absl::Nanoseconds(entry.at().nanos());
}

int MonthOf(absl::Time at) {
  const absl::CivilDay day = DayOf(at);
  return static_cast<int>(day.year()) * 12 + day.month() - 1;
}

std::optional<RecordKey> RecordOf(const v1::AuditEntry& entry, Country own) {
  if (entry.record_id().empty()) return std::nullopt;
  Country country = own;
  if (TellsOfPeersRecord(entry.event())) {
    const absl::StatusOr<Country> peer = Country::Parse(entry.peer());
    if (!peer.ok()) return std::nullopt;
    country = *peer;
  }
  return RecordKey{country, static_cast<RecordKind>(entry.kind()),
                   entry.record_id()};
}

std::uint64_t MarkOf(const RecordKey& record) {
  return First64(Sha256(absl::StrCat("record ", record.ToString())));
}

std::uint64_t MarkOfSubject(absl::string_view subject) {
  return First64(Sha256(absl::StrCat("subject ", subject)));
}

storage::AuditTerms TermsOf(const v1::AuditEntry& entry, Country own,
                            storage::LogPosition start) {
  storage::AuditTerms terms;
  terms.group.month = MonthOf(TimeOf(entry));
  terms.group.event = entry.event();
  terms.group.kind = entry.kind();
  terms.group.peer = entry.peer();
  terms.group.actor = entry.actor();
  if (entry.basis_entry() > 0) {
    terms.group.basis = start + entry.basis_entry();
  }
  if (const std::optional<RecordKey> record = RecordOf(entry, own)) {
    terms.marks.push_back(MarkOf(*record));
  }
  if (!entry.subject().empty()) {
    terms.marks.push_back(MarkOfSubject(entry.subject()));
  }
  return terms;
}

}  // namespace minga::audit
