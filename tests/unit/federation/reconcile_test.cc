// Comparing sets: random ones, and answers from a side that lies.
#include "federation/reconcile.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/random.h"

namespace minga::federation {
namespace {

using Records = std::map<std::string, int>;  // id -> version

Item ItemOf(const std::string& id, int version) {
  return {TagOf(RecordKind::kVacancy, id), Sha256(absl::StrCat(id, version))};
}

ItemSet SetOf(const Records& records) {
  ItemSet set;
  for (const auto& [id, version] : records) {
    REQUIRE(set.Add(ItemOf(id, version)).ok());
  }
  REQUIRE(set.Sort().ok());
  return set;
}

Records Numbered(int count) {
  Records records;
  for (int i = 0; i < count; ++i) records[absl::StrCat("v", i)] = 1;
  return records;
}

// Changes about `changes` of them: some go, some come, some become other.
Records Changed(Records records, int changes, SeededRandom& random) {
  for (int i = 0; i < changes; ++i) {
    const std::uint64_t what = random.Below(3);
    if (what == 0 || records.empty()) {
      records[absl::StrCat("new", random.Below(1'000'000))] = 1;
      continue;
    }
    auto at = records.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.Below(
                         std::min<std::size_t>(records.size(), 1000))));
    if (what == 1) {
      records.erase(at);
    } else {
      ++at->second;
    }
  }
  return records;
}

// What the comparison has to find.
struct Expected {
  std::size_t missing = 0;
  std::size_t stale = 0;
  std::size_t surplus = 0;
};
Expected Expect(const Records& mine, const Records& theirs) {
  Expected expected;
  for (const auto& [id, version] : theirs) {
    const auto at = mine.find(id);
    if (at == mine.end()) ++expected.missing;
    if (at != mine.end() && at->second != version) ++expected.stale;
  }
  for (const auto& [id, version] : mine) {
    if (!theirs.contains(id)) ++expected.surplus;
  }
  return expected;
}

void CheckFinds(const Records& mine, const Records& theirs) {
  const ItemSet my_set = SetOf(mine);
  const ItemSet their_set = SetOf(theirs);
  Comparison comparison(my_set);
  REQUIRE(comparison.Begin(their_set.Root(), their_set.size()).ok());
  while (!comparison.done()) {
    REQUIRE(comparison.rounds() < 100);
    const absl::Status taken =
        comparison.Take(Answer(their_set, comparison.Ask()));
    INFO(taken);
    REQUIRE(taken.ok());
  }
  const absl::StatusOr<Differences> found = comparison.Finish();
  INFO(found.status());
  REQUIRE(found.ok());
  const Expected expected = Expect(mine, theirs);
  CHECK(found->missing.size() == expected.missing);
  CHECK(found->stale.size() == expected.stale);
  CHECK(found->surplus.size() == expected.surplus);
}

}  // namespace

TEST_CASE("a comparison finds what two sets differ in", "[reconcile]") {
  const Records some = Numbered(500);
  SECTION("nothing and nothing") { CheckFinds({}, {}); }
  SECTION("the same") { CheckFinds(some, some); }
  SECTION("everything is missing") { CheckFinds({}, some); }
  SECTION("everything is surplus") { CheckFinds(some, {}); }
  SECTION("one changed") {
    Records other = some;
    other["v7"] = 2;
    CheckFinds(some, other);
  }
}

TEST_CASE("a comparison finds the differences of random sets", "[reconcile]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 41));
  INFO("seed " << seed);
  SeededRandom random(seed);
  const int size = static_cast<int>(random.Below(seed % 4 == 0 ? 8000 : 300));
  const int changes = static_cast<int>(random.Below(seed % 3 == 0 ? 600 : 12));
  const Records mine = Numbered(size);
  CheckFinds(mine, Changed(mine, changes, random));
}

TEST_CASE("equal sets are known by their root alone", "[reconcile]") {
  const ItemSet set = SetOf(Numbered(1000));
  Comparison comparison(set);
  REQUIRE(comparison.Begin(set.Root(), set.size()).ok());
  CHECK(comparison.done());
  CHECK(comparison.rounds() == 0);
  CHECK(comparison.Finish()->size() == 0);
}

