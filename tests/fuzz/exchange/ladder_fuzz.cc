// The reader of ladder files. What it accepts can be put in force, and reads
// the same when it is written again.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "node/exchange/ladder.h"
#include "node/exchange/ladder_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto* const silent = new google::protobuf::LogSilencer;
  (void)silent;
  namespace exchange = minga::exchange;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = exchange::ParseLadder("ladder", text);
  if (!message.ok()) {
    if (!absl::StartsWith(message.status().message(), "ladder:")) std::abort();
    return 0;
  }
  const auto ladder = exchange::LadderOf(*message);
  if (!ladder.ok()) std::abort();
  const auto again = exchange::ParseLadder(
      "again", exchange::MessageOf(*ladder).DebugString());
  if (!again.ok()) std::abort();
  const auto same = exchange::LadderOf(*again);
  if (!same.ok() || *same != *ladder) std::abort();
  for (const exchange::ProfileLevels& rung : ladder->rungs) {
    const std::string stored = exchange::EncodeLevels(rung);
    if (exchange::EncodeLevels(exchange::DecodeLevels(stored)) != stored) {
      std::abort();
    }
  }
  return 0;
}
