// What the people of a country have their node do.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/standing.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "tests/simulation/region/node.h"

namespace minga::region {
namespace {

constexpr char kActor[] = "operator";
constexpr const char* kOccupations[] = {"7212", "5223", "2221"};
constexpr int kClosesAfterDays = 25;

}  // namespace

absl::Status Node::AddPeer(const test::Party& peer) {
  storage::PeerRow row;
  row.id = peer.descriptor.country;
  row.descriptor = peer.DescriptorNote();
  row.pseudonym_key = random_.Bytes(32);
  row.added_at = clock_.Now();
  const absl::Status added =
      disk_->Write([&](storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
        MINGA_RETURN_IF_ERROR(federation::NotePeerChanged(
            transaction, row.id, kActor, row.added_at));
        return transaction.audit()
            .Append(federation::PeerEntry(v1::AUDIT_EVENT_PEER_ADDED,
                                          row.added_at, kActor, row.id, ""))
            .status();
      });
  MINGA_RETURN_IF_ERROR(added);
  ledger_.peers[row.id] = true;
  MINGA_RETURN_IF_ERROR(PeerChanged(row.id));
  return SignAgain();
}

absl::Status Node::PeerChanged(Country peer) {
  federation_->PeersChanged();
  Wake();
  return offices_.desk->PeerChanged(kActor, peer).status();
}

absl::Status Node::SignAgain() {
  const std::set<Country> peers = unsigned_;
  for (const Country peer : peers) {
    if (!ledger_.peers.contains(peer)) continue;
    MINGA_RETURN_IF_ERROR(SignMou(peer));
    unsigned_.erase(peer);
  }
  return absl::OkStatus();
}

absl::Status Node::SignMou(Country peer) {
  return offices_.desk
      ->KeepMou(kActor, peer, "note", MouOf(own(), peer, joined_again_[peer]),
                /*complete=*/true)
      .status();
}

absl::Status Node::Activate(const Law& law) {
  while (disk_->Step()) {
  }
  // In force from the first commit on, whatever becomes of the sweep: what is
  // sent meanwhile must be as the new law wants it.
  const Law* const before = std::exchange(ledger_.law, &law);
  if (law.stay_days > 0 && !ledger_.short_stays_since.has_value()) {
    ledger_.short_stays_since = Today();
  }
  const absl::Status done =
      offices_.desk
          ->Activate(kActor, exchange::PolicyDocument::kNational,
                     NationalOf(law, own()))
          .status();
  if (!done.ok()) {
    ledger_.law = before;
    MINGA_RETURN_IF_ERROR(ReadBack());
  }
  // Other law may let in what was refused.
  federation_->PeersChanged();
  Wake();
  return done;
}

void Node::Put(std::vector<Pending> puts) {
  const auto records = std::make_shared<std::vector<v1::Record>>();
  std::vector<v1::Consent> consents;
  for (const Pending& put : puts) {
    records->push_back(put.vacancy.has_value()
                          ? RecordOf(own(), put.id, *put.vacancy)
                          : RecordOf(own(), put.id, *put.person));
    consents.emplace_back();
    if (put.person.has_value() && put.person->consent.has_value()) {
      consents.back() = MessageOf(*put.person->consent);
    }
  }
  std::vector<const v1::Record*> record_pointers;
  std::vector<const v1::Consent*> consent_pointers;
  for (std::size_t i = 0; i < records->size(); ++i) {
    record_pointers.push_back(&(*records)[i]);
    consent_pointers.push_back(consents[i].sections().empty() ? nullptr
                                                              : &consents[i]);
  }
  pending_.insert(pending_.end(), puts.begin(), puts.end());
  const std::size_t count = puts.size();
  offices_.exchange->PutAsync(
      "pes", record_pointers, consent_pointers, /*dry_run=*/false,
      [this, count, puts = std::move(puts), records](
          const absl::StatusOr<std::vector<exchange::PutOutcome>>& outcomes) {
        if (outcomes.ok()) {
          for (std::size_t i = 0; i < puts.size(); ++i) {
            if ((*outcomes)[i].status.ok()) Enter(puts[i]);
          }
        }
        // Puts are answered in the order they came.
        pending_.erase(pending_.begin(),
                       pending_.begin() + static_cast<std::ptrdiff_t>(count));
      });
}

void Node::PutVacancies(std::uint64_t count, bool fee) {
  std::vector<Pending> puts;
  for (; count > 0; --count) {
    Vacancy vacancy;
    const std::string id = absl::StrCat("v", ++made_);
    vacancy.title = absl::StrCat("Soldador ", made_);
    vacancy.fee = fee;
    vacancy.created = Today();
    vacancy.closing = Today() + kClosesAfterDays;
    puts.push_back({id, vacancy, std::nullopt});
  }
  Put(std::move(puts));
}

void Node::ChangeVacancies(std::uint64_t count, bool close) {
  std::vector<Pending> puts;
  for (const std::string& id : Turn(OpenVacancies(), count)) {
    Vacancy vacancy = ledger_.vacancies.at(id);
    vacancy.title = absl::StrCat("Soldador ", ++made_);
    vacancy.open = !close;
    if (!close) vacancy.closing = Today() + kClosesAfterDays;
    puts.push_back({id, vacancy, std::nullopt});
  }
  if (!puts.empty()) Put(std::move(puts));
}

absl::Status Node::WithdrawVacancies(std::uint64_t count) {
  for (const std::string& id : Turn(OpenVacancies(), count)) {
    const absl::Status done =
        offices_.exchange
            ->Withdraw("pes", {own(), RecordKind::kVacancy, id}, "")
            .status();
    MINGA_RETURN_IF_ERROR(done);
    ledger_.vacancies.erase(id);
  }
  return absl::OkStatus();
}

Consent Node::NewConsent() const {
  Consent consent;
  for (const auto& [peer, active] : ledger_.peers) {
    consent.countries.insert(peer);
  }
  // A crash may have left it without peers; a consent names a country all the
  // same.
  if (consent.countries.empty()) {
    const Country uruguay = Country::Of("UY");
    consent.countries.insert(own() == uruguay ? Country::Of("PY") : uruguay);
  }
  consent.given = Today();
  consent.expires = Today() + 60;
  return consent;
}

void Node::RegisterPeople(std::uint64_t count) {
  std::vector<Pending> puts;
  for (; count > 0; --count) {
    Person person;
    person.occupation = kOccupations[made_ % std::size(kOccupations)];
    person.subdivision =
        absl::StrCat(own().ToString(), "-", made_ % 2 == 0 ? "A" : "B");
    person.consent = NewConsent();
    puts.push_back({absl::StrCat("p", ++made_), std::nullopt, person});
  }
  Put(std::move(puts));
}

void Node::ChangePeople(std::uint64_t count) {
  std::vector<Pending> puts;
  for (const std::string& id : Turn(PeopleIds(), count)) {
    Person person = ledger_.people.at(id);
    person.occupation = kOccupations[++made_ % std::size(kOccupations)];
    person.active = made_ % 4 != 0;
    person.consent = NewConsent();
    puts.push_back({id, std::nullopt, person});
  }
  if (!puts.empty()) Put(std::move(puts));
}

absl::Status Node::ErasePeople(std::uint64_t count) {
  for (const std::string& id : Turn(PeopleIds(), count)) {
    MINGA_RETURN_IF_ERROR(offices_.exchange->ErasePerson("pes", id).status());
    ledger_.people.erase(id);
  }
  return absl::OkStatus();
}

absl::Status Node::Consents(std::uint64_t count, bool give) {
  for (const std::string& id : Turn(PeopleIds(), count)) {
    const Consent consent = NewConsent();
    const v1::Consent message = MessageOf(consent);
    MINGA_RETURN_IF_ERROR(
        offices_.exchange->SetConsent("pes", id, give ? &message : nullptr)
            .status());
    std::optional<Consent>& known = ledger_.people.at(id).consent;
    give ? void(known = consent) : known.reset();
  }
  return absl::OkStatus();
}

absl::Status Node::SetState(Country peer, storage::PeerState state) {
  const bool active = state == storage::PeerState::kActive;
  if (!ledger_.peers.contains(peer)) return absl::OkStatus();
  const absl::Status set =
      disk_->Write([&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                               transaction.peers().Get(peer));
        row->state = state;
        MINGA_RETURN_IF_ERROR(transaction.peers().Put(*row));
        MINGA_RETURN_IF_ERROR(federation::NotePeerChanged(
            transaction, peer, kActor, clock_.Now()));
        return transaction.audit()
            .Append(federation::PeerEntry(active
                                              ? v1::AUDIT_EVENT_PEER_RESUMED
                                              : v1::AUDIT_EVENT_PEER_SUSPENDED,
                                          clock_.Now(), kActor, peer, ""))
            .status();
      });
  MINGA_RETURN_IF_ERROR(set);
  ledger_.peers[peer] = active;
  return PeerChanged(peer);
}

