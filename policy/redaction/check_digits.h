// Check digits of the region's personal and tax identifiers. Each function
// takes the bare characters, without dots, dashes or spaces, and says whether
// they are a well-formed identifier whose check digit is right; it says nothing
// about whether such a person exists.
#ifndef MINGA_POLICY_REDACTION_CHECK_DIGITS_H_
#define MINGA_POLICY_REDACTION_CHECK_DIGITS_H_

#include "absl/strings/string_view.h"

namespace minga::policy::redaction {

// Argentina, CUIT and CUIL: 11 digits.
bool IsArCuit(absl::string_view text);
// Brazil, CPF: 11 digits, not all alike.
bool IsBrCpf(absl::string_view text);
// Brazil, CNPJ: 14 characters; letters A-Z since July 2026, the last two are
// digits.
bool IsBrCnpj(absl::string_view text);
// Chile, RUT: 7 or 8 digits and a digit or K.
bool IsClRut(absl::string_view text);
// Colombia, NIT: 6 to 15 digits and a digit.
bool IsCoNit(absl::string_view text);
// Ecuador, cédula: 10 digits.
bool IsEcCedula(absl::string_view text);
// Ecuador, RUC of a natural person: a cédula and three digits, not 000. Those
// of companies have other third digits and are not personal.
bool IsEcRuc(absl::string_view text);
// Mexico, CURP: 18 characters; upper case.
bool IsMxCurp(absl::string_view text);
// Mexico, RFC of a natural person: 13 characters with a date; the last is
// not checked, because about 1.5 % of those in use are wrong.
bool IsMxRfc(absl::string_view text);
// Peru, RUC: 11 digits.
bool IsPeRuc(absl::string_view text);
// Peru, DNI with its check digit: 9 characters.
bool IsPeDni(absl::string_view text);
// Paraguay, RUC: 5 to 8 digits and a digit.
bool IsPyRuc(absl::string_view text);
// Uruguay, cédula: 6 or 7 digits and a digit.
bool IsUyCedula(absl::string_view text);
// Venezuela, RIF: V, E, J, P or G and nine digits.
bool IsVeRif(absl::string_view text);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_CHECK_DIGITS_H_
