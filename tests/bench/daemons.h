// What the benchmarks of real daemons share: nodes with the delivered law, and
// how long one change takes to cross.
#ifndef MINGA_TESTS_BENCH_DAEMONS_H_
#define MINGA_TESTS_BENCH_DAEMONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "minga/v1/pes.grpc.pb.h"
#include "node/base/clock.h"
#include "tests/bench/command_line.h"
#include "tests/generator/sample_generator.h"
#include "tests/support/nodes/node_process.h"

namespace minga::testing {

using Pes = v1::PesService::StubInterface;

// A running node with its country's pack in force.
inline std::unique_ptr<NodeProcess> Begin(const std::string& folder,
                                          const std::string& country) {
  auto node = NodeProcess::Init(folder, country);
  Must(node.status(), "init");
  Must((*node)->Start(), "start");
  Must(ActivatePack(**node), "activate");
  return *std::move(node);
}

// One of Colombia's that every law lets out.
inline v1::Vacancy OrdinaryVacancy() {
  std::uint64_t ordinary = 0;
  while (CaseOfVacancy(ordinary) != VacancyCase::kOrdinary) ++ordinary;
  return SampleGenerator(8, DayOf(absl::Now()))
      .Vacancy(Country::Of("CO"), ordinary);
}

inline bool Finds(NodeProcess& node, const std::string& word) {
  v1::SearchRecordsRequest request;
  request.set_kind(v1::RECORD_KIND_VACANCY);
  request.set_text(word);
  const auto response =
      rpc::Call(node.client().pes(), &Pes::SearchRecords, request);
  return response.ok() && response->hits_size() > 0;
}

// Milliseconds from the put of `vacancy`, under the title `word`, at the origin
// until a search at the receiver finds it; asked each `poll`.
inline double ChangeLatencyMs(NodeProcess& origin, NodeProcess& receiver,
                              v1::Vacancy vacancy, const std::string& word,
                              absl::Duration poll) {
  constexpr absl::Duration kPatience = absl::Minutes(1);
  vacancy.mutable_texts(0)->set_title(word);
  v1::PutRecordsRequest request;
  *request.add_records()->mutable_vacancy() = std::move(vacancy);
  const absl::Time start = absl::Now();
  Must(rpc::Call(origin.client().pes(), &Pes::PutRecords, request).status(),
       "put one");
  if (!WaitFor([&] { return Finds(receiver, word); }, kPatience, poll)) {
    Die("a change never arrives: " + receiver.Log());
  }
  return absl::ToDoubleMilliseconds(absl::Now() - start);
}

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_DAEMONS_H_
