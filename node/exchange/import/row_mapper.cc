#include "node/exchange/import/row_mapper.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "minga/v1/pes.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/target_writer.h"

namespace minga::importing {
namespace {

using Header = absl::flat_hash_map<std::string, std::size_t>;

constexpr std::size_t kNameBytesMax = 100;
// 80 bits: two of four million rows meet with a chance of 1 in 10^11.
constexpr std::size_t kIdDigestBytes = 10;

std::string Quoted(absl::string_view name) {
  return absl::StrCat("`", Printable(name, kNameBytesMax), "`");
}

absl::StatusOr<std::size_t> Find(const Header& header,
                                 const std::string& column,
                                 const std::string& place) {
  const auto found = header.find(column);
  if (found != header.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, position] : header) known.push_back(name);
  absl::c_sort(known);
  const std::string nearest = Nearest(column, known);
  return absl::InvalidArgumentError(absl::StrCat(
      place, ": the file has no column ", Quoted(column),
      nearest.empty() ? absl::StrCat("; it has ", known.size(), " columns")
                      : absl::StrCat("; did you mean ", Quoted(nearest), "?")));
}

absl::StatusOr<std::vector<std::size_t>> FindAll(
    const Header& header, const std::vector<std::string>& columns,
    const std::string& place) {
  std::vector<std::size_t> positions;
  for (const std::string& column : columns) {
    MINGA_ASSIGN_OR_RETURN(const std::size_t position,
                           Find(header, column, place));
    positions.push_back(position);
  }
  return positions;
}

// A column that nobody mentions is more likely forgotten than superfluous.
absl::Status CheckAllMentioned(const Mapping& mapping,
                               const std::vector<std::string>& header) {
  absl::flat_hash_set<std::string> mentioned(mapping.ignored.begin(),
                                             mapping.ignored.end());
  if (mentioned.contains("*")) return absl::OkStatus();
  mentioned.insert(mapping.id.columns.begin(), mapping.id.columns.end());
  for (const ColumnRule& rule : mapping.rules) {
    mentioned.insert(rule.columns.begin(), rule.columns.end());
  }
  for (const std::string& column : header) {
    if (mentioned.contains(column)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(mapping.file, ": column ", Quoted(column),
                     " of the file is neither mapped nor in `source.ignore`"));
  }
  return absl::OkStatus();
}

google::protobuf::Message& RootOf(const Target& target, RecordKind kind,
                                  Row& row) {
  if (target.in_consent) return *row.consent;
  if (kind == RecordKind::kProfile) return *row.record->mutable_profile();
  return *row.record->mutable_vacancy();
}

}  // namespace

RowMapper::RowMapper(std::shared_ptr<const Mapping> mapping)
    : mapping_(std::move(mapping)) {
  for (const ColumnRule& rule : mapping_->rules) {
    for (const Target& target : rule.targets) {
      const std::string name = target.field.element();
      if (name.empty()) continue;
      const bool known = absl::c_any_of(elements_, [&](const Target* other) {
        return other->in_consent == target.in_consent &&
               other->field.element() == name;
      });
      if (!known) elements_.push_back(&target);
    }
  }
  // The highest numbers first, so that removing one moves none of the others.
  absl::c_sort(elements_, [](const Target* a, const Target* b) {
    const std::string left = a->field.element();
    const std::string right = b->field.element();
    return left.size() != right.size() ? left.size() > right.size()
                                       : left > right;
  });
  for (const ColumnRule& rule : mapping_->rules) {
    for (const Target& target : rule.targets) {
      const auto same = absl::c_find_if(elements_, [&](const Target* other) {
        return other->in_consent == target.in_consent &&
               other->field.element() == target.field.element();
      });
      element_of_[&target] = static_cast<std::size_t>(same - elements_.begin());
    }
  }
}

absl::StatusOr<std::unique_ptr<RowMapper>> RowMapper::Bind(
    std::shared_ptr<const Mapping> mapping,
    const std::vector<std::string>& header) {
  Header positions;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("column ", i + 1, " of the header has no name"));
    }
    if (!positions.emplace(header[i], i).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("header has column ", Quoted(header[i]), " twice"));
    }
  }
  auto mapper = absl::WrapUnique(new RowMapper(std::move(mapping)));
  const Mapping& bound = *mapper->mapping_;
  mapper->width_ = header.size();
  for (const ColumnRule& rule : bound.rules) {
    MINGA_ASSIGN_OR_RETURN(std::vector<std::size_t> found,
                           FindAll(positions, rule.columns, rule.place));
    mapper->positions_.push_back(std::move(found));
  }
  MINGA_ASSIGN_OR_RETURN(mapper->id_positions_,
                         FindAll(positions, bound.id.columns, bound.id.place));
  MINGA_RETURN_IF_ERROR(CheckAllMentioned(bound, header));
  return mapper;
}

