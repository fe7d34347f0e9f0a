#include "../reduce.h"

#include "common.h"
#include "vector-math.h"

SPECTRAI_LOOPS_BEGIN

/// Columns that are worked on at a time, and rows that are joined in single precision before they go to a total in double.
constexpr int64_t most_columns = 1024, batch_rows = 64;

/// Vectors as wide as the instruction set has them.
#if defined(__AVX512F__)
constexpr int64_t lanes = 16;
#elif defined(__AVX2__)
constexpr int64_t lanes = 8;
#else
constexpr int64_t lanes = 4;
#endif
typedef float Floats __attribute__((vector_size(4 * lanes)));
typedef int32_t Integers __attribute__((vector_size(4 * lanes)));
typedef uint32_t Naturals __attribute__((vector_size(4 * lanes)));
typedef uint16_t Halves __attribute__((vector_size(2 * lanes)));
typedef uint8_t Bytes __attribute__((vector_size(lanes)));

template <class V, class T>
static inline V bits_from(const T* p) {
  V v;
  memcpy(&v, p, sizeof(V));
  return v;
}
static inline Floats vector_of(const float* p) { return bits_from<Floats>(p); }
static inline Floats vector_of(const bf16* p) {
  Naturals wide = __builtin_convertvector(bits_from<Halves>(p), Naturals) << 16;
  return bits_from<Floats>(&wide);
}
static inline Integers vector_of(const int32_t* p) { return bits_from<Integers>(p); }
static inline Integers vector_of(const uint8_t* p) { return __builtin_convertvector(bits_from<Bytes>(p), Integers); }

// Integers wrap around, as JavaScript's arrays of them do.
struct Sum {
  static float start(float) { return 0; }
  static double start(double) { return 0; }
  static int32_t start(int32_t) { return 0; }
  static float join(float a, float b) { return a + b; }
  static double join(double a, double b) { return a + b; }
  static int32_t join(int32_t a, int32_t b) { return int32_t(uint32_t(a) + uint32_t(b)); }
  static Floats join(Floats a, Floats b) { return a + b; }
  static Integers join(Integers a, Integers b) { return (Integers)((Naturals)a + (Naturals)b); }
};
struct Product {
  static float start(float) { return 1; }
  static double start(double) { return 1; }
  static float join(float a, float b) { return a * b; }
  static double join(double a, double b) { return a * b; }
  static Floats join(Floats a, Floats b) { return a * b; }
};
struct Maximum {
  static float start(float) { return -INFINITY; }
  static double start(double) { return -INFINITY; }
  static int32_t start(int32_t) { return INT32_MIN; }
  // NaN stays. Without a branch, and for vectors too.
  template <class T>
  static T join(T a, T b) {
    T larger = b > a ? b : a;
    return b != b ? b : larger;
  }
};
struct Minimum {
  static float start(float) { return INFINITY; }
  static double start(double) { return INFINITY; }
  static int32_t start(int32_t) { return INT32_MAX; }
  template <class T>
  static T join(T a, T b) {
    T smaller = b < a ? b : a;
    return b != b ? b : smaller;
  }
};

static inline int32_t load(const int32_t* p, int64_t i) { return p[i]; }
static inline int32_t load(const uint8_t* p, int64_t i) { return p[i]; }

/// Columns side by side: acc[c] = the reduction of x[r · stride + c].
template <class Op, class T, class A>
static inline void join_rows(const T* __restrict x, int64_t rows, int64_t stride, int64_t width, A* __restrict acc) {
  for (int64_t c = 0; c < width; c++) acc[c] = Op::start(A());
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const T* at = x + r * stride;
#pragma omp simd
    for (int64_t c = 0; c < width; c++)
      acc[c] = Op::join(acc[c], Op::join(Op::join(load(at, c), load(at, stride + c)),
                                         Op::join(load(at, 2 * stride + c), load(at, 3 * stride + c))));
  }
  for (; r < rows; r++) {
    const T* at = x + r * stride;
#pragma omp simd
    for (int64_t c = 0; c < width; c++) acc[c] = Op::join(acc[c], load(at, c));
  }
}

template <class Op, class T, class A, class D>
static void columns(const T* x, int64_t rows, int64_t stride, int64_t width, D* total) {
  A acc[most_columns];
  // Few columns that lie side by side are treated as many.
  int64_t fold = width == stride && width < 256 ? 256 / width : 1;
  if (rows / fold < 4) fold = 1;
  int64_t lanes = fold * width, full = rows / fold;
  D wide[most_columns];
  for (int64_t c = 0; c < lanes; c++) wide[c] = Op::start(D());
  for (int64_t r = 0; r < full; r += batch_rows) {
    int64_t count = full - r < batch_rows ? full - r : batch_rows;
    join_rows<Op>(x + r * fold * stride, count, fold * stride, lanes, acc);
    for (int64_t c = 0; c < lanes; c++) wide[c] = Op::join(wide[c], D(acc[c]));
  }
  for (int64_t c = 0; c < width; c++) {
    D value = wide[c];
    for (int64_t k = 1; k < fold; k++) value = Op::join(value, wide[k * width + c]);
    for (int64_t r = full * fold; r < rows; r++) value = Op::join(value, D(load(x, r * stride + c)));
    total[c] = value;
  }
}

