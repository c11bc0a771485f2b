#include "storage/sqlite/documents.h"

#include "absl/strings/match.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kGet[] = "SELECT document FROM document WHERE name = ?1";
constexpr char kList[] =
    "SELECT name, document FROM document WHERE name >= ?1 ORDER BY name";
constexpr char kPage[] =
    "SELECT name, document FROM document WHERE name >= ?1 AND name > ?2"
    " ORDER BY name LIMIT ?3";
constexpr char kPut[] =
    "INSERT INTO document (name, document) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET document = excluded.document";
constexpr char kRemove[] =
    "DELETE FROM document WHERE name = ?1 RETURNING name";

// Names compare as bytes, so those with the prefix follow each other.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> WithPrefix(
    Run& run, absl::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> documents;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more || !absl::StartsWith(run.View(0), prefix)) return documents;
    documents.emplace_back(run.String(0), run.String(1));
  }
}

}  // namespace

absl::Status Documents::Prepare(Connection& connection) {
  return connection.Prepare({{&get_, kGet},
                             {&list_, kList},
                             {&page_, kPage},
                             {&put_, kPut},
                             {&remove_, kRemove}});
}

absl::StatusOr<std::optional<std::string>> Documents::Get(
    absl::string_view name) const {
  Run run(get_, name);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(run.String(0));
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
Documents::List(absl::string_view prefix) const {
  Run run(list_, prefix);
  return WithPrefix(run, prefix);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
Documents::Page(absl::string_view prefix, absl::string_view after,
                int limit) const {
  Run run(page_, prefix, after, limit < 0 ? 0 : limit);
  return WithPrefix(run, prefix);
}

absl::Status Documents::Put(absl::string_view name,
                            absl::string_view document) {
  if (name.empty()) {
    return absl::InvalidArgumentError("document: a document has a name");
  }
  Run run(put_, name, Bytes{document});
  return run.Finish();
}

absl::StatusOr<bool> Documents::Remove(absl::string_view name) {
  Run run(remove_, name);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return false;
  MINGA_RETURN_IF_ERROR(run.Finish());
  return true;
}

}  // namespace minga::storage::sqlite
