#include "node/rpc/mou_desk.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/keyring.h"
#include "federation/mou.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"
#include "node/base/memo.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/policy_desk.h"
#include "node/rpc/peer_desk.h"
#include "policy/policy_set.h"
#include "storage/database.h"

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

// The parties besides `own`.
absl::StatusOr<std::vector<PeerId>> OtherParties(const v1::Mou& mou,
                                                 Country own) {
  std::vector<PeerId> others;
  for (const std::string& party : mou.parties()) {
    MINGA_ASSIGN_OR_RETURN(const Country country, DecodePeer(party));
    if (country != own) others.push_back(country);
  }
  const auto size = static_cast<std::size_t>(mou.parties_size());
  if (others.empty() || others.size() + 1 != size) {
    return absl::InvalidArgumentError(
        absl::StrCat("the memorandum is not one between ", own.ToString(),
                     " and other countries"));
  }
  return others;
}

template <typename Item>
bool Holds(const std::vector<Item>& items, const Item& wanted) {
  return std::find(items.begin(), items.end(), wanted) != items.end();
}

// Those of `parties` that are peers. NOT_FOUND if none is.
absl::StatusOr<std::vector<KnownPeer>> KnownOf(
    const NodeParts& node, const std::vector<PeerId>& parties) {
  std::vector<KnownPeer> known;
  absl::Status unknown;
  for (const PeerId& party : parties) {
    absl::StatusOr<KnownPeer> peer = FindPeer(node, party);
    if (peer.ok()) {
      known.push_back(*std::move(peer));
    } else if (absl::IsNotFound(peer.status())) {
      unknown = peer.status();
    } else {
      return peer.status();
    }
  }
  if (known.empty()) return unknown;
  return known;
}

// Those of `known` that the text may be agreed with: an agreement of a group
// may have been replaced with some. An error if none is left or it is refused.
absl::StatusOr<std::vector<KnownPeer>> Examined(const NodeParts& node,
                                                std::vector<KnownPeer> known,
                                                const std::string& text) {
  std::vector<KnownPeer> left;
  absl::Status replaced;
  for (KnownPeer& peer : known) {
    const absl::Status examined = node.desk->ExamineMou(peer.row.id, text);
    if (examined.ok()) {
      left.push_back(std::move(peer));
    } else if (absl::IsAlreadyExists(examined)) {
      replaced = examined;
    } else {
      return examined;
    }
  }
  if (left.empty()) return replaced;
  return left;
}

// Whose signatures under `text` are taken: the keys that count today, and
// retired ones under a text that stands already. A new text under a retired key
// would be that of whoever has stolen it.
absl::StatusOr<std::vector<NoteVerifier>> KeysThatCount(
    const NodeParts& node, const std::vector<KnownPeer>& known,
    absl::string_view text) {
  std::vector<NoteVerifier> keys =
      node.keyring->Verifiers(federation::KeyUse::kNode);
  const auto add = [&keys](const NoteVerifier& key) {
    for (const NoteVerifier& there : keys) {
      if (there.ToVkey() == key.ToVkey()) return;
    }
    keys.push_back(key);
  };
  const absl::CivilDay today = DayOf(node.clock->Now());
  for (const KnownPeer& peer : known) {
    bool stands = false;
    MINGA_RETURN_IF_ERROR(node.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const auto held,
                                 snapshot.documents().Get(absl::StrCat(
                                     "mou/", peer.row.id.ToString())));
          stands = held.has_value() && *held == text;
          return absl::OkStatus();
        }));
    if (stands) {
      for (const auto& key : peer.acquaintance.NodeKeys()) add(key);
    } else {
      for (const auto& descriptor : peer.acquaintance.InForce(today)) {
        add(descriptor.node_key);
      }
    }
  }
  return keys;
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
  // Each status report asks for every peer.
  static auto* const parsed = new Memo<v1::Mou>;
  const auto mou = parsed->Get(*text, ParseMou);
  if (!mou.ok()) return state;
  const absl::StatusOr<std::vector<PeerId>> others = OtherParties(**mou, own);
  state.in_force = others.ok() && Holds(*others, peer) && InPeriod(**mou, day);
  return state;
}

absl::Status CheckMouParties(const std::string& text, Country own,
                             const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(policy::CheckDocument({"mou", text}));
  MINGA_ASSIGN_OR_RETURN(const v1::Mou mou, ParseMou(text));
  MINGA_ASSIGN_OR_RETURN(const std::vector<PeerId> others,
                         OtherParties(mou, own));
  if (peer.empty() || Holds(others, peer)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("`", peer.ToString(), "` is not a party of the memorandum"));
}

absl::StatusOr<SignedMou> SignMouNote(const NodeParts& node,
                                      absl::string_view serialized) {
  MINGA_ASSIGN_OR_RETURN(const federation::MouNote unread,
                         federation::ReadMou(serialized, {}));
  MINGA_RETURN_IF_ERROR(policy::CheckDocument({"mou", unread.note.text}));
  MINGA_ASSIGN_OR_RETURN(const v1::Mou mou, ParseMou(unread.note.text));
  MINGA_ASSIGN_OR_RETURN(const std::vector<PeerId> others,
                         OtherParties(mou, node.own));
  MINGA_ASSIGN_OR_RETURN(std::vector<KnownPeer> known, KnownOf(node, others));
  MINGA_ASSIGN_OR_RETURN(const std::vector<NoteVerifier> keys,
                         KeysThatCount(node, known, unread.note.text));
  MINGA_ASSIGN_OR_RETURN(federation::MouNote read,
                         federation::ReadMou(serialized, keys));
  // Before our signature exists: it could be shown to others.
  MINGA_ASSIGN_OR_RETURN(known,
                         Examined(node, std::move(known), read.note.text));
  const federation::OwnGeneration own = node.keyring->Newest();
  read = federation::SignMou(std::move(read), own.descriptor.node_key.name,
                             *own.node);
  SignedMou result;
  result.note = read.note.Serialize();
  for (const NoteVerifier& key : read.signed_by) {
    result.signed_by.push_back(key.name);
  }
  for (const KnownPeer& peer : known) {
    const std::vector<NoteVerifier> theirs = peer.acquaintance.NodeKeys();
    const bool complete =
        std::any_of(theirs.begin(), theirs.end(),
                    [&](const auto& key) { return read.IsSignedBy(key); });
    MINGA_RETURN_IF_ERROR(node.desk
                              ->KeepMou(kOperator, peer.row.id, result.note,
                                        read.note.text, complete)
                              .status());
    result.in_force = result.in_force ||
                      (complete && InPeriod(mou, DayOf(node.clock->Now())));
  }
  // What was refused for want of an agreement is asked for again.
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  return result;
}

}  // namespace minga::rpc