/// All lanes of four vectors, halves joined with halves.
template <class Op, class A, class V>
static inline A across(const V* v) {
  V joined = Op::join(Op::join(v[0], v[1]), Op::join(v[2], v[3]));
  A lane[lanes];
  memcpy(lane, &joined, sizeof joined);
  for (int64_t step = lanes / 2; step > 0; step /= 2)
    for (int64_t c = 0; c < step; c++) lane[c] = Op::join(lane[c], lane[c + step]);
  return lane[0];
}

/// A row of its own: four vectors side by side, in batches.
template <class Op, class T, class A, class D>
static D along(const T* x, int64_t n) {
  D total = Op::start(D());
  int64_t i = 0;
  while (n - i >= 4 * lanes) {
    int64_t count = (n - i) / (4 * lanes) < batch_rows ? (n - i) / (4 * lanes) : batch_rows;
    decltype(vector_of(x)) v[4];
    for (int k = 0; k < 4; k++) v[k] = vector_of(x + i + k * lanes);
    for (int64_t r = 1; r < count; r++)
      for (int k = 0; k < 4; k++) v[k] = Op::join(v[k], vector_of(x + i + (4 * r + k) * lanes));
    total = Op::join(total, D(across<Op, A>(v)));
    i += 4 * lanes * count;
  }
  A rest = Op::start(A());
  for (; i < n; i++) rest = Op::join(rest, A(load(x, i)));
  return Op::join(total, D(rest));
}

static int64_t parts(int64_t outer, int64_t n, int64_t inner) {
  // Work for 64 threads, in parts that are worth it; the same whatever the number of threads.
  int64_t blocks = outer * ((inner + most_columns - 1) / most_columns);
  if (blocks >= 64 || blocks == 0) return 1;
  int64_t width = inner < most_columns ? inner : most_columns;
  int64_t wanted = (64 + blocks - 1) / blocks, most = n * width / least_elements;
  return wanted < most ? wanted : most > 1 ? most : 1;
}

static inline void put(float* y, double value, double scale) { *y = float(value * scale); }
static inline void put(int32_t* y, int32_t value, double) { *y = value; }
static inline void put(uint8_t* y, int32_t value, double) { *y = uint8_t(value); }

template <class Op, class T, class A, class D, class Y>
static void reduce_of(const void* from, void* to, int64_t outer, int64_t n, int64_t inner, double scale, double* room,
                      int threads) {
  const T* x = static_cast<const T*>(from);
  Y* y = static_cast<Y*>(to);
  D* partial = reinterpret_cast<D*>(room);
  int64_t count = parts(outer, n, inner), blocks = (inner + most_columns - 1) / most_columns;
  int64_t width = inner < most_columns ? inner : most_columns, each = n * width / count;
  if (inner == 1 && count == 1)
    return parallel(threads, outer, 1 + least_elements / (n > 0 ? n : 1), [=](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; o++) put(y + o, along<Op, T, A, D>(x + o * n, n), scale);
    });
  parallel(threads, outer * blocks * count, 1 + least_elements / (each > 0 ? each : 1), [=](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; task++) {
      int64_t part = task % count, block = task / count % blocks, o = task / count / blocks;
      int64_t r0 = n * part / count, rows = n * (part + 1) / count - r0;
      int64_t c0 = block * most_columns, size = inner - c0 < most_columns ? inner - c0 : most_columns;
      const T* at = x + (o * n + r0) * inner + c0;
      D total[most_columns];
      if (inner == 1) {
        total[0] = along<Op, T, A, D>(at, rows);
      } else if (rows <= batch_rows) {
        A acc[most_columns];
        join_rows<Op>(at, rows, inner, size, acc);
        for (int64_t c = 0; c < size; c++) total[c] = D(acc[c]);
      } else {
        columns<Op, T, A, D>(at, rows, inner, size, total);
      }
      if (count == 1)
        for (int64_t c = 0; c < size; c++) put(y + o * inner + c0 + c, total[c], scale);
      else
        memcpy(partial + (o * count + part) * inner + c0, total, sizeof(D) * size);
    }
  });
  if (count == 1) return;
  parallel(threads, outer * inner, 1 + least_elements / count, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const D* at = partial + i / inner * count * inner + i % inner;
      D total = at[0];
      for (int64_t part = 1; part < count; part++) total = Op::join(total, at[part * inner]);
      put(y + i, total, scale);
    }
  });
}

template <class Op>
static void of_floats(Type type, const void* x, void* y, int64_t outer, int64_t n, int64_t inner, double scale,
                      double* room, int threads) {
  if (type == Type::bf16) reduce_of<Op, bf16, float, double, float>(x, y, outer, n, inner, scale, room, threads);
  else reduce_of<Op, float, float, double, float>(x, y, outer, n, inner, scale, room, threads);
}

