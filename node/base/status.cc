#include "node/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace minga {

absl::Status At(absl::string_view place, const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status placed(status.code(),
                      absl::StrCat(place, ": ", status.message()));
  status.ForEachPayload(
      [&placed](absl::string_view type_url, const absl::Cord& payload) {
        placed.SetPayload(type_url, payload);
      });
  return placed;
}

}  // namespace minga
