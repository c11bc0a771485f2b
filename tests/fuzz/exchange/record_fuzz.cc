// The validator of received records: first byte the kind, then the body. What
// it accepts must survive projecting and parsing, and must validate again.
// Vacancies are redacted as if they were our own.
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "minga/v1/vacancy.pb.h"
#include "node/exchange/content.h"
#include "node/exchange/facts.h"
#include "node/exchange/project.h"
#include "node/exchange/redact.h"
#include "node/exchange/validate.h"
#include "policy/decision.h"

namespace {

using minga::RecordKind;
namespace exchange = minga::exchange;

constexpr minga::Country kOrigin = minga::Country::Of("EC");

void CheckAccepted(const exchange::Content& content) {
  minga::policy::Decision decision;
  decision.permitted = true;
  decision.levels.fill(minga::policy::Level::Raw());
  (void)exchange::FactsForReceiving(content, absl::CivilDay(2026, 11, 21));
  const exchange::OwnedContent projected = exchange::Project(
      content, decision, content.id(), *exchange::Hierarchies::BuiltIn());
  const std::string bytes = exchange::SerialiseContent(*projected.message);
  const auto again = exchange::ParseContent(content.kind, bytes);
  if (!again.ok()) std::abort();
  // Rights notices have no field that crosses.
  if (content.kind == RecordKind::kRightsNotice) return;
  const absl::Status valid =
      exchange::Validate(again->view(), kOrigin, exchange::Source::kPeer);
  if (!valid.ok()) std::abort();
}

// What is redacted holds nothing more to redact.
void CheckRedacted(const minga::v1::Vacancy& vacancy) {
  minga::policy::redaction::Counts counts;
  const auto redacted = exchange::RedactVacancy(vacancy, kOrigin, counts);
  if ((redacted == nullptr) != (counts.total() == 0)) std::abort();
  if (redacted == nullptr) return;
  minga::policy::redaction::Counts more;
  if (exchange::RedactVacancy(*redacted, kOrigin, more)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Protobuf prints each string that is not UTF-8.
  static const auto* const silent = new google::protobuf::LogSilencer;
  (void)silent;
  if (size < 1) return 0;
  constexpr RecordKind kKinds[] = {RecordKind::kVacancy, RecordKind::kProfile,
                                   RecordKind::kRightsNotice};
  const RecordKind kind = kKinds[data[0] % 3];
  const absl::string_view body(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const auto content = exchange::ParseContent(kind, body);
  if (!content.ok()) return 0;
  if (kind == RecordKind::kVacancy) CheckRedacted(content->view().vacancy());
  (void)exchange::Validate(content->view(), kOrigin, exchange::Source::kOwn);
  if (exchange::Validate(content->view(), kOrigin, exchange::Source::kPeer)
          .ok()) {
    CheckAccepted(content->view());
  }
  return 0;
}
