#include "engine.h"

#include <algorithm>

namespace spectrai {

Engine::Engine() = default;

void Engine::forget_plans() {
  // Prepared weights point at their plan; they are of no use without it, and a new plan might get the same address.
  plans_.clear();
  store->drop_all_prepared();
}

char* Engine::scratch(size_t bytes) {
  if (bytes > scratch_bytes_) {
    free_scratch();
    scratch_ = store->pool.take(bytes);
    scratch_bytes_ = bytes;
  }
  return static_cast<char*>(scratch_);
}

void Engine::free_scratch() {
  if (scratch_) store->pool.give(scratch_);
  scratch_ = nullptr;
  scratch_bytes_ = 0;
}

}  // namespace spectrai
