#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/standing.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/agreements.h"
#include "node/exchange/core.h"
#include "node/exchange/forget.h"
#include "node/exchange/holds.h"
#include "node/exchange/policy_desk.h"
#include "node/exchange/received.h"
#include "node/exchange/sweep.h"

namespace minga::exchange {
namespace {

std::string NameFor(absl::string_view prefix, const PeerId& peer) {
  return absl::StrCat(prefix, peer.ToString());
}

absl::Status KeepCases(absl::string_view name,
                       const policy::DocumentSource& cases,
                       storage::DocumentStore& documents) {
  if (cases.text.empty()) return documents.Remove(name).status();
  return documents.Put(name, WithName(cases));
}

class Desk final : public PolicyDesk {
 public:
  explicit Desk(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  std::shared_ptr<const policy::PolicySet> InForce() const override;
  absl::StatusOr<int> Activate(absl::string_view actor, PolicyDocument which,
                               const policy::DocumentSource& document,
                               const policy::DocumentSource& cases) override;
  absl::Status ExamineMou(const PeerId& peer,
                          absl::string_view text) const override;
  absl::StatusOr<int> KeepMou(absl::string_view actor, const PeerId& peer,
                              absl::string_view note, absl::string_view text,
                              bool complete) override;
  absl::StatusOr<int> PeerChanged(absl::string_view actor,
                                  const PeerId& peer) override {
    absl::MutexLock lock(&core_->change_mutex);
    return FollowPeer(actor, peer);
  }
  absl::StatusOr<bool> FinishPeerChanges() override;
  SweepProgress Progress() const override { return core_->sweep.Read(); }
  std::string NationalName() const override;

 private:
  absl::StatusOr<policy::PolicySources> Sources() const;
  // What would be in force with `document` put in force.
  absl::StatusOr<policy::PolicySources> SourcesWith(
      PolicyDocument which, const policy::DocumentSource& document) const;
  // Loads it and asks the gate.
  struct Admitted {
    std::shared_ptr<const policy::PolicySet> set;
    Admission passed;
  };
  absl::StatusOr<Admitted> Admit(PolicyDocument which,
                                 const policy::DocumentSource& document,
                                 const policy::DocumentSource& cases) const;
  // ABORTED if `document` would make another set now than when it was admitted.
  absl::Status CheckStill(const Admitted& admitted, PolicyDocument which,
                          const policy::DocumentSource& document) const;
  // Loads `sources`. FAILED_PRECONDITION if there is no national policy yet,
  // which the other documents only tighten.
  absl::StatusOr<std::shared_ptr<const policy::PolicySet>> Load(
      const policy::PolicySources& sources) const;
  // Runs `change` with the mark of a sweep in one transaction, then sweeps.
  absl::StatusOr<int> ChangeAndSweep(const Deed& deed,
                                     std::optional<PeerId> only,
                                     const storage::Database::Job& change);
  // INVALID_ARGUMENT unless `mou` is one that `peer` and we are parties of.
  absl::Status CheckParties(const policy::DocumentSource& mou,
                            const PeerId& peer) const;
  absl::StatusOr<Admitted> AdmitMou(const PeerId& peer,
                                    const policy::DocumentSource& mou) const;
  // True if this very text is in force already. ALREADY_EXISTS if it was and
  // another has replaced it.
  absl::StatusOr<bool> Stands(const PeerId& peer,
                              const policy::DocumentSource& mou) const;
  // What is in force without an agreement with `peer`, if it was removed; null
  // if not, or without any law.
  absl::StatusOr<std::shared_ptr<const policy::PolicySet>> WithoutRemoved(
      const PeerId& peer) const;
  // PeerChanged, and that of all marked ones. REQUIRES: change_mutex is held.
  absl::StatusOr<int> FollowPeer(absl::string_view actor, const PeerId& peer);
  absl::StatusOr<bool> FollowMarkedPeers();

  const std::shared_ptr<Core> core_;
};

std::shared_ptr<const policy::PolicySet> Desk::InForce() const {
  std::shared_ptr<const policy::PolicySet> set;
  const absl::Status read = core_->parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<const Judge> judge,
                               core_->book.InForce(snapshot.documents()));
        set = judge->shared_policy();
        return absl::OkStatus();
      });
  // What cannot be read permits nothing.
  return read.ok() ? set : DenyEverything();
}

