#include "tests/generator/words.h"

namespace minga::testing {
namespace {

constexpr const char* kEmployerCores[] = {
    "Alborada",      "Altozano",    "Amanecer",     "Andares",
    "Arrayán",       "Arcoíris",    "Barlovento",   "Bosque Alto",
    "Brisa Sur",     "Cañaveral",   "Caracola",     "Ceibal",
    "Cinco Ríos",    "Cumbre",      "Del Puente",   "Dos Orillas",
    "El Algarrobo",  "El Faro",     "El Molino",    "Encuentro",
    "Estrella Sur",  "Grano Fino",  "Horizonte",    "Jacarandá",
    "La Colmena",    "La Espiga",   "La Minga",     "Lapacho",
    "Las Palmas",    "Loma Verde",  "Los Alerces",  "Luna Nueva",
    "Madreselva",    "Manantial",   "Mar y Sierra", "Nogal",
    "Nueva Ruta",    "Ñandú",       "Páramo",       "Piedra Clara",
    "Pleamar",       "Quebrada",    "Río Manso",    "Sauce",
    "Siete Colinas", "Tierra Alta", "Totora",       "Valle Hondo",
    "Viento Norte",  "Yacaré",
};

constexpr const char* kEmployerEndings[] = {
    "S.A.",        "S.A.S.",    "Cía. Ltda.", "y Asociados",  "Hermanos",
    "Cooperativa", "Servicios", "Industrias", "del Pacífico", "Andina",
};

constexpr const char* kAgencyNames[] = {
    "Agencia Buen Camino",   "Talento Cercano",   "Puente Laboral",
    "Empleos La Esquina",    "Selección Austral", "Manos a la Obra Agencia",
    "Red de Oficios",        "Contacto Laboral",  "Agencia Nuevo Rumbo",
    "Temporales del Centro",
};

constexpr const char* kWomensNames[] = {
    "Adriana", "Alba",     "Beatriz", "Camila",   "Carmen",  "Claudia",
    "Diana",   "Elena",    "Fátima",  "Gabriela", "Inés",    "Jimena",
    "Julia",   "Laura",    "Lucía",   "Marcela",  "Mariana", "Nadia",
    "Olga",    "Patricia", "Raquel",  "Rocío",    "Sandra",  "Sofía",
    "Valeria", "Yolanda",
};

constexpr const char* kMensNames[] = {
    "Abel",   "Andrés",  "Bruno",  "Carlos",   "Daniel", "Diego",
    "Emilio", "Esteban", "Felipe", "Gonzalo",  "Iván",   "Joaquín",
    "Jorge",  "Leonel",  "Luis",   "Mateo",    "Néstor", "Óscar",
    "Pedro",  "Raúl",    "Rubén",  "Santiago", "Tomás",  "Víctor",
};

constexpr const char* kFamilyNames[] = {
    "Acosta",    "Aguirre",  "Álvarez", "Arango", "Ayala",    "Benítez",
    "Bravo",     "Cabrera",  "Cáceres", "Campos", "Cárdenas", "Castro",
    "Cevallos",  "Chávez",   "Delgado", "Díaz",   "Duarte",   "Espinoza",
    "Fernández", "Flores",   "García",  "Gómez",  "Guamán",   "Herrera",
    "Ibarra",    "Jiménez",  "Ledesma", "López",  "Mamani",   "Medina",
    "Mendoza",   "Molina",   "Morales", "Núñez",  "Ortega",   "Paredes",
    "Peña",      "Pérez",    "Quispe",  "Ramos",  "Ríos",     "Rojas",
    "Salazar",   "Silva",    "Solano",  "Suárez", "Torres",   "Vargas",
    "Vera",      "Zambrano",
};

constexpr const char* kStreets[] = {
    "Calle de los Olivos",   "Avenida del Río", "Carrera Séptima",
    "Pasaje las Flores",     "Calle Bolívar",   "Avenida Libertad",
    "Calle del Comercio",    "Camino Viejo",    "Calle Larga",
    "Avenida de los Héroes",
};

}  // namespace

absl::Span<const char* const> EmployerCores() { return kEmployerCores; }
absl::Span<const char* const> EmployerEndings() { return kEmployerEndings; }
absl::Span<const char* const> AgencyNames() { return kAgencyNames; }
absl::Span<const char* const> WomensNames() { return kWomensNames; }
absl::Span<const char* const> MensNames() { return kMensNames; }
absl::Span<const char* const> FamilyNames() { return kFamilyNames; }
absl::Span<const char* const> Streets() { return kStreets; }

}  // namespace minga::testing
