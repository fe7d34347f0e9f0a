#include "../moves.h"

#include "common.h"

SPECTRAI_LOOPS_BEGIN

/// An element whose bits are only moved.
static inline void assign(uint8_t* to, const uint8_t* from) { *to = *from; }
static inline void assign(uint16_t* to, const uint16_t* from) { *to = *from; }
static inline void assign(uint32_t* to, const uint32_t* from) { *to = *from; }
static inline void assign(bf16* to, const float* from) { store(to, 0, *from); }
static inline void assign(float* to, const bf16* from) { *to = load(from, 0); }

/// Positions in both arrays while rows of a walk are taken in turn; the dimensions behind `rank` are the caller's.
struct Position {
  int64_t index[most_steps], from = 0, to = 0;

  Position(const Walk& w, int rank, int64_t start) {
    for (int d = rank - 1; d >= 0; d--) {
      index[d] = start % w.size[d];
      start /= w.size[d];
      from += index[d] * w.from[d];
      to += index[d] * w.to[d];
    }
  }
  void next(const Walk& w, int rank) {
    for (int d = rank - 1; d >= 0; d--) {
      from += w.from[d];
      to += w.to[d];
      if (++index[d] < w.size[d]) return;
      from -= w.size[d] * w.from[d];
      to -= w.size[d] * w.to[d];
      index[d] = 0;
    }
  }
};

/// row(from, to) for each row: all dimensions but the last.
template <class F>
static void each_row(const Walk& w, int threads, F row) {
  int outer = w.rank - 1;
  int64_t rows = 1;
  for (int d = 0; d < outer; d++) rows *= w.size[d];
  parallel(threads, rows, 1 + least_elements / w.size[outer], [&](int64_t begin, int64_t end) {
    Position at(w, outer, begin);
    for (int64_t r = begin; r < end; r++, at.next(w, outer)) row(at.from, at.to);
  });
}

/// A few elements at a time of one row that is all there is.
template <class F>
static void each_piece(int64_t n, int threads, F piece) {
  parallel(threads, n, least_elements, piece, 64);
}

template <class S, class T>
static void copy_rows(const S* from, T* to, const Walk& w, int threads) {
  int64_t n = w.size[w.rank - 1], in = w.from[w.rank - 1], out = w.to[w.rank - 1];
  auto row = [=](const S* __restrict x, T* __restrict y, int64_t count) {
    if (in == 1 && out == 1) {
      for (int64_t i = 0; i < count; i++) assign(y + i, x + i);
    } else if (in == 0 && out == 1) {
      T value;
      assign(&value, x);
      for (int64_t i = 0; i < count; i++) y[i] = value;
    } else {
      for (int64_t i = 0; i < count; i++) assign(y + i * out, x + i * in);
    }
  };
  if (w.rank == 1)
    return each_piece(n, threads, [=](int64_t a, int64_t b) { row(from + a * in, to + a * out, b - a); });
  each_row(w, threads, [=](int64_t a, int64_t b) { row(from + a, to + b, n); });
}

template <class T>
struct Quad;
template <>
struct Quad<uint32_t> {
  typedef uint32_t type __attribute__((vector_size(16)));
};
template <>
struct Quad<uint16_t> {
  typedef uint16_t type __attribute__((vector_size(8)));
};
template <>
struct Quad<uint8_t> {
  typedef uint8_t type __attribute__((vector_size(4)));
};

#ifdef __clang__
#define SPECTRAI_SHUFFLE(T, a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define SPECTRAI_SHUFFLE(T, a, b, i, j, k, l) __builtin_shuffle(a, b, typename Quad<T>::type{i, j, k, l})
#endif

/// to[j · t + i] = from[i · s + j] for i, j < 4
template <class T>
static inline void transpose_4(const T* from, int64_t s, T* to, int64_t t) {
  using V = typename Quad<T>::type;
  V a, b, c, d;
  memcpy(&a, from, sizeof(V));
  memcpy(&b, from + s, sizeof(V));
  memcpy(&c, from + 2 * s, sizeof(V));
  memcpy(&d, from + 3 * s, sizeof(V));
  V ab = SPECTRAI_SHUFFLE(T, a, b, 0, 4, 1, 5), cd = SPECTRAI_SHUFFLE(T, c, d, 0, 4, 1, 5);
  V ba = SPECTRAI_SHUFFLE(T, a, b, 2, 6, 3, 7), dc = SPECTRAI_SHUFFLE(T, c, d, 2, 6, 3, 7);
  V rows[4] = {SPECTRAI_SHUFFLE(T, ab, cd, 0, 1, 4, 5), SPECTRAI_SHUFFLE(T, ab, cd, 2, 3, 6, 7),
               SPECTRAI_SHUFFLE(T, ba, dc, 0, 1, 4, 5), SPECTRAI_SHUFFLE(T, ba, dc, 2, 3, 6, 7)};
  for (int j = 0; j < 4; j++) memcpy(to + j * t, &rows[j], sizeof(V));
}

