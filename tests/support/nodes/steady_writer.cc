#include "tests/support/nodes/steady_writer.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/support/nodes/node_process.h"

namespace minga::testing {
namespace {

using Pes = v1::PesService::StubInterface;

constexpr int kPutRecordsMax = 40;
constexpr std::size_t kRecentCalls = 10;
constexpr absl::string_view kTitle = "jardinera ";

v1::Record VacancyOf(const std::string& country, const std::string& id,
                     std::uint64_t version) {
  v1::Record record;
  v1::Vacancy& vacancy = *record.mutable_vacancy();
  vacancy.set_id(id);
  vacancy.set_status(v1::VACANCY_STATUS_OPEN);
  v1::LocalizedText& text = *vacancy.add_texts();
  text.set_language("es");
  text.set_title(absl::StrCat(kTitle, version));
  vacancy.add_locations()->set_country(country);
  vacancy.mutable_occupation()->set_isco("7212");
  vacancy.mutable_sharing()->set_cross_border(true);
  v1::Recruitment& recruitment = *vacancy.mutable_recruitment();
  recruitment.set_agency(false);
  recruitment.set_written_contract(true);
  recruitment.set_documents_retained(false);
  return record;
}

v1::RecordKey KeyOf(const std::string& country, const std::string& id) {
  v1::RecordKey key;
  key.set_country(country);
  key.set_kind(v1::RECORD_KIND_VACANCY);
  key.set_id(id);
  return key;
}

std::string Name(const SteadyWriter::State& state) {
  return state.has_value() ? absl::StrCat("version ", *state) : "nothing";
}

}  // namespace

absl::StatusOr<SteadyWriter::State> HeldVersion(rpc::AdminClient& client,
                                                const std::string& country,
                                                const std::string& id) {
  v1::GetRecordRequest request;
  *request.mutable_key() = KeyOf(country, id);
  const auto response = rpc::Call(client.pes(), &Pes::GetRecord, request);
  if (absl::IsNotFound(response.status())) return SteadyWriter::State();
  if (!response.ok()) return response.status();
  std::uint64_t version = 0;
  const v1::Vacancy& vacancy = response->record().vacancy();
  absl::string_view title =
      vacancy.texts().empty() ? "" : vacancy.texts(0).title();
  if (!absl::ConsumePrefix(&title, kTitle) ||
      !absl::SimpleAtoi(title, &version)) {
    return absl::InternalError(
        absl::StrCat(country, " ", id, ": `", vacancy.ShortDebugString(), "`"));
  }
  return SteadyWriter::State(version);
}

SteadyWriter::SteadyWriter(std::string data, std::string country, int ids,
                           std::uint64_t seed)
    : data_(std::move(data)),
      country_(std::move(country)),
      ids_(ids),
      random_(seed),
      thread_([this] { Run(); }) {}

void SteadyWriter::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void SteadyWriter::Run() {
  while (!stop_ || !in_doubt_.empty()) {
    if (client_ == nullptr && !Reach()) continue;
    if (stop_) break;
    const absl::Status done = random_.Below(4) == 0 ? Withdraw() : Put();
    if (done.ok()) continue;
    if (!absl::IsUnavailable(done)) broken_.push_back(done.ToString());
    ++unanswered_;
    client_ = nullptr;
  }
}

bool SteadyWriter::Reach() {
  const bool there = WaitFor(
      [this] {
        auto client = rpc::AdminClient::Connect(data_);
        if (client.ok()) client_ = *std::move(client);
        return client_ != nullptr || stop_;
      },
      absl::Minutes(1));
  if (!there) broken_.push_back("the node does not come back");
  if (client_ == nullptr) return false;
  LookBack();
  return client_ != nullptr;
}

void SteadyWriter::LookBack() {
  for (const std::set<std::string>& ids : recent_) {
    for (const std::string& id : ids) {
      Look(id);
      if (client_ == nullptr) return;
    }
  }
  while (!in_doubt_.empty()) {
    Look(in_doubt_.begin()->first);
    if (client_ == nullptr) return;
  }
}

void SteadyWriter::Look(const std::string& id) {
  const auto held = HeldVersion(*client_, country_, id);
  if (absl::IsUnavailable(held.status())) {
    client_ = nullptr;
    return;
  }
  const auto known = states_.find(id);
  const State before = known == states_.end() ? State() : known->second;
  const auto doubt = in_doubt_.find(id);
  if (!held.ok()) {
    broken_.push_back(held.status().ToString());
  } else if (doubt != in_doubt_.end() && *held == doubt->second) {
    states_[id] = *held;
  } else if (*held != before) {
    broken_.push_back(absl::StrCat(country_, " ", id, " holds ", Name(*held),
                                   ", acknowledged was ", Name(before)));
  }
  in_doubt_.erase(id);
}

absl::Status SteadyWriter::Put() {
  v1::PutRecordsRequest request;
  std::map<std::string, State> changes;
  const std::uint64_t count = 1 + random_.Below(kPutRecordsMax);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string id = RandomId();
    if (!changes.try_emplace(id, ++version_).second) continue;
    *request.add_records() = VacancyOf(country_, id, version_);
  }
  in_doubt_ = changes;
  const auto response = rpc::Call(client_->pes(), &Pes::PutRecords, request);
  if (!response.ok()) return response.status();
  for (const v1::PutResult& result : response->results()) {
    if (!result.error().empty()) return absl::InternalError(result.error());
  }
  puts_ += request.records_size();
  Acknowledge(std::move(changes));
  return absl::OkStatus();
}

absl::Status SteadyWriter::Withdraw() {
  const std::string id = RandomId();
  const auto known = states_.find(id);
  if (known == states_.end() || !known->second.has_value()) return Put();
  v1::WithdrawRecordRequest request;
  *request.mutable_key() = KeyOf(country_, id);
  request.set_reason("filled");
  in_doubt_ = {{id, std::nullopt}};
  const auto response =
      rpc::Call(client_->pes(), &Pes::WithdrawRecord, request);
  if (!response.ok()) return response.status();
  ++withdrawals_;
  Acknowledge({{id, std::nullopt}});
  return absl::OkStatus();
}

std::string SteadyWriter::RandomId() {
  return absl::StrCat("n", random_.Below(static_cast<std::uint64_t>(ids_)));
}

void SteadyWriter::Acknowledge(std::map<std::string, State> changes) {
  std::set<std::string> ids;
  for (const auto& [id, state] : changes) {
    states_[id] = state;
    ids.insert(id);
  }
  recent_.push_back(std::move(ids));
  if (recent_.size() > kRecentCalls) recent_.pop_front();
  in_doubt_.clear();
  ++calls_;
}

}  // namespace minga::testing
