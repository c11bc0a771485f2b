#include "node/rpc/peer_pins.h"

#include "federation/acquaintance.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"

namespace minga::rpc {

absl::StatusOr<PeerPins> ReadPeerPins(const storage::Snapshot& snapshot) {
  PeerPins result;
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                         snapshot.peers().List());
  for (const storage::PeerRow& row : rows) {
    const bool suspended = row.state == storage::PeerState::kSuspended;
    if (!suspended) result.peers.push_back(row.id);
    MINGA_ASSIGN_OR_RETURN(
        const federation::Acquaintance known,
        federation::ReadAcquaintance(snapshot.documents(), row));
    // The newest first: of one certificate its pin is the one that stays.
    for (std::size_t i = 0; i < known.descriptors.size(); ++i) {
      if (i > 0 && known.until[i] == absl::CivilDay::min()) continue;
      MINGA_ASSIGN_OR_RETURN(
          const CertificateFacts facts,
          ReadCertificate(known.descriptors[i].certificate_pem));
      // The newest is let in past its end, to be told so.
      result.pins.push_back({facts.fingerprint, row.id, suspended,
                             i == 0 ? absl::CivilDay::max() : known.until[i]});
    }
  }
  return result;
}

}  // namespace minga::rpc
