#include "storage/audit_chain.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage {
namespace {

// The present log, as OpenLog gives the closed ones.
class Present final : public AuditReader {
 public:
  explicit Present(const AuditReader& log) : log_(log) {}
  absl::StatusOr<LeafIndex> Size() const override { return log_.Size(); }
  absl::StatusOr<std::string> Tile(int level,
                                   std::uint64_t index) const override {
    return log_.Tile(level, index);
  }
  absl::StatusOr<std::string> EntryBundle(std::uint64_t bundle) const override {
    return log_.EntryBundle(bundle);
  }
  absl::StatusOr<std::string> Checkpoint() const override {
    return log_.Checkpoint();
  }

 private:
  const AuditReader& log_;
};

}  // namespace

absl::StatusOr<int> NumberOf(const AuditReader& present) {
  const AuditChain* const chain = AuditChain::Of(present);
  return chain == nullptr ? 0 : chain->Number();
}

absl::StatusOr<std::unique_ptr<AuditReader>> OpenLog(const AuditReader& present,
                                                     int number) {
  MINGA_ASSIGN_OR_RETURN(const int newest, NumberOf(present));
  if (number == newest) return std::make_unique<Present>(present);
  if (number < 0 || number > newest) {
    return absl::OutOfRangeError(
        absl::StrCat("there is no log ", number, ", the newest is ", newest));
  }
  return AuditChain::Of(present)->Earlier(number);
}

}  // namespace minga::storage
