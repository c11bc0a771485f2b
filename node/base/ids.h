// Names of things that all layers share: countries, peers, kinds, records.
#ifndef MINGA_NODE_BASE_IDS_H_
#define MINGA_NODE_BASE_IDS_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga {

// ISO 3166-1 alpha-2 country code, upper case. A value type of two bytes; the
// default value is "no country" and prints as "--".
class Country {
 public:
  constexpr Country() = default;

  // INVALID_ARGUMENT unless `text` is two letters A-Z.
  static absl::StatusOr<Country> Parse(absl::string_view text);

  // For literals in code: Country::Of("EC"). REQUIRES: two letters A-Z.
  static constexpr Country Of(const char (&text)[3]) {
    return Country(text[0], text[1]);
  }

  bool empty() const { return first_ == 0; }
  std::string ToString() const;

  friend constexpr bool operator==(Country a, Country b) = default;
  friend constexpr auto operator<=>(Country a, Country b) = default;
  template <typename H>
  friend H AbslHashValue(H h, Country c) {
    return H::combine(std::move(h), c.first_, c.second_);
  }

 private:
  constexpr Country(char first, char second) : first_(first), second_(second) {}
  char first_ = 0;
  char second_ = 0;
};

// A peer is the node of one country's Public Employment Service. Principle 1
// (no registry) makes the country code the only name both sides already share.
using PeerId = Country;

// Kinds of record. Numbers are those of minga.v1.RecordKind and are stored.
enum class RecordKind : std::uint8_t {
  kUnspecified = 0,
  kVacancy = 1,
  kProfile = 2,
  kApplication = 3,
  kContactRequest = 4,
  kRightsNotice = 5,
  kComplaint = 6,
  kTrainingOffer = 7,
  kTrainingReferral = 8,
  kQualificationRecognition = 9,
  kStatistic = 10,
};
inline constexpr int kRecordKinds = 11;

// "vacancy", "profile", "contact_request"...; "unspecified" for the rest.
absl::string_view KindName(RecordKind kind);
// INVALID_ARGUMENT for an unknown name, naming the ones that exist.
absl::StatusOr<RecordKind> ParseKind(absl::string_view name);
// INVALID_ARGUMENT unless `number` is a kind other than 0.
absl::StatusOr<RecordKind> KindFromNumber(int number);

// The identity of a record: its origin's country, its kind and the origin's
// own opaque id.
struct RecordKey {
  Country country;
  RecordKind kind = RecordKind::kUnspecified;
  std::string id;

  // "CO/vacancy/1234": for people, logs and the command line.
  std::string ToString() const;
  // The inverse of ToString; INVALID_ARGUMENT with the part that is wrong.
  static absl::StatusOr<RecordKey> Parse(absl::string_view text);

  friend bool operator==(const RecordKey&, const RecordKey&) = default;
  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const RecordKey& k) {
    return H::combine(std::move(h), k.country, k.kind, k.id);
  }
};

// INVALID_ARGUMENT unless `id` is 1..kRecordIdBytesMax printable ASCII
// characters without space, '/' or quotes.
absl::Status ValidateRecordId(absl::string_view id);

// Position in a peer's feed; 0 is "before the first row".
using SeqNo = std::uint64_t;
// Feed generation: changes when a feed is rebuilt (a restored backup, a
// re-join), so that a receiver notices that its cursor means nothing.
using Epoch = std::uint64_t;
// The origin's per-node change counter: never a time.
using Revision = std::uint64_t;

}  // namespace minga

#endif  // MINGA_NODE_BASE_IDS_H_
