// Random documents, questions and facts, from a seed.
#ifndef MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_
#define MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/random.h"
#include "policy/facts.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {

class RandomPolicy {
 public:
  explicit RandomPolicy(std::uint64_t seed) : random_(seed) {}

  int Below(int bound) {
    return static_cast<int>(random_.Below(static_cast<std::uint64_t>(bound)));
  }

  reference::Documents MakeDocuments() {
    reference::Documents out;
    out.national.set_country("CO");
    v1::PeerGroup& group = *out.national.add_peer_groups();
    group.set_name("CAN");
    group.add_countries("EC");
    group.add_countries("PE");
    v1::PeerGroup& other = *out.national.add_peer_groups();
    other.set_name("ANY");
    other.add_countries("MX");
    other.add_countries("EC");
    AddRules(*out.national.mutable_rules(), 3 + Below(12), Layer::kNational);
    for (const char* peer : {"EC", "MX"}) {
      if (Chance(10)) continue;
      v1::Mou& mou = out.mous.emplace_back();
      mou.add_parties(peer);
      mou.add_parties("CO");
      mou.set_valid_from("2026-01-01");
      if (Chance(30)) mou.set_valid_until("2026-06-30");
      AddRules(*mou.mutable_rules(), 2 + Below(6), Layer::kMou, peer);
    }
    if (Chance(30)) {
      v1::NodeOverride& document = out.overrides.emplace_back();
      document.set_country("CO");
      AddRules(*document.mutable_rules(), 1 + Below(3), Layer::kOverride);
    }
    return out;
  }

  Question MakeQuestion() {
    Question question;
    question.own = Country::Of("CO");
    question.peer = *Country::Parse(
        Pick<std::string>({"EC", "EC", "EC", "MX", "MX", "PE"}));
    question.kind = Chance(50) ? RecordKind::kVacancy : RecordKind::kProfile;
    question.direction = Chance(75) ? Direction::kSend : Direction::kReceive;
    question.purpose =
        Chance(85) ? Purpose::kJobMatching : Purpose::kStatistics;
    question.as_of = Day();
    return question;
  }

