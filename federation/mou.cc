#include "federation/mou.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr std::array<absl::string_view, 4> kPlaceholders = {
    "@A@", "@B@", "@FROM@", "@UNTIL@"};

// "@NAME@" of capitals and underscores at `at`, or empty: an e-mail address in
// the text is none.
absl::string_view PlaceholderAt(absl::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() &&
         (absl::ascii_isupper(static_cast<unsigned char>(text[end])) ||
          text[end] == '_')) {
    ++end;
  }
  if (end == at + 1 || end == text.size() || text[end] != '@') return {};
  return text.substr(at, end + 1 - at);
}

bool NamesParties(absl::string_view text) {
  return !absl::StrContains(text, kPlaceholders[0]) &&
         !absl::StrContains(text, kPlaceholders[1]);
}

absl::Status CheckPlaceholders(absl::string_view text) {
  for (std::size_t i = NamesParties(text) ? 2 : 0; i < kPlaceholders.size();
       ++i) {
    const absl::string_view placeholder = kPlaceholders[i];
    if (!absl::StrContains(text, placeholder)) {
      return absl::InvalidArgumentError(
          absl::StrCat("template lacks the placeholder `", placeholder, "`"));
    }
  }
  for (std::size_t at = text.find('@'); at != absl::string_view::npos;
       at = text.find('@', at + 1)) {
    const absl::string_view found = PlaceholderAt(text, at);
    if (found.empty()) continue;
    if (std::find(kPlaceholders.begin(), kPlaceholders.end(), found) ==
        kPlaceholders.end()) {
      const auto line = 1 + std::count(text.begin(), text.begin() + at, '\n');
      return absl::InvalidArgumentError(absl::StrCat(
          "template line ", line, ": unknown placeholder `", found, "`"));
    }
    at += found.size() - 1;
  }
  return absl::OkStatus();
}

absl::Status CheckPeriod(absl::string_view from, absl::string_view until) {
  const absl::StatusOr<absl::CivilDay> first = ParseDay(from);
  if (!first.ok()) return At("valid from", first.status());
  if (until.empty()) return absl::OkStatus();  // until denounced
  const absl::StatusOr<absl::CivilDay> last = ParseDay(until);
  if (!last.ok()) return At("valid until", last.status());
  if (*last < *first) {
    return absl::InvalidArgumentError(
        absl::StrCat("valid until `", until, "` is before `", from, "`"));
  }
  return absl::OkStatus();
}

// Whether the bytes are meant as a note: they hold a signature line.
bool HasSignatures(absl::string_view serialized) {
  return absl::StrContains(serialized, "\n\n\xE2\x80\x94 ");
}

// A plain draft becomes a note without signatures. The text of a note ends in
// one line end.
absl::StatusOr<Note> ParseDraft(absl::string_view text) {
  if (text.empty() || text.size() > kNoteBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("text has ", text.size(), " bytes; 1 to ", kNoteBytesMax,
                     " are allowed"));
  }
  MINGA_RETURN_IF_ERROR(ValidateText(text, "\n"));
  Note note;
  note.text = std::string(absl::StripTrailingAsciiWhitespace(text));
  note.text += '\n';
  return note;
}

bool Signed(const Note& note, const NoteVerifier& party) {
  return std::any_of(note.signatures.begin(), note.signatures.end(),
                     [&](const NoteSignature& signature) {
                       return signature.name == party.name &&
                              signature.key_id == party.KeyId();
                     });
}

}  // namespace

bool MouNote::IsSignedBy(const NoteVerifier& party) const {
  return std::any_of(
      signed_by.begin(), signed_by.end(),
      [&](const NoteVerifier& key) { return key.ToVkey() == party.ToVkey(); });
}

absl::StatusOr<std::string> DraftMou(absl::string_view template_text,
                                     Country one, Country other,
                                     absl::string_view valid_from,
                                     absl::string_view valid_until) {
  if (one.empty() || one == other) {
    return absl::InvalidArgumentError(
        "a memorandum is between two different countries");
  }
  if (template_text.size() > kNoteBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("template has ", template_text.size(), " bytes; at most ",
                     kNoteBytesMax, " are allowed"));
  }
  MINGA_RETURN_IF_ERROR(At("template", ValidateText(template_text, "\n")));
  MINGA_RETURN_IF_ERROR(CheckPlaceholders(template_text));
  if (other.empty() && !NamesParties(template_text)) {
    return absl::InvalidArgumentError(
        "the template is for two countries: say with which one");
  }
  MINGA_RETURN_IF_ERROR(CheckPeriod(valid_from, valid_until));
  return absl::StrReplaceAll(
      template_text, {{kPlaceholders[0], std::min(one, other).ToString()},
                      {kPlaceholders[1], std::max(one, other).ToString()},
                      {"@FROM@", valid_from},
                      {"@UNTIL@", valid_until}});
}

absl::StatusOr<MouNote> ReadMou(absl::string_view serialized,
                                const std::vector<NoteVerifier>& parties) {
  absl::StatusOr<Note> note = HasSignatures(serialized)
                                  ? Note::Parse(serialized)
                                  : ParseDraft(serialized);
  if (!note.ok()) return At("memorandum", note.status());
  MouNote mou{*std::move(note), {}};
  for (const NoteVerifier& party : parties) {
    if (!Signed(mou.note, party)) continue;
    if (!VerifyNote(mou.note, party)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "memorandum: the signature of `", party.name, "` is wrong"));
    }
    mou.signed_by.push_back(party);
  }
  return mou;
}

MouNote SignMou(MouNote mou, absl::string_view key_name,
                const SigningKey& key) {
  const NoteVerifier self{std::string(key_name), NoteKeyType::kEd25519,
                          key.public_key()};
  if (!Signed(mou.note, self)) {
    mou.note.signatures.push_back(SignNote(mou.note.text, key_name, key));
  }
  if (!mou.IsSignedBy(self)) mou.signed_by.push_back(self);
  return mou;
}

}  // namespace minga::federation
