// Which errands there are.
#include "federation/descriptor_errand.h"
#include "federation/errand.h"
#include "federation/farewell_errand.h"
#include "federation/own_log.h"
#include "federation/reconciler.h"
#include "federation/restored_errand.h"
#include "federation/witness_errand.h"

namespace minga::federation {

std::vector<std::shared_ptr<Errand>> MakeErrands(const StreamContext& context,
                                                 const Descriptor& peer,
                                                 Account& account,
                                                 Asker& asker) {
  std::vector<std::shared_ptr<Errand>> errands = {
      std::make_shared<Reconciler>(context, peer, account, asker),
      std::make_shared<RestoredErrand>(context, peer, asker)};
  if (context.parts.own_log != nullptr) {
    errands.push_back(std::make_shared<WitnessErrand>(context, peer, asker));
  }
  if (context.parts.keyring != nullptr) {
    errands.push_back(
        std::make_shared<DescriptorErrand>(context, peer, account, asker));
  }
  errands.push_back(std::make_shared<FarewellErrand>(context, peer, asker));
  return errands;
}

}  // namespace minga::federation
