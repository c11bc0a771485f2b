// The name under which a peer knows a person's profile.
#ifndef MINGA_NODE_EXCHANGE_PSEUDONYM_H_
#define MINGA_NODE_EXCHANGE_PSEUDONYM_H_

#include <string>

#include "absl/strings/string_view.h"

namespace minga::exchange {

// HMAC-SHA-256(key of the peer, key of the person) as 52 base32 characters. Two
// peers cannot join what they see; destroying the person's key destroys the
// link, also for whoever holds the peer's key.
std::string Pseudonym(absl::string_view peer_key, absl::string_view person_key);

// The form of one.
bool IsPseudonym(absl::string_view text);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PSEUDONYM_H_
