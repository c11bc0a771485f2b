#include "tests/histories/history.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "tests/generator/sample_generator.h"

namespace minga::histories {
namespace {

constexpr Country kPeerCountries[] = {Country::Of("EC"), Country::Of("PE")};
// Most records of one put.
constexpr std::uint64_t kBatchMax = 200;
// The generator's people that the history draws from.
constexpr std::uint64_t kDrawn = 1'000'000;

std::vector<std::string> SensitiveIn(const v1::Profile& profile) {
  const v1::SensitiveData& data = profile.sensitive();
  return {data.sex(), data.nationality(), data.migration_status(),
          data.disability(), data.ethnicity()};
}

// Texts that must not be found in what is sent.
void MarkSecrets(v1::Profile& profile) {
  const std::string secret(kSecret);
  profile.mutable_identity()->set_name(secret + " Ana");
  profile.mutable_residence()->set_municipality(secret);
  profile.set_free_text(secret);
  for (v1::Occupation& wanted : *profile.mutable_desired_occupations()) {
    wanted.set_text(secret);
  }
}

void AddLevel(v1::Rung& rung, const char* field, int steps) {
  v1::RungLevel& level = *rung.add_levels();
  level.set_field(field);
  steps > 0 ? level.set_steps(steps) : level.set_suppress(true);
}

// Region before education, the occupation as long as it goes.
v1::Ladder HandMadeLadder() {
  v1::Ladder ladder;
  ladder.add_rungs();
  AddLevel(*ladder.add_rungs(), "availability", 1);
  v1::Rung rung = ladder.rungs(1);
  AddLevel(rung, "experience", 1);
  AddLevel(rung, "mobility", 1);
  *ladder.add_rungs() = rung;
  AddLevel(rung, "education", 1);
  *ladder.add_rungs() = rung;
  AddLevel(rung, "region", 1);
  AddLevel(rung, "contract", 0);
  *ladder.add_rungs() = rung;
  v1::Rung last;
  AddLevel(last, "availability", 0);
  AddLevel(last, "experience", 0);
  AddLevel(last, "mobility", 0);
  AddLevel(last, "education", 1);
  AddLevel(last, "region", 1);
  AddLevel(last, "contract", 0);
  AddLevel(last, "occupations", 2);
  *ladder.add_rungs() = last;
  return ladder;
}

}  // namespace

History::History(const Settings& settings)
    : settings_(settings), random_(settings.seed) {
  for (std::size_t i = 0; i < kPeers; ++i) {
    mirrors_[i] = std::make_unique<Mirror>(kPeerCountries[i]);
  }
  people_.resize(settings.people);
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const std::string id = absl::StrCat("person-", i);
    people_[i].profile.set_id(id);
    by_id_[id] = i;
  }
}

absl::StatusOr<std::unique_ptr<History>> History::Make(
    const Settings& settings) {
  std::unique_ptr<History> history(new History(settings));
  History& self = *history;
  self.k_ = self.law_.min_k;
  const auto listen = [&self](const storage::CommitNews& news) {
    for (const std::unique_ptr<Mirror>& mirror : self.mirrors_) {
      if (std::find(news.feeds.begin(), news.feeds.end(), mirror->peer()) ==
          news.feeds.end()) {
        continue;
      }
      Node& node = *self.node_;
      mirror->Read(node.database(), *node.offices().projector, self.k_);
    }
  };
  MINGA_ASSIGN_OR_RETURN(self.node_, Node::Make(self.random_.Next(), listen));
  MINGA_RETURN_IF_ERROR(self.node_->Activate(self.law_));
  for (const Country peer : kPeerCountries) {
    MINGA_RETURN_IF_ERROR(self.node_->AddPeer(peer));
  }
  return history;
}

absl::Status History::Step() {
  MINGA_RETURN_IF_ERROR(Do());
  MINGA_RETURN_IF_ERROR(Refresh());
  const auto sensitive =
      [this](const std::string& person) -> const std::vector<std::string>& {
    return people_[by_id_.at(person)].sensitive;
  };
  for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
    mirror->CheckDiverse(sensitive, law_.min_l);
  }
  return Verdict();
}

absl::Status History::Verdict() const {
  for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
    if (mirror->violations().empty()) continue;
    return absl::InternalError(absl::StrCat(
        "seed ", settings_.seed, ", ", settings_.people, " people, after ",
        changes_, " changes: ", mirror->violations().front()));
  }
  return absl::OkStatus();
}

