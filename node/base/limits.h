// Every bound of the system with its reason. A bound is checked where the bytes
// enter, and the error names it.
#ifndef MINGA_NODE_BASE_LIMITS_H_
#define MINGA_NODE_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace minga {

// --- Records -----------------------------------------------------------------
// Ids of the national systems seen so far are UUIDs (36) or shorter; 64 leaves
// room for a prefix and keeps index pages small.
inline constexpr std::size_t kRecordIdBytesMax = 64;
// EURES caps descriptions at 32 KiB; a record with three languages fits.
inline constexpr std::size_t kRecordBytesMax = 128 * 1024;
inline constexpr std::size_t kTitleBytesMax = 500;
inline constexpr std::size_t kDescriptionBytesMax = 32 * 1024;
inline constexpr std::size_t kShortTextBytesMax = 300;
// Repeated fields (skills, languages, locations): more is noise, and each one
// widens the anonymity class.
inline constexpr int kRepeatedFieldItemsMax = 100;
// One put request: bounds the time the writer is held.
inline constexpr int kPutBatchRecordsMax = 1000;

// --- Import ------------------------------------------------------------------
// A line longer than a record can be is an error at once, so that a file
// without line ends cannot fill the memory.
inline constexpr std::size_t kImportLineBytesMax = 1024 * 1024;
inline constexpr std::size_t kMappingBytesMax = 1024 * 1024;
// The widest national exports seen have some hundred columns.
inline constexpr std::size_t kImportColumnsMax = 4096;
// Rows whose ids are digests are remembered to number repetitions: 16 bytes
// each and a quarter more, so 100 MB.
inline constexpr std::size_t kImportDigestRowsMax = 4'000'000;
// Bad rows listed one by one in a report; the rest is counted.
inline constexpr int kImportErrorsListedMax = 1000;

// --- Notes, certificates, descriptors ----------------------------------------
inline constexpr std::size_t kNoteBytesMax = 1024 * 1024;  // a long MoU
// C2SP asks for at least 16.
inline constexpr int kNoteSignaturesMax = 64;
inline constexpr std::size_t kKeyNameBytesMax = 200;
inline constexpr std::size_t kCertificatePemBytesMax = 16 * 1024;
inline constexpr int kPeersMax = 64;

// --- Policy ------------------------------------------------------------------
inline constexpr std::size_t kPolicyDocumentBytesMax = 4 * 1024 * 1024;
inline constexpr int kPolicyRulesMax = 2000;
inline constexpr std::size_t kConditionBytesMax = 8 * 1024;
// Recursive descent: the depth bounds the stack.
inline constexpr int kConditionDepthMax = 64;
inline constexpr int kConditionListItemsMax = 1000;

// --- Feed --------------------------------------------------------------------
// A page is the unit of signature, commit and credit: 512 records of 1 KB make
// one signature cost nothing and still commit within tens of milliseconds.
inline constexpr int kFeedPageRowsMax = 1024;
inline constexpr std::size_t kFeedPageBytesMax = 2 * 1024 * 1024;
// gRPC refuses larger messages before they are parsed: page bytes plus frame.
inline constexpr int kWireMessageBytesMax = 4 * 1024 * 1024;
// Acknowledged tombstones are kept for this many further rows, so that an
// operator can show the receipt of a withdrawal; some MB per peer. Those of
// records about persons go at once.
inline constexpr std::uint64_t kTombstoneHorizonRows = 100'000;
// Pages a receiver lets travel ahead of its commits.
inline constexpr int kFeedCreditsMax = 8;

// --- Audit log ---------------------------------------------------------------
// tlog-tiles fixes the length prefix of an entry to 16 bits.
inline constexpr std::size_t kAuditEntryBytesMax = 65535;
inline constexpr int kTileWidth = 256;

// --- Search ------------------------------------------------------------------
inline constexpr std::size_t kSearchQueryBytesMax = 1000;
inline constexpr int kSearchHitsMax = 200;

// --- Storage -----------------------------------------------------------------
// Closures of one group commit: bounds the latency of the last one.
inline constexpr int kGroupCommitJobsMax = 256;
inline constexpr int kReadersMax = 8;

}  // namespace minga

#endif  // MINGA_NODE_BASE_LIMITS_H_
