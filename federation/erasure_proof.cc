#include "federation/erasure_proof.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/page_builder.h"
#include "minga/v1/federation.pb.h"
#include "node/base/status.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

// As the exchange names it (node/exchange/judge.h).
constexpr absl::string_view kClosedReason = "closed";

// A tree over the rows of a page, level by level. An odd hash at the end of a
// level goes up as it is: the tree of RFC 6962.
class PageTree {
 public:
  explicit PageTree(const v1::Page& page) {
    std::vector<Digest>& leaves = levels_.emplace_back();
    for (const std::string& row : page.rows()) {
      leaves.push_back(storage::LeafHash(row));
    }
    while (levels_.back().size() > 1) {
      const std::vector<Digest>& below = levels_.back();
      std::vector<Digest> level;
      for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
        level.push_back(storage::NodeHash(below[i], below[i + 1]));
      }
      if (below.size() % 2 != 0) level.push_back(below.back());
      levels_.push_back(std::move(level));
    }
  }

  std::vector<Digest> PathOf(std::size_t index) const {
    std::vector<Digest> path;
    for (const std::vector<Digest>& level : levels_) {
      const std::size_t sibling = index ^ 1;
      if (sibling < level.size()) path.push_back(level[sibling]);
      index /= 2;
    }
    return path;
  }

 private:
  std::vector<std::vector<Digest>> levels_;
};

// What IsErasure and a proof have to know of a row; views into `row`.
absl::StatusOr<InboundRow> ReadErased(Country origin, const v1::Row& row) {
  InboundRow read;
  MINGA_ASSIGN_OR_RETURN(read.key.kind, KindFromNumber(row.kind()));
  MINGA_RETURN_IF_ERROR(ValidateRecordId(row.id()));
  read.seq = row.seq();
  read.key.country = origin;
  read.key.id = row.id();
  read.upsert = row.operation() != v1::ROW_OPERATION_DELETE;
  read.revision = row.revision();
  read.reason = row.reason();
  return read;
}

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("erasure: ", what));
}

}  // namespace

bool IsErasure(const InboundRow& row) {
  return !row.upsert && IsAboutNobody(row.key.kind) &&
         (row.revision == 0 || row.reason == kClosedReason);
}

std::vector<KeptErasure> ProveErasures(const v1::Page& page,
                                       absl::Span<const InboundRow> rows) {
  std::vector<KeptErasure> kept;
  if (std::none_of(rows.begin(), rows.end(), IsErasure)) return kept;
  const PageTree tree(page);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!IsErasure(rows[i])) continue;
    v1::ErasureProof proof;
    proof.set_note(page.note());
    proof.set_row(page.rows(static_cast<int>(i)));
    proof.set_index(static_cast<std::uint32_t>(i));
    for (const Digest& hash : tree.PathOf(i)) proof.add_path(ToBytes(hash));
    // A note under the keys of many rotations at once.
    if (proof.ByteSizeLong() > kErasureProofBytesMax) continue;
    kept.push_back({rows[i].seq, proof.SerializeAsString()});
  }
  return kept;
}

absl::Status ErasureReader::OpenNote(const std::string& note) {
  if (note == note_) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const Note opened, Note::Parse(note));
  if (std::none_of(keys_.begin(), keys_.end(), [&](const NoteVerifier& key) {
        return VerifyNote(opened, key);
      })) {
    return Wrong("the page is not signed by a node key of this country");
  }
  MINGA_ASSIGN_OR_RETURN(const PageHeader page, PageHeader::Parse(opened.text));
  if (page.origin != origin_ || page.follower != follower_) {
    return Wrong("the page is of other parties");
  }
  note_ = note;
  page_ = page;
  return absl::OkStatus();
}

absl::StatusOr<Erasure> ErasureReader::Read(const v1::ErasureProof& proof) {
  if (proof.ByteSizeLong() > kErasureProofBytesMax) return Wrong("is too long");
  MINGA_RETURN_IF_ERROR(OpenNote(proof.note()));
  std::vector<Digest> path;
  for (const std::string& bytes : proof.path()) {
    MINGA_ASSIGN_OR_RETURN(const Digest hash, ToDigest(bytes));
    path.push_back(hash);
  }
  MINGA_RETURN_IF_ERROR(storage::VerifyInclusion(storage::LeafHash(proof.row()),
                                                 proof.index(), page_.rows,
                                                 path, page_.root));
  v1::Row row;
  if (!row.ParseFromString(proof.row())) return Wrong("not a row");
  MINGA_ASSIGN_OR_RETURN(const InboundRow read, ReadErased(origin_, row));
  if (!IsErasure(read)) return Wrong("the row erases nothing");
  if (read.seq <= page_.after || read.seq > page_.upto) {
    return Wrong("the row is not in the range of its page");
  }
  return Erasure{page_.epoch, read.seq, read.key};
}

absl::StatusOr<RecordKey> ErasedKey(Country origin, absl::string_view proof) {
  v1::ErasureProof parsed;
  v1::Row row;
  if (!parsed.ParseFromArray(proof.data(), static_cast<int>(proof.size())) ||
      !row.ParseFromString(parsed.row())) {
    return absl::DataLossError("a remembered erasure cannot be read");
  }
  MINGA_ASSIGN_OR_RETURN(const InboundRow read, ReadErased(origin, row));
  return read.key;
}

}  // namespace minga::federation
