// The report about one person for people to read, in es, pt or en: as text, and
// as a page to print that needs no scripts and loads nothing.
#ifndef MINGA_NODE_AUDIT_REPORT_PROSE_H_
#define MINGA_NODE_AUDIT_REPORT_PROSE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "minga/v1/audit.pb.h"

namespace minga::audit {

// A report in words, before it has a form.
struct ReportProse {
  struct Item {
    std::string heading;
    std::vector<std::string> lines;
  };
  struct Section {
    std::string heading;
    std::vector<Item> items;
  };
  std::string language;
  std::string title;
  std::vector<std::string> facts;  // about the report itself
  std::string about;
  std::vector<Section> sections;
  std::string checkpoint_heading;
  std::string checkpoint;
};

// INVALID_ARGUMENT unless `language` is "es", "pt" or "en".
absl::StatusOr<ReportProse> InWords(const v1::ReportPersonResponse& report,
                                    absl::string_view language);

// UTF-8, lines of at most 80 characters where words allow it.
std::string ToText(const ReportProse& prose);

// One HTML file. Everything in it is escaped.
std::string ToPage(const ReportProse& prose);

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_REPORT_PROSE_H_
