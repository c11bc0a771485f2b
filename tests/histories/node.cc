#include "tests/histories/node.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/status.h"
#include "node/exchange/ladder.h"
#include "storage/sqlite/sqlite.h"

namespace minga::histories {
namespace {

constexpr absl::string_view kSending =
    "effect: EFFECT_PERMIT directions: DIRECTION_SEND kinds: "
    "RECORD_KIND_PROFILE purposes: PURPOSE_JOB_MATCHING ";
constexpr absl::string_view kCited =
    "citations { statute: 'Ley 1' article: 'art. 1' certainty: "
    "CERTAINTY_VERIFIED } ";

std::string MouWith(Country peer) {
  return absl::StrCat(
      "mou {\nparties: ['CO', '", peer.ToString(),
      "']\nvalid_from: '2026-01-01'\nvalid_until: '2036-12-31'\n"
      "rules { id: 'mou.all' effect: EFFECT_PERMIT directions: "
      "[DIRECTION_SEND, DIRECTION_RECEIVE] kinds: [RECORD_KIND_VACANCY, "
      "RECORD_KIND_PROFILE] fields: '*' level: LEVEL_RAW purposes: "
      "PURPOSE_JOB_MATCHING ",
      kCited, "}\n}\n");
}

}  // namespace

policy::DocumentSource NationalOf(const Law& law) {
  std::string text = absl::StrCat(
      "national_policy {\ncountry: 'CO'\n"
      "rules { id: 'co.vacancy' effect: EFFECT_PERMIT directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING ",
      kCited, "}\n");
  if (law.profiles) {
    absl::StrAppend(&text, "rules { id: 'co.person' ", kSending,
                    "fields: ['pseudonym', 'occupations', 'experience', "
                    "'skills', 'languages', 'mobility', 'contract', "
                    "'contactable'] level: LEVEL_RAW when: "
                    "\"profile.active\" obligations { min_k: ",
                    law.min_k, " } ");
    if (law.min_l > 0) {
      absl::StrAppend(&text, "obligations { min_l: ", law.min_l, " } ");
    }
    absl::StrAppend(
        &text, kCited, "}\nrules { id: 'co.background' ", kSending,
        "fields: ['education', 'region', 'availability'] level: ",
        law.coarse ? "LEVEL_GENERALISE generalise_steps: 1 " : "LEVEL_RAW ",
        "when: \"profile.active\" ", kCited, "}\n");
  }
  return {"co.textproto", absl::StrCat(text, "}\n")};
}

Node::Node(std::uint64_t seed, Listener listener)
    : clock_(absl::FromUnixSeconds(1795262400)),  // 2026-11-21 noon
      random_(seed),
      listener_(std::move(listener)) {}

absl::StatusOr<std::unique_ptr<Node>> Node::Make(std::uint64_t seed,
                                                 Listener listener) {
  std::unique_ptr<Node> node(new Node(seed, std::move(listener)));
  std::string folder =
      std::filesystem::temp_directory_path() / "minga-histories-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("`", folder, "` cannot be made"));
  }
  node->folder_ = folder;
  MINGA_RETURN_IF_ERROR(node->Open());
  return node;
}

Node::~Node() {
  Close();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

absl::Status Node::Open() {
  storage::SqliteOptions options;
  options.path = folder_ + "/node.db";
  options.own = kOwn;
  options.node_key = std::string(32, 'k');
  options.random = &random_;
  MINGA_ASSIGN_OR_RETURN(database_, storage::OpenSqliteDatabase(options));
  database_->AddListener(listener_);
  MINGA_ASSIGN_OR_RETURN(index_,
                         storage::OpenSqliteSearchIndex(folder_ + "/index.db"));
  MINGA_ASSIGN_OR_RETURN(
      offices_, exchange::OpenOffices({kOwn, database_.get(), index_.get(),
                                       &clock_, &random_, &gate_}));
  return absl::OkStatus();
}

void Node::Close() {
  offices_ = exchange::Offices();
  database_.reset();
  index_.reset();
}

absl::Status Node::Restart() {
  Close();
  MINGA_RETURN_IF_ERROR(Open());
  return KeepHouse();
}

absl::Status Node::AddPeer(Country peer) {
  MINGA_RETURN_IF_ERROR(Write([&](storage::Transaction& transaction) {
    storage::PeerRow row;
    row.id = peer;
    row.descriptor = "descriptor";
    row.pseudonym_key = random_.Bytes(32);
    row.added_at = clock_.Now();
    return transaction.peers().Put(row);
  }));
  MINGA_RETURN_IF_ERROR(offices_.desk->PeerChanged("operator", peer).status());
  return offices_.desk->KeepMou("operator", peer, "note", MouWith(peer), true)
      .status();
}

absl::Status Node::Activate(const Law& law) {
  return offices_.desk
      ->Activate("operator", exchange::PolicyDocument::kNational,
                 NationalOf(law))
      .status();
}

absl::Status Node::KeepHouse() {
  while (true) {
    const absl::Time now = clock_.Now();
    MINGA_ASSIGN_OR_RETURN(const absl::Time next,
                           offices_.exchange->Housekeep(now));
    if (next > now) return absl::OkStatus();
  }
}

absl::Status Node::BeginEpochAndCrash(Country peer) {
  return Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        exchange::Anonymity anonymity,
        exchange::ReadAnonymity(transaction.documents(), peer));
    ++anonymity.epoch;
    anonymity.began = DayOf(clock_.Now());
    anonymity.phase = exchange::EpochPhase::kWithdrawing;
    return exchange::PutAnonymity(transaction.documents(), peer, anonymity);
  });
}

}  // namespace minga::histories
