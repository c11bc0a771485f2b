#include "node/rpc/mou_desk.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/mou.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/policy_desk.h"
#include "node/rpc/peer_desk.h"
#include "policy/policy_set.h"

namespace minga::rpc {
namespace {

class Silent final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int /*line*/, google::protobuf::io::ColumnNumber /*column*/,
                const std::string& /*message*/) override {}
};

// policy::CheckDocument tells errors with their place; here only whether.
absl::StatusOr<v1::Mou> ParseMou(const std::string& text) {
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  v1::PolicyDocument document;
  if (!parser.ParseFromString(text, &document) || !document.has_mou()) {
    return absl::InvalidArgumentError("the text is not a memorandum (`mou`)");
  }
  return std::move(*document.mutable_mou());
}

absl::StatusOr<PeerId> OtherParty(const v1::Mou& mou, Country own) {
  std::optional<Country> other;
  bool ours = false;
  for (const std::string& party : mou.parties()) {
    MINGA_ASSIGN_OR_RETURN(const Country country, DecodePeer(party));
    if (country == own) {
      ours = true;
    } else {
      other = country;
    }
  }
  if (!ours || !other.has_value() || mou.parties_size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("the memorandum is not one between ", own.ToString(),
                     " and one other country"));
  }
  return *other;
}

bool InPeriod(const v1::Mou& mou, absl::CivilDay day) {
  const absl::StatusOr<absl::CivilDay> from = ParseDay(mou.valid_from());
  if (!from.ok() || day < *from) return false;
  if (mou.valid_until().empty()) return true;  // until denounced
  const absl::StatusOr<absl::CivilDay> until = ParseDay(mou.valid_until());
  return until.ok() && day <= *until;
}

}  // namespace

absl::StatusOr<MouState> ReadMouState(const storage::DocumentReader& documents,
                                      Country own, const PeerId& peer,
                                      absl::CivilDay day) {
  // Kept there by PolicyDesk, once complete.
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(absl::StrCat("mou/", peer.ToString())));
  MouState state;
  if (!text.has_value()) return state;
  state.digest = Hex(AsView(Sha256(*text)));
  const absl::StatusOr<v1::Mou> mou = ParseMou(*text);
  if (!mou.ok()) return state;
  const absl::StatusOr<PeerId> other = OtherParty(*mou, own);
  state.in_force = other.ok() && *other == peer && InPeriod(*mou, day);
  return state;
}

absl::StatusOr<SignedMou> SignMouNote(const NodeParts& node,
                                      absl::string_view serialized) {
  MINGA_ASSIGN_OR_RETURN(const federation::MouNote unread,
                         federation::ReadMou(serialized, {}));
  MINGA_RETURN_IF_ERROR(policy::CheckDocument({"mou", unread.note.text}));
  MINGA_ASSIGN_OR_RETURN(const v1::Mou mou, ParseMou(unread.note.text));
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, OtherParty(mou, node.own));
  MINGA_ASSIGN_OR_RETURN(const KnownPeer known, FindPeer(node, peer));
  const NoteVerifier& theirs = known.descriptor.node_key;
  MINGA_ASSIGN_OR_RETURN(
      federation::MouNote read,
      federation::ReadMou(serialized, {node.node_key, theirs}));
  read = federation::SignMou(std::move(read), node.node_key.name,
                             *node.node_signer);
  SignedMou result;
  result.note = read.note.Serialize();
  result.signed_by = read.signed_by;
  const bool complete = std::find(read.signed_by.begin(), read.signed_by.end(),
                                  theirs.name) != read.signed_by.end();
  MINGA_RETURN_IF_ERROR(
      node.desk->KeepMou(kOperator, peer, result.note, read.note.text, complete)
          .status());
  // What was refused for want of an agreement is asked for again.
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  result.in_force = complete && InPeriod(mou, DayOf(node.clock->Now()));
  return result;
}

}  // namespace minga::rpc
