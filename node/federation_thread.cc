#include "node/federation_thread.h"

#include <pthread.h>

#include "absl/time/time.h"
#include "federation/federation.h"

namespace minga {

void FederationThread::Start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "federation");
    Run();
  });
}

void FederationThread::Run() {
  while (!stopping_) {
    const absl::Time next = federation_.Tick();
    if (!federation_.WaitUntil(next)) break;
  }
  // Here, because Tick and Close belong to one thread.
  federation_.Close();
}

void FederationThread::Stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  federation_.PeersChanged();  // wakes it
  thread_.join();
}

}  // namespace minga