  Facts MakeFacts(RecordKind kind) {
    Facts facts(kind);
    const KindSchema& schema = SchemaOf(kind);
    for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
      const FactDef& fact = schema.facts[i];
      // A missing required fact denies: rare, or nothing would be permitted.
      if (fact.optional ? Chance(40) : Below(400) == 0) continue;
      facts.Set(static_cast<FactId>(i), MakeValue(fact));
    }
    return facts;
  }

 private:
  template <typename T>
  T Pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(Below(static_cast<int>(from.size())))];
  }
  bool Chance(int percent) { return Below(100) < percent; }
  absl::CivilDay Day() {
    return absl::CivilDay(2026, 1 + Below(8), 1 + Below(3));
  }
  std::string DayText() { return FormatDay(Day()); }
  std::string Text() {
    return Pick<std::string>({"open", "closed", "B", "C", "7212", "EC"});
  }

  FactValue MakeValue(const FactDef& fact) {
    switch (fact.type) {
      case FactType::kBool:
        return FactValue(fact.name == "consent.given" ? Chance(90)
                                                      : Chance(50));
      case FactType::kInt:
        return FactValue(std::int64_t{Below(4)});
      case FactType::kString:
        return FactValue(Text());
      case FactType::kDate:
        return FactValue(fact.name == "consent.expires" ? Day() + 90 : Day());
      case FactType::kStringList:
        break;
    }
    std::vector<std::string> list;
    std::vector<std::string> from = {"EC", "MX", "open"};
    if (fact.name == "consent.purposes") from = {"job_matching", "statistics"};
    if (fact.name == "consent.sections") {
      from.clear();
      for (const auto section : ConsentSections()) from.emplace_back(section);
    }
    for (const std::string& item : from) {
      if (Chance(75)) list.push_back(item);
    }
    return FactValue(list);
  }

  template <typename Rules>
  void AddRules(Rules& rules, int count, Layer layer, const char* peer = "EC") {
    for (int i = 0; i < count; ++i) {
      MakeRule(absl::StrCat("r", i), layer, peer, *rules.Add());
    }
  }

  void MakeRule(const std::string& id, Layer layer, const char* peer,
                v1::Rule& rule) {
    rule.set_id(id);
    const bool forbids = layer == Layer::kOverride || Chance(30);
    rule.set_effect(forbids ? v1::Rule::EFFECT_FORBID
                            : v1::Rule::EFFECT_PERMIT);
    const bool receives = Chance(50);
    if (receives) rule.add_directions(v1::Rule::DIRECTION_RECEIVE);
    if (!receives || Chance(60)) rule.add_directions(v1::Rule::DIRECTION_SEND);
    const bool vacancy = Chance(50);
    rule.add_kinds(vacancy ? v1::RECORD_KIND_VACANCY : v1::RECORD_KIND_PROFILE);
    AddFields(vacancy, forbids, rule);
    if (!forbids || Chance(30)) rule.add_purposes(v1::PURPOSE_JOB_MATCHING);
    if (Chance(20)) rule.add_purposes(v1::PURPOSE_STATISTICS);
    if (Chance(20)) rule.add_peers(peer);
    if (layer == Layer::kNational && Chance(15)) {
      rule.add_peer_groups(Chance(50) ? "CAN" : "ANY");
    }
    if (Chance(20)) rule.set_valid_from("2026-03-02");
    if (Chance(20)) rule.set_valid_until("2026-06-01");
    if (Chance(60)) {
      rule.set_when(
          Condition(vacancy ? RecordKind::kVacancy : RecordKind::kProfile,
                    receives, layer, 3));
    }
    if (!forbids) {
      v1::Citation& citation = *rule.add_citations();
      citation.set_statute("Ley");
      citation.set_article("1");
      citation.set_certainty(v1::CERTAINTY_VERIFIED);
      for (int i = Below(3); i > 0; --i) AddObligation(rule);
    }
  }

  void AddFields(bool vacancy, bool forbids, v1::Rule& rule) {
    if (Chance(forbids ? 15 : 60)) {
      rule.add_fields("*");
      if (!forbids) rule.set_level(v1::Rule::LEVEL_RAW);
      return;
    }
    if (Chance(30)) {
      rule.add_fields(vacancy ? "occupation.isco" : "occupations");
      rule.set_level(v1::Rule::LEVEL_GENERALISE);
      rule.set_generalise_steps(1 + Below(4));
      return;
    }
    if (!forbids) rule.set_level(v1::Rule::LEVEL_RAW);
    const auto& fields =
        SchemaOf(vacancy ? RecordKind::kVacancy : RecordKind::kProfile).fields;
    for (const FieldDef& field : fields) {
      const bool wanted = field.required ? !forbids : Chance(30);
      if (wanted) rule.add_fields(std::string(field.name));
    }
    rule.add_fields(vacancy ? "employer.*" : "identity.*");
  }

  void AddObligation(v1::Rule& rule) {
    v1::Obligation& o = *rule.add_obligations();
    switch (Below(8)) {
      case 0:
        return o.set_min_k(1 + Below(9));
      case 1:
        return o.set_retention_days(1 + Below(9));
      case 2:
        return o.set_erase_within_hours(1 + Below(9));
      case 3:
        return o.set_breach_notice_hours(1 + Below(9));
      case 4:
        return o.set_national_first_days(1 + Below(9));
      case 5:
        return o.set_notify_person(true);
      case 6:
        return o.set_min_l(1 + Below(9));
      default:
        return o.set_notice(Chance(50) ? "one" : "two");
    }
  }

  std::string Condition(RecordKind kind, bool receiving, Layer layer,
                        int depth) {
    if (depth == 0 || Chance(25)) return Guarded(kind, receiving, layer);
    const auto part = [&] {
      return absl::StrCat("(", Condition(kind, receiving, layer, depth - 1),
                          ")");
    };
    switch (Below(6)) {
      case 0:
        return absl::StrCat(part(), " && ", part());
      case 1:
        return absl::StrCat(part(), " || ", part());
      case 2:
        return absl::StrCat("!", part());
      case 3:
        return absl::StrCat(part(), " ? ", part(), " : ", part());
      case 4:
        return absl::StrCat(part(), Chance(50) ? " == " : " != ", part());
      default:
        return absl::StrCat(part(), " || ", part(), " || ", part());
    }
  }

  // An atom over one fact, guarded if it may be absent.
  std::string Guarded(RecordKind kind, bool receiving, Layer layer) {
    const auto& facts = SchemaOf(kind).facts;
    const FactDef* fact = nullptr;
    do {
      fact = &facts[static_cast<std::size_t>(
          Below(static_cast<int>(facts.size())))];
    } while (layer == Layer::kMou && fact->name == "peer.groups");
    const std::string atom = AtomOf(*fact);
    if (!fact->optional && !(receiving && fact->origin_only)) return atom;
    switch (Below(3)) {
      case 0:
        return absl::StrCat("has(", fact->name, ") && ", atom);
      case 1:
        return absl::StrCat("!has(", fact->name, ") || ", atom);
      default:
        return absl::StrCat("has(", fact->name, ") ? ", atom, " : ",
                            Chance(50) ? "true" : "own.country == 'CO'");
    }
  }

  std::string AtomOf(const FactDef& fact) {
    const std::string op =
        Pick<std::string>({" == ", " != ", " < ", " <= ", " > ", " >= "});
    const std::string name(fact.name);
    const auto quoted = [&] { return absl::StrCat("'", Text(), "'"); };
    switch (fact.type) {
      case FactType::kBool:
        return Chance(70) ? name : absl::StrCat(name, op, "true");
      case FactType::kInt:
        if (Chance(50)) return absl::StrCat(name, op, Below(4));
        return absl::StrCat(name, " in [", Below(4), ", ", Below(4), "]");
      case FactType::kString:
        if (Chance(20)) return absl::StrCat("peer.country", op, name);
        if (Chance(50)) return absl::StrCat(name, op, quoted());
        return absl::StrCat(name, " in [", quoted(), ", ", quoted(),
                            ", peer.country]");
      case FactType::kDate:
        if (Chance(30)) return absl::StrCat("as_of", op, name);
        return absl::StrCat(name, op, "date('", DayText(), "')");
      case FactType::kStringList:
        break;
    }
    if (Chance(30)) return absl::StrCat(name, " == ['EC', 'MX']");
    if (Chance(40)) return absl::StrCat("peer.country in ", name);
    return absl::StrCat(quoted(), " in ", name);
  }

  SeededRandom random_;
};

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_
