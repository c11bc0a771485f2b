#include "node/exchange/import/mapping.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/import/mapping_loader.h"
#include "node/exchange/import/toml_check.h"

namespace minga::importing {

Mapping::Mapping() = default;
Mapping::~Mapping() = default;

absl::StatusOr<std::shared_ptr<const Mapping>> Mapping::Parse(
    absl::string_view text, const std::string& file) {
  if (text.size() > kMappingBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        file, ": mapping is longer than ", kMappingBytesMax, " bytes"));
  }
  MINGA_RETURN_IF_ERROR(CheckToml(text, file));
  const toml::parse_result result =
      toml::parse(std::string_view(text.data(), text.size()));
  if (!result) {
    const toml::parse_error& error = result.error();
    const std::string_view reason = error.description();
    return absl::InvalidArgumentError(absl::StrCat(
        file, ":", error.source().begin.line, ":", error.source().begin.column,
        ": ", absl::string_view(reason.data(), reason.size())));
  }
  auto mapping = std::make_shared<Mapping>();
  mapping->file = file;
  MINGA_RETURN_IF_ERROR(MappingLoader(result.table(), *mapping).Run());
  return mapping;
}

absl::StatusOr<std::shared_ptr<const Mapping>> Mapping::Load(
    const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source,
                         OpenBytes(path));
  std::string text(kMappingBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    MINGA_ASSIGN_OR_RETURN(const std::size_t read,
                           source->Read(absl::MakeSpan(text).subspan(size)));
    if (read == 0) break;
    size += read;
  }
  text.resize(size);
  return Parse(text, path);
}

}  // namespace minga::importing
