// Signals are kept away from oneDNN's kernels.
#pragma once
#include <csignal>

namespace spectrai {

/// While it exists, signals to the calling thread wait, and OpenMP's threads that are started never get any.
///
/// oneDNN's float32 matrix product on x86-64, up to version 3.11.1, works with the stack pointer in a buffer of the heap
/// (https://github.com/uxlfoundation/oneDNN/issues/4845): whatever handles a signal then, be it Ctrl-C, the end of a child
/// process or the sample of a profiler, is put over the heap that lies before that buffer. Threads inherit the mask of the
/// one that starts them, and OpenMP starts them in any loop: so signals wait in every call, not only in those of oneDNN.
class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigfillset(&all);
    // The fault of an instruction cannot wait: blocked, it would end the process without its handler's report.
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  sigset_t before_;
};

}  // namespace spectrai
