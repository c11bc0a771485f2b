#include "node/base/crypto/openssl_ptr.h"

#include <openssl/err.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace minga {

absl::Status OpensslError(absl::string_view what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_peek_last_error(), reason.data(), reason.size());
  ERR_clear_error();
  return absl::InternalError(absl::StrCat(what, ": ", reason.data()));
}

}  // namespace minga
