// Personal data in the text of a vacancy: counted for who puts it, and gone for
// the peer that receives it.
#include <catch2/catch.hpp>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr char kLine[] =
    R"({"vacancy":{"id":"v1","status":"VACANCY_STATUS_OPEN",)"
    R"("texts":[{"language":"es","title":"Soldador de barcos",)"
    R"("description":"Llamar a Ana, C.C. 52.345.678, cel. 300 123 4567, )"
    R"(ana (arroba) hotel (punto) com."}],)"
    R"("locations":[{"country":"CO"}],"occupation":{"isco":"7212"},)"
    R"("apply":{"email":"rrhh@astillero.com.co",)"
    R"("instructions":"CV a rrhh@astillero.com.co."},)"
    R"("sharing":{"crossBorder":true},)"
    R"("recruitment":{"writtenContract":true,"documentsRetained":false,)"
    R"("agency":false}}})";

TEST_CASE("personal data in a text is counted, logged and not sent",
          "[integration]") {
  TwoCountries two;
  two.MustJoin();
  const std::string file = two.folder.path() + "/vacancies.jsonl";
  std::ofstream(file) << kLine << "\n";

  constexpr char kCounts[] =
      "redacted: 1 e-mail, 1 phone, 1 identifier in 1 record\n"
      "kept in instructions: 1 published business contact\n";
  const std::string dry = Minga(*two.co, "import --dry-run " + file);
  CHECK(absl::StrContains(dry, kCounts));
  CHECK(Held(*two.co, "CO", v1::RECORD_KIND_VACANCY) == 0);
  CHECK(absl::StrContains(
      Minga(*two.co, "--json import --dry-run " + file),
      R"("redacted":{"records":1,"identifiers":1,"phones":1,"emails":1,)"
      R"("contacts_kept":1})"));
  CHECK(absl::StrContains(Minga(*two.co, "put " + file), kCounts));
  CHECK(absl::StrContains(Minga(*two.co, "audit tail"),
                          "1 e-mail, 1 phone, 1 identifier"));

  REQUIRE(WaitFor([&] { return Finds(*two.ec, "soldador", "v1"); }, kPatience));
  v1::GetRecordRequest request;
  request.mutable_key()->set_country("CO");
  request.mutable_key()->set_kind(v1::RECORD_KIND_VACANCY);
  request.mutable_key()->set_id("v1");
  for (NodeProcess* node : {two.co.get(), two.ec.get()}) {
    INFO(node->country());
    const auto held =
        rpc::Call(node->client().pes(),
                  &v1::PesService::StubInterface::GetRecord, request);
    REQUIRE(held.ok());
    CHECK(held->record().vacancy().texts(0).description() ==
          "Llamar a Ana, C.C. [id], cel. [phone], [e-mail].");
    CHECK(held->record().vacancy().apply().instructions() ==
          "CV a rrhh@astillero.com.co.");
  }
}

}  // namespace
}  // namespace minga::testing
