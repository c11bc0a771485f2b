// The name under which a peer knows a person's profile.
#ifndef MINGA_NODE_EXCHANGE_PSEUDONYM_H_
#define MINGA_NODE_EXCHANGE_PSEUDONYM_H_

#include <string>

#include "absl/strings/string_view.h"
#include "node/base/ids.h"

namespace minga::exchange {

// HMAC-SHA-256(key of the peer, key of the person and the epoch) as 52 base32
// characters. By their pseudonyms alone, neither two peers can join what they
// see nor one peer what it sees in two epochs (ladder.h): what is displayed of
// a person may still tell them (deploy/anonymity/PROTECTION.md). Destroying the
// person's key destroys the link, also for whoever holds the peer's key.
std::string Pseudonym(absl::string_view peer_key, absl::string_view person_key,
                      Epoch epoch);

// The form of one.
bool IsPseudonym(absl::string_view text);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_PSEUDONYM_H_
