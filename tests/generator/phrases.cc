#include "tests/generator/words.h"

namespace minga::testing {
namespace {

constexpr const char* kOpenings[] = {
    "%e busca %t para su equipo de %c.",
    "En %e queremos incorporar %t en nuestra sede de %c.",
    "%e, con trayectoria en la región, requiere %t en %c.",
    "Por ampliación de personal, %e contrata %t para trabajar en %c.",
    "¿Te interesa crecer con nosotros? %e necesita %t en %c.",
    "Vacante en %c: %e selecciona %t con ganas de quedarse.",
};

constexpr const char* kOpeningsPt[] = {
    "%e procura %t para a sua equipe em %c.",
    "A empresa %e contrata %t para trabalhar em %c.",
    "Vaga em %c: %e seleciona %t.",
};

constexpr const char* kOpeningsEn[] = {
    "%e is looking for a %t in %c.",
    "Join %e as a %t in %c.",
};

constexpr const char* kBodiesPt[] = {
    "A pessoa contratada cuidará das tarefas do dia a dia do posto, seguirá as "
    "normas de segurança e trabalhará com uma equipe experiente. Pedimos "
    "responsabilidade, pontualidade e vontade de aprender; a experiência "
    "anterior na função será valorizada. Oferecemos registro em carteira, "
    "vale-transporte e refeição no local.",
    "As atividades são próprias da função e o treinamento é dado nos primeiros "
    "dias. Buscamos alguém organizado, que goste de atender bem e que tenha "
    "disponibilidade de horário. Salário conforme a convenção coletiva, com "
    "descanso semanal e férias pagas.",
};

constexpr const char* kBodiesEn[] = {
    "The work is described in Spanish above. We offer a written contract from "
    "the first day, social security and help with finding a place to live. "
    "Basic Spanish is enough to start.",
    "You will work with an experienced team. Training is paid, tools and "
    "protective clothing are provided, and the contract is written.",
};

constexpr const char* kOffers[] = {
    "Ofrecemos contrato escrito desde el primer día y afiliación a la "
    "seguridad social.",
    "El pago es puntual, quincenal, con todas las prestaciones de ley.",
    "Damos dotación, herramienta y capacitación pagada.",
    "Hay posibilidades de ascenso y apoyo para validar estudios.",
    "El ambiente es bueno y el descanso semanal se respeta.",
    "Las horas extras se pagan según la ley y son voluntarias.",
};

constexpr const char* kClosings[] = {
    "La postulación es gratuita y se hace por el servicio público de empleo.",
    "Se valora por igual a todas las personas que cumplan los requisitos.",
    "Las personas con discapacidad son bienvenidas: el puesto es adaptable.",
    "No se pide dinero en ninguna etapa del proceso.",
    "Se recibe a personas de otros países con permiso de trabajo o en trámite.",
};

constexpr const char* kBenefitItems[] = {
    "auxilio de transporte",
    "almuerzo en la empresa",
    "seguro de vida",
    "bono por productividad",
    "fondo de empleados",
    "capacitación pagada",
    "uniforme",
    "guardería",
    "ruta de la empresa",
    "días libres adicionales",
};

constexpr const char* kContactSentences[] = {
    "Escribir a seleccion@example.org o llamar al +00 555 0100 y preguntar por "
    "la señora Inés.",
    "Informes por WhatsApp al 555 01 42, don Emilio, o en contrataciones "
    "arroba "
    "example punto org.",
};

constexpr const char* kProfileTexts[] = {
    "Busco trabajo estable cerca de mi familia. Puedo viajar.",
    "Tengo mucha experiencia y buenas referencias de mis jefes anteriores.",
    "Llegué hace poco y quiero trabajar en lo que sé hacer.",
    "Cuido a mis hijos por la tarde; prefiero la mañana.",
};

}  // namespace

absl::Span<const char* const> Openings() { return kOpenings; }
absl::Span<const char* const> OpeningsPt() { return kOpeningsPt; }
absl::Span<const char* const> OpeningsEn() { return kOpeningsEn; }
absl::Span<const char* const> BodiesPt() { return kBodiesPt; }
absl::Span<const char* const> BodiesEn() { return kBodiesEn; }
absl::Span<const char* const> Offers() { return kOffers; }
absl::Span<const char* const> Closings() { return kClosings; }
absl::Span<const char* const> BenefitItems() { return kBenefitItems; }
absl::Span<const char* const> ContactSentences() { return kContactSentences; }
absl::Span<const char* const> ProfileTexts() { return kProfileTexts; }

}  // namespace minga::testing