std::string Desk::NationalName() const {
  const absl::StatusOr<policy::PolicySources> sources = Sources();
  return sources.ok() ? sources->national.name : "";
}

absl::StatusOr<policy::PolicySources> Desk::Sources() const {
  policy::PolicySources sources;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(sources, ReadSources(snapshot.documents()));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return sources;
}

absl::StatusOr<std::shared_ptr<const policy::PolicySet>> Desk::Load(
    const policy::PolicySources& sources) const {
  if (sources.national.text.empty()) {
    return absl::FailedPreconditionError("activate a national policy first");
  }
  return policy::PolicySet::Load(core_->parts.own, sources);
}

absl::StatusOr<int> Desk::ChangeAndSweep(const Deed& deed,
                                         std::optional<PeerId> only,
                                         const storage::Database::Job& change) {
  const auto begin = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> unfinished,
                           transaction.documents().Get(kDocSweep));
    // An interrupted sweep may have been for others.
    if (unfinished.has_value()) only.reset();
    MINGA_RETURN_IF_ERROR(transaction.documents().Put(kDocSweep, "under way"));
    // An older copy of the database would bring an older law back.
    MINGA_RETURN_IF_ERROR(
        transaction.journal().Note(storage::Withdrawal::kLaw, {}, deed.at));
    return change(transaction);
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Write(begin));
  const absl::StatusOr<int> changed = Sweep(*core_, deed, only);
  if (!changed.ok()) {
    return absl::Status(
        changed.status().code(),
        absl::StrCat("in force, but not all records are evaluated again yet: ",
                     changed.status().message()));
  }
  const auto end = [](storage::Transaction& transaction) {
    return transaction.documents().Remove(kDocSweep).status();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Write(end));
  return changed;
}

absl::StatusOr<policy::PolicySources> Desk::SourcesWith(
    PolicyDocument which, const policy::DocumentSource& document) const {
  MINGA_ASSIGN_OR_RETURN(policy::PolicySources sources, Sources());
  MINGA_RETURN_IF_ERROR(Replace(which, document, sources));
  return sources;
}

absl::StatusOr<Desk::Admitted> Desk::Admit(
    PolicyDocument which, const policy::DocumentSource& document,
    const policy::DocumentSource& cases) const {
  if (document.text.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(document.name, ":1:1: the document is empty"));
  }
  Candidate candidate{core_->parts.own, which, document, cases, {}};
  MINGA_ASSIGN_OR_RETURN(candidate.sources, SourcesWith(which, document));
  Admitted admitted;
  MINGA_ASSIGN_OR_RETURN(admitted.set, Load(candidate.sources));
  if (core_->parts.gate == nullptr) {
    return absl::FailedPreconditionError(
        "this node has nobody to test and prove a policy");
  }
  MINGA_ASSIGN_OR_RETURN(admitted.passed, core_->parts.gate->Admit(candidate));
  return admitted;
}

absl::Status Desk::CheckStill(const Admitted& admitted, PolicyDocument which,
                              const policy::DocumentSource& document) const {
  MINGA_ASSIGN_OR_RETURN(const policy::PolicySources sources,
                         SourcesWith(which, document));
  MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<const policy::PolicySet> now,
                         Load(sources));
  if (now->hash() == admitted.set->hash()) return absl::OkStatus();
  return absl::AbortedError(
      "other law was put in force while this document was examined: try again");
}

