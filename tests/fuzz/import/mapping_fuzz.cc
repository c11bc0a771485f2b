// A mapping from anywhere, then a file for it: no crash. The input is a mapping
// up to a line `---` and CSV after it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "minga/v1/pes.pb.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find("\n---\n");
  const auto mapping =
      minga::importing::Mapping::Parse(input.substr(0, cut), "fuzz.toml");
  if (!mapping.ok() || cut == std::string::npos) return 0;
  minga::importing::ReadOptions options;
  options.mapping = *mapping;
  const auto source = minga::importing::ReadRecords(
      minga::importing::BytesOf(input.substr(cut + 5)), options);
  Require(source.ok());
  while (true) {
    const auto row = (*source)->Next();
    if (!row.ok() || !row->has_value()) return 0;
    Require((*row)->status.ok() == ((*row)->record != nullptr));
  }
}
