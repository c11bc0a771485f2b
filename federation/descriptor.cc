#include "federation/descriptor.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "federation/lines.h"
#include "federation/pem.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr absl::string_view kMagic = "minga/descriptor/v1";
constexpr std::size_t kEndpointsMax = 4;
// A certificate, three keys, four endpoints and a signature or two.
constexpr std::size_t kDescriptorBytesMax = 64 * 1024;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 in text form
constexpr std::uint64_t kPortMax = 65535;
constexpr std::size_t kFingerprintBytes = 20;  // 160 bits
constexpr std::size_t kFingerprintGroup = 4;
constexpr std::size_t kEchoBytesMax = 80;

absl::Status CheckName(absl::string_view name) {
  if (name.empty() || name.size() > kShortTextBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("name has ", name.size(), " bytes; 1 to ",
                     kShortTextBytesMax, " are allowed"));
  }
  if (name != absl::StripAsciiWhitespace(name)) {
    return absl::InvalidArgumentError("name begins or ends with a space");
  }
  return At("name", ValidateText(name, ""));
}

bool IsHost(absl::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  if (host.front() == '[') {  // an IPv6 address, RFC 3986
    return host.size() > 2 && host.back() == ']' &&
           std::all_of(host.begin() + 1, host.end() - 1, [](unsigned char c) {
             return absl::ascii_isxdigit(c) || c == ':' || c == '.';
           });
  }
  return std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-';
  });
}

absl::Status CheckEndpoint(absl::string_view endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  if (colon != absl::string_view::npos && IsHost(endpoint.substr(0, colon))) {
    const absl::StatusOr<std::uint64_t> port =
        ParseNumber(endpoint.substr(colon + 1));
    if (port.ok() && *port >= 1 && *port <= kPortMax) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("endpoint `", Printable(endpoint, kEchoBytesMax),
                   "` is not of the form host:port"));
}

absl::Status ParseEndpoints(LineReader& lines, Descriptor& out) {
  do {
    MINGA_ASSIGN_OR_RETURN(const absl::string_view value,
                           lines.Field("endpoint"));
    const absl::Status valid = CheckEndpoint(value);
    if (!valid.ok()) return lines.Error(valid.message());
    if (out.endpoints.size() == kEndpointsMax) {
      return lines.Error(
          absl::StrCat("more than ", kEndpointsMax, " endpoints"));
    }
    out.endpoints.emplace_back(value);
  } while (lines.AtField("endpoint"));
  return absl::OkStatus();
}

absl::Status ParseCertificate(LineReader& lines, Descriptor& out) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view value,
                         lines.Field("certificate"));
  if (!FromBase64(value).ok()) return lines.Error("certificate is not base64");
  out.certificate_pem = CertificatePem(value);
  const absl::StatusOr<CertificateFacts> facts =
      ReadCertificate(out.certificate_pem);
  return facts.ok() ? absl::OkStatus() : lines.Error(facts.status().message());
}

absl::Status ParseKey(LineReader& lines, absl::string_view name,
                      NoteKeyType type, NoteVerifier& out) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view value, lines.Field(name));
  absl::StatusOr<NoteVerifier> key = NoteVerifier::FromVkey(value);
  if (!key.ok()) return lines.Error(key.status().message());
  if (key->type != type) {
    return lines.Error(absl::StrCat("`", name, "` is of signature type ",
                                    static_cast<int>(key->type), ", not ",
                                    static_cast<int>(type)));
  }
  out = *std::move(key);
  return absl::OkStatus();
}

// One key per use: a signature made for one purpose must not be one for
// another.
absl::Status ParseKeys(LineReader& lines, Descriptor& out) {
  MINGA_RETURN_IF_ERROR(
      ParseKey(lines, "node-key", NoteKeyType::kEd25519, out.node_key));
  MINGA_RETURN_IF_ERROR(
      ParseKey(lines, "log-key", NoteKeyType::kEd25519, out.log_key));
  if (out.log_key.public_key == out.node_key.public_key) {
    return lines.Error("`log-key` is the same key as `node-key`");
  }
  MINGA_RETURN_IF_ERROR(ParseKey(
      lines, "cosign-key", NoteKeyType::kEd25519Cosignature, out.cosign_key));
  if (out.cosign_key.public_key == out.node_key.public_key ||
      out.cosign_key.public_key == out.log_key.public_key) {
    return lines.Error("`cosign-key` is the same key as another one");
  }
  return absl::OkStatus();
}

absl::Status ParseDay(LineReader& lines, absl::string_view name,
                      absl::CivilDay& out) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view value, lines.Field(name));
  const absl::StatusOr<absl::CivilDay> day = minga::ParseDay(value);
  if (!day.ok()) return lines.Error(day.status().message());
  out = *day;
  return absl::OkStatus();
}

