// The one thread that drives all peers.
#ifndef MINGA_NODE_FEDERATION_THREAD_H_
#define MINGA_NODE_FEDERATION_THREAD_H_

#include <atomic>
#include <thread>

namespace minga {

namespace federation {
class Federation;
}  // namespace federation

// Threads: Start and Stop from one thread.
class FederationThread {
 public:
  // Not owned; outlives the thread.
  explicit FederationThread(federation::Federation* federation)
      : federation_(*federation) {}
  ~FederationThread() { Stop(); }
  FederationThread(const FederationThread&) = delete;
  FederationThread& operator=(const FederationThread&) = delete;

  void Start();
  // Ends all streams and returns when the thread has ended.
  void Stop();

 private:
  void Run();

  federation::Federation& federation_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace minga

#endif  // MINGA_NODE_FEDERATION_THREAD_H_
