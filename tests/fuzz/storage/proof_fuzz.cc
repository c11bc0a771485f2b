// Proofs from other nodes: sizes, indexes and hashes as the bytes say. Nothing
// crashes or loops, and no proof of invented hashes leads to the root below.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "storage/merkle.h"

namespace {

using minga::Digest;
using minga::storage::LeafIndex;

// Takes a number or a hash from the front; zeros when the input has ended.
template <typename T>
T Take(const std::uint8_t*& data, std::size_t& size) {
  T value{};
  const std::size_t bytes = size < sizeof(T) ? size : sizeof(T);
  std::memcpy(&value, data, bytes);
  data += bytes;
  size -= bytes;
  return value;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto first = Take<LeafIndex>(data, size);
  const auto second = Take<LeafIndex>(data, size);
  const auto third = Take<LeafIndex>(data, size);
  std::vector<Digest> proof;
  while (size > 0) proof.push_back(Take<Digest>(data, size));
  const Digest root = minga::storage::LeafHash("nobody's root");
  const Digest leaf = minga::storage::LeafHash("nobody's leaf");
  Require(
      !minga::storage::VerifyInclusion(leaf, first, second, proof, root).ok());
  Require(!minga::storage::VerifyConsistency(first, second, proof, leaf, root)
               .ok());
  Require(!minga::storage::VerifySubtreeInclusion(leaf, first, second, third,
                                                  proof, root)
               .ok());
  Require(!minga::storage::VerifySubtreeConsistency(first, second, third, proof,
                                                    leaf, root)
               .ok());
  return 0;
}
