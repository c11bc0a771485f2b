// The versions of what two nodes say to each other, and what each can express.
//
//   1  rows, pages and receipts as first published.
//   2  features by name. Known now:
//        row-obligations   a row may say until when it is kept and that it
//                          must not be passed on
//        retention-report  a receipt says how many records were erased because
//                          their retention ended
//
// A node speaks its newest version and the one before. Of a feature only what
// both have is used, and what the other cannot express is never left out in
// silence:
//   - a record with an obligation that the peer cannot read is not sent; what
//     it held of it is withdrawn, and all comes again once it can.
//   - of records about persons none is sent to such a peer: a part of a class
//     would be fewer than k.
//   - a report that a receipt cannot carry is in the first one that can: the
//     number counts from the beginning.
//   - a field of a feature that was not agreed on makes the message malformed.
#ifndef MINGA_FEDERATION_PROTOCOL_H_
#define MINGA_FEDERATION_PROTOCOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::federation {

inline constexpr std::uint32_t kProtocolMin = 1;
inline constexpr std::uint32_t kProtocolMax = 2;

// What a node offers. Another than the default is for tests that put an older
// node beside a newer one.
struct ProtocolRange {
  std::uint32_t min = kProtocolMin;
  std::uint32_t max = kProtocolMax;
};

inline constexpr absl::string_view kFeatureRowObligations = "row-obligations";
inline constexpr absl::string_view kFeatureRetentionReport = "retention-report";

// What both ends of a stream have agreed on.
struct Dialect {
  std::uint32_t protocol = 1;
  bool row_obligations = false;
  bool retention_report = false;

  // By name, in the order of Features; none in version 1.
  std::vector<std::string> Features() const;
};

// The dialect of everything that `protocol` has.
Dialect FullDialect(std::uint32_t protocol = kProtocolMax);

// The highest version in both ranges; FAILED_PRECONDITION naming both ranges,
// INVALID_ARGUMENT if the peer's is none.
absl::StatusOr<std::uint32_t> Negotiate(const ProtocolRange& own,
                                        std::uint32_t peer_min,
                                        std::uint32_t peer_max);

// What is used of `protocol` between us and a node that has `features`; unknown
// ones are newer than we are and not used.
template <typename Strings>
Dialect Agree(std::uint32_t protocol, const Strings& features) {
  const Dialect all = FullDialect(protocol);
  Dialect agreed;
  agreed.protocol = protocol;
  for (const auto& feature : features) {
    agreed.row_obligations |=
        all.row_obligations && feature == kFeatureRowObligations;
    agreed.retention_report |=
        all.retention_report && feature == kFeatureRetentionReport;
  }
  return agreed;
}

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PROTOCOL_H_
