#include "node/side_thread.h"

#include <pthread.h>

#include <utility>

namespace minga {

SideThread::SideThread()
    : thread_([this] {
        ::pthread_setname_np(::pthread_self(), "comparisons");
        Loop();
      }) {}

SideThread::~SideThread() {
  std::deque<std::function<void()>> dropped;
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    dropped.swap(queue_);
  }
  thread_.join();
}

void SideThread::Run(std::function<void()> work) {
  const absl::MutexLock lock(&mutex_);
  if (!stopping_) queue_.push_back(std::move(work));
}

void SideThread::Loop() {
  while (true) {
    std::function<void()> work;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](SideThread* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
            return self->HasWork();
          },
          this));
      if (stopping_) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace minga
