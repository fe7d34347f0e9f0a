// What one JavaScript environment has: its buffers, oneDNN's engine and the plans made so far.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "memory.h"
#include "onednn.h"

namespace spectrai {

/// Whatever is made once for a shape and kept: a primitive with its layouts, a choice between algorithms.
struct Plan {
  virtual ~Plan() = default;
};

/// Numbers that identify a plan.
using Key = std::vector<int32_t>;
struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t h = 1469598103934665603ull;
    for (int32_t v : key) h = (h ^ static_cast<uint32_t>(v)) * 1099511628211ull;
    return h;
  }
};

class Engine {
 public:
  Engine();
  std::shared_ptr<Store> store = std::make_shared<Store>();
  dnnl::engine cpu{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{cpu};
  int threads = 1;
  /// Convolutions and products take and give bf16.
  bool bf16 = false;

  /// The plan of a key; `make` is called where there is none yet.
  template <class T, class Make>
  T& plan(const Key& key, Make make) {
    auto found = plans_.find(key);
    if (found == plans_.end()) {
      if (plans_.size() >= most_plans) forget_plans();
      found = plans_.emplace(key, make()).first;
    }
    return static_cast<T&>(*found->second);
  }
  void forget_plans();

  /// A buffer's content in the form that `plan` wants, made by `fill(void*)`. It is kept once it is asked for again without
  /// a change in between, as in inference; weights in training, which change with each step, are made in `room` (of so many
  /// bytes) and take up no memory of their own.
  template <class Fill>
  void* prepared(Buffer& buffer, const void* plan, size_t bytes, void* room, Fill fill) {
    Prepared* found = nullptr;
    for (auto& p : buffer.prepared)
      if (p.plan == plan) found = &p;
    if (!found) {
      buffer.prepared.push_back({plan, buffer.version, nullptr});
      fill(room);
      return room;
    }
    if (found->version != buffer.version) {
      if (found->data) store->pool.give(found->data);
      *found = {plan, buffer.version, nullptr};
      fill(room);
      return room;
    }
    if (!found->data) {
      found->data = store->pool.take(bytes);
      fill(found->data);
    }
    return found->data;
  }

  /// At least so many bytes to work in until the next call; not cleared.
  char* scratch(size_t bytes);
  size_t scratch_bytes() const { return scratch_bytes_; }
  void free_scratch();

  /// Algorithms chosen by measurement: key as text → number. Handed to JavaScript, which remembers them.
  std::unordered_map<std::string, int> choices;

 private:
  // A choice of many shapes (spectra of any length) must not fill the memory with primitives.
  static constexpr size_t most_plans = 4096;
  std::unordered_map<Key, std::unique_ptr<Plan>, KeyHash> plans_;
  void* scratch_ = nullptr;
  size_t scratch_bytes_ = 0;
};

}  // namespace spectrai
