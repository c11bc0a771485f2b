#include "policy/redaction/phones.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "policy/redaction/words.h"

namespace minga::policy::redaction {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr absl::string_view kPhoneWords[] = {
    "tel",       "telefono",    "telefonos",   "telefone", "telefones",
    "fono",      "fone",        "cel",         "celular",  "celulares",
    "movil",     "whatsapp",    "wasap",       "wsp",      "wpp",
    "zap",       "whatssap",    "llamar",      "llame",    "llamanos",
    "llama",     "comunicate",  "comunicarse", "contacto", "contato",
    "contactar", "contactanos", "ligue",       "ligar",    "phone",
    "mobile",    "call",        "numero",      "linea",    "fijo",
    "telf",      "tlf",         "fax",         "pbx",      "conmutador",
    "marcar"};

// Countries of the region with their calling codes' numbering plans.
constexpr std::array<absl::string_view, 12> kRegion = {
    "AR", "BR", "CL", "CO", "CR", "EC", "MX", "PA", "PE", "PY", "UY", "VE"};

bool ValidIn(const std::string& number, absl::string_view region) {
  PhoneNumber parsed;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  return util.Parse(number, std::string(region), &parsed) ==
             PhoneNumberUtil::NO_PARSING_ERROR &&
         util.IsValidNumber(parsed);
}

bool ValidSomewhere(const std::string& number, Country home) {
  if (ValidIn(number, home.ToString())) return true;
  return std::any_of(
      kRegion.begin(), kRegion.end(),
      [&](absl::string_view region) { return ValidIn(number, region); });
}

// Groups as in "300 123 4567", "(02) 234-5678", "9 8765-4321": not those of an
// amount or a date.
bool LooksLikePhone(absl::string_view shape) {
  if (absl::StrContains(shape, ".")) return false;
  // Rows of small numbers are no telephone either.
  return shape.find_first_of("3456789x") != absl::string_view::npos &&
         shape.find_first_of(" -(") != absl::string_view::npos;
}

}  // namespace

std::optional<Finding> PhoneIn(Context& context, const NumberRun& run,
                               Country home, int& attempts) {
  const absl::string_view text = context.text();
  const std::size_t digits = run.digits.size();
  if (digits < 7 || digits > 15 || run.ends_in_k) return std::nullopt;
  const auto is_alnum = [&](std::size_t i) {
    return absl::ascii_isalnum(static_cast<unsigned char>(text[i]));
  };
  if (run.begin > 0 && is_alnum(run.begin - 1)) return std::nullopt;
  if (run.end < text.size() && is_alnum(run.end)) return std::nullopt;
  const std::string number(text.substr(run.begin, run.end - run.begin));
  const Finding found{Kind::kPhone, "phone", run.begin, run.end};
  if (number[0] == '+') {
    if (ValidIn(number, home.ToString())) return found;
    return std::nullopt;
  }
  if (absl::StrContains(run.shape, '/')) return std::nullopt;  // a date
  const std::string& before = context.Before(run.begin);
  if (IsReference(before)) return std::nullopt;
  const bool announced = HasWord(before, kPhoneWords);
  if (!announced && !LooksLikePhone(run.shape)) return std::nullopt;
  // Without a word only numbers that are long enough to have an area code.
  if (!announced && digits < 9) return std::nullopt;
  if (attempts-- <= 0) return std::nullopt;
  if (ValidSomewhere(number, home)) return found;
  // "593 99 123 4567": a country code without its plus.
  if (digits >= 10 && ValidIn("+" + run.digits, home.ToString())) return found;
  return std::nullopt;
}

std::string PlainPhone(absl::string_view text, Country home) {
  PhoneNumber parsed;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  if (util.Parse(std::string(text), home.ToString(), &parsed) !=
          PhoneNumberUtil::NO_PARSING_ERROR ||
      !util.IsValidNumber(parsed)) {
    return "";
  }
  std::string plain;
  util.Format(parsed, PhoneNumberUtil::E164, &plain);
  return plain;
}

}  // namespace minga::policy::redaction
