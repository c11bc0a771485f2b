// Comparing with a side that says anything: the bytes are taken as questions to
// our set, as answers to ours, and as the statement at the end.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "federation/reconcile.h"
#include "federation/reconcile_wire.h"
#include "minga/v1/reconcile.pb.h"

namespace {

using namespace minga;
using namespace minga::federation;

ItemSet MakeSet() {
  ItemSet set;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = absl::StrCat("v", i);
    if (!set.Add({TagOf(RecordKind::kVacancy, id), Sha256(id)}).ok()) {
      std::abort();
    }
  }
  if (!set.Sort().ok()) std::abort();
  return set;
}

void TryQuestions(const std::string& bytes, const ItemSet& set) {
  v1::CompareRanges message;
  if (!message.ParseFromString(bytes)) return;
  const auto questions = Decode(message);
  if (!questions.ok()) return;
  const std::vector<RangeAnswer> answers = Answer(set, *questions);
  if (answers.empty() || answers.size() > questions->size()) std::abort();
  // What is answered can be read by who asked.
  v1::RangesCompared wire;
  Encode(answers, wire);
  if (!Decode(wire, *questions).ok()) std::abort();
}

// The same bytes come as every answer, until they are refused or it ends.
void TryAnswers(const std::string& bytes, const ItemSet& set) {
  v1::RangesCompared message;
  if (!message.ParseFromString(bytes)) return;
  Comparison comparison(set);
  if (!comparison.Begin(Sha256("another"), 5000).ok()) std::abort();
  for (int round = 0; round < 20 && !comparison.done(); ++round) {
    const auto questions = comparison.Ask();
    const auto answers = Decode(message, questions);
    if (!answers.ok() || !comparison.Take(*answers).ok()) return;
  }
  // Nothing leads to a root that nobody has.
  if (comparison.done() && comparison.Finish().ok()) std::abort();
}

void TryTexts(const std::string& bytes) {
  const auto statement = ComparedStatement::Parse(bytes);
  if (statement.ok() && statement->Text() != bytes) std::abort();
  for (const std::size_t most : {std::size_t{3}, kItemsSentMax}) {
    const auto items = DecodeItems(bytes, most);
    if (items.ok() && EncodeItems(*items) != bytes) std::abort();
    const auto tags = DecodeTags(bytes, most);
    if (tags.ok() && EncodeTags(*tags) != bytes) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const google::protobuf::LogSilencer silencer;
  static const ItemSet set = MakeSet();
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  TryQuestions(bytes, set);
  TryAnswers(bytes, set);
  TryTexts(bytes);
  return 0;
}
