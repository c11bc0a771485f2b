// Audit entries like those of a working node, from a seed: decisions about
// vacancies and people for ten peers, pages and receipts, over two years.
#ifndef MINGA_TESTS_SUPPORT_LOG_SAMPLE_LOG_H_
#define MINGA_TESTS_SUPPORT_LOG_SAMPLE_LOG_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/random.h"

namespace minga {

class SampleLog {
 public:
  static constexpr int kBases = 20;
  static constexpr std::array<const char*, 10> kPeers = {
      "EC", "PE", "BR", "CL", "AR", "UY", "PY", "PA", "MX", "CR"};

  // `entries` in all; `persons` and as many vacancies are what they are about.
  SampleLog(std::uint64_t seed, std::uint64_t entries, std::uint64_t persons)
      : random_(seed),
        persons_(persons),
        step_(absl::Hours(2 * 365 * 24) / static_cast<double>(entries + 1)) {}

  static std::string Subject(std::uint64_t person) {
    return ToBytes(Sha256(absl::StrCat("person ", person)));
  }
  // As long as the ids of national systems, which are UUIDs.
  static std::string Vacancy(std::uint64_t number) {
    return absl::StrFormat("%08x-0000-4000-8000-%012x", number, number);
  }
  static std::string Rule(int basis) {
    return absl::StrCat("co.rule-", basis % 5);
  }
  static std::string Article(int basis) {
    return absl::StrCat("art. ", 30 + basis % 7, " par.");
  }

  // The next entry's message; serialised by federation::EntryBytes.
  v1::AuditEntry Next() {
    const std::uint64_t index = next_++;
    v1::AuditEntry entry;
    const absl::Time at = absl::FromUnixSeconds(1'767'312'000) +
                          step_ * static_cast<double>(index);
    if (index == 0) {
      federation::FillEntry(entry, v1::AUDIT_EVENT_NODE_STARTED, at, "system",
                            "minga");
    } else if (index <= kBases) {
      federation::FillEntry(entry, v1::AUDIT_EVENT_BASIS, at, "system", "");
      FillBasis(static_cast<int>(index), *entry.mutable_basis());
    } else if (random_.Below(20) == 0) {
      FillPage(at, entry);
    } else {
      FillDecision(at, entry);
    }
    return entry;
  }

 private:
  static void FillBasis(int number, v1::Basis& basis) {
    basis.set_purpose(v1::PURPOSE_JOB_MATCHING);
    basis.set_policy_hash(ToBytes(Sha256("policy")));
    basis.set_reason(number % 3 == 0 ? "policy" : "permit");
    basis.set_levels(std::string(30, '\xff'));
    for (const bool national : {true, false}) {
      v1::CitedRule& rule = *basis.add_rules();
      rule.set_id(national ? Rule(number) : "mou.all");
      rule.set_layer(national ? "national" : "mou");
      rule.set_effect("permit");
      rule.set_statute(national ? "Ley 1636/2013" : "Memorando");
      rule.set_article(national ? Article(number) : "clausula 1");
    }
  }

  void FillPage(absl::Time at, v1::AuditEntry& entry) {
    const bool sent = random_.Below(2) == 0;
    const std::string peer = kPeers[random_.Below(kPeers.size())];
    federation::FillEntry(
        entry, sent ? v1::AUDIT_EVENT_PAGE_SENT : v1::AUDIT_EVENT_RECEIPT_TAKEN,
        at, sent ? "system" : absl::StrCat("peer:", peer), "");
    entry.set_peer(peer);
    entry.set_epoch(1'770'000'000'000'000);
    entry.set_after(next_ - 100);
    entry.set_upto(next_);
    entry.set_count(100);
    entry.set_digest(ToBytes(Sha256(absl::StrCat("page ", next_))));
  }

  void FillDecision(absl::Time at, v1::AuditEntry& entry) {
    const bool permit = random_.Below(3) > 0;
    federation::FillEntry(entry,
                          permit ? v1::AUDIT_EVENT_DECISION_PERMIT
                                 : v1::AUDIT_EVENT_DECISION_WITHHOLD,
                          at, "operator", "");
    entry.set_peer(kPeers[random_.Below(kPeers.size())]);
    if (random_.Below(2) == 0) {
      entry.set_kind(v1::RECORD_KIND_PROFILE);
      entry.set_subject(Subject(random_.Below(persons_)));
      entry.set_k_observed(5 + static_cast<std::uint32_t>(random_.Below(40)));
    } else {
      entry.set_kind(v1::RECORD_KIND_VACANCY);
      entry.set_record_id(Vacancy(random_.Below(persons_)));
    }
    entry.set_basis_entry(1 + random_.Below(kBases));
    if (random_.Below(4) == 0) {
      entry.set_basis_before(1 + random_.Below(kBases));
    }
    if (permit) {
      entry.set_seq(next_);
      entry.set_digest(ToBytes(Sha256(absl::StrCat("row ", next_))));
    }
  }

  SeededRandom random_;
  const std::uint64_t persons_;
  const absl::Duration step_;
  std::uint64_t next_ = 0;
};

}  // namespace minga

#endif  // MINGA_TESTS_SUPPORT_LOG_SAMPLE_LOG_H_