absl::Status History::Refresh() {
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i) {
    bool stale = false;
    for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
      std::vector<RecordKey> keys = mirror->TakeStale();
      if (keys.empty()) continue;
      stale = true;
      node_->offices().projector->Reevaluate(mirror->peer(), std::move(keys));
      // Waits for it.
      MINGA_RETURN_IF_ERROR(
          node_->Write([](storage::Transaction&) { return absl::OkStatus(); }));
      mirror->Read(node_->database(), *node_->offices().projector, k_);
    }
    if (!stale) return absl::OkStatus();
  }
  return absl::InternalError("a row stays stale");
}

absl::Status History::Do() {
  // While nobody may be shown there is little to learn.
  if (!law_.profiles && Below(10) == 0) return ChangeLaw();
  // Of 10,000: often enough that a short history has every event. In a long one
  // they are seldom, so that people live through many changes between two.
  constexpr std::uint64_t kLong = 100'000;
  constexpr std::uint64_t kEvents = 9900;
  std::uint64_t what = Below(10'000);
  if (what >= kEvents && settings_.changes >= kLong) what -= Below(5) * 2000;
  if (what < 4000) return PutSome();
  if (what < 6500) return Consent();
  if (what < 9000) return Leave();
  if (what < 9750) return Acknowledge();
  if (what < kEvents) return PassDays();
  if (what < 9930) return ChangeEpoch();
  if (what < 9950) return ChangeLadder();
  if (what < 9970) return ChangeLaw();
  return Restart();
}

v1::Consent History::FreshConsent() {
  const testing::SampleGenerator generator(settings_.seed,
                                           DayOf(node_->clock().Now()));
  while (true) {
    testing::SamplePerson drawn = generator.Person(kOwn, Below(kDrawn));
    if (drawn.consent.has_value()) return *std::move(drawn.consent);
  }
}

bool History::Change(Person& person, v1::Consent& consent) {
  const testing::SampleGenerator generator(settings_.seed,
                                           DayOf(node_->clock().Now()));
  testing::SamplePerson drawn = generator.Person(kOwn, Below(kDrawn));
  const v1::Profile& other = drawn.profile;
  const std::string id = person.profile.id();
  v1::Profile& mine = person.profile;
  bool consents = Below(5) == 0;
  if (!person.stored || Below(20) == 0) {
    mine = other;
    mine.set_id(id);
    consents = true;
  }
  switch (Below(8)) {
    case 0:  // another trade
      *mine.mutable_desired_occupations() = other.desired_occupations();
      *mine.mutable_sectors() = other.sectors();
      *mine.mutable_experience() = other.experience();
      *mine.mutable_skills() = other.skills();
      break;
    case 1:
      *mine.mutable_residence() = other.residence();
      break;
    case 2:
      *mine.mutable_education() = other.education();
      break;
    case 3:
      *mine.mutable_availability() = other.availability();
      mine.set_status(other.status());
      break;
    case 4:
      *mine.mutable_mobility() = other.mobility();
      break;
    case 5:
      *mine.mutable_languages() = other.languages();
      break;
    case 6:
      if (Below(2) == 0 && mine.skills_size() > 0) {
        mine.mutable_skills()->RemoveLast();
      } else if (other.skills_size() > 0) {
        *mine.add_skills() = other.skills(0);
      }
      break;
    default:
      *mine.mutable_sensitive() = other.sensitive();
  }
  MarkSecrets(mine);
  person.stored = true;
  person.sensitive = SensitiveIn(mine);
  if (!consents || !drawn.consent.has_value()) return false;
  consent = *std::move(drawn.consent);
  return true;
}

absl::Status History::PutSome() {
  // Mostly few.
  const std::uint64_t count = 1 + Below(1 + Below(kBatchMax));
  std::set<std::size_t> chosen;
  for (std::uint64_t i = 0; i < count; ++i) {
    chosen.insert(Below(people_.size()));
  }
  std::vector<v1::Record> records(chosen.size());
  std::vector<v1::Consent> consents(chosen.size());
  std::vector<const v1::Record*> record_pointers;
  std::vector<const v1::Consent*> consent_pointers;
  for (const std::size_t at : chosen) {
    const std::size_t i = record_pointers.size();
    const bool consents_anew = Change(people_[at], consents[i]);
    *records[i].mutable_profile() = people_[at].profile;
    record_pointers.push_back(&records[i]);
    consent_pointers.push_back(consents_anew ? &consents[i] : nullptr);
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<exchange::PutOutcome> outcomes,
                         node_->offices().exchange->Put(
                             "pes", record_pointers, consent_pointers, false));
  for (const exchange::PutOutcome& outcome : outcomes) {
    MINGA_RETURN_IF_ERROR(outcome.status);
  }
  changes_ += records.size();
  return absl::OkStatus();
}

absl::Status History::Consent() {
  for (std::uint64_t i = 1 + Below(8); i > 0; --i) {
    const Person& person = AnyPerson();
    if (!person.stored) continue;
    const v1::Consent consent = FreshConsent();
    MINGA_RETURN_IF_ERROR(node_->offices()
                              .exchange
                              ->SetConsent("pes", person.profile.id(),
                                           Below(4) == 0 ? nullptr : &consent)
                              .status());
    ++changes_;
  }
  return absl::OkStatus();
}

absl::Status History::Leave() {
  for (std::uint64_t i = 1 + Below(4); i > 0; --i) {
    Person& person = AnyPerson();
    if (!person.stored) continue;
    const std::string& id = person.profile.id();
    exchange::Exchange& desk = *node_->offices().exchange;
    if (Below(2) == 0) {
      MINGA_RETURN_IF_ERROR(desk.ErasePerson("pes", id).status());
    } else {
      MINGA_RETURN_IF_ERROR(
          desk.Withdraw("pes", {kOwn, RecordKind::kProfile, id}, "").status());
    }
    person.stored = false;
    ++changes_;
  }
  return absl::OkStatus();
}

absl::Status History::ChangeLaw() {
  Law next;
  next.min_k = 3 + static_cast<int>(Below(8));
  next.min_l = Below(3) == 0 ? 2 : 0;
  next.coarse = Below(3) == 0;
  next.profiles = Below(8) != 0;
  if (next.profiles) k_ = std::min(k_, next.min_k);
  law_.min_l = 0;  // while everybody is decided again
  MINGA_RETURN_IF_ERROR(node_->Activate(next));
  law_ = next;
  k_ = next.min_k;
  ++laws_;
  for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
    mirror->CheckWhole(node_->database(), k_);
  }
  return absl::OkStatus();
}