template <class Op>
static void of_any(Type type, const void* x, void* y, int64_t outer, int64_t n, int64_t inner, double scale,
                   double* room, int threads) {
  if (type == Type::i32) reduce_of<Op, int32_t, int32_t, int32_t, int32_t>(x, y, outer, n, inner, 1, room, threads);
  else if (type == Type::u8) reduce_of<Op, uint8_t, int32_t, int32_t, uint8_t>(x, y, outer, n, inner, 1, room, threads);
  else of_floats<Op>(type, x, y, outer, n, inner, scale, room, threads);
}

static void reduce(Reduction op, Type type, const void* x, void* y, int64_t outer, int64_t n, int64_t inner,
                   double scale, double* room, int threads) {
  switch (op) {
    case Reduction::sum:
      if (type == Type::i32)
        return reduce_of<Sum, int32_t, int32_t, int32_t, int32_t>(x, y, outer, n, inner, 1, room, threads);
      return of_floats<Sum>(type, x, y, outer, n, inner, scale, room, threads);
    case Reduction::maximum: return of_any<Maximum>(type, x, y, outer, n, inner, scale, room, threads);
    case Reduction::minimum: return of_any<Minimum>(type, x, y, outer, n, inner, scale, room, threads);
    case Reduction::product: return of_floats<Product>(type, x, y, outer, n, inner, scale, room, threads);
    default: return;
  }
}

template <class T, class Better>
static void position_along(const T* x, int32_t* y, int64_t n, Better better) {
  using V = decltype(vector_of(x));
  T found = x[0];
  int64_t i = 0;
  int32_t at = 0;
  if (n >= lanes) {
    Integers where = {}, now;
    for (int32_t c = 0; c < lanes; c++) now[c] = c;
    V best = V{} + x[0];
    for (; i + lanes <= n; i += lanes, now += int32_t(lanes)) {
      V v = vector_of(x + i);
      Integers take = better(v, best);
      best = take ? v : best;
      where = take ? now : where;
    }
    for (int64_t c = 0; c < lanes; c++) {
      T value = best[c];
      if (better(value, found) || (value == found && where[c] < at)) found = value, at = where[c];
    }
  }
  for (; i < n; i++)
    if (better(x[i], found)) found = x[i], at = int32_t(i);
  *y = at;
}

template <class T, class Better>
static void position_of(const void* from, int32_t* y, int64_t outer, int64_t n, int64_t inner, int threads, Better better) {
  const T* x = static_cast<const T*>(from);
  int64_t blocks = (inner + most_columns - 1) / most_columns;
  int64_t each = n * (inner < most_columns ? inner : most_columns);
  parallel(threads, outer * blocks, 1 + least_elements / each, [=](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; task++) {
      int64_t o = task / blocks, c0 = task % blocks * most_columns;
      int64_t size = inner - c0 < most_columns ? inner - c0 : most_columns;
      const T* at = x + o * n * inner + c0;
      int32_t* where = y + o * inner + c0;
      if (inner == 1) {
        position_along(at, where, n, better);
        continue;
      }
      T best[most_columns];
      memcpy(best, at, sizeof(T) * size);
      memset(where, 0, sizeof(int32_t) * size);
      for (int64_t r = 1; r < n; r++) {
        const T* row = at + r * inner;
        for (int64_t c = 0; c < size; c++) {
          bool take = better(row[c], best[c]);
          best[c] = take ? row[c] : best[c];
          where[c] = take ? int32_t(r) : where[c];
        }
      }
    }
  });
}

static void position(bool least, Type type, const void* x, int32_t* y, int64_t outer, int64_t n, int64_t inner, int threads) {
  auto more = [](auto a, auto b) { return a > b; };
  auto less = [](auto a, auto b) { return a < b; };
  if (type == Type::i32) {
    if (least) position_of<int32_t>(x, y, outer, n, inner, threads, less);
    else position_of<int32_t>(x, y, outer, n, inner, threads, more);
  } else {
    if (least) position_of<float>(x, y, outer, n, inner, threads, less);
    else position_of<float>(x, y, outer, n, inner, threads, more);
  }
}

static void softmax(const float* x, float* y, int64_t rows, int64_t n, int threads) {
  parallel(threads, rows, 1 + least_elements / (4 * n), [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      const float* from = x + r * n;
      float* to = y + r * n;
      float largest = float(along<Maximum, float, float, double>(from, n));
      for (int64_t i = 0; i < n; i++) to[i] = exponential(from[i] - largest);
      float part = float(1 / along<Sum, float, float, double>(to, n));
      for (int64_t i = 0; i < n; i++) to[i] *= part;
    }
  });
}

extern const ReduceLoops reduce_loops = {reduce, parts, position, softmax};

SPECTRAI_LOOPS_END