absl::Status ParseProtocol(LineReader& lines, Descriptor& out) {
  MINGA_ASSIGN_OR_RETURN(const absl::string_view value,
                         lines.Field("protocol"));
  const std::vector<absl::string_view> ends = absl::StrSplit(value, '-');
  if (ends.size() == 2) {
    const absl::StatusOr<std::uint64_t> min = ParseNumber(ends[0]);
    const absl::StatusOr<std::uint64_t> max = ParseNumber(ends[1]);
    if (min.ok() && max.ok() && *min >= 1 && *min <= *max &&
        *max <= UINT32_MAX) {
      out.protocol_min = static_cast<std::uint32_t>(*min);
      out.protocol_max = static_cast<std::uint32_t>(*max);
      return absl::OkStatus();
    }
  }
  return lines.Error(absl::StrCat("protocol `", Printable(value, kEchoBytesMax),
                                  "` is not a range such as 1-2"));
}

absl::Status ParseIdentity(LineReader& lines, Descriptor& out) {
  MINGA_RETURN_IF_ERROR(lines.Expect(kMagic));
  MINGA_ASSIGN_OR_RETURN(absl::string_view value, lines.Field("country"));
  const absl::StatusOr<Country> country = Country::Parse(value);
  if (!country.ok()) return lines.Error(country.status().message());
  out.country = *country;
  MINGA_ASSIGN_OR_RETURN(value, lines.Field("name"));
  const absl::Status named = CheckName(value);
  if (!named.ok()) return lines.Error(named.message());
  out.name = std::string(value);
  MINGA_ASSIGN_OR_RETURN(value, lines.Field("sequence"));
  const absl::StatusOr<std::uint64_t> sequence = ParseNumber(value);
  if (!sequence.ok()) return lines.Error(sequence.status().message());
  if (*sequence == 0) return lines.Error("sequence begins at 1");
  out.sequence = *sequence;
  return absl::OkStatus();
}

absl::StatusOr<Descriptor> ParseText(absl::string_view text) {
  LineReader lines(text);
  Descriptor out;
  MINGA_RETURN_IF_ERROR(ParseIdentity(lines, out));
  MINGA_RETURN_IF_ERROR(ParseEndpoints(lines, out));
  MINGA_RETURN_IF_ERROR(ParseCertificate(lines, out));
  MINGA_RETURN_IF_ERROR(ParseKeys(lines, out));
  MINGA_RETURN_IF_ERROR(ParseDay(lines, "valid-from", out.valid_from));
  MINGA_RETURN_IF_ERROR(ParseDay(lines, "valid-until", out.valid_until));
  if (out.valid_until < out.valid_from) {
    return lines.Error("`valid-until` is before `valid-from`");
  }
  if (lines.AtField("former-until")) {
    MINGA_RETURN_IF_ERROR(
        ParseDay(lines, "former-until", out.former_until.emplace()));
  }
  MINGA_RETURN_IF_ERROR(ParseProtocol(lines, out));
  MINGA_RETURN_IF_ERROR(lines.End());
  return out;
}

}  // namespace

std::string Descriptor::Text() const {
  std::string text =
      absl::StrCat(kMagic, "\ncountry: ", country.ToString(), "\nname: ", name,
                   "\nsequence: ", sequence, "\n");
  for (const std::string& endpoint : endpoints) {
    absl::StrAppend(&text, "endpoint: ", endpoint, "\n");
  }
  absl::StrAppend(
      &text, "certificate: ", CertificateBase64(certificate_pem).value_or(""),
      "\nnode-key: ", node_key.ToVkey(), "\nlog-key: ", log_key.ToVkey(),
      "\ncosign-key: ", cosign_key.ToVkey(),
      "\nvalid-from: ", FormatDay(valid_from),
      "\nvalid-until: ", FormatDay(valid_until), "\n");
  if (former_until.has_value()) {
    absl::StrAppend(&text, "former-until: ", FormatDay(*former_until), "\n");
  }
  absl::StrAppend(&text, "protocol: ", protocol_min, "-", protocol_max, "\n");
  return text;
}

std::string SignDescriptor(const Descriptor& descriptor,
                           const SigningKey& node_key) {
  Note note;
  note.text = descriptor.Text();
  note.signatures.push_back(
      SignNote(note.text, descriptor.node_key.name, node_key));
  return note.Serialize();
}

std::string SignSuccessor(const Descriptor& descriptor,
                          const SigningKey& node_key, const Descriptor& former,
                          const SigningKey& former_node_key) {
  Note note;
  note.text = descriptor.Text();
  note.signatures.push_back(
      SignNote(note.text, descriptor.node_key.name, node_key));
  if (former_node_key.public_key() != node_key.public_key()) {
    note.signatures.push_back(
        SignNote(note.text, former.node_key.name, former_node_key));
  }
  return note.Serialize();
}