absl::Status History::ChangeLadder() {
  const Country peer = kPeerCountries[Below(kPeers)];
  exchange::AnonymityDesk& desk = *node_->offices().anonymity;
  v1::Ladder ladder = HandMadeLadder();
  if (Below(2) == 0) {
    v1::PlanLadderRequest request;
    request.set_peer(peer.ToString());
    request.set_rungs_max(2 + static_cast<int>(Below(8)));
    absl::StatusOr<v1::PlanLadderResponse> plan = desk.Plan(request);
    // Too few people, or none under this law.
    if (plan.ok()) {
      ladder = plan->ladder();
    } else if (!absl::IsFailedPrecondition(plan.status())) {
      return plan.status();
    }
  }
  ladder.set_release_margin(static_cast<int>(Below(4)));
  ladder.set_epoch_days(Below(2) == 0 ? 0 : 20 + static_cast<int>(Below(40)));
  ladder.set_release(Below(4) == 0 ? v1::RELEASE_RHYTHM_DAILY
                                   : v1::RELEASE_RHYTHM_AT_ONCE);
  ++epochs_;
  return desk.Activate("operator", peer, ladder).status();
}

absl::Status History::ChangeEpoch() {
  const Country peer = kPeerCountries[Below(kPeers)];
  ++epochs_;
  if (Below(2) == 0) {
    return node_->offices().anonymity->StartEpoch("operator", peer).status();
  }
  MINGA_RETURN_IF_ERROR(node_->BeginEpochAndCrash(peer));
  for (std::uint64_t i = Below(4); i > 0; --i) {
    MINGA_RETURN_IF_ERROR(PutSome());
    MINGA_RETURN_IF_ERROR(Leave());
    MINGA_RETURN_IF_ERROR(Refresh());
  }
  return Restart();
}

absl::Status History::PassDays() {
  node_->clock().Advance(absl::Hours(24 * (1 + Below(3))));
  return node_->KeepHouse();
}

absl::Status History::Acknowledge() {
  const Mirror& mirror = *mirrors_[Below(kPeers)];
  const SeqNo upto = mirror.last() - std::min(mirror.last(), Below(50));
  return node_->Write([&](storage::Transaction& transaction) {
    return transaction.feeds().Acknowledge(mirror.peer(), upto);
  });
}

absl::Status History::Restart() {
  ++restarts_;
  return node_->Restart();
}

}  // namespace minga::histories
