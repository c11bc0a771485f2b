// What `minga anonymity file` was asked, what it found, and how that is
// printed.
#ifndef MINGA_NODE_CLI_ANONYMITY_REPORT_H_
#define MINGA_NODE_CLI_ANONYMITY_REPORT_H_

#include <google/protobuf/struct.pb.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/ladder.h"
#include "policy/anonymity/risk.h"
#include "policy/anonymity/search.h"
#include "policy/anonymity/standing.h"

namespace minga::cli {

struct FileOptions {
  std::string data;
  std::vector<std::string> hierarchies;
  std::string folder;
  int k = 5;
  double suppression = 0;
  std::string finest;
  std::string population;
  std::string out;
  std::vector<std::string> keep;
  std::string separator;
  double threshold = 0.2;
  bool ladder = false;
};

// What was found.
struct Outcome {
  std::vector<policy::anonymity::Hierarchy> hierarchies;
  policy::anonymity::Histogram histogram{1};
  // Of the search, unless a ladder was asked for.
  std::optional<policy::anonymity::Generalisation> one;
  std::optional<policy::anonymity::Ladder> ladder;
  std::vector<policy::anonymity::Levels> rungs;
  policy::anonymity::Standing standing;
  policy::anonymity::Risks before;
  policy::anonymity::Risks after;
  double at_risk_before = 0;
  double at_risk_after = 0;
  absl::Duration took;
  double loss = 0;
};

// For people: levels, one record before and after, risks, who is left out.
std::string ReportText(const FileOptions& options, const Outcome& outcome);

// The same for programs; README.md of deploy/anonymity names the fields.
google::protobuf::Struct ReportJson(const FileOptions& options,
                                    const Outcome& outcome);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_ANONYMITY_REPORT_H_