absl::StatusOr<int> Desk::Activate(absl::string_view actor,
                                   PolicyDocument which,
                                   const policy::DocumentSource& document,
                                   const policy::DocumentSource& cases) {
  if (which == PolicyDocument::kMou) {
    return absl::InvalidArgumentError("a memorandum is signed, not activated");
  }
  // Takes seconds: before the lock.
  MINGA_ASSIGN_OR_RETURN(const Admitted admitted,
                         Admit(which, document, cases));
  absl::MutexLock lock(&core_->change_mutex);
  MINGA_RETURN_IF_ERROR(CheckStill(admitted, which, document));
  core_->book.Add(admitted.set);
  const Deed deed = core_->DeedOf(actor);
  const bool national = which == PolicyDocument::kNational;
  return ChangeAndSweep(
      deed, std::nullopt,
      [&](storage::Transaction& transaction) -> absl::Status {
        storage::DocumentStore& documents = transaction.documents();
        MINGA_RETURN_IF_ERROR(documents.Put(
            national ? kDocNational : kDocOverride, WithName(document)));
        MINGA_RETURN_IF_ERROR(
            KeepCases(national ? kDocNationalCases : kDocOverrideCases, cases,
                      documents));
        MINGA_RETURN_IF_ERROR(
            documents.Put(kDocInForce, AsView(admitted.set->hash())));
        MINGA_RETURN_IF_ERROR(AskAgain(transaction));
        return transaction.audit()
            .Append(federation::NodeEntry(
                v1::AUDIT_EVENT_POLICY_ACTIVATED, deed.at, deed.actor,
                DescribeActivation(which, document, cases, admitted.passed),
                AsView(admitted.set->hash())))
            .status();
      });
}

absl::Status Desk::CheckParties(const policy::DocumentSource& mou,
                                const PeerId& peer) const {
  MINGA_ASSIGN_OR_RETURN(const policy::DocumentInfo info,
                         policy::DescribeDocument(mou));
  const auto names = [&info](Country country) {
    return std::find(info.countries.begin(), info.countries.end(), country) !=
           info.countries.end();
  };
  if (info.layer == policy::Layer::kMou && names(peer) &&
      names(core_->parts.own)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "mou: is not an agreement between `", core_->parts.own.ToString(),
      "` and `", peer.ToString(), "`"));
}

absl::StatusOr<Desk::Admitted> Desk::AdmitMou(
    const PeerId& peer, const policy::DocumentSource& mou) const {
  MINGA_RETURN_IF_ERROR(CheckParties(mou, peer));
  MINGA_RETURN_IF_ERROR(Stands(peer, mou).status());
  return Admit(PolicyDocument::kMou, mou, policy::DocumentSource());
}

absl::Status Desk::ExamineMou(const PeerId& peer,
                              absl::string_view text) const {
  return AdmitMou(peer, {NameFor(kDocMou, peer), std::string(text), {peer}})
      .status();
}

absl::StatusOr<int> Desk::KeepMou(absl::string_view actor, const PeerId& peer,
                                  absl::string_view note,
                                  absl::string_view text, bool complete) {
  const policy::DocumentSource document{
      NameFor(kDocMou, peer), std::string(text), {peer}};
  MINGA_ASSIGN_OR_RETURN(const Admitted admitted, AdmitMou(peer, document));
  absl::MutexLock lock(&core_->change_mutex);
  const Deed deed = core_->DeedOf(actor);
  const auto keep_note = [&](storage::Transaction& transaction) {
    MINGA_RETURN_IF_ERROR(
        KeepNote(transaction.documents(), peer, note, text, complete));
    return transaction.audit()
        .Append(federation::PeerEntry(
            v1::AUDIT_EVENT_MOU_SIGNED, deed.at, deed.actor, peer,
            complete ? "in force" : "a signature is missing",
            AsView(Sha256(note))))
        .status();
  };
  MINGA_ASSIGN_OR_RETURN(const bool stands, Stands(peer, document));
  if (!complete || stands) {
    MINGA_RETURN_IF_ERROR(core_->parts.database->Write(keep_note));
    return 0;
  }
  MINGA_RETURN_IF_ERROR(CheckStill(admitted, PolicyDocument::kMou, document));
  core_->book.Add(admitted.set);
  return ChangeAndSweep(
      deed, peer, [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(keep_note(transaction));
        MINGA_RETURN_IF_ERROR(AskAgain(transaction));
        MINGA_RETURN_IF_ERROR(
            PutAgreement(transaction.documents(), peer, text));
        return transaction.documents().Put(kDocInForce,
                                           AsView(admitted.set->hash()));
      });
}

