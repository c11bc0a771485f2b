#include "node/exchange/anonymity_check.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/anonymity.h"
#include "node/exchange/facts.h"
#include "node/exchange/sent_check.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// One reading of a feed.
class FeedCheck {
 public:
  FeedCheck(federation::Projector& projector, const storage::Snapshot& snapshot,
            Scene scene, PeerId peer, int min_k)
      : projector_(projector),
        snapshot_(snapshot),
        scene_(std::move(scene)),
        peer_(peer),
        asks_policy_(min_k == 0),
        check_(min_k) {}

  absl::StatusOr<v1::VerifyAnonymityResponse> Run();

 private:
  absl::Status Pass();
  absl::Status Row(const storage::FeedRow& row);
  absl::StatusOr<int> KOf(const RecordKey& key) const;

  federation::Projector& projector_;
  const storage::Snapshot& snapshot_;
  const Scene scene_;
  const PeerId peer_;
  const bool asks_policy_;
  SentCheck check_;
};

absl::StatusOr<v1::VerifyAnonymityResponse> FeedCheck::Run() {
  do {
    check_.BeginPass();
    MINGA_RETURN_IF_ERROR(Pass());
  } while (!check_.EndPass());
  return check_.Report();
}

absl::Status FeedCheck::Pass() {
  SeqNo after = 0;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<storage::FeedRow> rows,
        snapshot_.feeds().Read(peer_, after, kFeedPageRowsMax));
    if (rows.empty()) return absl::OkStatus();
    after = rows.back().seq;
    for (const storage::FeedRow& row : rows) {
      if (row.key.kind != RecordKind::kProfile ||
          row.state != storage::ViewState::kShown) {
        continue;
      }
      MINGA_RETURN_IF_ERROR(Row(row));
    }
  }
}

absl::Status FeedCheck::Row(const storage::FeedRow& row) {
  absl::StatusOr<federation::Projection> sent =
      projector_.Project(snapshot_, peer_, row);
  if (absl::IsFailedPrecondition(sent.status()) ||
      IsUnreadable(sent.status())) {
    check_.AddChanging();
    return absl::OkStatus();
  }
  MINGA_RETURN_IF_ERROR(sent.status());
  SentPerson person;
  person.seq = row.seq;
  person.body = sent->body;
  person.wire_id = row.wire_id;
  person.terms = {sent->retention_days, sent->retention_until,
                  sent->no_onward_transfer};
  if (asks_policy_) {
    MINGA_ASSIGN_OR_RETURN(person.min_k, KOf(row.key));
  }
  check_.Add(person);
  return absl::OkStatus();
}

absl::StatusOr<int> FeedCheck::KOf(const RecordKey& key) const {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         snapshot_.records().Get(key));
  // It was projected a moment ago, from the same snapshot.
  if (!record.has_value()) {
    return absl::InternalError(
        absl::StrCat("`", key.ToString(), "` is shown and not there"));
  }
  MINGA_ASSIGN_OR_RETURN(const LoadedSubject subject,
                         LoadSubject(snapshot_.people(), *record));
  const Ruling ruling =
      scene_.judge->Ask(SendQuestion(scene_, RecordKind::kProfile, peer_),
                        FactsForSending(subject.content.view(),
                                        subject.consent.get(), scene_.today));
  return ruling.verdict->decision.obligations.min_k;
}

}  // namespace

absl::StatusOr<v1::VerifyAnonymityResponse> VerifyFeed(
    Core& core, federation::Projector& projector,
    const v1::VerifyAnonymityRequest& request) {
  if (request.min_k() < 0 || request.min_k() > kClassSizeMax) {
    return absl::InvalidArgumentError(absl::StrCat("min_k: must be in 0..",
                                                   kClassSizeMax, ", is `",
                                                   request.min_k(), "`"));
  }
  MINGA_ASSIGN_OR_RETURN(const Country peer, Country::Parse(request.peer()));
  v1::VerifyAnonymityResponse response;
  MINGA_RETURN_IF_ERROR(core.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(Scene scene, core.SceneIn(snapshot));
        if (scene.Find(peer) == nullptr) {
          return absl::NotFoundError(
              absl::StrCat("no peer `", peer.ToString(), "`"));
        }
        MINGA_ASSIGN_OR_RETURN(
            response, FeedCheck(projector, snapshot, std::move(scene), peer,
                                request.min_k())
                          .Run());
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace minga::exchange
