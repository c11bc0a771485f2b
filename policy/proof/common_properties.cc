#include "policy/proof/common_properties.h"

#include <utility>

#include "absl/status/status.h"
#include "policy/proof/documents.h"

namespace minga::policy::proof {
namespace {

// A test holds that every kind of record that can cross is named where it must
// be. The country is any: properties do not speak of it.
constexpr char kText[] = R"text(
national_policy {
  country: "CO"

  properties {
    id: "minga.no-agreement-nothing-crosses"
    statements { language: "es" text: "Nada sale ni entra sin un memorando de entendimiento en vigor con el otro país." }
    statements { language: "pt" text: "Nada sai nem entra sem um memorando de entendimento em vigor com o outro país." }
    statements { language: "en" text: "Nothing leaves or enters without a memorandum of understanding in force with the other country." }
    kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE, RECORD_KIND_APPLICATION, RECORD_KIND_CONTACT_REQUEST, RECORD_KIND_RIGHTS_NOTICE]
    when: "!agreement.in_force"
    fields: "*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.imported-stays"
    statements { language: "es" text: "Un registro recibido de otro país nunca se reenvía a un tercero." }
    statements { language: "pt" text: "Um registro recebido de outro país nunca é reenviado a um terceiro." }
    statements { language: "en" text: "A record received from another country is never sent on." }
    kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE, RECORD_KIND_APPLICATION, RECORD_KIND_CONTACT_REQUEST, RECORD_KIND_RIGHTS_NOTICE]
    directions: DIRECTION_SEND
    when: "record.imported"
    fields: "*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.profile-needs-consent"
    statements { language: "es" text: "Ningún perfil sale sin un consentimiento vigente que nombre el país de destino y la finalidad." }
    statements { language: "pt" text: "Nenhum perfil sai sem um consentimento vigente que nomeie o país de destino e a finalidade." }
    statements { language: "en" text: "No profile leaves without live consent that names the destination and the purpose." }
    kinds: RECORD_KIND_PROFILE
    directions: DIRECTION_SEND
    when: "!consent.covers"
    fields: "*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.profile-has-no-identity"
    statements { language: "es" text: "Un perfil nunca lleva nombre, documento, fecha de nacimiento ni contacto, con o sin consentimiento." }
    statements { language: "pt" text: "Um perfil nunca leva nome, documento, data de nascimento nem contato, com ou sem consentimento." }
    statements { language: "en" text: "A profile never carries name, document, date of birth or contact, with or without consent." }
    kinds: RECORD_KIND_PROFILE
    directions: DIRECTION_SEND
    fields: "identity.*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.profile-sensitive-stays"
    statements { language: "es" text: "Los datos sensibles y el texto libre de un perfil nunca salen." }
    statements { language: "pt" text: "Os dados sensíveis e o texto livre de um perfil nunca saem." }
    statements { language: "en" text: "Sensitive data and free text of a profile never leave." }
    kinds: RECORD_KIND_PROFILE
    directions: DIRECTION_SEND
    fields: ["sensitive.*", "free_text"]
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.application-sensitive-stays"
    statements { language: "es" text: "Los datos sensibles de una postulación nunca salen." }
    statements { language: "pt" text: "Os dados sensíveis de uma candidatura nunca saem." }
    statements { language: "en" text: "Sensitive data of an application never leave." }
    kinds: RECORD_KIND_APPLICATION
    directions: DIRECTION_SEND
    fields: "sensitive"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.profile-in-a-class"
    statements { language: "es" text: "Todo perfil que sale se confunde con el de al menos otra persona." }
    statements { language: "pt" text: "Todo perfil que sai se confunde com o de ao menos outra pessoa." }
    statements { language: "en" text: "Every profile that leaves looks like that of at least one other person." }
    kinds: RECORD_KIND_PROFILE
    directions: DIRECTION_SEND
    fields: "*"
    obliges { min_k: 2 }
  }

  properties {
    id: "minga.application-needs-consent"
    statements { language: "es" text: "Nada de una postulación sale sin un consentimiento vigente que nombre el país de destino y la finalidad." }
    statements { language: "pt" text: "Nada de uma candidatura sai sem um consentimento vigente que nomeie o país de destino e a finalidade." }
    statements { language: "en" text: "Nothing of an application leaves without live consent that names the destination and the purpose." }
    kinds: RECORD_KIND_APPLICATION
    directions: DIRECTION_SEND
    when: "!consent.covers"
    fields: "*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.contact-needs-consent"
    statements { language: "es" text: "En un contacto, la identidad solo sale con un consentimiento vigente que nombre el país de destino y la finalidad." }
    statements { language: "pt" text: "Em um contato, a identidade só sai com um consentimento vigente que nomeie o país de destino e a finalidade." }
    statements { language: "en" text: "In a contact, identity leaves only with live consent that names the destination and the purpose." }
    kinds: RECORD_KIND_CONTACT_REQUEST
    directions: DIRECTION_SEND
    when: "!consent.covers"
    fields: "identity.*"
    at_most { level: LEVEL_SUPPRESS }
  }

  properties {
    id: "minga.contact-needs-grant"
    statements { language: "es" text: "En un contacto, la identidad solo sale si la persona lo concedió." }
    statements { language: "pt" text: "Em um contato, a identidade só sai se a pessoa o concedeu." }
    statements { language: "en" text: "In a contact, identity leaves only if the person granted it." }
    kinds: RECORD_KIND_CONTACT_REQUEST
    directions: DIRECTION_SEND
    when: "contact.decision != 'granted'"
    fields: "identity.*"
    at_most { level: LEVEL_SUPPRESS }
  }
}
)text";

}  // namespace

const std::vector<CompiledProperty>& CommonProperties() {
  static const auto* const properties = [] {
    absl::StatusOr<CompiledDocument> document =
        LoadOne(DocumentSource{"common properties", kText});
    // The text is a part of the program and is loaded by a test.
    return new std::vector<CompiledProperty>(
        std::move(document.value().properties));
  }();
  return *properties;
}

}  // namespace minga::policy::proof