absl::StatusOr<bool> Desk::Stands(const PeerId& peer,
                                  const policy::DocumentSource& mou) const {
  bool stands = false;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> held,
                           snapshot.documents().Get(mou.name));
    stands = held == mou.text;
    // A text may return once it stands again; the list still names it.
    if (stands) return absl::OkStatus();
    return CheckNotReplaced(snapshot.documents(), peer, mou.text);
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  return stands;
}

absl::StatusOr<std::shared_ptr<const policy::PolicySet>> Desk::WithoutRemoved(
    const PeerId& peer) const {
  policy::PolicySources sources;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                           snapshot.peers().Get(peer));
    if (row.has_value()) return absl::OkStatus();
    MINGA_ASSIGN_OR_RETURN(sources, ReadSources(snapshot.documents()));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(read));
  std::erase_if(sources.mous, [&](const policy::DocumentSource& mou) {
    return mou.name == NameFor(kDocMou, peer);
  });
  if (sources.national.text.empty()) {
    return std::shared_ptr<const policy::PolicySet>();
  }
  return Load(sources);
}

absl::StatusOr<bool> Desk::FinishPeerChanges() {
  // Who keeps house does not wait for a long sweep.
  if (!core_->change_mutex.TryLock()) return false;
  const absl::StatusOr<bool> any = FollowMarkedPeers();
  core_->change_mutex.Unlock();
  return any;
}

absl::StatusOr<bool> Desk::FollowMarkedPeers() {
  std::vector<federation::ChangedPeer> marked;
  MINGA_RETURN_IF_ERROR(core_->parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(marked,
                               federation::ChangedPeers(snapshot.documents()));
        return absl::OkStatus();
      }));
  for (const federation::ChangedPeer& changed : marked) {
    MINGA_RETURN_IF_ERROR(FollowPeer(changed.actor, changed.peer).status());
  }
  return !marked.empty();
}

absl::StatusOr<int> Desk::FollowPeer(absl::string_view actor,
                                     const PeerId& peer) {
  const Deed deed = core_->DeedOf(actor);
  const Epoch epoch = NewFeedEpoch(*core_, deed.at);
  MINGA_ASSIGN_OR_RETURN(const auto remaining, WithoutRemoved(peer));
  if (remaining != nullptr) core_->book.Add(remaining);
  const auto unmark = [&](storage::Transaction& transaction) {
    return federation::ForgetPeerChanged(transaction.documents(), peer);
  };
  bool removed = false;
  const absl::StatusOr<int> changed = ChangeAndSweep(
      deed, peer, [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                               transaction.peers().Get(peer));
        removed = !row.has_value();
        if (removed) return ForgetPeer(transaction, peer, remaining.get());
        // From here on the mark of the sweep stands.
        MINGA_RETURN_IF_ERROR(unmark(transaction));
        const absl::StatusOr<storage::FeedHead> head =
            transaction.feeds().Head(peer);
        if (!absl::IsNotFound(head.status())) return head.status();
        MINGA_RETURN_IF_ERROR(transaction.feeds().StartEpoch(peer, epoch));
        return transaction.audit()
            .Append(federation::PageEntry(v1::AUDIT_EVENT_EPOCH_STARTED,
                                          deed.at,
                                          {.peer = peer, .epoch = epoch}))
            .status();
      });
  if (!changed.ok() || !removed) return changed;
  MINGA_RETURN_IF_ERROR(ForgetReceived(*core_, peer, deed));
  MINGA_RETURN_IF_ERROR(core_->parts.database->Write(unmark));
  return 0;
}

}  // namespace

std::unique_ptr<PolicyDesk> MakePolicyDesk(std::shared_ptr<Core> core) {
  return std::make_unique<Desk>(std::move(core));
}

}  // namespace minga::exchange
