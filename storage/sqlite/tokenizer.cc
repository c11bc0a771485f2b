#include "storage/sqlite/tokenizer.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/sqlite/fold_table.h"
#include "storage/sqlite/stemmer.h"
#include "storage/sqlite/word_memo.h"

namespace minga::storage::sqlite {
namespace {

using TokenCallback = int (*)(void* context, int flags, const char* token,
                              int bytes, int begin, int end);

// FTS5's own tokenizer; owns it.
class Unicode61 {
 public:
  static std::unique_ptr<Unicode61> Make(fts5_api* api) {
    auto made = std::make_unique<Unicode61>();
    void* user_data = nullptr;
    const char* arguments[] = {"remove_diacritics", "2"};
    if (api->xFindTokenizer(api, "unicode61", &user_data, &made->methods_) !=
            SQLITE_OK ||
        made->methods_.xCreate(user_data, arguments, 2, &made->tokenizer_) !=
            SQLITE_OK) {
      return nullptr;
    }
    return made;
  }
  Unicode61() = default;
  ~Unicode61() {
    if (tokenizer_ != nullptr) methods_.xDelete(tokenizer_);
  }
  Unicode61(const Unicode61&) = delete;
  Unicode61& operator=(const Unicode61&) = delete;

  int Tokenize(void* context, int flags, absl::string_view text,
               TokenCallback callback) const {
    return methods_.xTokenize(tokenizer_, context, flags, text.data(),
                              static_cast<int>(text.size()), callback);
  }

  std::string Fold(absl::string_view character) const {
    std::string token;
    Tokenize(&token, FTS5_TOKENIZE_DOCUMENT, character,
             [](void* context, int /*flags*/, const char* bytes, int size,
                int /*begin*/, int /*end*/) {
               static_cast<std::string*>(context)->assign(
                   bytes, static_cast<std::size_t>(size));
               return SQLITE_OK;
             });
    return token;
  }

 private:
  fts5_tokenizer methods_{};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

// What all tokenizers of one connection share. FTS5 owns it.
struct Shared {
  fts5_api* api;
  // Unicode does not change while we run: one table for the process.
  const FoldTable* folds;
};

const FoldTable& FoldsOf(const Unicode61& unicode61) {
  static const FoldTable folds(
      [&](absl::string_view character) { return unicode61.Fold(character); });
  return folds;
}

// The tokenizer of one FTS5 table on one connection.
class Tokenizer {
 public:
  Tokenizer(Language language, std::unique_ptr<Unicode61> unicode61,
            const FoldTable& folds)
      : stemmer_(language), unicode61_(std::move(unicode61)), folds_(folds) {}

