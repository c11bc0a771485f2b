#include "node/rpc/decode.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "minga/v1/common.pb.h"
#include "minga/v1/pes.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/audit_chain.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kEchoBytesMax = 80;
constexpr std::size_t kIscoDigitsMax = 4;
constexpr std::size_t kSubdivisionBytesMax = 6;  // ISO 3166-2: "EC-P"
constexpr int kSearchCountriesMax = 20;
constexpr std::size_t kTokenDigestBytes = 8;

absl::Status Wrong(absl::string_view field, absl::string_view value,
                   absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": `", Printable(value, kEchoBytesMax), "` ", why));
}

// What a page token is bound to: everything but the page itself.
std::string QueryName(const v1::SearchRecordsRequest& request) {
  std::string bytes = absl::StrCat(
      request.kind(), "\n", request.text().size(), "\n", request.text(), "\n",
      request.isco_prefix(), "\n", request.subdivision());
  for (const std::string& country : request.countries()) {
    absl::StrAppend(&bytes, "\n", country);
  }
  return Hex(AsView(Sha256(bytes)).substr(0, kTokenDigestBytes));
}

absl::StatusOr<int> DecodeToken(const v1::SearchRecordsRequest& request) {
  if (request.page_token().empty()) return 0;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(request.page_token(), absl::MaxSplits('-', 1));
  int offset = 0;
  if (!absl::SimpleAtoi(parts.first, &offset) || offset < 0 ||
      offset > kSearchOffsetMax || parts.second != QueryName(request)) {
    return Wrong("page_token", request.page_token(),
                 "does not continue this search");
  }
  return offset;
}

absl::Status CheckCodes(const v1::SearchRecordsRequest& request) {
  const std::string& isco = request.isco_prefix();
  for (const char c : isco) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
        isco.size() > kIscoDigitsMax) {
      return Wrong("isco_prefix", isco, "is not 1 to 4 digits of ISCO-08");
    }
  }
  if (request.subdivision().size() > kSubdivisionBytesMax) {
    return Wrong("subdivision", request.subdivision(),
                 "is not an ISO 3166-2 code such as EC-P");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecordKey> Decode(const v1::RecordKey& key) {
  RecordKey decoded;
  absl::StatusOr<Country> country = Country::Parse(key.country());
  if (!country.ok()) return At("key.country", country.status());
  decoded.country = *country;
  absl::StatusOr<RecordKind> kind = KindFromNumber(key.kind());
  if (!kind.ok()) return At("key.kind", kind.status());
  decoded.kind = *kind;
  MINGA_RETURN_IF_ERROR(At("key.id", ValidateRecordId(key.id())));
  decoded.id = key.id();
  return decoded;
}

void Encode(const RecordKey& key, v1::RecordKey& out) {
  out.set_country(key.country.ToString());
  out.set_kind(static_cast<v1::RecordKind>(key.kind));
  out.set_id(key.id);
}

absl::StatusOr<int> DecodeLog(std::uint32_t number) {
  if (number >= static_cast<std::uint32_t>(storage::kLogsMax)) {
    return absl::OutOfRangeError(absl::StrCat("there is no log ", number));
  }
  return static_cast<int>(number);
}

absl::StatusOr<storage::SearchQuery> Decode(
    const v1::SearchRecordsRequest& request) {
  storage::SearchQuery query;
  if (request.kind() != v1::RECORD_KIND_UNSPECIFIED) {
    absl::StatusOr<RecordKind> kind = KindFromNumber(request.kind());
    if (!kind.ok()) return At("kind", kind.status());
    query.kind = *kind;
  }
  if (request.text().size() > kSearchQueryBytesMax) {
    return Wrong(
        "text", request.text(),
        absl::StrCat("is longer than ", kSearchQueryBytesMax, " bytes"));
  }
  query.text = request.text();
  if (request.countries_size() > kSearchCountriesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "countries: at most ", kSearchCountriesMax, " are allowed"));
  }
  for (const std::string& name : request.countries()) {
    absl::StatusOr<Country> country = Country::Parse(name);
    if (!country.ok()) return At("countries", country.status());
    query.countries.push_back(*country);
  }
  MINGA_RETURN_IF_ERROR(CheckCodes(request));
  query.occupation_prefix = request.isco_prefix();
  query.subdivision = request.subdivision();
  if (request.page_size() > kSearchHitsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "page_size: ", request.page_size(), " is more than ", kSearchHitsMax));
  }
  query.limit = request.page_size() == 0
                    ? kSearchPageDefault
                    : static_cast<int>(request.page_size());
  MINGA_ASSIGN_OR_RETURN(query.offset, DecodeToken(request));
  return query;
}

std::string PageToken(const v1::SearchRecordsRequest& request, int offset) {
  if (offset > kSearchOffsetMax) return "";
  return absl::StrCat(offset, "-", QueryName(request));
}

}  // namespace minga::rpc
