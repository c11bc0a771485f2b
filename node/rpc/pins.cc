#include "node/rpc/pins.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::rpc {

void PinBook::Replace(const std::vector<Pin>& pins) {
  std::map<Digest, Pin> replacement;
  for (const Pin& pin : pins) replacement.emplace(pin.certificate, pin);
  const absl::MutexLock lock(&mutex_);
  pins_ = std::move(replacement);
}

absl::StatusOr<PeerId> PinBook::Find(const Digest& certificate,
                                     absl::CivilDay day) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = pins_.find(certificate);
  if (found == pins_.end()) {
    return absl::UnauthenticatedError(
        "the certificate is not that of a peer of this node");
  }
  if (found->second.suspended) {
    return absl::PermissionDeniedError(absl::StrCat(
        "peer ", found->second.peer.ToString(), " is suspended here"));
  }
  if (day > found->second.until) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the certificate is a former one of ", found->second.peer.ToString(),
        ", which counted until ", FormatDay(found->second.until)));
  }
  return found->second.peer;
}

absl::StatusOr<PeerId> Recognise(absl::string_view certificate_pem,
                                 const PinBook& pins, absl::Time now) {
  const absl::StatusOr<CertificateFacts> facts =
      ReadCertificate(certificate_pem);
  if (!facts.ok()) {
    return absl::UnauthenticatedError(
        absl::StrCat("unreadable certificate: ", facts.status().message()));
  }
  if (now < facts->not_before) {
    return absl::UnauthenticatedError(
        absl::StrCat("the certificate is not valid before ",
                     absl::FormatTime(facts->not_before, absl::UTCTimeZone())));
  }
  if (now > facts->not_after) {
    return absl::UnauthenticatedError(
        absl::StrCat("the certificate expired on ",
                     absl::FormatTime(facts->not_after, absl::UTCTimeZone())));
  }
  return pins.Find(facts->fingerprint, DayOf(now));
}

std::string CertificateName(absl::string_view certificate_pem) {
  const absl::StatusOr<CertificateFacts> facts =
      ReadCertificate(certificate_pem);
  if (!facts.ok()) return "";
  return absl::StrCat("sha256:", Hex(AsView(facts->fingerprint)));
}

}  // namespace minga::rpc
