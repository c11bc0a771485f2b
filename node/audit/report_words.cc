#include "node/audit/report_words.h"

#include <algorithm>

namespace minga::audit {
namespace {

struct Word {
  absl::string_view key;
  absl::string_view es;
  absl::string_view pt;
  absl::string_view en;
};

// `$0`... are replaced.
constexpr Word kWords[] = {
    {"title", "Qué se comunicó sobre una persona",
     "O que foi comunicado sobre uma pessoa",
     "What was disclosed about a person"},
    {"person", "Referencia de la persona", "Referência da pessoa",
     "Reference of the person"},
    {"by", "Informe de", "Relatório de", "Report by"},
    {"made", "Hecho el", "Feito em", "Made on"},
    {"about",
     "Sale del registro de auditoría de este servicio público de empleo, que "
     "solo crece y está firmado. Las horas son UTC. Cada línea lleva el número "
     "de su asiento: con él, y con el punto de control del final, un tercero "
     "puede comprobar que el asiento está en el registro.",
     "Provém do registro de auditoria deste serviço público de emprego, que só "
     "cresce e é assinado. As horas são UTC. Cada linha traz o número do seu "
     "assento: com ele, e com o ponto de controle do final, um terceiro pode "
     "comprovar que o assento está no registro.",
     "It comes from the audit log of this public employment service, which "
     "only grows and is signed. Times are UTC. Each line has the number of its "
     "entry: with it, and with the checkpoint at the end, anybody can check "
     "that the entry is in the log."},
    {"nothing", "No se comunicó nada a ningún país.",
     "Nada foi comunicado a nenhum país.",
     "Nothing was disclosed to any country."},
    {"to", "A $0", "A $0", "To $0"},
    {"others", "Otros asientos sobre la persona",
     "Outros assentos sobre a pessoa", "Other entries about the person"},
    {"cut",
     "Hay más asientos de los que caben en un informe: este contiene los "
     "primeros.",
     "Há mais assentos do que cabem em um relatório: este contém os primeiros.",
     "There are more entries than a report holds: these are the first."},
    {"checkpoint", "Punto de control firmado", "Ponto de controle assinado",
     "Signed checkpoint"},
    {"entry", "asiento $0", "assento $0", "entry $0"},
    {"purpose", "Para qué", "Para quê", "What for"},
    {"why", "Por qué", "Por quê", "Why"},
    {"under", "Según", "Segundo", "Under"},
    {"shown", "Qué", "O quê", "What"},
    {"before", "Antes", "Antes", "Before"},
    {"alike", "Personas que se veían igual: $0",
     "Pessoas com a mesma aparência: $0", "People who looked the same: $0"},
    {"receipt", "Acuse de recibo", "Aviso de recebimento", "Receipt"},
    {"receipt.none", "ninguno hasta ahora", "nenhum até agora", "none so far"},
    {"actor", "Quién", "Quem", "Who"},
    {"not.in", "no consta", "não consta", "not stated"},
    // Events.
    {"event.DECISION_PERMIT", "Se permitió mostrar el perfil",
     "Foi permitido mostrar o perfil", "The profile was allowed to be shown"},
    {"event.DECISION_WITHHOLD", "No se permitió mostrar el perfil",
     "Não foi permitido mostrar o perfil",
     "The profile was not allowed to be shown"},
    {"event.HELD_BACK", "No se mostró el perfil: faltan personas parecidas",
     "O perfil não foi mostrado: faltam pessoas parecidas",
     "The profile was not shown: too few people look alike"},
    {"event.WITHDRAWAL", "Se retiró el perfil y se pidió borrarlo",
     "O perfil foi retirado e se pediu que fosse apagado",
     "The profile was withdrawn and its erasure asked for"},
    {"event.CONSENT_GIVEN", "La persona dio su consentimiento",
     "A pessoa deu o seu consentimento", "The person gave consent"},
    {"event.CONSENT_WITHDRAWN", "Terminó o se retiró el consentimiento",
     "O consentimento terminou ou foi retirado",
     "Consent ended or was withdrawn"},
    {"event.PERSON_ERASED", "Se borraron los datos de la persona",
     "Os dados da pessoa foram apagados", "The person's data were erased"},
    {"event.RECORD_ERASED", "Se dio de baja el perfil", "O perfil foi baixado",
     "The profile was taken off"},
    {"event.RECORD_READ", "El personal consultó el perfil",
     "Funcionários consultaram o perfil", "Staff looked at the profile"},
    {"event.PERSON_NOTIFIED", "Se avisó a la persona de que $0 ve su perfil",
     "A pessoa foi avisada de que $0 vê o seu perfil",
     "The person was told that $0 sees the profile"},
    {"event.HOLD_RELEASED", "Un funcionario autorizó mostrar el perfil",
     "Um funcionário autorizou mostrar o perfil",
     "An officer released the profile"},
    {"event.HOLD_REVOKED", "Un funcionario revocó la autorización",
     "Um funcionário revogou a autorização", "An officer revoked the release"},
    {"event.TEXT_REDACTED", "Se quitaron datos personales de un texto",
     "Dados pessoais foram retirados de um texto",
     "Personal data were taken out of a text"},
    {"event.LOG_READ", "Se buscaron en el registro asientos sobre la persona",
     "Procuraram-se no registro assentos sobre a pessoa",
     "The log was searched for entries about the person"},
    // Reasons.
    {"reason.permit", "la ley, el acuerdo y el consentimiento lo permiten",
     "a lei, o acordo e o consentimento o permitem",
     "law, agreement and consent allow it"},
    {"reason.policy", "la ley nacional no lo permite",
     "a lei nacional não o permite", "national law does not allow it"},
    {"reason.override", "una restricción de este servicio",
     "uma restrição deste serviço", "a restriction of this service"},
    {"reason.mou", "no lo permite un acuerdo vigente con ese país",
     "nenhum acordo vigente com esse país o permite",
     "no agreement in force with that country allows it"},
    {"reason.consent", "falta el consentimiento de la persona",
     "falta o consentimento da pessoa", "the person's consent is missing"},
    {"reason.class", "menos personas parecidas de las exigidas",
     "menos pessoas parecidas do que o exigido",
     "fewer people alike than asked for"},
    {"reason.obligation", "una obligación no se puede cumplir",
     "uma obrigação não pode ser cumprida", "an obligation cannot be kept"},
    {"reason.national-first", "primero se ofrece en el país",
     "primeiro é oferecido no país", "it is offered at home first"},
    {"reason.closed", "la búsqueda de empleo terminó",
     "a busca de emprego terminou", "the search for work is over"},
    {"reason.expired", "venció un plazo", "um prazo venceu",
     "a date has passed"},
    {"reason.suspended", "el intercambio con ese país está suspendido",
     "o intercâmbio com esse país está suspenso",
     "the exchange with that country is suspended"},
    {"reason.leaving", "ese país deja el intercambio",
     "esse país deixa o intercâmbio", "that country leaves the exchange"},
    {"reason.withdrawn", "el perfil se dio de baja", "o perfil foi baixado",
     "the profile was taken off"},
    {"reason.erased", "se borraron los datos de la persona",
     "os dados da pessoa foram apagados", "the person's data were erased"},
    {"reason.held", "un funcionario debe revisarlo",
     "um funcionário deve revisá-lo", "an officer has to look at it"},
    {"reason.unreadable", "el perfil guardado no se puede leer",
     "o perfil guardado não pode ser lido", "the stored profile is unreadable"},
};

}  // namespace

absl::string_view ReportWord(absl::string_view key,
                             absl::string_view language) {
  for (const Word& word : kWords) {
    if (word.key != key) continue;
    if (language == "es") return word.es;
    return language == "pt" ? word.pt : word.en;
  }
  return key;
}

std::vector<absl::string_view> ReportWordKeys() {
  std::vector<absl::string_view> keys;
  for (const Word& word : kWords) keys.push_back(word.key);
  return keys;
}

}  // namespace minga::audit
