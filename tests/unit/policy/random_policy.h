// Random documents, questions and facts, from a seed.
#ifndef MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_
#define MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
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
    // Two of the kinds, so that several rules meet on one record.
    kinds_.clear();
    while (kinds_.size() < 2) kinds_.push_back(AnyKind());
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
      out.signed_by.emplace_back();
    }
    if (Chance(30)) AddGroupAgreement(out);
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
        Pick<std::string>({"EC", "EC", "EC", "MX", "MX", "PE", "BO"}));
    question.kind = Pick(kinds_);
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
      facts.Set(static_cast<FactId>(i), MakeValue(kind, fact));
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
  // Of three countries, not all of which may have signed.
  void AddGroupAgreement(reference::Documents& out) {
    v1::Mou& mou = out.mous.emplace_back();
    for (const char* party : {"PE", "CO", "EC"}) mou.add_parties(party);
    mou.set_valid_from("2026-02-01");
    AddRules(*mou.mutable_rules(), 2 + Below(6), Layer::kMou, "PE");
    std::vector<Country>& with = out.signed_by.emplace_back();
    if (Chance(50)) with.push_back(Country::Of("PE"));
    if (Chance(30)) with.push_back(Country::Of("EC"));
  }

  RecordKind AnyKind() {
    return Pick<RecordKind>(
        {RecordKind::kVacancy, RecordKind::kProfile, RecordKind::kVacancy,
         RecordKind::kProfile, RecordKind::kApplication,
         RecordKind::kContactRequest, RecordKind::kRightsNotice});
  }
  // Also texts that no condition names, before, between and after those.
  std::string ValueText() {
    if (Chance(70)) return Text();
    return Pick<std::string>({"", "Bolivia", "ECU", "zinc", "7", "MX"});
  }
  std::string Text() {
    return Pick<std::string>({"open", "closed", "B", "C", "7212", "EC"});
  }

  FactValue MakeValue(RecordKind kind, const FactDef& fact) {
    switch (fact.type) {
      case FactType::kBool:
        return FactValue(fact.name == "consent.given" ? Chance(90)
                                                      : Chance(50));
      case FactType::kInt:
        return FactValue(std::int64_t{Below(4)});
      case FactType::kString:
        return FactValue(ValueText());
      case FactType::kDate:
        return FactValue(fact.name == "consent.expires" ? Day() + 90 : Day());
      case FactType::kStringList:
        break;
    }
    std::vector<std::string> list;
    if (Chance(5)) return FactValue(list);
    std::vector<std::string> from = {"EC", "MX", "open", "zinc"};
    if (Chance(20)) from = {"EC", "MX"};
    if (fact.name == "consent.purposes") from = {"job_matching", "statistics"};
    if (fact.name == "consent.sections") {
      from.clear();
      for (const auto section : ConsentSections(kind))
        from.emplace_back(section);
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
    const bool permits = layer != Layer::kOverride && Chance(60);
    const bool obliges = !permits && Chance(35);
    rule.set_effect(permits   ? v1::Rule::EFFECT_PERMIT
                    : obliges ? v1::Rule::EFFECT_OBLIGE
                              : v1::Rule::EFFECT_FORBID);
    const bool receives = Chance(50);
    if (receives) rule.add_directions(v1::Rule::DIRECTION_RECEIVE);
    if (!receives || Chance(60)) rule.add_directions(v1::Rule::DIRECTION_SEND);
    const RecordKind kind = Pick(kinds_);
    rule.add_kinds(static_cast<v1::RecordKind>(kind));
    if (!obliges) AddFields(kind, !permits, rule);
    if (permits || Chance(30)) rule.add_purposes(v1::PURPOSE_JOB_MATCHING);
    if (Chance(20)) rule.add_purposes(v1::PURPOSE_STATISTICS);
    if (Chance(20)) rule.add_peers(peer);
    if (layer == Layer::kNational && Chance(15)) {
      rule.add_peer_groups(Chance(50) ? "CAN" : "ANY");
    }
    if (Chance(20)) rule.set_valid_from("2026-03-02");
    if (Chance(20)) rule.set_valid_until("2026-06-01");
    if (Chance(60)) rule.set_when(Condition(kind, receives, layer, 3));
    if (permits || obliges) {
      v1::Citation& citation = *rule.add_citations();
      citation.set_statute("Ley");
      citation.set_article("1");
      citation.set_certainty(v1::CERTAINTY_VERIFIED);
      for (int i = obliges ? 2 : Below(3); i > 0; --i) {
        AddObligation(kind, rule);
      }
    }
  }

  // The first field of `kind` with a hierarchy; null if none has one.
  static const FieldDef* Hierarchy(RecordKind kind) {
    for (const FieldDef& field : SchemaOf(kind).fields) {
      if (field.generalise_steps > 0) return &field;
    }
    return nullptr;
  }

  void AddFields(RecordKind kind, bool forbids, v1::Rule& rule) {
    if (Chance(forbids ? 15 : 60)) {
      rule.add_fields("*");
      if (!forbids) rule.set_level(v1::Rule::LEVEL_RAW);
      return;
    }
    const FieldDef* const coarse = Hierarchy(kind);
    if (coarse != nullptr && Chance(30)) {
      rule.add_fields(std::string(coarse->name));
      rule.set_level(v1::Rule::LEVEL_GENERALISE);
      rule.set_generalise_steps(1 + Below(coarse->generalise_steps));
      return;
    }
    if (!forbids) rule.set_level(v1::Rule::LEVEL_RAW);
    for (const FieldDef& field : SchemaOf(kind).fields) {
      const bool wanted = field.required ? !forbids : Chance(30);
      if (wanted) rule.add_fields(std::string(field.name));
    }
    if (kind == RecordKind::kVacancy) rule.add_fields("employer.*");
    if (SchemaOf(kind).about_person()) rule.add_fields("identity.*");
    if (rule.fields().empty()) rule.add_fields("*");
  }

  void AddObligation(RecordKind kind, v1::Rule& rule) {
    v1::Obligation& o = *rule.add_obligations();
    const int number = 1 + Below(9);
    // Rules about receiving alone may not ask for what is the sender's.
    const bool sends =
        absl::c_linear_search(rule.directions(), v1::Rule::DIRECTION_SEND);
    if (kind == RecordKind::kVacancy && Chance(50)) {
      return AddVacancyObligation(number, sends, o);
    }
    if (sends && SchemaOf(kind).about_person() && Chance(15)) {
      return o.set_notify_person(true);
    }
    if (sends && kind == RecordKind::kProfile && Chance(50)) {
      return Chance(70) ? o.set_min_k(number) : o.set_min_l(number + 1);
    }
    switch (Below(6)) {
      case 0:
        return o.set_retention_days(number);
      case 1:
        return o.set_erase_within_hours(number);
      case 2:
        return o.set_breach_notice_hours(number);
      case 3:
        return o.set_no_onward_transfer(true);
      case 4:
        if (sends) return o.set_hold_for_officer(true);
        [[fallthrough]];
      default:
        return o.set_retention_until(DayText());
    }
  }

  void AddVacancyObligation(int number, bool sends, v1::Obligation& o) {
    switch (Below(4)) {
      case 0:
        if (sends) return o.set_national_first_days(number);
        [[fallthrough]];
      case 1:
        return o.set_notice(Chance(50) ? "one" : "two");
      case 2:
        return o.mutable_fee_rule()->set_max_percent_of_first_pay(Below(3));
      default:
        break;
    }
    v1::Transform& transform = *o.mutable_transform();
    switch (Below(3)) {
      case 0:
        transform.set_operation(v1::Transform::OPERATION_ROUND_TO_DAY);
        return transform.set_field("timestamps");
      case 1:
        transform.set_operation(v1::Transform::OPERATION_THROUGH_PES_ONLY);
        return transform.set_field("apply_method");
      default:
        transform.set_operation(v1::Transform::OPERATION_TRUNCATE_TEXT);
        transform.set_field("description");
        return transform.set_max_characters(number);
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
  std::vector<RecordKind> kinds_;
};

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_RANDOM_POLICY_H_