/// The rectangle to[j · t + i] = from[i · s + j] for i < m, j < n
template <class T>
static inline void transpose_tile(const T* from, int64_t s, T* to, int64_t t, int64_t m, int64_t n) {
  int64_t m4 = m / 4 * 4, n4 = n / 4 * 4;
  for (int64_t j = 0; j < n4; j += 4)
    for (int64_t i = 0; i < m4; i += 4) transpose_4(from + i * s + j, s, to + j * t + i, t);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = i < m4 ? n4 : 0; j < n; j++) to[j * t + i] = from[i * s + j];
}

/// A walk whose last dimension is contiguous in the output, and dimension `other` in the input: tiles that fit the first cache.
template <class T>
static void transpose(const T* from, T* to, const Walk& w, int other, int threads) {
  int last = w.rank - 1;
  int64_t m = w.size[last], s = w.from[last], n = w.size[other], t = w.to[other];
  Walk outer{};
  for (int d = 0; d < last; d++) {
    if (d == other) continue;
    outer.size[outer.rank] = w.size[d];
    outer.from[outer.rank] = w.from[d];
    outer.to[outer.rank++] = w.to[d];
  }
  // Lines of input are read whole, and fetched before they are needed; a line of each output row is written at a time.
  constexpr int64_t line = 64 / sizeof(T), wide = 4 * line, high = line, strip = 32 * high;
  int64_t across = (n + wide - 1) / wide, along = (m + strip - 1) / strip, count = across * along;
  for (int d = 0; d < outer.rank; d++) count *= outer.size[d];
  int64_t each = (m < strip ? m : strip) * (n < wide ? n : wide);
  parallel(threads, count, 1 + least_elements / each, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; task++) {
      int64_t j0 = task % across * wide, i0 = task / across % along * strip;
      Position at(outer, outer.rank, task / across / along);
      int64_t columns = n - j0 < wide ? n - j0 : wide, stop = m - i0 < strip ? m : i0 + strip;
      for (int64_t i = i0; i < stop; i += high) {
        const T* tile = from + at.from + i * s + j0;
        for (int64_t k = high; k < 2 * high && i + k < stop; k++)
          for (int64_t j = 0; j < columns; j += line) __builtin_prefetch(tile + k * s + j);
        transpose_tile(tile, s, to + at.to + j0 * t + i, t, stop - i < high ? stop - i : high, columns);
      }
    }
  });
}

template <class T>
static void move(const void* from, void* to, const Walk& w, int threads) {
  const T* x = static_cast<const T*>(from);
  T* y = static_cast<T*>(to);
  int last = w.rank - 1;
  if (w.to[last] == 1 && w.from[last] != 1 && w.from[last] != 0)
    for (int d = 0; d < last; d++)
      if (w.from[d] == 1 && w.size[d] > 3) return transpose(x, y, w, d, threads);
  copy_rows(x, y, w, threads);
}

static void copy(Type from_type, const void* from, Type to_type, void* to, const Walk& walk, int threads) {
  if (from_type == Type::bf16 && to_type == Type::f32)
    return copy_rows(static_cast<const bf16*>(from), static_cast<float*>(to), walk, threads);
  if (from_type == Type::f32 && to_type == Type::bf16)
    return copy_rows(static_cast<const float*>(from), static_cast<bf16*>(to), walk, threads);
  if (to_type == Type::u8) return move<uint8_t>(from, to, walk, threads);
  if (to_type == Type::bf16) return move<uint16_t>(from, to, walk, threads);
  move<uint32_t>(from, to, walk, threads);
}

