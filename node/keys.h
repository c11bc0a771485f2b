// The secrets of a node: made once by `minga init`, kept in `<data>/keys/`.
//
//   node.key   Ed25519 seed (64 hex digits): descriptors, MoUs, pages, receipts
//   log.key    Ed25519 seed: checkpoints of the audit log
//   cosign.key Ed25519 seed: cosignatures on the peers' checkpoints
//   storage.key  32 bytes (hex): wraps the persons' keys in the database
//   tls/cert.pem, tls/key.pem  the self-signed certificate that peers pin
//   node.vkey, log.vkey, cosign.vkey  the public halves with their names: what
//                                     an auditor needs to verify with
//
// A key's name stands in its vkey and never changes with the configuration:
// what was signed under a name must stay verifiable. Keys that replaced these
// have the same names and lie in folders of their own (key_store.h).
#ifndef MINGA_NODE_KEYS_H_
#define MINGA_NODE_KEYS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/certificate.h"
#include "node/base/crypto/sign.h"
#include "node/base/ids.h"
#include "node/base/note.h"
#include "node/base/random.h"

namespace minga {

// A key with the name under which it signs.
struct NamedKey {
  NoteVerifier verifier;
  std::unique_ptr<SigningKey> key;
};

struct NodeKeys {
  NamedKey node;        // minga/<cc>/<slug>/node
  NamedKey log;         // minga/<cc>/<slug>: the log's origin
  NamedKey cosign;      // minga/<cc>/<slug>/cosign
  std::string storage;  // 32 bytes
  CertificateAndKey tls;
};

// Two years: long enough that a rotation is planned work, short enough that it
// is practised.
inline constexpr absl::Duration kCertificateLife = absl::Hours(24 * 730);

// "Servicio Público de Empleo" -> "servicio-publico-de-empleo": ASCII letters
// and digits, accents dropped, all else one '-'; at most 60 bytes. Empty if
// nothing is left.
std::string Slug(absl::string_view name);

// Makes all keys in `folder`, which must not exist yet.
absl::Status MakeKeys(const std::string& folder, Country country,
                      absl::string_view node_name, absl::Time now,
                      Random& random);

// --- Its pieces, for keys made later. `file` is "node", "log" or "cosign".

// Makes `file`.key and `file`.vkey in `folder`.
absl::Status MakeNamedKey(const std::string& folder, absl::string_view file,
                          std::string key_name, NoteKeyType type,
                          Random& random);
// As LoadKeys for one key.
absl::StatusOr<NamedKey> LoadNamedKey(const std::string& folder,
                                      absl::string_view file, NoteKeyType type);
// Makes `folder` with a new certificate and its key.
absl::Status MakeTls(const std::string& folder, absl::string_view common_name,
                     absl::Time now);
absl::StatusOr<std::string> LoadStorageKey(const std::string& folder);

// Reads and checks all keys that init made.
//   FAILED_PRECONDITION  a file others can read, or a vkey that is not the
//                        public half of its key.
//   NOT_FOUND            a file is missing.
//   INVALID_ARGUMENT     a damaged file.
absl::StatusOr<NodeKeys> LoadKeys(const std::string& folder);

}  // namespace minga

#endif  // MINGA_NODE_KEYS_H_