TEST_CASE("few differences in many records cost few rounds and bytes",
          "[reconcile]") {
  const Records mine = Numbered(50'000);
  Records theirs = mine;
  for (int i = 0; i < 20; ++i) theirs[absl::StrCat("v", i * 2111)] = 2;
  const ItemSet my_set = SetOf(mine);
  const ItemSet their_set = SetOf(theirs);
  Comparison comparison(my_set);
  REQUIRE(comparison.Begin(their_set.Root(), their_set.size()).ok());
  std::size_t items = 0;
  std::size_t fingerprints = 0;
  while (!comparison.done()) {
    const auto questions = comparison.Ask();
    const auto answers = Answer(their_set, questions);
    fingerprints += questions.size();
    for (const RangeAnswer& answer : answers) {
      items += answer.items.size();
      fingerprints += answer.parts.size();
    }
    REQUIRE(comparison.Take(answers).ok());
  }
  CHECK(comparison.Finish()->stale.size() == 20);
  CHECK(comparison.rounds() <= 4);
  CHECK(items <= 20 * kListItemsMax);
  CHECK(fingerprints <= 1000);
}

TEST_CASE("an answer of a side that lies is refused or leads nowhere",
          "[reconcile]") {
  const Records mine = Numbered(2000);
  Records theirs = mine;
  theirs["v5"] = 2;
  const ItemSet my_set = SetOf(mine);
  const ItemSet their_set = SetOf(theirs);
  Comparison comparison(my_set);

  SECTION("too many items are claimed") {
    CHECK(absl::IsInvalidArgument(
        comparison.Begin(their_set.Root(), kItemsMax + 1)));
  }
  SECTION("another root than that of what it answers") {
    REQUIRE(comparison.Begin(Sha256("other"), their_set.size()).ok());
    while (!comparison.done()) {
      REQUIRE(comparison.Take(Answer(their_set, comparison.Ask())).ok());
    }
    CHECK(absl::IsDataLoss(comparison.Finish().status()));
  }
  SECTION("malformed answers") {
    REQUIRE(comparison.Begin(their_set.Root(), their_set.size()).ok());
    const auto questions = comparison.Ask();
    std::vector<RangeAnswer> answers = Answer(their_set, questions);
    REQUIRE(answers.size() == questions.size());
    SECTION("none") { answers.clear(); }
    SECTION("more than were asked") { answers.push_back({true, {}, {}}); }
    SECTION("two kinds at once") {
      answers[0].same = true;
      answers[0].parts = {{questions[0].range, {}}, {questions[0].range, {}}};
    }
    SECTION("same with items") {
      answers[0].same = true;
      answers[0].items = {ItemOf("x", 1)};
    }
    SECTION("items of another range") {
      const Item item = ItemOf("x", 1);
      const std::size_t at = item.tag >= questions[0].range.lower &&
                                     (questions[0].range.to_end ||
                                      item.tag < questions[0].range.upper)
                                 ? 1
                                 : 0;
      answers[at] = {false, {item}, {}};
    }
    SECTION("one item twice") {
      const Item item = my_set.In(questions[0].range)[0];
      answers[0] = {false, {item, item}, {}};
    }
    SECTION("one part") {
      answers[0] = {false, {}, {{questions[0].range, Sha256("a")}}};
    }
    SECTION("parts with a hole") {
      auto parts =
          SplitRange(questions[0].range, my_set.In(questions[0].range), 3);
      answers[0] = {false, {}, {{parts[0], {}}, {parts[2], {}}}};
    }
    SECTION("parts that never get smaller") {
      answers[0] = {
          false, {}, {{questions[0].range, {}}, {questions[0].range, {}}}};
    }
    CHECK(absl::IsInvalidArgument(comparison.Take(answers)));
  }
}

TEST_CASE("a side that cuts for ever is given up", "[reconcile]") {
  const ItemSet mine = SetOf(Numbered(3000));
  Comparison comparison(mine);
  REQUIRE(comparison.Begin(Sha256("x"), kItemsMax).ok());
  SeededRandom random(7);
  absl::Status status;
  // Fingerprints that nothing has: every part is asked about again.
  for (int round = 0; round < 2000 && status.ok() && !comparison.done();
       ++round) {
    std::vector<RangeAnswer> answers;
    for (const RangeQuestion& question : comparison.Ask()) {
      Range left = question.range;
      Range right = question.range;
      Tag middle = question.range.lower;
      // Just above the lower end, so that the rest stays large.
      for (std::size_t i = middle.size(); i-- > 0;) {
        if (++middle[i] != 0) break;
      }
      left.upper = right.lower = middle;
      left.to_end = false;
      Digest nobodys{};
      random.Fill(absl::MakeSpan(nobodys));
      answers.push_back({false, {}, {{left, nobodys}, {right, nobodys}}});
    }
    status = comparison.Take(answers);
  }
  INFO(status);
  CHECK_FALSE(status.ok());
}

TEST_CASE("two records of one tag are not compared", "[reconcile]") {
  ItemSet set;
  REQUIRE(set.Add(ItemOf("v1", 1)).ok());
  REQUIRE(set.Add(ItemOf("v1", 2)).ok());
  CHECK(absl::IsInvalidArgument(set.Sort()));
}

}  // namespace minga::federation
