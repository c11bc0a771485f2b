#include "policy/proof/properties.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "policy/proof/case_text.h"
#include "policy/proof/demands.h"
#include "policy/proof/documents.h"

namespace minga::policy::proof {
namespace {

using Bound = CompiledProperty::Bound;
using Bounded = PropertyPart::Bounded;

// One kind and direction of one property.
class Claim {
 public:
  Claim(const CompiledProperty& property, const PropertyPart& part,
        const DecisionModel& decisions)
      : property_(property), part_(part), decisions_(decisions) {}

  // The property is about the record and the question.
  z3::expr Speaks() const {
    const Symbols& symbols = decisions_.symbols();
    z3::expr_vector all(symbols.z3());
    all.push_back(symbols.Within(property_.from, property_.until));
    if (!property_.any_peer) {
      z3::expr_vector peers(symbols.z3());
      for (const Country peer : property_.peers) {
        peers.push_back(symbols.Is(peer));
      }
      all.push_back(z3::mk_or(peers));
    }
    z3::expr_vector purposes(symbols.z3());
    for (int i = 0; i < kPurposes; ++i) {
      if ((property_.purposes >> i & 1) == 0) continue;
      const std::string name(PurposeName(static_cast<Purpose>(i)));
      purposes.push_back(symbols.Value(kFactPurpose) == symbols.Text(name));
    }
    all.push_back(z3::mk_or(purposes));
    if (part_.when.has_value()) {
      all.push_back(decisions_.Condition(*part_.when));
    }
    if (property_.bound == Bound::kAtLeast) {
      all.push_back(decisions_.in_force());
    }
    return z3::mk_and(all);
  }

  // True of the records that break it.
  z3::expr Broken() const {
    z3::expr_vector any(decisions_.symbols().z3());
    for (const Bounded& field : part_.fields) any.push_back(BrokenBy(field));
    return Speaks() && z3::mk_or(any);
  }

  Finding Explain(const z3::model& model, const Example& example) const {
    std::vector<Bounded> fields;
    for (const Bounded& field : part_.fields) {
      if (IsTrue(model, BrokenBy(field))) fields.push_back(field);
    }
    Finding finding;
    finding.kind = Finding::Kind::kPropertyFails;
    finding.id = property_.id;
    finding.refuses = true;
    finding.message = absl::StrCat(
        "property `", property_.id,
        "` does not hold: ", property_.Statement("en"), " Yet ",
        Situation(example), " ", What(model, fields), Because(model, fields));
    finding.counterexample = CaseText(property_.id, property_.Statement("en"),
                                      example, Should(model, fields));
    return finding;
  }

 private:
  z3::expr BrokenBy(const Bounded& field) const {
    switch (property_.bound) {
      case Bound::kAtMost:
        for (const Level level : decisions_.LevelsOf(field.field)) {
          if (level > field.bound) return decisions_.Shown(field.field, level);
        }
        return decisions_.symbols().z3().bool_val(false);
      case Bound::kAtLeast:
        return !decisions_.Shown(field.field, field.bound);
      case Bound::kObliges:
        break;
    }
    return decisions_.Shown(field.field) &&
           !decisions_.Tied(property_.obligations);
  }

  // What was promised, before what happens.
  std::string Said() const {
    if (property_.statements.empty()) return "";
    return absl::StrCat(property_.Statement("en"), " Yet ");
  }

  std::string NameOf(FieldId field) const {
    return std::string(decisions_.symbols().schema().fields[field].name);
  }

  // The first of `fields` stands for all.
  std::string What(const z3::model& model,
                   const std::vector<Bounded>& fields) const {
    const Bounded& field = fields.front();
    const Level level = Evaluate(model, decisions_).levels[field.field];
    const std::string name = NameOf(field.field);
    const std::string shows =
        level.suppressed()
            ? absl::StrCat("withholds `", name, "`")
            : absl::StrCat("shows `", name, "` at ", level.ToString());
    if (property_.bound == Bound::kObliges) {
      return absl::StrCat(
          shows, " without being tied to `",
          DemandText(property_.obligations, decisions_.symbols().schema()),
          "` or stricter");
    }
    return absl::StrCat(
        shows, ", where ", field.bound.ToString(), " is the ",
        property_.bound == Bound::kAtMost ? "most" : "least",
        fields.size() == 1
            ? ""
            : absl::StrCat(" (and ", fields.size() - 1, " more fields)"));
  }

  // The rules that made it so.
  std::string Because(const z3::model& model,
                      const std::vector<Bounded>& fields) const {
    const FieldId field = fields.front().field;
    const bool too_little = property_.bound == Bound::kAtLeast;
    std::vector<std::string> names;
    for (const DecisionModel::Rule& rule : decisions_.rules()) {
      const Level level = Level::FromStored(rule.part->levels[field]);
      const bool matters = too_little
                               ? rule.rule->forbids() && !level.raw()
                               : rule.rule->permits() && !level.suppressed();
      if (matters && IsTrue(model, rule.applies)) {
        names.push_back(absl::StrCat("`", rule.rule->id, "`"));
      }
    }
    if (names.empty()) {
      return too_little ? "; no rule permits it" : "; no rule forbids it";
    }
    return absl::StrCat("; ", too_little ? "forbidden" : "permitted", " by ",
                        absl::StrJoin(names, ", "));
  }

