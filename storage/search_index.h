// SearchIndex finds records by words, accents and word endings ignored. It is
// derived data: it may lag behind the database and can be rebuilt from it.
#ifndef MINGA_STORAGE_SEARCH_INDEX_H_
#define MINGA_STORAGE_SEARCH_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/record_store.h"

namespace minga::storage {

struct SearchDocument {
  RowNo row = 0;
  RecordKey key;
  std::string language;  // ISO 639-1: es, pt, en choose the stemmer
  std::string title;
  std::string body;
  std::string occupation;   // ISCO-08 digits or empty
  std::string subdivision;  // ISO 3166-2 or empty
  bool open = true;         // closed records are kept but not found
};

struct SearchQuery {
  RecordKind kind = RecordKind::kVacancy;
  // Words; all must occur. Empty = everything that passes the filters, newest
  // first. At most kSearchQueryBytesMax.
  std::string text;
  std::vector<Country> countries;           // empty = all
  std::vector<Country> excluded_countries;  // suspended peers
  std::string occupation_prefix;            // ISCO-08 digits
  std::string subdivision;
  int limit = 20;  // 1..kSearchHitsMax
  int offset = 0;
};

struct SearchHit {
  RecordKey key;
  double score = 0;  // higher is better; comparable within one answer only
};

// How far the index has followed RecordReader::ChangesSince.
struct IndexPosition {
  RowNo row = 0;
  std::int64_t gone = 0;
};

// Threads: Search and Position from any thread; the rest from one at a time.
class SearchIndex {
 public:
  virtual ~SearchIndex() = default;

  // Adds `put` (replacing equal rows), removes `gone`, and moves the position,
  // in one transaction.
  virtual absl::Status Apply(const std::vector<SearchDocument>& put,
                             const std::vector<RowNo>& gone,
                             const IndexPosition& position) = 0;

  virtual absl::StatusOr<IndexPosition> Position() const = 0;

  // INVALID_ARGUMENT for a query over the limits. Text of any kind is a valid
  // query: it is taken as words, never as FTS syntax.
  virtual absl::StatusOr<std::vector<SearchHit>> Search(
      const SearchQuery& query) const = 0;

  // Each Apply leaves words in a segment of its own, and a search looks into
  // all. Merges a part of them, in some milliseconds; true if there is more to
  // do. Call it when nothing waits for Apply.
  virtual absl::StatusOr<bool> Merge() = 0;

  // Takes out a bounded part of what removed documents have left in the file:
  // their words stay in it, found by nobody, until it is rewritten. True if
  // there is more to do. Rewrites the whole index over some calls if anything
  // was removed since, so call it in quiet hours.
  virtual absl::StatusOr<bool> Tidy() = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_SEARCH_INDEX_H_
