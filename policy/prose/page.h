// Plain text of at most 80 columns with numbered sections. Internal to this
// room.
#ifndef MINGA_POLICY_PROSE_PAGE_H_
#define MINGA_POLICY_PROSE_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace minga::policy::prose {

// Characters (code points) of a line at most.
inline constexpr std::size_t kColumnsMax = 80;

class Page {
 public:
  // The title, underlined.
  void Title(absl::string_view text);
  // The next section: "3. Text". Returns its number.
  int Section(absl::string_view text);
  // The next item of the section: "3.2  text", text behind the number. Returns
  // "3.2".
  std::string Item(absl::string_view text);
  // A paragraph of the section, or of the item if one began.
  void Paragraph(absl::string_view text);
  // The same with a dash.
  void Bullet(absl::string_view text);
  void Blank();

  std::string Take() { return std::move(text_); }

 private:
  std::size_t Indent() const { return item_ > 0 ? kItemIndent : 0; }
  // `first` before the first line, as many spaces before the others.
  void Wrap(absl::string_view text, const std::string& first);

  static constexpr std::size_t kItemIndent = 6;

  std::string text_;
  int section_ = 0;
  int item_ = 0;
};

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_PAGE_H_
