// How fast free text of vacancies is scanned for personal data: the labelled
// sentences of the tests, and prose without any.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/redaction/scanner.h"

namespace minga::policy::redaction {
namespace {

constexpr char kProse[] =
    "Empresa del sector de la construcci\u00f3n busca soldador calificado para "
    "trabajo en obra, con experiencia m\u00ednima de dos a\u00f1os en "
    "estructuras "
    "met\u00e1licas. Horario de 8:00 a 17:00, de lunes a viernes. Salario de "
    "1.200.000 pesos mensuales m\u00e1s prestaciones de ley; contrato a "
    "t\u00e9rmino "
    "indefinido desde el 15/12/2026. Se ofrece capacitaci\u00f3n, transporte y "
    "alimentaci\u00f3n. Presentarse con documentos en la oficina del servicio "
    "p\u00fablico de empleo. ";

// A description has a number to find in one of ten sentences, as in the real
// ones; `marked` adds the labelled sentences, where every one has.
std::string Text(bool marked) {
  std::string text;
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  std::ifstream file(absl::StrCat(root != nullptr ? root : ".",
                                  "/tests/unit/redaction/sentences.txt"));
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (marked) {
      absl::StrAppend(&text, line.substr(3), "\n");
    } else {
      for (int i = 0; i < 4; ++i) absl::StrAppend(&text, kProse);
      absl::StrAppend(&text, "Tel. 099 876 5432\n");
    }
  }
  return text;
}

void BM_Scan(benchmark::State& state) {
  const std::string text = Text(state.range(0) == 1);
  const Scanner scanner(Country::Of("EC"));
  Counts counts;
  for (auto _ : state) {
    benchmark::DoNotOptimize(scanner.Scan(text, counts));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) *
                          static_cast<std::int64_t>(state.iterations()));
  state.counters["found"] = static_cast<double>(counts.total()) /
                            static_cast<double>(state.iterations());
}
BENCHMARK(BM_Scan)->ArgName("every_sentence")->Arg(0)->Arg(1);

}  // namespace
}  // namespace minga::policy::redaction

BENCHMARK_MAIN();
