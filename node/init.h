// `minga init`: makes the data folder of a new node.
#ifndef MINGA_NODE_INIT_H_
#define MINGA_NODE_INIT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "node/base/random.h"

namespace minga {

struct InitOptions {
  std::string data_dir;
  Country country;
  std::string name;      // of the PES
  std::string listen;    // empty = the default of Config
  std::string endpoint;  // host:port told to peers; empty = this machine's name
  absl::Time now;
};

// Makes `data_dir` (mode 0700) with keys and a commented `minga.toml`. The
// folder may exist if it is empty. Nothing is left behind by a refusal that
// concerns the options; a crash half-way leaves a folder that a second init
// refuses and that can be deleted, because no daemon starts on it.
//   ALREADY_EXISTS    the folder is not empty.
//   INVALID_ARGUMENT  an option, named.
absl::Status InitNode(const InitOptions& options, Random& random);

}  // namespace minga

#endif  // MINGA_NODE_INIT_H_
