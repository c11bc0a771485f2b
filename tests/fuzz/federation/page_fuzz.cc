// Notes and messages of pages and receipts. The bytes are taken as a note text,
// as a page whose rows they are (signed, so that they are looked at), and as a
// receipt.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "federation/page.h"
#include "federation/receipt.h"
#include "minga/v1/federation.pb.h"

namespace {

using namespace minga;
using namespace minga::federation;

struct Keys {
  std::unique_ptr<SigningKey> key =
      SigningKey::FromSeed(std::string(kSigningSeedBytes, 's')).value();
  NoteVerifier verifier{"minga/co/node", NoteKeyType::kEd25519,
                        key->public_key()};
};

void TryTexts(absl::string_view input) {
  const absl::StatusOr<PageHeader> page = PageHeader::Parse(input);
  if (page.ok() && page->Text() != input) std::abort();
  const absl::StatusOr<ReceiptHeader> receipt = ReceiptHeader::Parse(input);
  if (receipt.ok() && receipt->Text() != input) std::abort();
}

void TryRows(absl::string_view input, const Keys& keys) {
  PageHeader header{
      Country::Of("CO"), Country::Of("EC"), 1, 0, 1U << 20, 0, {}};
  v1::Page page;
  page.add_rows(std::string(input));
  SealPage(header, {keys.key.get(), keys.verifier.name}, page);
  const absl::StatusOr<OpenedPage> opened =
      OpenPage(page, {header.origin, header.follower, keys.verifier, 1, 0});
  if (!opened.ok()) return;
  for (const InboundRow& row : opened->rows) {
    if (row.seq == 0 || row.seq > header.upto) std::abort();
    if (row.key.country != header.origin || row.key.id.empty()) std::abort();
    if (row.upsert == row.body.empty()) std::abort();
  }
}

void TryMessages(absl::string_view input, const Keys& keys) {
  const std::string bytes(input);
  v1::Page page;
  if (page.ParseFromString(bytes)) {
    OpenPage(page, {Country::Of("CO"), Country::Of("EC"), keys.verifier, 1, 0})
        .status()
        .IgnoreError();
  }
  v1::Receipt receipt;
  if (receipt.ParseFromString(bytes)) {
    OpenReceipt(receipt, keys.verifier, Country::Of("CO"), Country::Of("EC"),
                FullDialect())
        .status()
        .IgnoreError();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Keys* const keys = [] {
    google::protobuf::SetLogHandler(nullptr);
    return new Keys();
  }();
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  TryTexts(input);
  TryRows(input, *keys);
  TryMessages(input, *keys);
  return 0;
}
