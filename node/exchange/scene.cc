#include "node/exchange/scene.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kNameLine = "# file: ";
// The policy in force, the one before, and some tried ones.
constexpr std::size_t kJudgesMax = 4;

policy::DocumentSource SourceOf(absl::string_view name,
                                absl::string_view stored) {
  policy::DocumentSource source{std::string(name), std::string(stored)};
  const std::size_t end = stored.find('\n');
  if (absl::ConsumePrefix(&stored, kNameLine) &&
      end != absl::string_view::npos) {
    source.name = std::string(stored.substr(0, end - kNameLine.size()));
    source.text = std::string(stored.substr(end - kNameLine.size() + 1));
  }
  return source;
}

}  // namespace

const PeerFile* Scene::Find(const PeerId& peer) const {
  for (const PeerFile& file : peers) {
    if (file.id == peer) return &file;
  }
  return nullptr;
}

std::string WithName(const policy::DocumentSource& document) {
  std::string name = document.name;
  for (char& c : name) {
    if (c == '\n') c = ' ';
  }
  return absl::StrCat(kNameLine, name, "\n", document.text);
}

absl::StatusOr<policy::PolicySources> ReadSources(
    const storage::DocumentReader& documents) {
  policy::PolicySources sources;
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> national,
                         documents.Get(kDocNational));
  if (national.has_value()) {
    sources.national = SourceOf(kDocNational, *national);
  }
  MINGA_ASSIGN_OR_RETURN(const auto mous, documents.List(kDocMou));
  for (const auto& [name, text] : mous) {
    policy::DocumentSource mou = SourceOf(name, text);
    MINGA_ASSIGN_OR_RETURN(
        const Country peer,
        Country::Parse(absl::string_view(name).substr(kDocMou.size())));
    mou.signed_by = {peer};
    sources.mous.push_back(std::move(mou));
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> own,
                         documents.Get(kDocOverride));
  if (own.has_value()) {
    sources.overrides.push_back(SourceOf(kDocOverride, *own));
  }
  return sources;
}

absl::Status Replace(PolicyDocument which,
                     const policy::DocumentSource& document,
                     policy::PolicySources& sources) {
  switch (which) {
    case PolicyDocument::kNational:
      sources.national = document;
      break;
    case PolicyDocument::kOverride:
      if (sources.national.text.empty()) {
        return absl::FailedPreconditionError(
            "override: activate a national policy first");
      }
      sources.overrides = {document};
      break;
    case PolicyDocument::kMou:
      std::erase_if(sources.mous, [&](const policy::DocumentSource& mou) {
        return mou.name == document.name;
      });
      sources.mous.push_back(document);
      break;
  }
  return absl::OkStatus();
}

void PolicyBook::Add(std::shared_ptr<const policy::PolicySet> set) {
  absl::MutexLock lock(&mutex_);
  for (const auto& judge : judges_) {
    if (judge->policy().hash() == set->hash()) return;
  }
  if (judges_.size() >= kJudgesMax) judges_.erase(judges_.begin());
  judges_.push_back(std::make_shared<Judge>(std::move(set)));
}

absl::StatusOr<std::shared_ptr<const Judge>> PolicyBook::InForce(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> hash,
                         documents.Get(kDocInForce));
  const Digest none{};
  const absl::string_view wanted = hash.has_value() ? *hash : AsView(none);
  const auto find = [&]() -> std::shared_ptr<const Judge> {
    absl::MutexLock lock(&mutex_);
    for (const auto& judge : judges_) {
      if (AsView(judge->policy().hash()) == wanted) return judge;
    }
    return nullptr;
  };
  if (std::shared_ptr<const Judge> judge = find()) return judge;
  if (!hash.has_value()) {
    Add(DenyEverything());
    return find();
  }
  MINGA_ASSIGN_OR_RETURN(const policy::PolicySources sources,
                         ReadSources(documents));
  absl::StatusOr<std::shared_ptr<const policy::PolicySet>> set =
      policy::PolicySet::Load(own_, sources);
  if (!set.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the stored policy does not load: ", set.status().message()));
  }
  if (AsView((*set)->hash()) != wanted) {
    return absl::FailedPreconditionError(
        "the stored policy is not the one that was put in force: activate it "
        "again");
  }
  Add(*std::move(set));
  std::shared_ptr<const Judge> judge = find();
  if (judge == nullptr) return absl::AbortedError("policy: try again");
  return judge;
}

absl::StatusOr<Scene> PolicyBook::SceneOf(
    const storage::DocumentReader& documents, const storage::PeerReader& peers,
    const storage::FeedReader& feeds, absl::CivilDay today) {
  Scene scene;
  scene.own = own_;
  scene.today = today;
  scene.hierarchies = hierarchies_;
  MINGA_ASSIGN_OR_RETURN(scene.judge, InForce(documents));
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                         peers.List());
  scene.peers.reserve(rows.size());
  for (const storage::PeerRow& row : rows) {
    const absl::Status feed = feeds.Head(row.id).status();
    if (absl::IsNotFound(feed)) continue;
    MINGA_RETURN_IF_ERROR(feed);
    MINGA_ASSIGN_OR_RETURN(Anonymity anonymity,
                           ReadAnonymity(documents, row.id));
    scene.peers.push_back({row.id, row.state == storage::PeerState::kActive,
                           row.pseudonym_key, std::move(anonymity),
                           row.state == storage::PeerState::kLeaving});
  }
  return scene;
}

}  // namespace minga::exchange
