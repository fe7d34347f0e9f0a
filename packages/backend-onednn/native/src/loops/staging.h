// Operands in blocks that stay in the first cache: widened, and repeated as broadcasting asks for, so that every operation
// needs only one loop over plain arrays.
#pragma once
#include "../elementwise.h"
#include "common.h"

SPECTRAI_LOOPS_BEGIN

/// Elements of a block.
constexpr int64_t block_size = 1024;

/// One element for one of the output.
static inline bool contiguous(const Operand& x) { return x.rank == 1 && x.stride[0] == 1; }
static inline bool constant(const Operand& x) { return x.rank == 0 || (x.rank == 1 && x.stride[0] == 0); }
/// Where the same few elements come over and over along the last dimensions: how many; otherwise 0.
static inline int64_t period(const Operand& x) {
  return x.rank >= 2 && x.stride[x.rank - 2] == 0 && x.stride[x.rank - 1] == 1 ? x.size[x.rank - 1] : 0;
}

template <class T, class S>
static inline T element(const S* data, int64_t i) {
  return T(data[i]);
}
template <>
inline float element<float, bf16>(const bf16* data, int64_t i) {
  return load(data, i);
}

/// Elements [from, from + n) of the output's order.
template <class T, class S>
static void spread(const Operand& x, const S* data, int64_t from, int64_t n, T* __restrict to) {
  int64_t index[most_dimensions], at = 0, rest = from;
  for (int d = x.rank - 1; d >= 0; d--) {
    index[d] = rest % x.size[d];
    rest /= x.size[d];
    at += index[d] * x.stride[d];
  }
  int last = x.rank - 1;
  int64_t length = last < 0 ? n : x.size[last], step = last < 0 ? 0 : x.stride[last], start = last < 0 ? 0 : index[last];
  while (n > 0) {
    int64_t run = length - start < n ? length - start : n;
    if (step == 0) {
      T value = element<T>(data, at);
      for (int64_t i = 0; i < run; i++) to[i] = value;
    } else {
      for (int64_t i = 0; i < run; i++) to[i] = element<T>(data + at, i);
    }
    to += run;
    n -= run;
    at -= start * step;
    start = 0;
    for (int d = last - 1; d >= 0; d--) {
      at += x.stride[d];
      if (++index[d] < x.size[d]) break;
      at -= x.size[d] * x.stride[d];
      index[d] = 0;
    }
  }
}

static inline void spread(const Operand& x, int64_t from, int64_t n, float* to) {
  if (x.type == Type::bf16) spread(x, static_cast<const bf16*>(x.data), from, n, to);
  else spread(x, static_cast<const float*>(x.data), from, n, to);
}
static inline void spread(const Operand& x, int64_t from, int64_t n, int32_t* to) {
  if (x.type == Type::u8) spread(x, static_cast<const uint8_t*>(x.data), from, n, to);
  else spread(x, static_cast<const int32_t*>(x.data), from, n, to);
}
static inline void spread(const Operand& x, int64_t from, int64_t n, uint8_t* to) {
  spread(x, static_cast<const uint8_t*>(x.data), from, n, to);
}
/// Only moved.
static inline void spread(const Operand& x, int64_t from, int64_t n, bf16* to) {
  spread(x, static_cast<const bf16*>(x.data), from, n, to);
}

static inline bool has_type(Type type, const float*) { return type == Type::f32; }
static inline bool has_type(Type type, const int32_t*) { return type == Type::i32; }
static inline bool has_type(Type type, const uint8_t*) { return type == Type::u8; }
static inline bool has_type(Type type, const bf16*) { return type == Type::bf16; }

/// The blocks of an operand as a thread goes over them.
template <class T>
struct Blocks {
  const Operand& x;
  bool direct;
  /// Elements over which a pattern repeats that starts again with each block; 0 where none does.
  int64_t span = 0;
  /// The repetition that the room holds the beginning of, and how much of it.
  int64_t held = -1, held_size = 0;
  alignas(64) T room[block_size];

  /// Each block starts at a multiple of `unit`.
  Blocks(const Operand& operand, int64_t unit)
      : x(operand), direct(contiguous(operand) && has_type(operand.type, static_cast<const T*>(nullptr))) {
    int64_t length = period(x);
    if (constant(x)) span = INT64_MAX;
    else if (length > 0 && unit % length == 0) span = length * x.size[x.rank - 2];
  }

  const T* at(int64_t from, int64_t n) {
    if (direct) return static_cast<const T*>(x.data) + from;
    int64_t now = span > 0 && from / span == (from + n - 1) / span ? from / span : -1;
    if (now >= 0 && now == held && n <= held_size) return room;
    spread(x, from, n, room);
    held = now;
    held_size = n;
    return room;
  }
};

/// The length of blocks with which short patterns repeat from block to block.
static inline int64_t unit_for(const Operand& a, const Operand& b) {
  int64_t length = period(a) > 0 ? period(a) : period(b);
  return length > 0 && length <= block_size ? block_size / length * length : block_size;
}

/// The blocks of an output of floats.
struct Target {
  Type type;
  void* data;
  alignas(64) float room[block_size];

  Target(Type output_type, void* output) : type(output_type), data(output) {}
  float* at(int64_t from) { return type == Type::bf16 ? room : static_cast<float*>(data) + from; }
  void done(int64_t from, int64_t n) {
    if (type != Type::bf16) return;
    bf16* to = static_cast<bf16*>(data) + from;
    for (int64_t i = 0; i < n; i++) store(to, i, room[i]);
  }
};

SPECTRAI_LOOPS_END
