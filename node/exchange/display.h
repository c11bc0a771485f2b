// Displays: the ways in which one profile can be displayed to one peer, from
// fine to coarse: what law, agreement and consent permit, coarsened rung by
// rung of the peer's ladder. Internal to this room.
//
// Skills and languages are apart: a class is of those who look alike without
// them, and each value is displayed only if enough of the class have it.
#ifndef MINGA_NODE_EXCHANGE_DISPLAY_H_
#define MINGA_NODE_EXCHANGE_DISPLAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/exchange/hierarchies.h"
#include "node/exchange/judge.h"
#include "node/exchange/ladder.h"
#include "node/exchange/obligations.h"
#include "node/exchange/scene.h"

namespace minga::exchange {

// Largest k and l; a class name holds them in 16 and 8 bits.
inline constexpr int kClassSizeMax = 65535;
inline constexpr int kClassDiversityMax = 255;
// Skills and languages displayed of one person, and looked at to find them:
// more single somebody out whatever support each has.
inline constexpr std::size_t kValuesShownMax = 10;
inline constexpr std::size_t kValuesLookedAtMax = 64;

// The class of what is displayed as `body` on `terms` in `epoch`: k in the
// first two bytes, l in the third, then HMAC-SHA-256 under the
// peer's key, cut. Members of a class agree
// in k and l; l < 2 is none.
Digest ClassOfDisplay(absl::string_view key, absl::string_view body,
                      const Terms& terms, Epoch epoch, int min_k, int min_l);
int KOf(const Digest& klass);
int LOf(const Digest& klass);

// Values as stored: 8 bytes each.
std::vector<std::uint64_t> DecodeValues(absl::string_view stored);
std::string EncodeValues(const std::vector<std::uint64_t>& values);

// What peers with the same levels see of one profile is made once.
class Bodies {
 public:
  // Both outlive this.
  Bodies(const v1::Profile& profile, const Hierarchies& hierarchies)
      : profile_(profile), hierarchies_(hierarchies) {}

  const v1::Profile& profile() const { return profile_; }
  // Without id, skills and languages. Lives as long as this.
  const std::string& Of(const policy::Decision& decision,
                        const ProfileLevels& levels);
  // SeenLevels of what looks as Of(decision, levels).
  ProfileLevels Seen(const ProfileLevels& levels);

 private:
  struct Made {
    ProfileLevels levels;
    std::string body;
    std::optional<ProfileLevels> seen;
  };

  const v1::Profile& profile_;
  const Hierarchies& hierarchies_;
  std::vector<std::unique_ptr<Made>> made_;
};

struct Display {
  int rung = 0;
  ProfileLevels levels;
  absl::string_view body;  // in the Bodies
  Digest klass{};
};

class Displays {
 public:
  // Bodies and peer outlive it. REQUIRES: the verdict permits the profile.
  Displays(Bodies& bodies, const PeerFile& peer,
           std::shared_ptr<const Verdict> verdict,
           absl::string_view person_key);

  // The same profile under another key of its person.
  void SetPersonKey(absl::string_view person_key);
  // Nothing finer than what was displayed on `rung` as `floor` (Floor) from
  // here on, and no other skill or language; empty: nothing was displayed.
  void Restrict(absl::string_view floor, int rung);
  // The display that is `place`-th when those that look like the one before
  // are left out; nullptr beyond the last.
  const Display* At(std::size_t place);

  // What is remembered of a display with `values`, for the rest of the epoch:
  // the levels that were seen (EncodeLevels), then the values.
  std::string Floor(const Display& display,
                    const std::vector<std::uint64_t>& values) const;

  const PeerFile& peer() const { return peer_; }
  const Terms& terms() const { return terms_; }
  // The pseudonym.
  const std::string& WireId() const;
  // Skills and languages that `display` may have, as numbers.
  std::vector<std::uint64_t> Values(const Display& display) const;
  // What is sent: with pseudonym and those of the skills and languages that are
  // among `values`.
  std::string Message(const Display& display,
                      const std::vector<std::uint64_t>& values) const;
  // Keyed digests of the sensitive values, 8 bytes each, zero where nothing is
  // known; "" unless diversity is asked for.
  std::string Sensitive() const;

 private:
  using Numbers = std::vector<std::uint64_t>;

  // Of each skill and language of the profile, in its order.
  const Numbers& SkillNumbers() const;
  const Numbers& LanguageNumbers() const;

  Bodies& bodies_;
  const PeerFile& peer_;
  const std::shared_ptr<const Verdict> verdict_;
  std::string person_key_;
  const Terms terms_;
  ProfileLevels finest_;
  std::optional<Numbers> values_;  // no others, if set
  // Made when asked for.
  mutable std::string wire_id_;
  mutable std::optional<Numbers> skill_numbers_;
  mutable std::optional<Numbers> language_numbers_;
  std::size_t next_rung_ = 0;
  std::vector<Display> displays_;
};

// How one profile can be displayed to the peers of a scene, made before the
// transaction that needs it. Both outlive it.
struct Looks {
  Looks(const v1::Profile& profile, const Hierarchies& hierarchies)
      : bodies(profile, hierarchies) {}
  Looks(const Looks&) = delete;
  Looks& operator=(const Looks&) = delete;

  Bodies bodies;
  // In the order of the scene; nullopt where the profile may not be shown.
  std::vector<std::optional<Displays>> of_peers;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_DISPLAY_H_
