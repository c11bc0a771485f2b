// What the files of `minga policy` share. Each Add function adds some of its
// verbs.
#ifndef MINGA_NODE_CLI_POLICY_COMMANDS_H_
#define MINGA_NODE_CLI_POLICY_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/policy_set.h"

namespace CLI {
class App;
}

namespace minga::cli {

struct Context;

// check, show, test, prove: without a daemon.
void AddPolicyDocumentCommands(CLI::App& policy, Context& context);
// diff, activate.
void AddPolicyChangeCommands(CLI::App& policy, Context& context);
// explain, views.
void AddPolicyViewCommands(CLI::App& policy, Context& context);
// held list, release, revoke.
void AddHoldCommands(CLI::App& policy, Context& context);

// The file as a document, named as on the command line; of a signed note its
// text. Errors as ReadFile; INVALID_ARGUMENT for a malformed note.
absl::StatusOr<policy::DocumentSource> ReadDocument(const std::string& path);

// A file of any stage: a template, a draft, a signed memorandum.
struct PolicyFile {
  // The text without signatures; a template is filled.
  policy::DocumentSource document;
  std::vector<std::string> signers;  // names of keys; nothing is verified
  // What a template was filled with, a line for people; "" if it is none.
  std::string filled;
};
absl::StatusOr<PolicyFile> ReadPolicyFile(const std::string& path);

// The cases of the document at `path`: `given` if not empty, otherwise
// NAME.cases.textproto beside it, otherwise (`of_pack`) cases.textproto beside
// it. An empty text if there is none and none was given.
absl::StatusOr<policy::DocumentSource> ReadCases(const std::string& path,
                                                 const std::string& given,
                                                 bool of_pack);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_POLICY_COMMANDS_H_
