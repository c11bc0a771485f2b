// The configuration file as `minga init` writes it.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "node/config.h"
#include "node/config_bounds.h"

namespace minga {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat(
      "\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

std::string RenderProtection(const Config& config) {
  return absl::StrCat(
      "[protection]\n"
      "# What each peer may cost this node. What exceeds it waits, nothing is\n"
      "# lost. Records and megabytes count in each direction; a day's worth\n"
      "# may cross at once, such as in a first exchange (",
      kRecordsPerDayMin, "..", kRecordsPerDayMax, " and\n# ",
      kMegabytesPerDayMin, "..", kMegabytesPerDayMax,
      "). The defaults are five times all that a region of the\n"
      "# planned size has.\n"
      "records_per_day = ",
      config.allowances.records_per_day,
      "\nmegabytes_per_day = ", config.allowances.megabytes_per_day,
      "\n\n"
      "# The most that is kept of one peer (",
      kHeldRecordsMin, "..", kHeldRecordsMax, " and ", kHeldMegabytesMin, "..",
      kHeldMegabytesMax,
      "); further\n"
      "# records are rejected, and its operator reads why.\n"
      "held_records = ",
      config.held_records, "\nheld_megabytes = ", config.held_megabytes,
      "\n\n"
      "# Streams and questions that a peer may begin (",
      kCallsPerMinuteMin, "..", kCallsPerMinuteMax,
      "); who\n"
      "# goes on beyond them is suspended.\n"
      "calls_per_minute = ",
      config.allowances.calls_per_minute,
      "\n\n"
      "# TLS handshakes with one network address, peer or stranger (",
      kHandshakesPerMinuteMin, "..", kHandshakesPerMinuteMax,
      "). All\n# addresses from which no peer has called yet share four times "
      "as many.\n"
      "# Raise it if peers reach this node through one proxy.\n"
      "handshakes_per_minute = ",
      config.handshakes_per_minute, "\n\n");
}

}  // namespace

std::string RenderConfig(const Config& config) {
  std::vector<std::string> endpoints;
  for (const std::string& endpoint : config.endpoints) {
    endpoints.push_back(Quoted(endpoint));
  }
  return absl::StrCat(
      "# The configuration of a Minga node. An unknown key is an error, so\n"
      "# that a typing mistake never goes unnoticed. Keys that are left out\n"
      "# have the values shown here. Changes take effect at the next start.\n"
      "\n"
      "# The country this node speaks for, ISO 3166-1 alpha-2. It cannot be\n"
      "# changed once there is data.\n"
      "country = ",
      Quoted(config.country.ToString()),
      "\n\n"
      "# The Public Employment Service, as peers and people read it\n"
      "# (1..100 bytes). The names of the keys were made from it by init and\n"
      "# stay as they are when it changes.\n"
      "name = ",
      Quoted(config.name),
      "\n\n"
      "[peers]\n"
      "# Where the nodes of other countries reach this one: address:port.\n"
      "# Only TLS 1.3 with a pinned certificate gets in; still, let the\n"
      "# firewall admit your peers' addresses only.\n"
      "listen = ",
      Quoted(config.listen),
      "\n\n"
      "# What the invitation tells peers to connect to: 1..4 of host:port.\n"
      "# Make a new invitation after a change.\n"
      "endpoints = [",
      absl::StrJoin(endpoints, ", "),
      "]\n\n"
      "# Memory that connections of all peers together may take for buffers,\n"
      "# in MiB (",
      kMemoryMbMin, "..", kMemoryMbMax,
      ").\n"
      "memory_mb = ",
      config.memory_mb,
      "\n\n"
      "# Connections are renewed after this many minutes (",
      kLifeMinutesMin, "..", kLifeMinutesMax,
      "), so\n"
      "# that a new certificate is used everywhere soon.\n"
      "connection_minutes = ",
      absl::ToInt64Minutes(config.connection_life), "\n\n",
      RenderProtection(config),
      "[anonymity]\n"
      "# Folder with hierarchies of your own: how occupations, regions and so\n"
      "# on become coarser (deploy/anonymity/README.md). It may be relative\n"
      "# to this folder; what it has no file for is built in. After a change\n"
      "# everybody is shown anew.\n"
      "hierarchies = ",
      Quoted(config.hierarchies),
      "\n\n"
      "[audit]\n"
      "# IP address and port where auditors read the log over HTTP "
      "(read-only,\n"
      "# no TLS: others than this machine go through a reverse proxy), such "
      "as\n"
      "# \"127.0.0.1:7480\"; empty: nowhere.\n"
      "http = ",
      Quoted(config.audit_http),
      "\n\n"
      "[log]\n"
      "# The audit log's checkpoint is signed at most this often while the "
      "log\n"
      "# grows, in milliseconds (",
      kCheckpointMsMin, "..", kCheckpointMsMax,
      ").\n"
      "checkpoint_ms = ",
      absl::ToInt64Milliseconds(config.checkpoint_interval),
      "\n\n"
      "# Entries older than so many years (0..",
      kKeepYearsMax,
      ") are destroyed, year by year; their\n"
      "# hashes are kept, so that the log still verifies. 0: everything is "
      "kept.\n"
      "# How long the law asks for is for a lawyer to say.\n"
      "keep_years = ",
      config.keep_years,
      "\n\n"
      "# The log is closed at so many entries (",
      kCloseAtEntriesMin, "..", kCloseAtEntriesMax,
      ") and goes on in a new one, which\n"
      "# begins with the closed one's last checkpoint. 0: never.\n"
      "close_at_entries = ",
      config.close_at_entries, "\n");
}

}  // namespace minga