  int Tokenize(void* context, int flags, absl::string_view text,
               TokenCallback callback) {
    context_ = context;
    callback_ = callback;
    flags_ = flags;
    for (std::size_t at = 0; at < text.size();) {
      if (folds_.Separates(text[at])) {
        ++at;
        continue;
      }
      const std::size_t begin = at;
      while (at < text.size() && !folds_.Separates(text[at])) ++at;
      const int code = Chunk(text.substr(begin, at - begin), begin);
      if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
  }

 private:
  // What stands between two ASCII separators at `begin`: mostly one word.
  int Chunk(absl::string_view chunk, std::size_t begin) {
    const absl::string_view known = memo_.Find(chunk);
    if (known.data() != nullptr) {
      return Tell(known, begin, begin + chunk.size());
    }
    begin_ = begin;
    told_ = 0;
    const int code = Split(chunk);
    // A word that is the whole chunk. Who asks has few words.
    if (code == SQLITE_OK && told_ == 1 && told_begin_ == begin &&
        told_end_ == begin + chunk.size() &&
        (flags_ & FTS5_TOKENIZE_DOCUMENT) != 0) {
      memo_.Put(chunk, stem_);
    }
    return code;
  }

  int Split(absl::string_view chunk) {
    word_.clear();
    std::size_t begin = 0;  // of the word
    for (std::size_t at = 0; at < chunk.size();) {
      const std::size_t here = at;
      const FoldTable::Fold* fold = folds_.Next(chunk, at);
      if (fold == nullptr) {
        // The rest of the word, and what hangs on to it, by unicode61.
        return Ask(chunk, word_.empty() ? here : begin);
      }
      if (fold->length != FoldTable::kSeparator) {
        if (word_.empty()) begin = here;
        word_.append(fold->folded.data(), fold->length);
      } else if (!word_.empty()) {
        const int code = Emit(begin, here);
        if (code != SQLITE_OK) return code;
      }
    }
    return word_.empty() ? SQLITE_OK : Emit(begin, chunk.size());
  }

  int Ask(absl::string_view chunk, std::size_t begin) {
    asked_begin_ = begin;
    return unicode61_->Tokenize(
        this, flags_, chunk.substr(begin),
        [](void* self, int /*flags*/, const char* token, int bytes,
           int token_begin, int token_end) {
          auto* tokenizer = static_cast<Tokenizer*>(self);
          tokenizer->word_.assign(token, static_cast<std::size_t>(bytes));
          return tokenizer->Emit(
              tokenizer->asked_begin_ + static_cast<std::size_t>(token_begin),
              tokenizer->asked_begin_ + static_cast<std::size_t>(token_end));
        });
  }

  // The folded `word_`, which stands at these places of the chunk.
  int Emit(std::size_t begin, std::size_t end) {
    const absl::string_view stem = stemmer_.Stem(word_);
    stem_.assign(stem.data(), stem.size());
    ++told_;
    told_begin_ = begin_ + begin;
    told_end_ = begin_ + end;
    const int code = Tell(stem_, told_begin_, told_end_);
    word_.clear();
    return code;
  }

  int Tell(absl::string_view stem, std::size_t begin, std::size_t end) {
    return callback_(context_, 0, stem.data(), static_cast<int>(stem.size()),
                     static_cast<int>(begin), static_cast<int>(end));
  }

  Stemmer stemmer_;
  const std::unique_ptr<Unicode61> unicode61_;
  const FoldTable& folds_;
  WordMemo memo_;
  // Of the running call.
  void* context_ = nullptr;
  TokenCallback callback_ = nullptr;
  int flags_ = 0;
  // Of the running chunk.
  std::size_t begin_ = 0;
  std::size_t asked_begin_ = 0;
  std::string word_;
  int told_ = 0;  // words, and where the last stood
  std::size_t told_begin_ = 0;
  std::size_t told_end_ = 0;
  std::string stem_;
};

int Create(void* user_data, const char** arguments, int count,
           Fts5Tokenizer** out) {
  const auto* shared = static_cast<const Shared*>(user_data);
  std::unique_ptr<Unicode61> unicode61 = Unicode61::Make(shared->api);
  if (unicode61 == nullptr) return SQLITE_ERROR;
  const Language language =
      count > 0 ? LanguageOf(arguments[0]) : Language::kOther;
  auto tokenizer = std::make_unique<Tokenizer>(language, std::move(unicode61),
                                               *shared->folds);
  *out = reinterpret_cast<Fts5Tokenizer*>(tokenizer.release());
  return SQLITE_OK;
}

void Destroy(Fts5Tokenizer* tokenizer) {
  std::unique_ptr<Tokenizer>(reinterpret_cast<Tokenizer*>(tokenizer)).reset();
}

int Tokenize(Fts5Tokenizer* tokenizer, void* context, int flags,
             const char* text, int bytes, TokenCallback callback) {
  return reinterpret_cast<Tokenizer*>(tokenizer)->Tokenize(
      context, flags, absl::string_view(text, static_cast<std::size_t>(bytes)),
      callback);
}

void DeleteShared(void* shared) {
  std::unique_ptr<Shared>(static_cast<Shared*>(shared)).reset();
}

fts5_api* ApiOf(sqlite3* handle) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, nullptr) ==
      SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

absl::Status RegisterTokenizer(Connection& connection) {
  fts5_api* api = ApiOf(connection.handle());
  if (api == nullptr || api->iVersion < 2) {
    return absl::InternalError("search index: this SQLite has no FTS5");
  }
  const std::unique_ptr<Unicode61> unicode61 = Unicode61::Make(api);
  if (unicode61 == nullptr) {
    return absl::InternalError("search index: FTS5 has no unicode61");
  }
  auto shared = std::make_unique<Shared>(Shared{api, &FoldsOf(*unicode61)});
  fts5_tokenizer methods{&Create, &Destroy, &Tokenize};
  const int code = api->xCreateTokenizer(api, "minga", shared.release(),
                                         &methods, &DeleteShared);
  if (code != SQLITE_OK) return connection.StatusOf(code, "tokenizer");
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
