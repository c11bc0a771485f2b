// minga-policy-show LANGUAGE [DOCUMENT]: the prose of a policy document, or of
// the schema, without a node.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "policy/prose/prose.h"

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: %s LANGUAGE [DOCUMENT]\n", argv[0]);
    return 2;
  }
  if (argc == 2) {
    std::fputs(minga::policy::prose::ShowSchema(argv[1]).c_str(), stdout);
    return 0;
  }
  std::ifstream file(argv[2], std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const auto shown = minga::policy::prose::Show({argv[2], text.str()}, argv[1]);
  if (!shown.ok()) {
    std::fprintf(stderr, "%s\n", std::string(shown.status().message()).c_str());
    return 3;
  }
  std::fputs(shown->c_str(), stdout);
  return 0;
}