  // The answer under which the property holds for this very record.
  Expected Should(const z3::model& model,
                  const std::vector<Bounded>& fields) const {
    Expected expected;
    if (property_.bound == Bound::kObliges) {
      expected.permitted = true;
      expected.obligations = {property_.obligations};
      return expected;
    }
    for (const Bounded& field : fields) {
      expected.levels.emplace_back(field.field, field.bound);
    }
    expected.permitted = property_.bound == Bound::kAtLeast || Survives(model);
    if (!expected.permitted) expected.levels.clear();
    return expected;
  }

  // Without the fields that the property suppresses the record still crosses.
  bool Survives(const z3::model& model) const {
    const Decision decision = Evaluate(model, decisions_);
    std::vector<bool> gone(kFieldsMax);
    for (const Bounded& field : part_.fields) {
      gone[field.field] = field.bound.suppressed();
    }
    const std::vector<FieldDef>& all = decisions_.symbols().schema().fields;
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (gone[i] && all[i].required) return false;
      any |= !gone[i] && !decision.levels[i].suppressed();
    }
    return any;
  }

  const CompiledProperty& property_;
  const PropertyPart& part_;
  const DecisionModel& decisions_;
};

// The property within the document that makes it.
class Proof {
 public:
  Proof(const CompiledProperty& property, const CompiledDocument& document,
        Workbench& bench, Report& report)
      : property_(property),
        document_(document),
        bench_(bench),
        report_(report),
        groups_unknown_(HasUnknownGroups(document)) {}

  void Run() {
    const Stopwatch watch;
    const std::size_t before = report_.findings.size();
    // Rules whose groups are unknown are taken as not applying: they only
    // tighten, so what holds without them holds, but for a lower bound.
    if (property_.groups_unknown ||
        (groups_unknown_ && property_.bound == Bound::kAtLeast)) {
      report_.findings.push_back(
          GroupsUnknown(property_.id, Named(), /*refuses=*/true));
      return;
    }
    for (const auto& [part, direction] : Scopes()) Prove(*part, direction);
    if (report_.findings.size() == before) RefuseVacuous();
    if (report_.findings.size() == before) {
      report_.proved.push_back(Proved{property_.id, watch.Elapsed()});
    }
  }

 private:
  std::string Named() const {
    return absl::StrCat("property `", property_.id, "`");
  }

  std::vector<std::pair<const PropertyPart*, Direction>> Scopes() const {
    std::vector<std::pair<const PropertyPart*, Direction>> scopes;
    for (const PropertyPart& part : property_.parts) {
      if (property_.sends) scopes.emplace_back(&part, Direction::kSend);
      if (property_.receives) scopes.emplace_back(&part, Direction::kReceive);
    }
    return scopes;
  }

  void AddUndecided(const std::string& what) {
    report_.findings.push_back(
        Undecided(property_.id, what, bench_.deadline(), /*refuses=*/true));
  }

  void Prove(const PropertyPart& part, Direction direction) {
    Workbench::Side& side = bench_.At(part.kind, direction);
    const Claim claim(property_, part, side.decisions);
    const Searcher::Found found = side.searcher.Find(claim.Broken());
    if (found.answer == Searcher::Answer::kNone) return;
    if (found.answer == Searcher::Answer::kUndecided) {
      AddUndecided(Named());
    } else if (groups_unknown_) {
      report_.findings.push_back(
          GroupsUnknown(property_.id, Named(), /*refuses=*/true));
    } else {
      report_.findings.push_back(claim.Explain(*found.model, *found.example));
    }
  }

  // What speaks about nothing holds, and says nothing.
  void RefuseVacuous() {
    std::string why = OutOfDate();
    if (why.empty()) {
      for (const auto& [part, direction] : Scopes()) {
        Workbench::Side& side = bench_.At(part->kind, direction);
        const Claim claim(property_, *part, side.decisions);
        const Searcher::Answer answer =
            side.searcher.Ask(claim.Speaks() && IsParty(side.symbols));
        if (answer == Searcher::Answer::kFound) return;
        if (answer == Searcher::Answer::kNone) continue;
        AddUndecided(
            absl::StrCat("whether ", Named(), " speaks about a record"));
        return;
      }
      why =
          "no record, peer, purpose and day satisfy its scope, its dates and "
          "its condition together";
    }
    Finding finding;
    finding.kind = Finding::Kind::kVacuousProperty;
    finding.id = property_.id;
    finding.refuses = true;
    finding.message = absl::StrCat(Named(), " speaks about nothing: ", why);
    report_.findings.push_back(std::move(finding));
  }

  // An agreement is about its parties only.
  z3::expr IsParty(const Symbols& symbols) const {
    if (document_.layer != Layer::kMou) return symbols.z3().bool_val(true);
    z3::expr_vector any(symbols.z3());
    for (const Country party : document_.countries) {
      any.push_back(symbols.Is(party));
    }
    return z3::mk_or(any);
  }

  // Why none of its days is one of the document's; "" if one is.
  std::string OutOfDate() const {
    if (property_.until < document_.from) {
      return absl::StrCat("it ends on ", FormatDay(property_.until),
                          ", and the document begins on ",
                          FormatDay(document_.from));
    }
    if (property_.from > document_.until) {
      return absl::StrCat("it begins on ", FormatDay(property_.from),
                          ", and the document ends on ",
                          FormatDay(document_.until));
    }
    return "";
  }

  const CompiledProperty& property_;
  const CompiledDocument& document_;
  Workbench& bench_;
  Report& report_;
  const bool groups_unknown_;
};

}  // namespace

void ProveProperty(const CompiledProperty& property,
                   const CompiledDocument& document, Workbench& bench,
                   Report& report) {
  Proof(property, document, bench, report).Run();
}

}  // namespace minga::policy::proof
