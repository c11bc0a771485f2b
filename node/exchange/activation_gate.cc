#include "node/exchange/activation_gate.h"

#include "absl/strings/str_cat.h"
#include "node/base/crypto/hash.h"
#include "node/base/strings.h"

namespace minga::exchange {

absl::string_view PolicyDocumentName(PolicyDocument which) {
  switch (which) {
    case PolicyDocument::kNational:
      return "national";
    case PolicyDocument::kOverride:
      return "override";
    case PolicyDocument::kMou:
      return "mou";
  }
  return "";
}

std::string DescribeActivation(PolicyDocument which,
                               const policy::DocumentSource& document,
                               const policy::DocumentSource& cases,
                               const Admission& passed) {
  // Enough to recognise a file by.
  constexpr std::size_t kHashBytes = 8;
  std::string text =
      absl::StrCat(PolicyDocumentName(which), " ", document.name, "; ");
  if (cases.text.empty()) {
    absl::StrAppend(&text, "no cases");
  } else {
    const Digest digest = Sha256(cases.text);
    absl::StrAppend(&text, passed.cases, " cases passed (",
                    Hex(AsView(digest).substr(0, kHashBytes)), ")");
  }
  absl::StrAppend(&text, ", ", passed.properties, " properties proved");
  if (passed.remarks > 0) {
    absl::StrAppend(&text, ", ", passed.remarks, " remarks");
  }
  return text;
}

}  // namespace minga::exchange
