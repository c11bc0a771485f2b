// What must hold of a region: at each page that is sent, and when all is quiet.
#ifndef MINGA_TESTS_SIMULATION_REGION_CHECKS_H_
#define MINGA_TESTS_SIMULATION_REGION_CHECKS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "tests/simulation/region/node.h"

namespace minga::v1 {
class AuditEntry;
class Page;
}  // namespace minga::v1

namespace minga::region {

class Region;

// INTERNAL if `page` has something that the law in force forbade when the page
// was written to the log, or if it was not written there.
absl::Status CheckSent(const Node& origin, Country follower,
                       const v1::Page& page);

class Checks {
 public:
  // True if no feed has anything under way. Cheap.
  bool Quiet(Region& region) { return WhoIsNot(region).empty(); }
  std::string WhoIsNot(Region& region);

  // Of a quiet region: every follower holds what origin and law let it see,
  // computed from the ledgers; nobody else; people are k-anonymous; the logs
  // hold together and only grew. INTERNAL with what does not.
  absl::Status AtRest(Region& region);

 private:
  // What is known of one node's log so far.
  struct Log {
    std::uint64_t size = 0;
    std::vector<Digest> peaks;   // roots of full subtrees, the largest first
    std::set<std::string> sent;  // pages, with the peer
    // Pages sent that no receipt has covered, by peer: epoch and upto.
    std::map<Country, std::set<std::pair<Epoch, SeqNo>>> waiting;
    // The furthest receipt, by peer and epoch.
    std::map<std::pair<Country, Epoch>, SeqNo> confirmed;
    std::map<Country, storage::Cursor> applied;
    // Pages applied that were not yet looked for in their origin's log.
    std::map<Country, std::vector<std::string>> taken;
  };

  absl::Status CheckPair(const Node& origin, const Node& follower);
  // Once everybody is at rest the peers have cosigned the newest checkpoint.
  absl::Status CheckCosigned(const Node& origin, const Node& follower);
  absl::Status CheckVacancies(const Node& origin, const Node& follower);
  absl::Status CheckPeople(const Node& origin, const Node& follower);
  absl::Status ReadLog(const Node& node);
  absl::Status ReadEntry(Country own, Log& log, const v1::AuditEntry& entry);
  absl::Status CheckPages(const Node& origin, const Node& follower);

  std::map<Country, Log> logs_;
  // (origin, follower, id) of vacancies held when it was last looked, and since
  // when at the latest.
  std::map<std::tuple<Country, Country, std::string>, absl::CivilDay> held_;
};

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_CHECKS_H_