absl::Status Node::Rejoin(const test::Party& peer) {
  const Country id = peer.descriptor.country;
  // The agreement goes with the peer.
  ++joined_again_[id];
  unsigned_.insert(id);
  const absl::Status removed =
      disk_->Write([&](storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(transaction.peers().Remove(id));
        MINGA_RETURN_IF_ERROR(
            federation::NotePeerChanged(transaction, id, kActor, clock_.Now()));
        return transaction.audit()
            .Append(federation::PeerEntry(v1::AUDIT_EVENT_PEER_REMOVED,
                                          clock_.Now(), kActor, id, ""))
            .status();
      });
  MINGA_RETURN_IF_ERROR(removed);
  ledger_.peers.erase(id);
  MINGA_RETURN_IF_ERROR(PeerChanged(id));
  return AddPeer(peer);
}

absl::Status Node::ChangePseudonyms(Country peer) {
  if (!ledger_.peers.contains(peer)) return absl::OkStatus();
  return offices_.anonymity->StartEpoch(kActor, peer).status();
}

std::vector<std::string> Node::Turn(std::vector<std::string> ids,
                                    std::uint64_t count) {
  std::vector<std::string> chosen;
  count = std::min<std::uint64_t>(count, ids.size());
  for (; count > 0; --count) chosen.push_back(ids[turn_++ % ids.size()]);
  // Ascending turns give no id twice.
  return chosen;
}

std::vector<std::string> Node::OpenVacancies() const {
  std::vector<std::string> ids;
  for (const auto& [id, vacancy] : ledger_.vacancies) {
    if (vacancy.open) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> Node::PeopleIds() const {
  std::vector<std::string> ids;
  for (const auto& [id, person] : ledger_.people) ids.push_back(id);
  return ids;
}

}  // namespace minga::region
