// Asker puts the questions of all errands to one peer and brings the answers
// back.
#ifndef MINGA_FEDERATION_ASKER_H_
#define MINGA_FEDERATION_ASKER_H_

#include <functional>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "federation/stream_context.h"
#include "federation/transport.h"
#include "minga/v1/federation.pb.h"

namespace minga::federation {

// Threads: the federation thread only.
class Asker {
 public:
  using Then = std::function<void(const absl::StatusOr<v1::AskResponse>&)>;

  // `context` outlives it.
  Asker(const StreamContext& context, const Descriptor& peer)
      : context_(context), peer_(peer) {}

  // Asks. `then` is called once, by a later Tick: with an answer of the kind
  // that was asked for, or with
  //   UNIMPLEMENTED      the peer does not know the question: an older node.
  //   DEADLINE_EXCEEDED  no answer within `patience`.
  //   UNAVAILABLE        the peer cannot be reached.
  //   INVALID_ARGUMENT   the answer is to something else.
  //   any other          what the peer said.
  // It is not called after the asker is gone.
  void Ask(const v1::AskRequest& question, absl::Duration patience, Then then);

  // True if `link` is a question of this asker, which is answered now.
  // REQUIRES: `answer` is not null if `status` is OK.
  bool OnAnswered(LinkId link, const absl::Status& status,
                  const v1::AskResponse* answer);
  // Gives up what was not answered in time.
  void OnTime(absl::Time now);
  absl::Time Due() const;

 private:
  struct Asked {
    v1::AskRequest::QuestionCase question;
    absl::Time until;
    Then then;
  };

  const StreamContext& context_;
  const Descriptor peer_;
  std::map<LinkId, Asked> asked_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ASKER_H_
