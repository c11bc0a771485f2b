// View is how one peer may see one own record by law, agreement and consent:
// a pure function of the record, what officers released of it, and the scene.
// Whether a profile that may be shown is shown now depends on its anonymity
// class (anonymity.h).
//
// What is over is gone for everyone, whatever the policy permits: closed and
// expired vacancies, profiles that are not active, rights notices past their
// validity. A job seeker is better off not finding what nobody can apply for;
// a rule that would send closed vacancies has no effect.
#ifndef MINGA_NODE_EXCHANGE_VIEW_H_
#define MINGA_NODE_EXCHANGE_VIEW_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/exchange/content.h"
#include "node/exchange/obligations.h"
#include "node/exchange/scene.h"
#include "node/exchange/subject.h"
#include "storage/feed_store.h"

namespace minga::exchange {

struct View {
  // kShown: may be shown. kWithheld, kGone: may not. Never kHeldBack.
  storage::ViewState state = storage::ViewState::kWithheld;
  std::string reason;
  std::string explanation;
  std::string levels;  // one byte for each field of the schema
  // What the policy said, if it was asked; the obligation's rules among it are
  // why a permitted record is kept back.
  std::shared_ptr<const Verdict> grounds;
  Digest digest{};  // of what is shown (DigestOfShown); not of a profile
  // Of a profile that may be shown: what its displays (display.h) are made of.
  std::shared_ptr<const Verdict> verdict;
  // The first day on which law, agreement, consent or an obligation may make it
  // another for the same facts.
  absl::CivilDay changes_on = absl::CivilDay::max();
  // Obligations of what is shown: from a withdrawal to its erasure (0: none
  // said), and whether the person is told of the first showing.
  int erase_within_hours = 0;
  bool notify_person = false;
};

// What is sent of a record that may be shown.
struct Shown {
  std::string body;
  Terms terms;
};

// The views of the peers of `scene`, in their order. A projection that several
// peers share is made once.
std::vector<View> EvaluateViews(const Scene& scene, const Subject& subject);

// The view of one peer; `shown`, if not null, receives the bytes of a record
// that may be shown, unless it is a profile.
View EvaluateView(const Scene& scene, const Subject& subject,
                  const PeerFile& peer, Shown* shown);

// The question whose answer decides the view.
policy::Question SendQuestion(const Scene& scene, RecordKind kind,
                              const PeerId& peer);

// True if the record is over for everyone, whatever the law says.
bool IsOver(const Scene& scene, const Subject& subject);

// The reason code of the obligation that keeps a record that `decision` permits
// at home, or "".
absl::string_view KeptBack(const Scene& scene, const Subject& subject,
                           const PeerId& peer,
                           const policy::Decision& decision);

// The rules because of which a record that `verdict` permits is kept back for
// `reason`; empty if it is not.
std::vector<CitedRule> WhoKeepsBack(absl::string_view reason,
                                    const Verdict& verdict);

// The view of a record that is no more.
View GoneView(absl::string_view reason);

// An own record whose stored bytes cannot be read is seen by nobody, and keeps
// nothing else from being decided.
View UnreadableView();
// True for the errors of LoadSubject that lie with the one record.
bool IsUnreadable(const absl::Status& status);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_VIEW_H_