template <class T>
static void fill_rows(T* to, const Walk& w, T value, int threads) {
  int64_t n = w.size[w.rank - 1], step = w.to[w.rank - 1];
  auto row = [=](T* y, int64_t count) {
    if (step == 1)
      for (int64_t i = 0; i < count; i++) y[i] = value;
    else
      for (int64_t i = 0; i < count; i++) y[i * step] = value;
  };
  if (w.rank == 1) return each_piece(n, threads, [=](int64_t a, int64_t b) { row(to + a * step, b - a); });
  each_row(w, threads, [=](int64_t, int64_t at) { row(to + at, n); });
}

static int32_t integer_of(double value) {
  // JavaScript's ToInt32: towards zero, modulo 2³²; 0 for what is not finite.
  if (!(value > -INFINITY && value < INFINITY)) return 0;
  double rest = fmod(trunc(value), 4294967296.);
  return int32_t(uint32_t(int64_t(rest)));
}

static void fill(Type type, void* to, const Walk& walk, double value, int threads) {
  if (type == Type::f32) return fill_rows(static_cast<float*>(to), walk, float(value), threads);
  if (type == Type::i32) return fill_rows(static_cast<int32_t*>(to), walk, integer_of(value), threads);
  if (type == Type::u8) return fill_rows(static_cast<uint8_t*>(to), walk, uint8_t(integer_of(value)), threads);
  bf16 narrow;
  store(&narrow, 0, float(value));
  fill_rows(static_cast<uint16_t*>(to), walk, narrow.bits, threads);
}

template <class S>
static void to_integers(const S* x, int32_t* y, int64_t from, int64_t to) {
  constexpr int64_t block = 256;
  for (int64_t i = from; i < to; i += block) {
    int64_t stop = to - i < block ? to : i + block;
    int far = 0;
    for (int64_t j = i; j < stop; j++) far |= !(fabsf(load(x, j)) < 2147483648.f);
    if (far)
      for (int64_t j = i; j < stop; j++) y[j] = integer_of(double(load(x, j)));
    else
      for (int64_t j = i; j < stop; j++) y[j] = int32_t(load(x, j));
  }
}

template <class S>
static void cast_floats(const S* x, Type to_type, void* to, int64_t n, int threads) {
  parallel(threads, n, least_elements, [=](int64_t a, int64_t b) {
    if (to_type == Type::i32) return to_integers(x, static_cast<int32_t*>(to), a, b);
    uint8_t* y = static_cast<uint8_t*>(to);
    for (int64_t i = a; i < b; i++) y[i] = load(x, i) != 0;
  });
}

template <class S, class T, class F>
static void map(const void* from, void* to, int64_t n, int threads, F f) {
  const S* x = static_cast<const S*>(from);
  T* y = static_cast<T*>(to);
  parallel(threads, n, least_elements, [=](int64_t a, int64_t b) {
    for (int64_t i = a; i < b; i++) y[i] = f(x[i]);
  });
}

static void cast(Type from_type, const void* from, Type to_type, void* to, int64_t n, int threads) {
  if (from_type == Type::f32) return cast_floats(static_cast<const float*>(from), to_type, to, n, threads);
  if (from_type == Type::bf16) return cast_floats(static_cast<const bf16*>(from), to_type, to, n, threads);
  if (from_type == Type::i32) {
    if (to_type == Type::f32) return map<int32_t, float>(from, to, n, threads, [](int32_t v) { return float(v); });
    return map<int32_t, uint8_t>(from, to, n, threads, [](int32_t v) { return uint8_t(v != 0); });
  }
  if (to_type == Type::f32) return map<uint8_t, float>(from, to, n, threads, [](uint8_t v) { return float(v); });
  map<uint8_t, int32_t>(from, to, n, threads, [](uint8_t v) { return int32_t(v); });
}

static void gather(const void* x, const int32_t* index, void* y, int64_t batch, int64_t outer, int64_t rows,
                   int64_t count, int64_t bytes, int threads) {
  const char* from = static_cast<const char*>(x);
  char* to = static_cast<char*>(y);
  parallel(threads, batch * outer * count, 1 + 4 * least_elements / bytes, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      int64_t block = i / count, b = block / outer;
      const char* row = from + (block * rows + index[b * count + i % count]) * bytes;
      if (bytes == 4) memcpy(to + i * 4, row, 4);
      else memcpy(to + i * bytes, row, size_t(bytes));
    }
  });
}

extern const MoveLoops move_loops = {copy, fill, cast, gather};

SPECTRAI_LOOPS_END
