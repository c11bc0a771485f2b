#include "node/exchange/subject.h"

#include <google/protobuf/message.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/aead.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

constexpr std::size_t kDayBytes = 4;
constexpr std::size_t kHeaderBytes = kDayBytes + 8;
constexpr std::uint64_t kNoOnwardTransfer = std::uint64_t{1} << 31;
// The day on which the stay began follows the header.
constexpr std::uint64_t kNotesStay = std::uint64_t{1} << 30;
constexpr absl::CivilDay kFirstDay(1970, 1, 1);

std::uint64_t DayNumber(absl::CivilDay day) {
  return day < kFirstDay ? 0 : static_cast<std::uint64_t>(day - kFirstDay);
}

absl::CivilDay DayOfNumber(std::uint64_t number) {
  return kFirstDay + static_cast<std::int64_t>(number);
}

void AppendBigEndian(std::uint64_t number, std::size_t bytes,
                     std::string& out) {
  for (std::size_t i = bytes; i-- > 0;) {
    out.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
  }
}

std::uint64_t ReadBigEndian(absl::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes)
    number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

LoadedSubject::LoadedSubject() = default;
LoadedSubject::LoadedSubject(LoadedSubject&&) noexcept = default;
LoadedSubject& LoadedSubject::operator=(LoadedSubject&&) noexcept = default;
LoadedSubject::~LoadedSubject() = default;

Subject LoadedSubject::view() const {
  return {key,        revision, content.view(), consent.get(),
          person_key, nullptr,  documents};
}

absl::StatusOr<std::unique_ptr<v1::Consent>> LoadConsent(
    const storage::PersonReader& people, absl::string_view person) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                         people.Consent(person));
  if (!bytes.has_value() || bytes->empty()) {
    return std::unique_ptr<v1::Consent>();
  }
  auto consent = std::make_unique<v1::Consent>();
  if (!consent->ParseFromString(*bytes)) {
    return absl::DataLossError("a stored consent does not parse");
  }
  return consent;
}

absl::StatusOr<LoadedSubject> LoadSubject(
    const storage::PersonReader& people, const storage::StoredRecord& record,
    const storage::DocumentReader* documents) {
  LoadedSubject subject;
  subject.documents = documents;
  subject.key = record.key;
  subject.revision = record.revision;
  std::string opened;
  absl::string_view message = record.body;
  if (record.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(subject.person_key, people.Key(record.key.id));
    MINGA_ASSIGN_OR_RETURN(
        opened, Open(subject.person_key, record.body, record.key.ToString()));
    message = opened;
    MINGA_ASSIGN_OR_RETURN(subject.consent, LoadConsent(people, record.key.id));
  }
  absl::StatusOr<OwnedContent> content = ParseContent(record.key.kind, message);
  if (!content.ok()) {
    // Without the id: it may name a person, and logs do not forget.
    return absl::DataLossError(absl::StrCat("a stored ",
                                            KindName(record.key.kind), ": ",
                                            content.status().message()));
  }
  subject.content = *std::move(content);
  return subject;
}

absl::StatusOr<std::string> SealProfile(const RecordKey& key,
                                        absl::string_view person_key,
                                        absl::string_view message,
                                        Random& random) {
  return Seal(person_key, message, key.ToString(), random);
}

std::string EncodeReceived(const ReceivedBody& body) {
  std::string stored;
  stored.reserve(kHeaderBytes + kDayBytes + body.message.size());
  std::uint64_t mark = 0;
  if (body.keep_until.has_value()) mark = DayNumber(*body.keep_until);
  if (body.no_onward_transfer) mark |= kNoOnwardTransfer;
  if (body.since.has_value()) mark |= kNotesStay;
  AppendBigEndian(mark, kDayBytes, stored);
  AppendBigEndian(body.epoch, kHeaderBytes - kDayBytes, stored);
  if (body.since.has_value()) {
    AppendBigEndian(DayNumber(*body.since), kDayBytes, stored);
  }
  stored.append(body.message.data(), body.message.size());
  return stored;
}

absl::StatusOr<ReceivedBody> DecodeReceived(absl::string_view stored) {
  if (stored.size() < kHeaderBytes) {
    return absl::DataLossError("a received record is too short");
  }
  ReceivedBody body;
  const std::uint64_t mark = ReadBigEndian(stored.substr(0, kDayBytes));
  body.no_onward_transfer = (mark & kNoOnwardTransfer) != 0;
  const std::uint64_t day = mark & ~(kNoOnwardTransfer | kNotesStay);
  if (day > 0) body.keep_until = DayOfNumber(day);
  body.epoch =
      ReadBigEndian(stored.substr(kDayBytes, kHeaderBytes - kDayBytes));
  std::size_t at = kHeaderBytes;
  if ((mark & kNotesStay) != 0) {
    if (stored.size() < at + kDayBytes) {
      return absl::DataLossError("a received record is too short");
    }
    body.since = DayOfNumber(ReadBigEndian(stored.substr(at, kDayBytes)));
    at += kDayBytes;
  }
  body.message = stored.substr(at);
  return body;
}

Digest DigestOfShown(absl::string_view body, const Terms& terms) {
  if (terms == Terms()) return Sha256(body);
  std::string added;
  if (terms.retention_days > 0) {
    absl::StrAppend(&added, "\nretention_days ", terms.retention_days);
  }
  if (terms.retention_until != absl::CivilDay::max()) {
    absl::StrAppend(&added, "\nretention_until ",
                    FormatDay(terms.retention_until));
  }
  if (terms.no_onward_transfer) absl::StrAppend(&added, "\nno_onward_transfer");
  return Sha256({body, added});
}

}  // namespace minga::exchange
