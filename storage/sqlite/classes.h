#ifndef MINGA_STORAGE_SQLITE_CLASSES_H_
#define MINGA_STORAGE_SQLITE_CLASSES_H_

#include <optional>
#include <string>
#include <vector>

#include "storage/class_store.h"
#include "storage/sqlite/class_counts.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/subjects.h"

namespace minga::storage::sqlite {

// ClassStore over the tables `display_*`. Threads: its connection's.
class Classes final : public ClassStore {
 public:
  // `subjects` outlives this.
  Classes(Country own, Subjects& subjects) : own_(own), subjects_(subjects) {}
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

  // Staged, for the writer's.
  absl::Status Load();
  void Mark() { counts_.Mark(); }
  void Restore();
  absl::Status Flush() { return counts_.Flush(); }

 private:
  // What is stored of a profile's place.
  struct Stored {
    ClassNo shown = 0;
    std::vector<ClassNo> waiting;
    std::string values;
    std::string sensitive;
  };
  using Number = Subjects::Number;

  RecordKey KeyOf(absl::string_view profile) const {
    return {own_, RecordKind::kProfile, std::string(profile)};
  }
  absl::StatusOr<std::optional<Stored>> FindStored(const PeerId& peer,
                                                   Number subject) const;
  absl::Status Enter(ClassNo klass, Number subject, const ClassPlace& place);
  absl::Status Leave(Number subject, const Stored& from);
  absl::Status Remove(const PeerId& peer, Number subject, const Stored& from);

  // What Find has just read: who places somebody asks where they are first.
  struct Found {
    PeerId peer;
    Number subject;
    std::optional<Stored> stored;
  };

  const Country own_;
  Subjects& subjects_;
  NewRows new_rows_;
  ClassCounts counts_;
  mutable std::optional<Found> found_;  // not after a change

  Statement find_;
  Statement find_stored_;
  Statement shown_;
  Statement waiting_;
  Statement having_;
  Statement profiles_;
  Statement summarise_;
  Statement put_;
  Statement remove_;
  Statement wait_;
  Statement stop_waiting_;
  Statement add_value_;
  Statement drop_value_;
  Statement drop_values_;
  Statement drop_waiting_;
  Statement drop_members_;
  Statement drop_sensitive_;
  Statement drop_classes_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_CLASSES_H_
