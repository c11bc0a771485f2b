#include "node/rpc/peer_check.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "federation/descriptor.h"
#include "federation/keyring.h"
#include "minga/v1/admin.pb.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/policy_desk.h"
#include "node/rpc/mou_desk.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/peer_desk.h"
#include "node/rpc/status.h"
#include "node/rpc/times.h"
#include "node/rpc/tls_probe.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

// Dates decide what may leave: clocks further apart than this would disagree
// about the day more often than about anything else.
constexpr absl::Duration kClockSkewMax = absl::Minutes(2);

// What this node holds about the peer, read at once.
struct Standing {
  MouState mou;
  storage::FeedHead sent;
  storage::Cursor received;
};

absl::StatusOr<Standing> ReadStanding(const NodeParts& node,
                                      const PeerId& peer) {
  Standing standing;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            standing.mou, ReadMouState(snapshot.documents(), node.own, peer,
                                       DayOf(node.clock->Now())));
        absl::StatusOr<storage::FeedHead> head = snapshot.feeds().Head(peer);
        // A peer without a feed yet has been told nothing.
        if (head.ok()) standing.sent = *head;
        if (!head.ok() && !absl::IsNotFound(head.status())) {
          return head.status();
        }
        MINGA_ASSIGN_OR_RETURN(standing.received,
                               snapshot.peers().CursorOf(peer));
        return absl::OkStatus();
      }));
  return standing;
}

class Walk {
 public:
  Walk(const NodeParts& node, const KnownPeer& peer)
      : node_(node), peer_(peer), name_(peer.row.id.ToString()) {}

  absl::StatusOr<v1::CheckPeerResponse> Go() {
    MINGA_ASSIGN_OR_RETURN(const Standing standing,
                           ReadStanding(node_, peer_.row.id));
    CheckPaper();
    const bool reached = std::any_of(peer_.descriptor.endpoints.begin(),
                                     peer_.descriptor.endpoints.end(),
                                     [this](const std::string& endpoint) {
                                       return CheckEndpoint(endpoint);
                                     });
    if (reached) CheckAnswer(standing);
    CheckLaw(standing);
    return std::move(response_);
  }

 private:
  bool Add(absl::string_view name, bool ok, std::string detail,
           std::string advice) {
    v1::CheckStep* const step = response_.add_steps();
    step->set_name(std::string(name));
    step->set_ok(ok);
    step->set_detail(std::move(detail));
    if (!ok) step->set_advice(std::move(advice));
    return ok;
  }

  void CheckPaper() {
    const bool active = peer_.row.state == storage::PeerState::kActive;
    const bool leaving = peer_.row.state == storage::PeerState::kLeaving;
    Add("peer", active,
        active ? absl::StrCat(name_, ", ", peer_.descriptor.name)
               : absl::StrCat(
                     name_, leaving ? " is leaving: " : " is suspended here: ",
                     peer_.row.suspended_why),
        leaving
            ? absl::StrCat("see how far it is: `minga peer left ", name_, "`")
            : absl::StrCat("when the cause is gone: `minga peer resume ", name_,
                           "`"));
    const absl::Status valid =
        federation::CheckValidity(peer_.descriptor, DayOf(node_.clock->Now()));
    Add("descriptor", valid.ok(),
        valid.ok() ? absl::StrCat("valid until ",
                                  FormatDay(peer_.descriptor.valid_until))
                   : std::string(valid.message()),
        "what to do stands there; a file of theirs is taken in with `minga "
        "peer update`");
  }

  // True if the peer's node was reached there and let us in.
  bool CheckEndpoint(const std::string& endpoint) {
    const HostPort where = SplitEndpoint(endpoint);
    const auto addresses = ResolveHost(where);
    if (!Add("name", addresses.ok(),
             addresses.ok() ? absl::StrCat(endpoint, " is ",
                                           absl::StrJoin(*addresses, ", "))
                            : std::string(addresses.status().message()),
             "check the DNS here, or ask the peer whether the name is right")) {
      return false;
    }
    auto socket = ProbeSocket::Connect(where);
    if (!Add("connect", socket.ok(),
             socket.ok() ? absl::StrCat("port ", where.port, " answers")
                         : std::string(socket.status().message()),
             "is the peer's node running, and do both firewalls let this "
             "machine through to that port?")) {
      return false;
    }
    return CheckTls(*socket) && Ask(endpoint);
  }

