#ifndef MINGA_STORAGE_SQLITE_WORD_MEMO_H_
#define MINGA_STORAGE_SQLITE_WORD_MEMO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace minga::storage::sqlite {

// The stems of words as they are written, accents and capitals and all: texts
// repeat their words, and one look here is cheaper than folding a word letter
// by letter to look its stem up. A word has one place, which a newer one takes
// over, so that it never grows beyond half a megabyte. Threads: one.
class WordMemo {
 public:
  // The stem of `written`, which lives until the next Put; nullptr data if it
  // is not known.
  absl::string_view Find(absl::string_view written) const {
    // The word of an empty place is the empty one.
    if (written.empty() || written.size() > kBytesMax || places_.empty()) {
      return {};
    }
    const Place& place = places_[PlaceOf(written)];
    if (written.size() != place.written_bytes ||
        std::memcmp(written.data(), place.written.data(), written.size()) !=
            0) {
      return {};
    }
    return {place.stem.data(), place.stem_bytes};
  }

  void Put(absl::string_view written, absl::string_view stem) {
    if (written.size() > kBytesMax || stem.size() > kBytesMax) return;
    if (places_.empty()) places_.resize(kPlaces);
    Place& place = places_[PlaceOf(written)];
    place.written_bytes = static_cast<std::uint8_t>(written.size());
    place.stem_bytes = static_cast<std::uint8_t>(stem.size());
    std::memcpy(place.written.data(), written.data(), written.size());
    std::memcpy(place.stem.data(), stem.data(), stem.size());
  }

 private:
  static constexpr std::size_t kPlaces = 8192;
  // Longer words are seldom, and a place is one line of the processor's cache.
  static constexpr std::size_t kBytesMax = 31;

  struct alignas(64) Place {
    std::uint8_t written_bytes = 0;
    std::uint8_t stem_bytes = 0;
    std::array<char, kBytesMax> written{};
    std::array<char, kBytesMax> stem{};
  };
  static_assert(sizeof(Place) == 64);

  static std::size_t PlaceOf(absl::string_view written) {
    return absl::HashOf(written) % kPlaces;
  }

  std::vector<Place> places_;  // made by the first Put
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_WORD_MEMO_H_
