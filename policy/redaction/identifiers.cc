#include "policy/redaction/identifiers.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/redaction/check_digits.h"
#include "policy/redaction/words.h"

namespace minga::policy::redaction {
namespace {

// Longest identifier with letters, with separators.
constexpr std::size_t kTokenBytesMax = 32;

constexpr absl::string_view kIdentityWords[] = {
    "dni",         "documento",     "doc",        "cedula",
    "ced",         "c c",           "cc",         "ci",
    "c i",         "identidad",     "identidade", "identificacion",
    "rg",          "cip",           "dimex",      "residencia",
    "extranjeria", "c e",           "carnet",     "id",
    "libreta",     "identificacao", "pasaporte"};
constexpr absl::string_view kTaxWords[] = {
    "nit", "ruc", "rut", "cuit", "cuil", "cpf", "cnpj", "rif", "rfc", "curp"};
constexpr absl::string_view kMoneyWords[] = {
    "salario", "sueldo",       "pesos",     "dolares",  "usd",
    "cop",     "reais",        "guaranies", "soles",    "colones",
    "balboas", "remuneracion", "renta",     "salarial", "presupuesto",
    "ventas",  "facturacion"};

bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

bool Announced(Context& context, const NumberRun& run,
               absl::Span<const absl::string_view> words) {
  std::string before = context.Before(run.begin);
  if (IsReference(before)) return false;
  // A number of its own in between, as in "DNI en regla, salario 1.200.000",
  // takes the word away.
  const auto digit = std::find_if(before.begin(), before.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (digit != before.end()) {
    const std::size_t last = before.find_last_of("0123456789");
    before = " " + before.substr(last + 1);
  }
  return HasWord(before, words) && !HasWord(before, kMoneyWords);
}

// Digits in one group, or in the groups that one writes such numbers in.
bool Shaped(const NumberRun& run, absl::Span<const absl::string_view> shapes) {
  return run.shape.size() == 1 ||
         std::find(shapes.begin(), shapes.end(), run.shape) != shapes.end();
}

Finding Found(const NumberRun& run, absl::string_view scheme) {
  return {Kind::kIdentifier, scheme, run.begin, run.end};
}

std::optional<Finding> Eleven(const NumberRun& run) {
  constexpr absl::string_view kCuit[] = {"2-8-1", "2 8 1", "2.8.1", "2/8/1",
                                         "2-2.3.3-1"};
  constexpr absl::string_view kCpf[] = {"3.3.3-2", "3.3.3.2", "3 3 3 2", "9-2",
                                        "3-3-3-2"};
  if (Shaped(run, kCuit) && IsArCuit(run.digits)) return Found(run, "AR CUIT");
  if (Shaped(run, kCpf) && IsBrCpf(run.digits)) return Found(run, "BR CPF");
  if (Shaped(run, {}) && IsPeRuc(run.digits)) return Found(run, "PE RUC");
  return std::nullopt;
}

// Numbers whose last digit, behind a dash, is a check digit.
std::optional<Finding> Dashed(const NumberRun& run) {
  constexpr absl::string_view kUy[] = {"1.3.3-1", "7-1", "6-1", "3.3-1",
                                       "1 3 3-1"};
  constexpr absl::string_view kCl[] = {"2.3.3-1", "1.3.3-1", "8-1", "7-1",
                                       "2.3.3-K", "1.3.3-K", "8-K", "7-K"};
  constexpr absl::string_view kCo[] = {"3.3.3-1", "9-1", "x-1",
                                       "2.3.3-1", "8-1", "3 3 3-1"};
  constexpr absl::string_view kPy[] = {"8-1",     "7-1",     "6-1",
                                       "1.3.3-1", "2.3.3-1", "3.3-1"};
  const auto is = [&run](absl::Span<const absl::string_view> shapes) {
    return std::find(shapes.begin(), shapes.end(), run.shape) != shapes.end();
  };
  const std::string rut = run.digits + (run.ends_in_k ? "K" : "");
  if (is(kCl) && IsClRut(rut)) return Found(run, "CL RUT");
  if (run.ends_in_k) return std::nullopt;
  if (is(kUy) && IsUyCedula(run.digits)) return Found(run, "UY cedula");
  if (is(kCo) && IsCoNit(run.digits)) return Found(run, "CO NIT");
  if (is(kPy) && IsPyRuc(run.digits)) return Found(run, "PY RUC");
  return std::nullopt;
}

std::optional<Finding> Checked(const NumberRun& run) {
  constexpr absl::string_view kCnpj[] = {"2.3.3/4-2", "8/4-2", "2.3.3.4-2"};
  constexpr absl::string_view kEc[] = {"9-1", "x-1"};
  switch (run.digits.size()) {
    case 10:
      if (Shaped(run, kEc) && IsEcCedula(run.digits)) {
        return Found(run, "EC cedula");
      }
      break;
    case 11:
      if (auto found = Eleven(run)) return found;
      break;
    case 13:
      if (Shaped(run, {}) && IsEcRuc(run.digits)) return Found(run, "EC RUC");
      break;
    case 14:
      if (Shaped(run, kCnpj) && IsBrCnpj(run.digits)) {
        return Found(run, "BR CNPJ");
      }
      break;
    default:
      break;
  }
  return Dashed(run);
}

// Identifiers that only a word before them tells from other numbers.
std::optional<Finding> ByContext(Context& context, const NumberRun& run) {
  const std::size_t digits = run.digits.size();
  if (digits < 6 || digits > 13 || run.digits[0] == '+') return std::nullopt;
  // Dates and decimals are no identifiers.
  constexpr absl::string_view kDates[] = {"2-2-4", "1-2-4", "2-1-4", "2.2.4",
                                          "1.2.4", "2.1.4", "4-2-2", "4.2.2"};
  if (absl::StrContains(run.shape, '/') ||
      std::find(std::begin(kDates), std::end(kDates), run.shape) !=
          std::end(kDates)) {
    return std::nullopt;
  }
  if (Announced(context, run, kTaxWords)) return Found(run, "tax number");
  if (digits <= 12 && Announced(context, run, kIdentityWords)) {
    return Found(run, "identity number");
  }
  return std::nullopt;
}

// The letters, digits and inner separators around `at`, upper case.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string bare;                // letters and digits
  std::vector<std::string> parts;  // between dashes
};

std::optional<Token> TokenAt(absl::string_view text, std::size_t at) {
  const auto inside = [&](std::size_t i) {
    if (IsAlnum(text[i])) return true;
    constexpr absl::string_view kInner = "-./";
    return kInner.find(text[i]) != absl::string_view::npos && i > 0 &&
           i + 1 < text.size() && IsAlnum(text[i - 1]) && IsAlnum(text[i + 1]);
  };
  Token token;
  token.begin = at;
  token.end = at + 1;
  while (token.begin > 0 && inside(token.begin - 1)) --token.begin;
  while (token.end < text.size() && inside(token.end)) ++token.end;
  if (token.end - token.begin > kTokenBytesMax) return std::nullopt;
  const std::string upper =
      absl::AsciiStrToUpper(text.substr(token.begin, token.end - token.begin));
  for (const char c : upper) {
    if (IsAlnum(c)) token.bare.push_back(c);
  }
  token.parts = absl::StrSplit(upper, '-');
  return token;
}

bool Digits(const std::string& text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

// PE-12-345, 8AV-123-4567, N-19-456; with a province alone it needs a word.
bool IsPanama(Context& context, const Token& token) {
  if (token.parts.size() != 3) return false;
  if (!Digits(token.parts[1], 4) || !Digits(token.parts[2], 6)) return false;
  absl::string_view place = token.parts[0];
  if (place == "PE" || place == "E" || place == "N") return true;
  const bool marked =
      absl::ConsumeSuffix(&place, "AV") || absl::ConsumeSuffix(&place, "PI");
  if (!Digits(std::string(place), 2)) return false;
  const int province = std::stoi(std::string(place));
  if (province < 1 || province > 13) return false;
  if (marked) return true;
  return HasWord(context.Before(token.begin), kIdentityWords);
}

// V-12.345.678: Venezuela's cédula has no check digit; its letter tells.
bool IsVeCedula(const Token& token) {
  return token.parts.size() == 2 &&
         (token.parts[0] == "V" || token.parts[0] == "E") &&
         (token.bare.size() == 8 || token.bare.size() == 9) &&
         Digits(token.bare.substr(1), 8);
}

}  // namespace

std::optional<Finding> IdentifierIn(Context& context, const NumberRun& run) {
  const absl::string_view text = context.text();
  // Part of a longer word, such as a model number.
  if (run.begin > 0 && IsAlnum(text[run.begin - 1])) return std::nullopt;
  if (run.end < text.size() && IsAlnum(text[run.end])) return std::nullopt;
  const std::optional<Finding> checked = Checked(run);
  if (checked.has_value()) {
    // "número de la oferta 682577-0": one in eleven of such has a right digit.
    const bool weak = run.shape.size() == 3 && run.shape[1] == '-';
    if (!weak || !IsReference(context.Before(run.begin))) return checked;
  }
  return ByContext(context, run);
}

std::optional<Finding> LetteredIdentifierAt(Context& context, std::size_t at) {
  const std::optional<Token> token = TokenAt(context.text(), at);
  if (!token.has_value()) return std::nullopt;
  const auto found = [&](absl::string_view scheme) {
    return Finding{Kind::kIdentifier, scheme, token->begin, token->end};
  };
  if (IsMxCurp(token->bare)) return found("MX CURP");
  if (IsMxRfc(token->bare)) return found("MX RFC");
  if (IsBrCnpj(token->bare)) return found("BR CNPJ");
  if (IsVeRif(token->bare)) return found("VE RIF");
  if (IsVeCedula(*token)) return found("VE cedula");
  if (IsPanama(context, *token)) return found("PA cedula");
  return std::nullopt;
}

}  // namespace minga::policy::redaction
