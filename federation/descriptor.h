// A node's descriptor: the one file that two countries exchange to know each
// other. A signed note by the node key, text of "name: value" lines:
//
//   minga/descriptor/v1
//   country: EC
//   name: Red Socio Empleo
//   sequence: 1
//   endpoint: node.example.ec:7443
//   certificate: <base64 DER>
//   node-key: <vkey>      signs descriptors, MoUs, pages, receipts
//   log-key: <vkey>       signs checkpoints; its name is the log's origin
//   cosign-key: <vkey>    cosigns the peers' checkpoints
//   valid-from: 2026-11-01
//   valid-until: 2028-11-01
//   former-until: 2026-12-01  the keys of the descriptor before, where this one
//                         has others, still count through that day; left out
//                         if no key is new
//   protocol: 1-2
//
// A descriptor with a greater sequence replaces one by itself if the node key
// of the former signed it, too: no phone call is needed then.
#ifndef MINGA_FEDERATION_DESCRIPTOR_H_
#define MINGA_FEDERATION_DESCRIPTOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "federation/protocol.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/base/note.h"

namespace minga::federation {

// Files and answers hold at most so many: one for each quarter of 16 years.
inline constexpr std::size_t kDescriptorsMax = 64;

struct Descriptor {
  Country country;
  std::string name;
  std::uint64_t sequence = 1;
  std::vector<std::string> endpoints;  // host:port, 1..4
  std::string certificate_pem;
  NoteVerifier node_key;
  NoteVerifier log_key;
  NoteVerifier cosign_key;
  absl::CivilDay valid_from;
  absl::CivilDay valid_until;
  std::optional<absl::CivilDay> former_until = std::nullopt;
  std::uint32_t protocol_min = kProtocolMin;
  std::uint32_t protocol_max = kProtocolMax;

  std::string Text() const;
};

// Signs with the node key named in the descriptor.
std::string SignDescriptor(const Descriptor& descriptor,
                           const SigningKey& node_key);
// Signs with that and, if it is another, with the node key of the descriptor
// before.
std::string SignSuccessor(const Descriptor& descriptor,
                          const SigningKey& node_key, const Descriptor& former,
                          const SigningKey& former_node_key);

// Parses and checks form, bounds and the signature by the descriptor's own
// node key. Whether it is *the* country's is for the fingerprint to tell.
//   INVALID_ARGUMENT  line N: what is wrong.
absl::StatusOr<Descriptor> ReadDescriptor(absl::string_view note);

// One or several descriptors, one after the other, as a file of them holds
// them; a text that begins with none is one piece. INVALID_ARGUMENT for more
// than kDescriptorsMax.
absl::StatusOr<std::vector<std::string>> SplitDescriptors(
    absl::string_view notes);

// Whether `next`, whose signed form is `note`, takes the place of `present`.
//   FAILED_PRECONDITION  of another country or log, not newer, or not signed by
//                        the present node key; says what to do.
absl::Status CheckSuccessor(const Descriptor& present, const Descriptor& next,
                            absl::string_view note);

// Which keys are new in `next`: of "tls", "node", "log", "cosign".
std::vector<std::string> ChangedKeys(const Descriptor& present,
                                     const Descriptor& next);

// FAILED_PRECONDITION, with what to do, if `day` is outside its validity.
absl::Status CheckValidity(const Descriptor& descriptor, absl::CivilDay day);

// Eight groups of four base32 characters over SHA-256 of the descriptor's text:
// 160 bits, short enough to be read out by phone.
std::string Fingerprint(const Descriptor& descriptor);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_DESCRIPTOR_H_