absl::StatusOr<std::vector<std::string>> SplitDescriptors(
    absl::string_view notes) {
  const std::string mark = absl::StrCat("\n", kMagic, "\n");
  std::vector<std::string> pieces;
  while (true) {
    if (pieces.size() == kDescriptorsMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("more than ", kDescriptorsMax, " descriptors"));
    }
    const std::size_t next = notes.find(mark);
    if (next == absl::string_view::npos) break;
    pieces.emplace_back(notes.substr(0, next + 1));
    notes.remove_prefix(next + 1);
  }
  pieces.emplace_back(notes);
  return pieces;
}

absl::Status CheckSuccessor(const Descriptor& present, const Descriptor& next,
                            absl::string_view serialized) {
  const std::string country = present.country.ToString();
  if (next.country != present.country) {
    return absl::FailedPreconditionError(
        absl::StrCat("this is a descriptor of ", next.country.ToString(),
                     ", not of ", country));
  }
  if (next.sequence <= present.sequence) {
    return absl::FailedPreconditionError(
        absl::StrCat("descriptor has sequence ", next.sequence,
                     "; we already have ", present.sequence, ": ask ", country,
                     " for its newest, `minga peer ", "invite`"));
  }
  if (next.log_key.name != present.log_key.name) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the log of ", country, " is `", present.log_key.name, "`, the ",
        "descriptor names `", next.log_key.name, "`: a log keeps its name ",
        "when its key changes; ask ", country, " about it"));
  }
  const absl::StatusOr<Note> note = Note::Parse(serialized);
  if (note.ok() && VerifyNote(*note, present.node_key)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "descriptor ", next.sequence, " of ", country, " is not signed by the ",
      "node key that we know, that of descriptor ", present.sequence,
      ": if one between is missing, ask ", country, " for `minga peer invite ",
      "--after ", present.sequence, "`; if it has lost its key, take the new ",
      "one in with `minga peer add` and the fingerprint heard by phone"));
}

std::vector<std::string> ChangedKeys(const Descriptor& present,
                                     const Descriptor& next) {
  std::vector<std::string> changed;
  if (present.certificate_pem != next.certificate_pem) {
    changed.emplace_back("tls");
  }
  const auto compare = [&](const char* use, const NoteVerifier& one,
                           const NoteVerifier& other) {
    if (one.ToVkey() != other.ToVkey()) changed.emplace_back(use);
  };
  compare("node", present.node_key, next.node_key);
  compare("log", present.log_key, next.log_key);
  compare("cosign", present.cosign_key, next.cosign_key);
  return changed;
}

absl::StatusOr<Descriptor> ReadDescriptor(absl::string_view serialized) {
  if (serialized.size() > kDescriptorBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("descriptor has ", serialized.size(), " bytes; at most ",
                     kDescriptorBytesMax, " are allowed"));
  }
  const absl::StatusOr<Note> note = Note::Parse(serialized);
  if (!note.ok()) return At("descriptor", note.status());
  absl::StatusOr<Descriptor> descriptor = ParseText(note->text);
  if (!descriptor.ok()) return At("descriptor", descriptor.status());
  if (!VerifyNote(*note, descriptor->node_key)) {
    return absl::InvalidArgumentError(
        absl::StrCat("descriptor: no valid signature by its own `node-key` `",
                     descriptor->node_key.name, "`"));
  }
  return descriptor;
}

absl::Status CheckValidity(const Descriptor& descriptor, absl::CivilDay day) {
  const std::string country = descriptor.country.ToString();
  if (day < descriptor.valid_from) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the descriptor of ", country, " is valid only from ",
        FormatDay(descriptor.valid_from), ", and here it is ", FormatDay(day),
        ": take it in then, or set this machine's clock by NTP"));
  }
  if (day > descriptor.valid_until) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the descriptor of ", country, " expired: it was valid until ",
        FormatDay(descriptor.valid_until), ", and here it is ", FormatDay(day),
        "; ask ", country, " for its newest, `minga peer invite --after ",
        descriptor.sequence, "`, and take it in with `minga peer update`"));
  }
  return absl::OkStatus();
}

std::string Fingerprint(const Descriptor& descriptor) {
  const Digest digest = Sha256(descriptor.Text());
  const std::string code = Base32(AsView(digest).substr(0, kFingerprintBytes));
  std::string grouped;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kFingerprintGroup == 0) grouped += '-';
    grouped += code[i];
  }
  return grouped;
}

}  // namespace minga::federation
