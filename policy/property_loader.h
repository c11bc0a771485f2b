// Checks the properties of a document and compiles them. Internal to this room.
#ifndef MINGA_POLICY_PROPERTY_LOADER_H_
#define MINGA_POLICY_PROPERTY_LOADER_H_

#include <google/protobuf/repeated_field.h>

#include "policy/document_text.h"
#include "policy/rule.h"

namespace minga::v1 {
class Property;
}  // namespace minga::v1

namespace minga::policy {

// A property costs a search for a counterexample for each kind and direction.
inline constexpr int kPolicyPropertiesMax = 100;

// Adds `properties` to `document`, whose layer, countries and groups are set;
// `spot` is the message that holds them. Adds to `errors`, at its place, each
// unknown name, wrong type, id used twice, missing bound, bound that says
// nothing, and date range upside down. `groups_known` as of Loader::LoadRule.
void LoadProperties(
    const google::protobuf::RepeatedPtrField<v1::Property>& properties,
    const DocumentText::Spot& spot, bool groups_known, ErrorList& errors,
    CompiledDocument& document);

}  // namespace minga::policy

#endif  // MINGA_POLICY_PROPERTY_LOADER_H_
