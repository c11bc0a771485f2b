// A file descriptor that is closed with its owner.
#ifndef MINGA_NODE_RPC_OWNED_FD_H_
#define MINGA_NODE_RPC_OWNED_FD_H_

#include <unistd.h>

#include <utility>

namespace minga::rpc {

class OwnedFd {
 public:
  OwnedFd() = default;
  // Takes `fd`; -1 is none.
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.Release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }
  ~OwnedFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // The caller closes it.
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_OWNED_FD_H_
