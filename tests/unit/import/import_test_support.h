// What the tests of the import library share.
#ifndef MINGA_TESTS_UNIT_IMPORT_IMPORT_TEST_SUPPORT_H_
#define MINGA_TESTS_UNIT_IMPORT_IMPORT_TEST_SUPPORT_H_

#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "minga/v1/pes.pb.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"

namespace minga::importing {

// `data` as one gzip member.
inline std::string Gzip(const std::string& data) {
  z_stream stream;
  std::memset(&stream, 0, sizeof(stream));
  REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// Gives `text` over and over, without holding it: files of any size.
class RepeatedSource final : public ByteSource {
 public:
  RepeatedSource(std::string begin, char filler, std::uint64_t fillers,
                 std::string end)
      : begin_(std::move(begin)),
        filler_(filler),
        left_(fillers),
        end_(std::move(end)) {}

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    if (!begin_.empty()) return Give(begin_, out);
    if (left_ > 0) {
      const std::size_t size =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, out.size()));
      std::memset(out.data(), filler_, size);
      left_ -= size;
      return size;
    }
    return Give(end_, out);
  }
  Progress progress() const override { return {}; }

 private:
  static std::size_t Give(std::string& text, absl::Span<char> out) {
    const std::size_t size = std::min(text.size(), out.size());
    std::memcpy(out.data(), text.data(), size);
    text.erase(0, size);
    return size;
  }

  std::string begin_;
  const char filler_;
  std::uint64_t left_;
  std::string end_;
};

// Gives the bytes one by one, as a slow pipe does.
class SlowSource final : public ByteSource {
 public:
  explicit SlowSource(std::string data) : data_(std::move(data)) {}
  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    if (position_ == data_.size()) return std::size_t{0};
    out[0] = data_[position_++];
    return std::size_t{1};
  }
  Progress progress() const override { return {position_, data_.size()}; }

 private:
  const std::string data_;
  std::size_t position_ = 0;
};

// All rows of a source that can be read to its end.
inline std::vector<Row> ReadAll(RecordSource& source) {
  std::vector<Row> rows;
  while (true) {
    auto row = source.Next();
    INFO(row.status());
    REQUIRE(row.ok());
    if (!row->has_value()) return rows;
    rows.push_back(*std::move(*row));
  }
}

inline std::shared_ptr<const Mapping> MustParse(const std::string& text) {
  auto mapping = Mapping::Parse(text, "m.toml");
  INFO(mapping.status());
  REQUIRE(mapping.ok());
  return *std::move(mapping);
}

inline std::vector<Row> ReadCsv(const std::string& mapping,
                                const std::string& csv) {
  ReadOptions options;
  options.mapping = MustParse(mapping);
  auto source = ReadRecords(BytesOf(csv), options);
  REQUIRE(source.ok());
  return ReadAll(**source);
}

}  // namespace minga::importing

#endif  // MINGA_TESTS_UNIT_IMPORT_IMPORT_TEST_SUPPORT_H_
