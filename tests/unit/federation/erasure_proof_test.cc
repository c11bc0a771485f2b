#include "federation/erasure_proof.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "storage/merkle.h"
#include "tests/support/parties.h"

namespace minga::federation {
namespace {

using test::kColombia;
using test::kEcuador;
using test::kPeru;
using test::MakeParty;
using test::Party;

// What Colombia tells Ecuador: of each row, whether it erases.
struct Told {
  explicit Told(int rows) {
    for (int i = 0; i < rows; ++i) {
      v1::Row row;
      row.set_seq(static_cast<std::uint64_t>(i) + 11);
      row.set_kind(v1::RECORD_KIND_VACANCY);
      row.set_id(absl::StrCat("v", i));
      row.set_operation(v1::ROW_OPERATION_DELETE);
      row.set_reason("withdrawn");
      row.mutable_erase_deadline()->set_seconds(1'795'300'000);
      rows_.push_back(row);
    }
  }
  v1::Row& operator[](std::size_t i) { return rows_[i]; }

  std::vector<KeptErasure> Keep() {
    page = v1::Page();
    for (const v1::Row& row : rows_) page.add_rows(row.SerializeAsString());
    PageHeader header;
    header.origin = kColombia;
    header.follower = kEcuador;
    header.epoch = 7;
    header.after = 10;
    header.upto = 10 + rows_.size();
    SealPage(header, Signer(co.node_key.get(), co.descriptor.node_key.name),
             page);
    PageExpectation expected;
    expected.origin = kColombia;
    expected.follower = kEcuador;
    expected.origin_key = co.descriptor.node_key;
    expected.epoch = 7;
    expected.cursor = 10;
    const absl::StatusOr<OpenedPage> opened = OpenPage(page, expected);
    INFO(opened.status());
    REQUIRE(opened.ok());
    return opened->erasures;
  }
  absl::StatusOr<Erasure> Read(const v1::ErasureProof& proof,
                               Country follower = kEcuador) const {
    ErasureReader reader(kColombia, follower, {co.descriptor.node_key});
    return reader.Read(proof);
  }

  const Party co = MakeParty(kColombia);
  v1::Page page;

 private:
  std::vector<v1::Row> rows_;
};

v1::ErasureProof Parsed(const KeptErasure& kept) {
  v1::ErasureProof proof;
  REQUIRE(proof.ParseFromString(kept.proof));
  return proof;
}

TEST_CASE("every erasure of a page of any size is proved") {
  for (const int rows : {1, 2, 3, 5, 8, 13, 100, 1024}) {
    Told told(rows);
    const std::vector<KeptErasure> kept = told.Keep();
    REQUIRE(kept.size() == static_cast<std::size_t>(rows));
    for (int i = 0; i < rows; ++i) {
      const KeptErasure& one = kept[static_cast<std::size_t>(i)];
      const auto read = told.Read(Parsed(one));
      INFO("row " << i << " of " << rows << ": " << read.status());
      REQUIRE(read.ok());
      CHECK(read->epoch == 7);
      CHECK(read->seq == one.seq);
      CHECK(read->key.id == absl::StrCat("v", i));
      CHECK(ErasedKey(kColombia, one.proof).value() == read->key);
    }
  }
}

TEST_CASE("only what its owner closed or erased is kept") {
  Told told(6);
  told[0].set_reason("leaving");  // the record is there still
  told[0].set_revision(5);
  told[1].set_reason("closed");
  told[1].set_revision(6);
  told[2].set_kind(v1::RECORD_KIND_PROFILE);  // of people nothing is kept
  told[3].set_operation(v1::ROW_OPERATION_UPSERT);
  told[3].clear_reason();
  told[3].clear_erase_deadline();
  told[3].set_body("something");
  told[4].set_reason("expired");
  told[4].set_revision(7);
  const std::vector<KeptErasure> kept = told.Keep();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].seq == 12);
  CHECK(kept[1].seq == 16);

  // Nor does a proof of the others count.
  v1::ErasureProof proof = Parsed(kept[0]);
  proof.set_row(told.page.rows(0));
  proof.set_index(0);
  *proof.mutable_path(0) = ToBytes(storage::LeafHash(told.page.rows(1)));
  const auto read = told.Read(proof);
  INFO(read.status());
  CHECK(read.status().message() == "erasure: the row erases nothing");
}

TEST_CASE("nothing of a proof can be changed") {
  Told told(5);
  const v1::ErasureProof proof = Parsed(told.Keep()[3]);
  REQUIRE(told.Read(proof).ok());
  const auto refused = [&](auto change) {
    v1::ErasureProof changed = proof;
    change(changed);
    return absl::IsInvalidArgument(told.Read(changed).status());
  };
  CHECK(refused([](v1::ErasureProof& p) { p.clear_note(); }));
  CHECK(refused([](v1::ErasureProof& p) { p.mutable_note()->at(20) ^= 1; }));
  CHECK(refused([](v1::ErasureProof& p) { p.mutable_row()->back() ^= 1; }));
  CHECK(refused([](v1::ErasureProof& p) { p.set_index(2); }));
  CHECK(refused([](v1::ErasureProof& p) { p.set_index(5); }));
  CHECK(refused([](v1::ErasureProof& p) { p.mutable_path()->RemoveLast(); }));
  CHECK(refused([](v1::ErasureProof& p) { p.add_path(std::string(32, 'x')); }));
  CHECK(refused([](v1::ErasureProof& p) { p.set_path(0, "short"); }));
  CHECK(refused([](v1::ErasureProof& p) {
    p.set_note(p.note() + std::string(kErasureProofBytesMax, 'x'));
  }));
  // Told to another, or signed by another.
  CHECK(absl::IsInvalidArgument(told.Read(proof, kPeru).status()));
  const Party ec = MakeParty(kEcuador);
  ErasureReader other(kColombia, kEcuador, {ec.descriptor.node_key});
  CHECK(absl::IsInvalidArgument(other.Read(proof).status()));
}

}  // namespace
}  // namespace minga::federation
