#ifndef MINGA_STORAGE_SQLITE_CLASSES_H_
#define MINGA_STORAGE_SQLITE_CLASSES_H_

#include <optional>
#include <string>
#include <vector>

#include "storage/class_store.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// ClassStore over the tables `display_*`. Threads: its connection's.
class Classes final : public ClassStore {
 public:
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::optional<ClassMember>> Find(
      const PeerId& peer, absl::string_view profile) const override;
  absl::StatusOr<ClassState> Lookup(const PeerId& peer,
                                    const Digest& klass) const override;
  absl::StatusOr<std::vector<ClassResident>> Residents(
      ClassNo klass, ClassRole role, absl::string_view after,
      int limit) const override;
  absl::StatusOr<std::vector<std::string>> Having(ClassNo klass,
                                                  std::uint64_t value,
                                                  int limit) const override;
  absl::StatusOr<std::vector<PlacedProfile>> Profiles(const PeerId& peer,
                                                      absl::string_view after,
                                                      int limit) const override;
  absl::StatusOr<std::vector<RungSummary>> Summarise(
      const PeerId& peer) const override;

  absl::Status Put(const PeerId& peer, absl::string_view profile,
                   const std::optional<ClassPlace>& place) override;
  absl::Status Drop(const PeerId& peer) override;

 private:
  // What is stored of a profile's place.
  struct Stored {
    ClassNo shown = 0;
    std::vector<ClassNo> waiting;
    std::string values;
  };

  absl::StatusOr<std::optional<Stored>> FindStored(
      const PeerId& peer, absl::string_view profile) const;
  // The class, made if nobody was in it.
  absl::StatusOr<ClassNo> NumberOf(const PeerId& peer, const Digest& klass);
  absl::Status Enter(ClassNo klass, absl::string_view profile,
                     const ClassPlace& place);
  absl::Status Leave(absl::string_view profile, const Stored& from);
  absl::Status Count(ClassNo klass, int shown, int waiting);

  Statement find_;
  Statement find_stored_;
  Statement lookup_;
  Statement shown_;
  Statement waiting_;
  Statement having_;
  Statement profiles_;
  Statement summarise_;
  Statement make_;
  Statement count_;
  Statement forget_;
  Statement put_;
  Statement remove_;
  Statement wait_;
  Statement stop_waiting_;
  Statement add_value_;
  Statement drop_value_;
  Statement drop_values_;
  Statement drop_waiting_;
  Statement drop_members_;
  Statement drop_classes_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_CLASSES_H_
