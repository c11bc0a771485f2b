#include "node/cli/context.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "node/base/status.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {

absl::StatusOr<rpc::AdminClient*> Context::Node() {
  if (client == nullptr) {
    MINGA_ASSIGN_OR_RETURN(client, rpc::AdminClient::Connect(data_dir));
  }
  return client.get();
}

void Context::Print(absl::string_view text,
                    const google::protobuf::Message& message) {
  std::fputs(json ? absl::StrCat(ToJson(message), "\n").c_str()
                  : std::string(text).c_str(),
             stdout);
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     std::size_t max_bytes) {
  std::ifstream file;
  if (path != "-") {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      return absl::NotFoundError(absl::StrCat("no such file: `", path, "`"));
    }
    if (std::filesystem::is_directory(path, error)) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", path, "` is a directory"));
    }
    file.open(path, std::ios::binary);
    if (!file) {
      return absl::PermissionDeniedError(
          absl::StrCat("cannot read `", path, "`"));
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string text;
  char buffer[65536];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("`", path, "` is longer than ", max_bytes, " bytes"));
    }
  }
  return text;
}

absl::Status WriteFile(const std::string& path, absl::string_view text) {
  if (path == "-") {
    std::cout << text;
    return absl::OkStatus();
  }
  const std::string temporary = path + ".part";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (!file || error) {
    std::filesystem::remove(temporary, error);
    return absl::UnknownError(absl::StrCat("cannot write `", path, "`"));
  }
  return absl::OkStatus();
}

v1::RecordKey ToProto(const RecordKey& key) {
  v1::RecordKey proto;
  proto.set_country(key.country.ToString());
  proto.set_kind(static_cast<v1::RecordKind>(key.kind));
  proto.set_id(key.id);
  return proto;
}

std::string KeyText(const v1::RecordKey& key) {
  return absl::StrCat(key.country(), "/",
                      KindName(static_cast<RecordKind>(key.kind())), "/",
                      key.id());
}

}  // namespace minga::cli
