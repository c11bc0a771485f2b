#include "policy/redaction/check_digits.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include "absl/strings/ascii.h"

namespace minga::policy::redaction {
namespace {

bool AllDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

int Digit(char c) { return c - '0'; }

// Sum of digits times weights, from left to right.
int WeightedSum(absl::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  std::size_t i = 0;
  for (const int weight : weights) sum += weight * Digit(digits[i++]);
  return sum;
}

// 11 - sum mod 11, where 11 is 0 and 10 is `ten`.
int Modulo11(int sum, int ten) {
  const int check = 11 - sum % 11;
  if (check == 11) return 0;
  return check == 10 ? ten : check;
}

// Sum with weights from 2 upwards from the right, back to 2 after `last`.
int CyclingSum(absl::string_view digits, int last) {
  int sum = 0;
  int weight = 2;
  for (std::size_t i = digits.size(); i-- > 0;) {
    sum += weight * Digit(digits[i]);
    weight = weight == last ? 2 : weight + 1;
  }
  return sum;
}

bool AllAlike(absl::string_view text) {
  return text.find_first_not_of(text[0]) == absl::string_view::npos;
}

// Month and day of YYMMDD; the 29th of February passes in every year.
bool IsDate(absl::string_view yymmdd) {
  if (!AllDigits(yymmdd)) return false;
  const int month = 10 * Digit(yymmdd[2]) + Digit(yymmdd[3]);
  const int day = 10 * Digit(yymmdd[4]) + Digit(yymmdd[5]);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

constexpr absl::string_view kMxStates[] = {
    "AS", "BC", "BS", "CC", "CS", "CH", "CL", "CM", "DF", "DG", "GT",
    "GR", "HG", "JC", "MC", "MN", "MS", "NT", "NL", "OC", "PL", "QT",
    "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS", "NE"};

// 0-9, A-N, Ñ, O-Z: the letter Ñ, which no CURP in ASCII has, is number 24.
int CurpValue(char c) {
  if (absl::ascii_isdigit(c)) return Digit(c);
  const int letter = c - 'A' + 10;
  return c > 'N' ? letter + 1 : letter;
}

}  // namespace

bool IsArCuit(absl::string_view text) {
  if (text.size() != 11 || !AllDigits(text)) return false;
  constexpr absl::string_view kTypes[] = {"20", "23", "24", "27", "30",
                                          "33", "34", "50", "51", "55"};
  if (std::find(std::begin(kTypes), std::end(kTypes), text.substr(0, 2)) ==
      std::end(kTypes)) {
    return false;
  }
  const int check =
      Modulo11(WeightedSum(text, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}), 9);
  return check == Digit(text[10]);
}

bool IsBrCpf(absl::string_view text) {
  if (text.size() != 11 || !AllDigits(text) || AllAlike(text)) return false;
  const int first =
      Modulo11(WeightedSum(text, {10, 9, 8, 7, 6, 5, 4, 3, 2}), 0);
  const int second =
      Modulo11(WeightedSum(text, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2}), 0);
  return first == Digit(text[9]) && second == Digit(text[10]);
}

bool IsBrCnpj(absl::string_view text) {
  if (text.size() != 14 || AllAlike(text)) return false;
  if (!AllDigits(text.substr(12))) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && !absl::ascii_isupper(c)) return false;
  }
  const int first =
      Modulo11(WeightedSum(text, {5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}), 0);
  const int second =
      Modulo11(WeightedSum(text, {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}), 0);
  return first == Digit(text[12]) && second == Digit(text[13]);
}

bool IsClRut(absl::string_view text) {
  if (text.size() < 8 || text.size() > 9) return false;
  const absl::string_view digits = text.substr(0, text.size() - 1);
  if (!AllDigits(digits) || AllAlike(digits)) return false;
  const int check = Modulo11(CyclingSum(digits, 7), 10);
  const char last = absl::ascii_toupper(text.back());
  return check == 10 ? last == 'K' : last == '0' + check;
}

bool IsCoNit(absl::string_view text) {
  if (text.size() < 7 || text.size() > 16 || !AllDigits(text)) return false;
  constexpr int kPrimes[] = {3,  7,  13, 17, 19, 23, 29, 37,
                             41, 43, 47, 53, 59, 67, 71};
  int sum = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    sum += kPrimes[i] * Digit(text[text.size() - 2 - i]);
  }
  const int rest = sum % 11;
  return Digit(text.back()) == (rest < 2 ? rest : 11 - rest);
}

