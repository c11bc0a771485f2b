// What an operator may set in minga.toml, with the reasons.
#ifndef MINGA_NODE_CONFIG_BOUNDS_H_
#define MINGA_NODE_CONFIG_BOUNDS_H_

namespace minga {

inline constexpr int kMemoryMbMin = 64;  // one page of each of 8 streams, twice
inline constexpr int kMemoryMbMax =
    16384;  // beyond it a typing error is likelier
inline constexpr int kLifeMinutesMin =
    5;  // shorter ones spend their time on TLS
inline constexpr int kLifeMinutesMax =
    24 * 60;  // a removed pin must bite by then
inline constexpr int kCheckpointMsMin = 100;
inline constexpr int kCheckpointMsMax =
    60 * 1000;  // peers witness at least this often

// A lifetime of records; more is no limit.
inline constexpr int kKeepYearsMax = 100;

// Each log is a folder and a link more to check, and there are 4,096 at most.
inline constexpr int kCloseAtEntriesMin = 100'000;
inline constexpr int kCloseAtEntriesMax = 2'000'000'000;  // 400 GB

// Below this a first sync of one country takes days; beyond it is no budget.
inline constexpr int kRecordsPerDayMin = 10'000;
inline constexpr int kRecordsPerDayMax = 1'000'000'000;
inline constexpr int kMegabytesPerDayMin = 10;
inline constexpr int kMegabytesPerDayMax = 10'000'000;
inline constexpr int kHeldRecordsMin = 1'000;
inline constexpr int kHeldRecordsMax = 1'000'000'000;
inline constexpr int kHeldMegabytesMin = 10;
inline constexpr int kHeldMegabytesMax = 10'000'000;
// A stream and some questions after each failure.
inline constexpr int kCallsPerMinuteMin = 30;
inline constexpr int kCallsPerMinuteMax = 100'000;
// A peer opens two connections and tries again after failures; beyond a hundred
// thousand the machine is busy with nothing else.
inline constexpr int kHandshakesPerMinuteMin = 10;
inline constexpr int kHandshakesPerMinuteMax = 100'000;

}  // namespace minga

#endif  // MINGA_NODE_CONFIG_BOUNDS_H_
