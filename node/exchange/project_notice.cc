#include "minga/v1/publications.pb.h"
#include "node/exchange/project.h"
#include "node/exchange/project_table.h"

namespace minga::exchange {
namespace {

using policy::Level;
using v1::RightsNotice;

template <void (*Copy)(const RightsNotice& in, RightsNotice& out)>
void Whole(const RightsNotice& in, Level level, RightsNotice& out) {
  if (level.raw()) Copy(in, out);
}

void Topic(const RightsNotice& in, RightsNotice& out) {
  out.set_topic(in.topic());
}

void Texts(const RightsNotice& in, RightsNotice& out) {
  *out.mutable_texts() = in.texts();
}

void SourceOf(const RightsNotice& in, RightsNotice& out) {
  out.set_source_citation(in.source_citation());
  out.set_source_url(in.source_url());
}

void VerifiedOn(const RightsNotice& in, RightsNotice& out) {
  out.set_verified_on(in.verified_on());
}

void Validity(const RightsNotice& in, RightsNotice& out) {
  out.set_valid_from(in.valid_from());
  out.set_valid_until(in.valid_until());
}

void VersionOf(const RightsNotice& in, RightsNotice& out) {
  out.set_version(in.version());
}

constexpr TableRow<RightsNotice> kRows[] = {
    {"topic", Whole<Topic>},       {"texts", Whole<Texts>},
    {"source", Whole<SourceOf>},   {"verified_on", Whole<VerifiedOn>},
    {"validity", Whole<Validity>}, {"version", Whole<VersionOf>},
};

const Table<RightsNotice>& NoticeTable() {
  static const auto* const table =
      new Table<RightsNotice>(RecordKind::kRightsNotice, kRows);
  return *table;
}

}  // namespace

void ProjectRightsNotice(const RightsNotice& in,
                         const policy::Decision& decision, RightsNotice& out) {
  NoticeTable().Apply(in, decision, out);
}

std::vector<absl::string_view> RightsNoticeFieldsProjected() {
  return NoticeTable().Fields();
}

}  // namespace minga::exchange
