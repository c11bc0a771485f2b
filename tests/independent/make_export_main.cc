// make_export FOLDER: writes three exports of one log, signed by one key, and
// the keys to check them with:
//
//   sound/      1,000 entries, cosigned by two peers
//   cut/        the first 900 of them, signed and cosigned as well
//   forked/     1,000 entries, of which the last 100 are others
//   linked/     700 entries of a log that was closed, 40 of the next one
//   pruned/     the same without the first 512, as the next one tells
//   unlinked/   the same, but the next one goes on from another end
//   log.vkey, ec.vkey, pe.vkey
//   log.pub     the log's public key as PEM, as OpenSSL reads it
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "node/base/strings.h"
#include "tests/support/exported_log.h"

namespace minga::storage {
namespace {

void Write(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << content;
  if (!out.flush()) {
    std::perror(path.c_str());
    std::exit(1);
  }
}

void WriteFiles(const std::filesystem::path& folder, const MemoryFiles& files) {
  for (const auto& [path, content] : files.files) {
    Write(folder / path, content);
  }
}

void WriteExport(const std::filesystem::path& folder, const ExportedLog& log) {
  WriteFiles(folder, log.Export());
}

// RFC 8410: an Ed25519 public key is its 32 bytes after a fixed header.
std::string Pem(const std::string& public_key) {
  const std::string header("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
                           12);
  return absl::StrCat("-----BEGIN PUBLIC KEY-----\n",
                      Base64(header + public_key),
                      "\n-----END PUBLIC KEY-----\n");
}

void Run(const std::filesystem::path& folder) {
  ExportedLog log;
  log.Grow(900);
  WriteExport(folder / "cut", log);
  log.Grow(1000);
  WriteExport(folder / "sound", log);
  ExportedLog other;
  other.Grow(900);
  other.Grow(1000, "something else");
  WriteExport(folder / "forked", other);
  LinkedLogs logs(700, 40);
  WriteFiles(folder / "linked", logs.Export());
  logs.second.log.Append(PrunedEntry(512));
  MemoryFiles pruned = logs.Export();
  pruned.files.erase("tile/entries/000");
  pruned.files.erase("tile/entries/001");
  WriteFiles(folder / "pruned", pruned);
  const LinkedLogs elsewhere(690, 60);
  WriteFiles(folder / "unlinked", logs.first.Export());
  WriteExport(folder / "unlinked" / "1", elsewhere.second);
  for (const absl::string_view top : {kKeysFile, kReadmeFile}) {
    std::filesystem::remove(folder / "unlinked" / "1" / std::string(top));
  }
  Write(folder / "log.vkey", log.own.verifier.ToVkey());
  Write(folder / "ec.vkey", log.ecuador.verifier.ToVkey());
  Write(folder / "pe.vkey", log.peru.verifier.ToVkey());
  Write(folder / "log.pub", Pem(log.own.verifier.public_key));
}

}  // namespace
}  // namespace minga::storage

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_export FOLDER\n");
    return 2;
  }
  minga::storage::Run(argv[1]);
  return 0;
}
