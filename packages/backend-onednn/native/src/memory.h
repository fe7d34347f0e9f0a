// Buffers of tensors: 64-byte aligned, from large areas that are kept and reused.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace spectrai {

/// How the elements of a buffer are stored. bf16 is a private form of float32 tensors: see Engine::bf16.
enum class Type : int32_t { f32 = 0, i32 = 1, u8 = 2, bf16 = 3 };

inline size_t bytes_of(Type type) {
  return type == Type::u8 ? 1 : type == Type::bf16 ? 2 : 4;
}

/// Memory from the system in areas of at least 32 MB, dealt out best fit first; neighbours that are free become one again.
class Pool {
 public:
  /// Everything goes back to the system, in use or not: a store lives as long as any array that looks at its memory.
  ~Pool();
  /// @throws OutOfMemory
  void* take(size_t bytes);
  void give(void* data);
  /// Areas without a block in use go back to the system until at most `limit` bytes are kept in vain.
  void trim(size_t limit);

  size_t live() const { return live_; }
  size_t cached() const { return held_ - live_; }
  size_t peak() const { return peak_; }
  void reset_peak() { peak_ = live_; }

  /// Bytes that may be kept without being in use, and that may be in use at all.
  size_t cache_limit = size_t(1) << 40;
  size_t limit = size_t(1) << 40;

 private:
  struct Block {
    char* data;
    size_t bytes;
    Block* before;  // neighbours within the area
    Block* after;
    bool free;
    bool area_start;
  };
  struct Smaller {
    bool operator()(const Block* a, const Block* b) const {
      return a->bytes != b->bytes ? a->bytes < b->bytes : a->data < b->data;
    }
  };
  Block* new_area(size_t bytes);
  void release_area(Block* whole);

  std::set<Block*, Smaller> free_;
  std::unordered_map<void*, Block*> used_;
  size_t live_ = 0, held_ = 0, peak_ = 0;
};

struct OutOfMemory {
  size_t bytes, live, limit;
};

/// A copy of a buffer in another layout (weights as a convolution wants them), valid for one version of its content; null
/// where that version was asked for only once.
struct Prepared {
  const void* plan;
  uint64_t version;
  void* data;
};

struct Buffer {
  void* data = nullptr;
  size_t bytes = 0;
  Type type = Type::f32;
  /// Changes with each write in place.
  uint64_t version = 0;
  /// A JavaScript array that looks at this memory is alive.
  bool lent = false;
  /// The tensor is gone, but not the array.
  bool orphan = false;
  std::vector<Prepared> prepared;

  size_t elements() const { return bytes / bytes_of(type); }
  float* f32() { return static_cast<float*>(data); }
  int32_t* i32() { return static_cast<int32_t*>(data); }
  uint8_t* u8() { return static_cast<uint8_t*>(data); }
  uint16_t* bf16() { return static_cast<uint16_t*>(data); }
};

/// The buffers of one JavaScript environment, by number.
class Store {
 public:
  Pool pool;

  int allocate(size_t bytes, Type type);
  void release(int id);
  /// @throws std::invalid_argument where there is no such buffer
  Buffer& at(int id);
  /// The array that looked at the buffer is gone.
  void returned(Buffer* buffer);
  /// Other memory in the place of the buffer's, which is freed.
  void replace(Buffer& buffer, void* data, size_t bytes, Type type);
  /// The buffer, ready to be written in place: where an array looks at it, the array keeps the old content.
  Buffer& writable(int id);
  void drop_prepared(Buffer& buffer);
  void drop_all_prepared();
  size_t count() const { return buffers_.size() - free_ids_.size(); }
  /// Bytes that only arrays hold, which outlive their tensors.
  size_t orphan_bytes() const { return orphan_bytes_; }

 private:
  void free_memory(Buffer& buffer);
  /// The array keeps the memory; the number is free.
  void orphan(std::unique_ptr<Buffer>& buffer);
  size_t orphan_bytes_ = 0;
  std::vector<std::unique_ptr<Buffer>> buffers_;
  std::vector<int> free_ids_;
  std::unordered_map<Buffer*, std::unique_ptr<Buffer>> orphans_;
};

}  // namespace spectrai
