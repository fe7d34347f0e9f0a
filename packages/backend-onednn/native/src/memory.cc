#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace spectrai {

namespace {
constexpr size_t alignment = 64;
constexpr size_t huge_page = size_t(2) << 20;
constexpr size_t smallest_area = size_t(32) << 20;
/// A remainder below this stays with the block it would be cut from.
constexpr size_t smallest_rest = 256;

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }
}  // namespace

#ifdef SPECTRAI_SANITIZE
// Each buffer by itself, so that AddressSanitizer sees where it ends.
void* Pool::take(size_t bytes) {
  if (bytes > limit || live_ + bytes > limit) throw OutOfMemory{bytes, live_, limit};
  void* data = std::aligned_alloc(alignment, round_up(bytes, alignment));
  if (!data) throw OutOfMemory{bytes, live_, limit};
  used_[data] = new Block{static_cast<char*>(data), bytes, nullptr, nullptr, false, true};
  live_ += bytes;
  held_ = live_;
  peak_ = std::max(peak_, live_);
  return data;
}
void Pool::give(void* data) {
  auto found = used_.find(data);
  live_ -= found->second->bytes;
  held_ = live_;
  delete found->second;
  used_.erase(found);
  std::free(data);
}
void Pool::trim(size_t) {}
Pool::~Pool() {
  for (auto& [data, block] : used_) {
    std::free(data);
    delete block;
  }
}
#else

Pool::Block* Pool::new_area(size_t bytes) {
  size_t size = round_up(std::max(bytes, smallest_area), huge_page);
  // Room to start at a huge page; the ends that are not needed go back at once.
  size_t reserved = size + huge_page;
  void* raw = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) throw OutOfMemory{bytes, live_, limit};
  char* start = reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(raw), huge_page));
  size_t head = start - static_cast<char*>(raw);
  if (head) munmap(raw, head);
  munmap(start + size, reserved - head - size);
#ifdef MADV_HUGEPAGE
  madvise(start, size, MADV_HUGEPAGE);
#endif
  held_ += size;
  return new Block{start, size, nullptr, nullptr, true, true};
}

void Pool::release_area(Block* whole) {
  free_.erase(whole);
  munmap(whole->data, whole->bytes);
  held_ -= whole->bytes;
  delete whole;
}

void* Pool::take(size_t bytes) {
  size_t size = round_up(std::max(bytes, size_t(1)), alignment);
  if (size > limit || live_ + size > limit) throw OutOfMemory{bytes, live_, limit};
  Block wanted{nullptr, size, nullptr, nullptr, true, false};
  auto found = free_.lower_bound(&wanted);
  Block* block;
  if (found != free_.end()) {
    block = *found;
    free_.erase(found);
  } else {
    block = new_area(size);
  }
  if (block->bytes - size >= smallest_rest) {
    Block* rest = new Block{block->data + size, block->bytes - size, block, block->after, true, false};
    if (block->after) block->after->before = rest;
    block->after = rest;
    block->bytes = size;
    free_.insert(rest);
  }
  block->free = false;
  used_[block->data] = block;
  live_ += block->bytes;
  peak_ = std::max(peak_, live_);
  return block->data;
}

void Pool::give(void* data) {
  auto found = used_.find(data);
  Block* block = found->second;
  used_.erase(found);
  live_ -= block->bytes;
  block->free = true;
  auto swallow = [](Block* left, Block* right) {
    left->bytes += right->bytes;
    left->after = right->after;
    if (right->after) right->after->before = left;
    delete right;
  };
  if (Block* next = block->after; next && next->free) {
    free_.erase(next);
    swallow(block, next);
  }
  if (Block* previous = block->before; previous && previous->free) {
    free_.erase(previous);
    swallow(previous, block);
    block = previous;
  }
  free_.insert(block);
  if (cached() > cache_limit) trim(cache_limit);
}

void Pool::trim(size_t keep) {
  std::vector<Block*> whole;
  for (Block* block : free_)
    if (block->area_start && !block->after) whole.push_back(block);
  for (auto it = whole.rbegin(); it != whole.rend() && cached() > keep; ++it) release_area(*it);
}

Pool::~Pool() {
  std::vector<Block*> starts;
  for (auto& [data, block] : used_)
    if (block->area_start) starts.push_back(block);
  for (Block* block : free_)
    if (block->area_start) starts.push_back(block);
  for (Block* block : starts) {
    char* area = block->data;
    size_t bytes = 0;
    while (block) {
      Block* after = block->after;
      bytes += block->bytes;
      delete block;
      block = after;
    }
    munmap(area, bytes);
  }
}
#endif

int Store::allocate(size_t bytes, Type type) {
  auto buffer = std::make_unique<Buffer>();
  buffer->bytes = bytes;
  buffer->type = type;
  if (bytes) buffer->data = pool.take(bytes);
  if (free_ids_.empty()) {
    buffers_.push_back(std::move(buffer));
    return static_cast<int>(buffers_.size()) - 1;
  }
  int id = free_ids_.back();
  free_ids_.pop_back();
  buffers_[id] = std::move(buffer);
  return id;
}

Buffer& Store::at(int id) {
  if (id < 0 || static_cast<size_t>(id) >= buffers_.size() || !buffers_[id])
    throw std::invalid_argument("there is no buffer " + std::to_string(id) + "; its tensor was disposed");
  return *buffers_[id];
}

Buffer& Store::writable(int id) {
  Buffer& old = at(id);
  if (!old.lent) {
    old.version++;
    return old;
  }
  auto fresh = std::make_unique<Buffer>();
  fresh->bytes = old.bytes;
  fresh->type = old.type;
  if (old.bytes) {
    fresh->data = pool.take(old.bytes);
    std::memcpy(fresh->data, old.data, old.bytes);
  }
  orphan(buffers_[id]);
  buffers_[id] = std::move(fresh);
  return *buffers_[id];
}

void Store::drop_all_prepared() {
  for (auto& buffer : buffers_)
    if (buffer) drop_prepared(*buffer);
}

void Store::drop_prepared(Buffer& buffer) {
  for (auto& p : buffer.prepared)
    if (p.data) pool.give(p.data);
  buffer.prepared.clear();
}

void Store::free_memory(Buffer& buffer) {
  drop_prepared(buffer);
  if (buffer.data) pool.give(buffer.data);
  buffer.data = nullptr;
}

void Store::release(int id) {
  Buffer& buffer = at(id);
  if (buffer.lent) {
    orphan(buffers_[id]);
  } else {
    free_memory(buffer);
    buffers_[id].reset();
  }
  free_ids_.push_back(id);
}

void Store::orphan(std::unique_ptr<Buffer>& buffer) {
  drop_prepared(*buffer);
  buffer->orphan = true;
  orphan_bytes_ += buffer->bytes;
  Buffer* key = buffer.get();
  orphans_[key] = std::move(buffer);
}

void Store::returned(Buffer* buffer) {
  buffer->lent = false;
  if (!buffer->orphan) return;
  orphan_bytes_ -= buffer->bytes;
  free_memory(*buffer);
  orphans_.erase(buffer);
}

void Store::replace(Buffer& buffer, void* data, size_t bytes, Type type) {
  if (buffer.lent) throw std::logic_error("a buffer that JavaScript looks at cannot be replaced");
  free_memory(buffer);
  buffer.data = data;
  buffer.bytes = bytes;
  buffer.type = type;
  buffer.version++;
}

}  // namespace spectrai