bool IsEcCedula(absl::string_view text) {
  if (text.size() != 10 || !AllDigits(text)) return false;
  const int province = 10 * Digit(text[0]) + Digit(text[1]);
  const bool known =
      (province >= 1 && province <= 24) || province == 30 || province == 50;
  if (!known || Digit(text[2]) > 6) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    const int product = Digit(text[i]) * (i % 2 == 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - sum % 10) % 10 == Digit(text[9]);
}

bool IsEcRuc(absl::string_view text) {
  return text.size() == 13 && AllDigits(text) && text.substr(10) != "000" &&
         IsEcCedula(text.substr(0, 10));
}

bool IsMxCurp(absl::string_view text) {
  if (text.size() != 18 || !IsDate(text.substr(4, 6))) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && !absl::ascii_isupper(c)) return false;
  }
  const absl::string_view letters = text.substr(0, 4);
  if (std::any_of(letters.begin(), letters.end(), absl::ascii_isdigit)) {
    return false;
  }
  if (text[10] != 'H' && text[10] != 'M' && text[10] != 'X') return false;
  if (std::find(std::begin(kMxStates), std::end(kMxStates),
                text.substr(11, 2)) == std::end(kMxStates)) {
    return false;
  }
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    sum += CurpValue(text[i]) * (18 - static_cast<int>(i));
  }
  return text[17] == '0' + (10 - sum % 10) % 10;
}

bool IsMxRfc(absl::string_view text) {
  if (text.size() != 13 || !IsDate(text.substr(4, 6))) return false;
  const absl::string_view letters = text.substr(0, 4);
  const absl::string_view last = text.substr(10);
  return std::all_of(letters.begin(), letters.end(), absl::ascii_isupper) &&
         std::all_of(last.begin(), last.end(), [](char c) {
           return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
         });
}

bool IsPeRuc(absl::string_view text) {
  if (text.size() != 11 || !AllDigits(text)) return false;
  const absl::string_view type = text.substr(0, 2);
  if (type != "10" && type != "15" && type != "17" && type != "20") {
    return false;
  }
  const int check = 11 - WeightedSum(text, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return check % 10 == Digit(text[10]);
}

bool IsPeDni(absl::string_view text) {
  if (text.size() != 9 || !AllDigits(text.substr(0, 8))) return false;
  const int rest = 11 - WeightedSum(text, {3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  const auto at = static_cast<std::size_t>(rest == 11 ? 0 : rest);
  constexpr absl::string_view kDigits = "67890112345";
  constexpr absl::string_view kLetters = "KABCDEFGHIJ";
  const char last = absl::ascii_toupper(text[8]);
  return last == kDigits[at] || last == kLetters[at];
}

bool IsPyRuc(absl::string_view text) {
  if (text.size() < 6 || text.size() > 9 || !AllDigits(text)) return false;
  const int rest = CyclingSum(text.substr(0, text.size() - 1), 11) % 11;
  return Digit(text.back()) == (rest > 1 ? 11 - rest : 0);
}

bool IsUyCedula(absl::string_view text) {
  if (text.size() < 7 || text.size() > 8 || !AllDigits(text)) return false;
  const std::string_view padded_zero = text.size() == 7 ? "0" : "";
  constexpr int kWeights[] = {2, 9, 8, 7, 6, 3, 4};
  int sum = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    sum += kWeights[i + padded_zero.size()] * Digit(text[i]);
  }
  return (10 - sum % 10) % 10 == Digit(text.back());
}

bool IsVeRif(absl::string_view text) {
  if (text.size() != 10 || !AllDigits(text.substr(1))) return false;
  int sum = 0;
  switch (absl::ascii_toupper(text[0])) {
    case 'V':
      sum = 4;
      break;
    case 'E':
      sum = 8;
      break;
    case 'J':
      sum = 12;
      break;
    case 'P':
      sum = 16;
      break;
    case 'G':
      sum = 20;
      break;
    default:
      return false;
  }
  sum += WeightedSum(text.substr(1), {3, 2, 7, 6, 5, 4, 3, 2});
  const int check = 11 - sum % 11;
  return Digit(text[9]) == (check > 9 ? 0 : check);
}

}  // namespace minga::policy::redaction