void RowMapper::Apply(const std::vector<std::string>& fields, Row& row) {
  row.status = Fill(fields, row);
  if (row.status.ok()) return;
  row.record.reset();
  row.consent.reset();
}

absl::Status RowMapper::Fill(const std::vector<std::string>& fields, Row& row) {
  if (fields.size() != width_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "row has ", fields.size(), " columns where ", width_, " are expected"));
  }
  // First of all, so that numbering repetitions does not depend on what else
  // is wrong with a row.
  MINGA_ASSIGN_OR_RETURN(const std::string id, MakeId(fields));
  row.record = std::make_unique<v1::Record>(*mapping_->record);
  if (mapping_->consent != nullptr) {
    row.consent = std::make_unique<v1::Consent>(*mapping_->consent);
  }
  written_.assign(elements_.size() + 1, false);
  bool consent_asked = false;
  bool consent_given = false;
  for (std::size_t i = 0; i < mapping_->rules.size(); ++i) {
    for (const Target& target : mapping_->rules[i].targets) {
      const absl::StatusOr<bool> wrote =
          Write(mapping_->rules[i], positions_[i], target, fields, row);
      if (!wrote.ok()) {
        return At(
            absl::StrCat("column `",
                         absl::StrJoin(mapping_->rules[i].columns, "` × `"),
                         "` (`", target.field.text(), "`)"),
            wrote.status());
      }
      if (*wrote) written_[element_of_.at(&target)] = true;
      consent_asked |= target.in_consent;
      consent_given |= target.in_consent && *wrote;
    }
  }
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (written_[i]) continue;
    elements_[i]->field.RemoveElement(
        RootOf(*elements_[i], mapping_->kind, row));
  }
  // Constants alone are no consent where columns say who gave one.
  if (consent_asked && !consent_given) row.consent.reset();
  if (mapping_->kind == RecordKind::kProfile) {
    row.record->mutable_profile()->set_id(id);
  } else {
    row.record->mutable_vacancy()->set_id(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RowMapper::Write(const ColumnRule& rule,
                                      const std::vector<std::size_t>& positions,
                                      const Target& target,
                                      const std::vector<std::string>& fields,
                                      Row& row) const {
  google::protobuf::Message& root = RootOf(target, mapping_->kind, row);
  if (rule.columns.size() == 1) {
    return WriteValue(target, fields[positions[0]], root);
  }
  const std::string& left = fields[positions[0]];
  const std::string& right = fields[positions[1]];
  if (left.empty() || right.empty()) {
    if (!target.required) return false;
    return absl::InvalidArgumentError("value is required but empty");
  }
  MINGA_ASSIGN_OR_RETURN(const Decimal a, ParseDecimal(left, target.number));
  MINGA_ASSIGN_OR_RETURN(const Decimal b, ParseDecimal(right, target.number));
  return WriteNumber(target, Product(a, b), root);
}

absl::StatusOr<std::string> RowMapper::MakeId(
    const std::vector<std::string>& fields) {
  const IdRule& rule = mapping_->id;
  if (!rule.digest) {
    std::string id = rule.prefix;
    for (std::size_t i = 0; i < id_positions_.size(); ++i) {
      const std::string& part = fields[id_positions_[i]];
      if (part.empty()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "column `", rule.columns[i], "` is empty but makes the id"));
      }
      absl::StrAppend(&id, i == 0 ? "" : "-", part);
    }
    MINGA_RETURN_IF_ERROR(At("id", ValidateRecordId(id)));
    return id;
  }
  // Each value with its length before it: "a","bc" is not "ab","c".
  std::string text;
  const auto add = [&text](const std::string& field) {
    absl::StrAppend(&text, field.size(), ":", field);
  };
  for (const std::size_t position : id_positions_) add(fields[position]);
  if (id_positions_.empty()) {
    for (const std::string& field : fields) add(field);
  }
  const Digest digest = Sha256(text);
  std::uint64_t short_digest = 0;
  std::memcpy(&short_digest, digest.data(), sizeof(short_digest));
  if (seen_.size() >= kImportDigestRowsMax && !seen_.contains(short_digest)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "more than ", kImportDigestRowsMax,
        " rows with digests as ids: split the file or map an id column"));
  }
  const std::uint32_t times = ++seen_[short_digest];
  std::string id = absl::StrCat(
      rule.prefix, Base32(AsView(digest).substr(0, kIdDigestBytes)));
  if (times > 1) absl::StrAppend(&id, "-", times);
  return id;
}

}  // namespace minga::importing