  bool CheckTls(ProbeSocket& socket) {
    const absl::StatusOr<TlsFacts> facts =
        socket.ShakeHands(node_.tls.Towards(peer_.row.id));
    const absl::Status spoken =
        facts.ok() ? CheckSpoken(*facts) : facts.status();
    if (!Add("tls", spoken.ok(),
             spoken.ok() ? facts->version : std::string(spoken.message()),
             "something between the nodes may speak older TLS or end it: the "
             "port must reach the node itself, with TLS 1.3")) {
      return false;
    }
    const absl::StatusOr<PeerId> found =
        Recognise(facts->certificate_pem, *node_.tls.pins, node_.clock->Now());
    const bool theirs = found.ok() && *found == peer_.row.id;
    return Add(
        "certificate", theirs,
        theirs ? CertificateName(facts->certificate_pem)
               : absl::StrCat(
                     CertificateName(facts->certificate_pem), ": ",
                     found.ok() ? "another peer's" : found.status().message()),
        "if the peer renewed its certificate while it could not be reached, "
        "ask for its descriptor, for `minga peer update`; if not, somebody "
        "else answers there: phone them");
  }

  bool Ask(const std::string& endpoint) {
    const std::shared_ptr<grpc::Channel> channel =
        OpenPeerChannel(node_.tls, peer_.row.id, endpoint);
    const auto stub = v1::FederationService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kProbeTimeout));
    v1::ProbeRequest request;
    request.set_protocol_min(federation::kProtocolMin);
    request.set_protocol_max(federation::kProtocolMax);
    asked_at_ = node_.clock->Now();
    const absl::Status status =
        FromGrpc(stub->Probe(&context, request, &answer_));
    answered_at_ = node_.clock->Now();
    if (status.ok()) AskForDescriptors(*stub);
    return Add("let in", status.ok(),
               status.ok() ? absl::StrCat("the node of ",
                                          Printable(answer_.country(), 10),
                                          " answers us")
                           : Printable(status.ToString(), 300),
               "the peer refuses our certificate: it must add our newest "
               "invitation (`minga peer add`, or `peer update` if it has an "
               "older one), or has suspended us; its log has the refusal");
  }

  // Which descriptors each holds of the other; an older node does not know.
  void AskForDescriptors(v1::FederationService::StubInterface& stub) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kProbeTimeout));
    v1::AskRequest request;
    request.mutable_descriptors()->set_have(peer_.descriptor.sequence);
    request.mutable_descriptors()->set_own(node_.keyring->Sequence());
    v1::AskResponse answer;
    if (stub.Ask(&context, request, &answer).ok() && answer.has_descriptors()) {
      descriptors_ = answer.descriptors();
    }
  }

  void CheckDescriptors() {
    if (!descriptors_.has_value()) return;
    const std::uint64_t own = node_.keyring->Sequence();
    Add("our keys", descriptors_->have() == own,
        absl::StrCat("they hold our descriptor ", descriptors_->have(), " of ",
                     own),
        "they take it in by themselves within a day; if they do not, send them "
        "`minga peer invite --out FILE` for `minga peer update FILE`");
    if (descriptors_->notes_size() == 0) {
      Add("their keys", true,
          absl::StrCat("we hold their newest descriptor, ",
                       peer_.descriptor.sequence),
          "");
      return;
    }
    const absl::StatusOr<federation::Descriptor> next =
        federation::ReadDescriptor(descriptors_->notes(0));
    absl::Status why = next.status();
    if (why.ok()) {
      why = federation::CheckSuccessor(peer_.descriptor, *next,
                                       descriptors_->notes(0));
    }
    if (why.ok()) {
      why = federation::CheckValidity(*next, DayOf(node_.clock->Now()));
    }
    Add("their keys", false,
        absl::StrCat("they have newer ones than descriptor ",
                     peer_.descriptor.sequence),
        why.ok() ? "this node takes them in by itself within minutes"
                 : Printable(why.message(), 500));
  }

  void CheckAnswer(const Standing& standing) {
    CheckDescriptors();
    const absl::Time theirs = FromTimestamp(answer_.now());
    // What the way took cannot be told from a difference of the clocks.
    const absl::Duration skew =
        theirs < asked_at_
            ? asked_at_ - theirs
            : std::max(theirs - answered_at_, absl::ZeroDuration());
    Add("clock", skew <= kClockSkewMax,
        absl::StrCat("apart by ",
                     absl::FormatDuration(absl::Trunc(skew, absl::Seconds(1)))),
        "set both machines' clocks by NTP: dates decide what may leave");
    const std::uint32_t common =
        std::min(answer_.protocol_max(), federation::kProtocolMax);
    Add("protocol",
        common >= std::max(answer_.protocol_min(), federation::kProtocolMin),
        absl::StrCat("theirs ", answer_.protocol_min(), "-",
                     answer_.protocol_max(), ", ours ",
                     federation::kProtocolMin, "-", federation::kProtocolMax),
        "the older of the two nodes must be updated");
    Add("agreement there", answer_.mou_in_force(),
        answer_.mou_in_force() ? "in force" : "not in force at the peer",
        "send them the memorandum with both signatures to sign in");
    Add("same text", standing.mou.digest == answer_.mou_digest(),
        absl::StrCat("ours ", standing.mou.digest.substr(0, 16), ", theirs ",
                     Printable(answer_.mou_digest().substr(0, 16), 32)),
        "both sides must sign the very same file");
    CheckCursors(standing);
  }

  void CheckCursors(const Standing& standing) {
    Add("sent", true,
        absl::StrCat("they acknowledged ", standing.sent.acknowledged, " of ",
                     standing.sent.last),
        "");
    const bool same_epoch = standing.received.epoch == answer_.epoch() ||
                            standing.received.epoch == 0;
    Add("received", !same_epoch || standing.received.seq <= answer_.last_seq(),
        same_epoch ? absl::StrCat("we applied ", standing.received.seq, " of ",
                                  answer_.last_seq())
                   : "their feed was rebuilt; it will be taken anew",
        "the peer's feed is shorter than what it sent us: it was restored "
        "from an old backup");
  }

  void CheckLaw(const Standing& standing) {
    Add("agreement here", standing.mou.in_force,
        standing.mou.in_force ? "in force" : "no memorandum in force with it",
        "draft and sign one: `minga mou draft`, `minga mou sign`");
    const std::string policy = node_.desk->NationalName();
    Add("policy", !policy.empty(),
        policy.empty() ? "no national policy: everything is withheld" : policy,
        "`minga policy activate` with the pack of this country");
  }

  const NodeParts& node_;
  const KnownPeer& peer_;
  const std::string name_;
  v1::CheckPeerResponse response_;
  v1::ProbeResponse answer_;
  std::optional<v1::DescriptorAnswer> descriptors_;
  absl::Time asked_at_;
  absl::Time answered_at_;
};

}  // namespace

absl::StatusOr<v1::CheckPeerResponse> CheckPeer(const NodeParts& node,
                                                const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const KnownPeer known, FindPeer(node, peer));
  return Walk(node, known).Go();
}

absl::StatusOr<v1::ProbeResponse> AnswerProbe(
    const NodeParts& node, const PeerId& peer,
    const v1::ProbeRequest& /*request*/) {
  MINGA_ASSIGN_OR_RETURN(const Standing standing, ReadStanding(node, peer));
  v1::ProbeResponse response;
  response.set_country(node.own.ToString());
  response.set_protocol_min(federation::kProtocolMin);
  response.set_protocol_max(federation::kProtocolMax);
  *response.mutable_now() = ToTimestamp(node.clock->Now());
  response.set_mou_in_force(standing.mou.in_force);
  response.set_mou_digest(standing.mou.digest);
  response.set_epoch(standing.sent.epoch);
  response.set_last_seq(standing.sent.last);
  response.set_acknowledged(standing.sent.acknowledged);
  return response;
}

}  // namespace minga::rpc
