// SentCheck counts what a peer was sent of people and says what is wrong with
// it. It knows nothing of how people were chosen: only the bytes. Internal to
// this room.
#ifndef MINGA_NODE_EXCHANGE_SENT_CHECK_H_
#define MINGA_NODE_EXCHANGE_SENT_CHECK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/ids.h"
#include "node/exchange/obligations.h"

namespace minga::v1 {
class Profile;
}  // namespace minga::v1

namespace minga::exchange {

// One row of a feed that shows a person.
struct SentPerson {
  SeqNo seq = 0;
  absl::string_view body;     // a Profile
  absl::string_view wire_id;  // the pseudonym that the row is known by
  Terms terms;
  int min_k = 0;  // what the policy asks for; 0 and 1 are the same
};

// Violations that are put in words; the others are only counted.
inline constexpr int kViolationsListedMax = 100;
// Different (class, skill) and (class, language) that are counted in one pass.
// Of what is right there are at most 1 / k of all skills and languages shown;
// these take 60 MB.
inline constexpr std::size_t kSentPairsMax = 1'800'000;

// Checked of what everybody was sent:
//   - each class, those who look the same but for pseudonym, skills and
//     languages and are sent on the same terms, has at least k people;
//   - each skill or language is shown of at least k people of its class;
//   - pseudonyms are well-formed, different, and those of the rows;
//   - nothing is shown that never leaves: what identifies, is sensitive, is
//     free text, or is no field of a profile that may leave.
//
// Exact: classes and pairs are told apart by 128 bits of SHA-256. Memory is
// about 50 bytes for a person, and kSentPairsMax.
//
// Use: do { BeginPass(); Add() everybody, the same each time } while
// (!EndPass()); then Report().
class SentCheck {
 public:
  // `min_k` > 0 in the place of what the policy asks for.
  explicit SentCheck(int min_k, std::size_t pairs_max = kSentPairsMax)
      : min_k_(min_k), pairs_max_(pairs_max) {}

  void BeginPass();
  void Add(const SentPerson& person);
  // A row that changed since it was decided; what the peer has of it is not
  // known. Of the first pass.
  void AddChanging();
  // True if that was the last one.
  bool EndPass();

  // A class that lacks no more people than there are changing rows is not
  // called wrong: they may be in it.
  v1::VerifyAnonymityResponse Report() const;

 private:
  using Key = std::array<std::uint64_t, 2>;
  struct Class {
    Key key{};
    std::uint32_t people = 0;
    std::uint32_t k = 1;
  };
  struct Pair {
    std::uint32_t people = 0;
    std::uint32_t klass = 0;  // index in classes_
  };
  // The pairs whose key leaves `rest` when divided by `of`, a power of two.
  struct Part {
    std::uint64_t rest = 0;
    std::uint64_t of = 1;
  };

  void CheckPerson(const SentPerson& person, const v1::Profile& shown);
  void CountPairs(std::uint32_t klass, const v1::Profile& shown);
  void CountPair(const Key& pair, std::uint32_t klass);
  void Violate(std::string what);
  bool TooFew(std::uint64_t people, std::uint64_t k) const {
    return people + changing_ < k;
  }
  bool InPart(const Key& pair) const {
    return (pair[1] & (part_.of - 1)) == part_.rest;
  }

  const int min_k_;
  const std::size_t pairs_max_;
  bool first_ = true;  // pass
  std::vector<Class> classes_;
  absl::flat_hash_map<Key, std::uint32_t> class_ids_;
  absl::flat_hash_set<Key> pseudonyms_;
  std::uint64_t people_ = 0;
  std::uint64_t changing_ = 0;
  absl::flat_hash_map<Key, Pair> pairs_;
  Part part_;                // of this pass
  std::vector<Part> parts_;  // still to be counted
  std::vector<std::string> violations_;
  std::uint64_t violations_total_ = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SENT_CHECK_H_
