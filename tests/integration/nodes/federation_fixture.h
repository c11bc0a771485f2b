// Two joined countries, with records put through the national systems' API.
#ifndef MINGA_TESTS_INTEGRATION_NODES_FEDERATION_FIXTURE_H_
#define MINGA_TESTS_INTEGRATION_NODES_FEDERATION_FIXTURE_H_

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/base/clock.h"
#include "tests/generator/sample_generator.h"
#include "tests/support/nodes/node_process.h"

namespace minga::testing {

inline constexpr absl::Duration kPatience = absl::Seconds(60);

// Colombia and Ecuador, policies in force; not yet joined.
struct TwoCountries {
  TemporaryFolder folder;
  std::unique_ptr<NodeProcess> co;
  std::unique_ptr<NodeProcess> ec;
  SampleGenerator samples{1, DayOf(absl::Now())};

  TwoCountries() {
    co = Begin("CO");
    ec = Begin("EC");
  }

  std::unique_ptr<NodeProcess> Begin(const std::string& country) {
    auto node = NodeProcess::Init(folder.path(), country);
    INFO(node.status());
    REQUIRE(node.ok());
    const absl::Status started = (*node)->Start();
    INFO(started);
    REQUIRE(started.ok());
    const absl::Status active = ActivatePack(**node);
    INFO(active);
    REQUIRE(active.ok());
    return *std::move(node);
  }

  void MustJoin() {
    const absl::Status joined = Join(*co, *ec);
    INFO(joined);
    REQUIRE(joined.ok());
  }

  // A vacancy that every pack lets out.
  v1::Record OpenVacancy(const std::string& id, const std::string& title) {
    v1::Record record;
    v1::Vacancy& vacancy = *record.mutable_vacancy();
    vacancy.set_id(id);
    vacancy.set_status(v1::VACANCY_STATUS_OPEN);
    v1::LocalizedText& text = *vacancy.add_texts();
    text.set_language("es");
    text.set_title(title);
    vacancy.add_locations()->set_country("CO");
    vacancy.mutable_occupation()->set_isco("7212");
    vacancy.mutable_sharing()->set_cross_border(true);
    vacancy.mutable_recruitment()->set_written_contract(true);
    return record;
  }
};

// `minga` at a node, to its end: its exit code, standard output and error.
struct Ran {
  int code = 0;
  std::string output;
};

inline Ran Run(const NodeProcess& node, const std::string& arguments) {
  Ran ran;
  ran.code = RunMinga(absl::StrCat("--data ", node.data(), " ", arguments),
                      &ran.output);
  return ran;
}

// The same, and its code must be `expected`.
inline std::string Minga(const NodeProcess& node, const std::string& arguments,
                         int expected = 0) {
  const Ran ran = Run(node, arguments);
  INFO(arguments << "\n" << ran.output);
  CHECK(ran.code == expected);
  return ran.output;
}

// Puts the first `count` sample people with their consents; what was put.
inline v1::PutRecordsRequest PutPeople(TwoCountries& two, int count) {
  v1::PutRecordsRequest request;
  for (int i = 0; i < count; ++i) {
    auto [profile, consent] =
        two.samples.Person(Country::Of("CO"), static_cast<std::uint64_t>(i));
    if (consent) (*request.mutable_consents())[profile.id()] = *consent;
    *request.add_records()->mutable_profile() = std::move(profile);
  }
  const auto put =
      rpc::Call(two.co->client().pes(),
                &v1::PesService::StubInterface::PutRecords, request);
  INFO(put.status());
  REQUIRE(put.ok());
  return request;
}

// Puts and returns the outcomes; the call itself must succeed.
inline v1::PutRecordsResponse MustPut(NodeProcess& node,
                                      const std::vector<v1::Record>& records) {
  v1::PutRecordsRequest request;
  for (const v1::Record& record : records) *request.add_records() = record;
  auto response = rpc::Call(
      node.client().pes(), &v1::PesService::StubInterface::PutRecords, request);
  INFO(response.status());
  REQUIRE(response.ok());
  return *std::move(response);
}

inline bool Finds(NodeProcess& node, const std::string& words,
                  const std::string& id) {
  v1::SearchRecordsRequest request;
  request.set_kind(v1::RECORD_KIND_VACANCY);
  request.set_text(words);
  request.set_page_size(200);
  const auto response =
      rpc::Call(node.client().pes(),
                &v1::PesService::StubInterface::SearchRecords, request);
  if (!response.ok()) return false;
  for (const v1::SearchHit& hit : response->hits()) {
    if (hit.key().id() == id) return true;
  }
  return false;
}

inline std::int64_t Held(NodeProcess& node, const std::string& country,
                         v1::RecordKind kind) {
  const v1::GetStatusResponse status = node.Status();
  for (const v1::KindCount& count : status.records()) {
    if (count.country() == country && count.kind() == kind) {
      return count.records();
    }
  }
  return 0;
}

inline std::int64_t Views(NodeProcess& node, const std::string& peer,
                          const std::string& state, v1::RecordKind kind) {
  v1::ListViewsRequest request;
  request.set_peer(peer);
  const auto response =
      rpc::Call(node.client().admin(),
                &v1::AdminService::StubInterface::ListViews, request);
  std::int64_t sum = 0;
  if (response.ok()) {
    for (const v1::ViewCount& count : response->counts()) {
      if (count.state() == state && count.kind() == kind) {
        sum += count.records();
      }
    }
  }
  return sum;
}

// Everything `from` has for `to` is applied there and receipted here.
inline bool InStep(NodeProcess& from, NodeProcess& to) {
  const v1::PeerStatus sent = from.Peer(to.country());
  return to.Peer(from.country()).caught_up() &&
         sent.sent_last() == sent.sent_acknowledged();
}

}  // namespace minga::testing

#endif  // MINGA_TESTS_INTEGRATION_NODES_FEDERATION_FIXTURE_H_
