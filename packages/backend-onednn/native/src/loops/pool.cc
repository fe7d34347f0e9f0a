#include "lanes.h"

#include "../network-loops.h"

SPECTRAI_LOOPS_BEGIN

/// Points of a window as rows of channels, those outside of the tensor left out.
struct Window {
  int64_t low[3], high[3];  // of the points within the tensor, counted in the window
  int64_t corner;           // row of the window's first point, which may lie outside
  bool whole;
};

/// Calls f(output point, window) for each output in [from, to).
template <class F>
static inline void windows(const PoolShape& s, int64_t from, int64_t to, F f) {
  int64_t o[3] = {from / (s.out[2] * s.out[1]) % s.out[0], from / s.out[2] % s.out[1], from % s.out[2]};
  int64_t sample = from / (s.out[2] * s.out[1] * s.out[0]);
  for (int64_t point = from; point < to; point++) {
    Window w;
    int64_t first[3];
    w.whole = true;
    for (int d = 0; d < 3; d++) {
      first[d] = o[d] * s.stride[d] - s.before[d];
      w.low[d] = first[d] < 0 ? -first[d] : 0;
      w.high[d] = s.in[d] - first[d] < s.window[d] ? s.in[d] - first[d] : s.window[d];
      if (w.low[d] != 0 || w.high[d] != s.window[d]) w.whole = false;
    }
    w.corner = ((sample * s.in[0] + first[0]) * s.in[1] + first[1]) * s.in[2] + first[2];
    f(point, w);
    for (int d = 2; d >= 0; d--) {
      if (++o[d] < s.out[d]) break;
      o[d] = 0;
      if (d == 0) sample++;
    }
  }
}

/// Calls f(row, which point of the window) for the points within the tensor, in their order.
template <class F>
static inline void points(const PoolShape& s, const Window& w, F f) {
  for (int64_t a = w.low[0]; a < w.high[0]; a++)
    for (int64_t b = w.low[1]; b < w.high[1]; b++)
      for (int64_t c = w.low[2]; c < w.high[2]; c++)
        f(w.corner + (a * s.in[1] + b) * s.in[2] + c, int32_t((a * s.window[1] + b) * s.window[2] + c));
}

constexpr int most_points = 8;
static inline int64_t size_of(const PoolShape& s) { return s.window[0] * s.window[1] * s.window[2]; }
static inline int64_t least_points(const PoolShape& s) { return 1 + least_elements / (s.channels * size_of(s) + 1); }
static inline int64_t outputs(const PoolShape& s) { return s.n * s.out[0] * s.out[1] * s.out[2]; }
static inline bool is_few(int64_t points) { return points == 2 || points == 3 || points == 4 || points == 8; }

template <int N, class T>
static inline void largest(const T* const* rows, T* y, int64_t channels) {
  const T* row[N];
  for (int k = 0; k < N; k++) row[k] = rows[k];
  each_channel(channels, [&](int64_t c) {
    float m = -INFINITY;
    for (int k = 0; k < N; k++) {
      float v = load(row[k], c);
      m = v > m ? v : m;
    }
    store(y, c, m);
  });
}

template <class T>
static void max_typed(const void* x, void* y, const PoolShape& shape, int threads) {
  const PoolShape* s = &shape;
  int64_t channels = shape.channels, size = size_of(shape);
  bool few = is_few(size);
  parallel(threads, outputs(shape), least_points(shape), [=](int64_t from, int64_t to) {
    const T* in = static_cast<const T*>(x);
    windows(*s, from, to, [=](int64_t point, const Window& w) {
      T* out = static_cast<T*>(y) + point * channels;
      if (w.whole && few) {
        const T* rows[most_points] = {};
        points(*s, w, [&](int64_t row, int32_t k) { rows[k] = in + row * channels; });
        if (size == 2) largest<2>(rows, out, channels);
        else if (size == 3) largest<3>(rows, out, channels);
        else if (size == 4) largest<4>(rows, out, channels);
        else largest<8>(rows, out, channels);
        return;
      }
      blocks(channels, [&](int64_t c0, auto width) {
        constexpr int n = decltype(width)::value;
        float m[n];
        for (int c = 0; c < n; c++) m[c] = -INFINITY;
        points(*s, w, [&](int64_t row, int32_t) {
          const T* at = in + row * channels + c0;
#pragma omp simd
          for (int c = 0; c < n; c++) {
            float v = load(at, c);
            m[c] = v > m[c] ? v : m[c];
          }
        });
        for (int c = 0; c < n; c++) store(out, c0 + c, m[c]);
      });
    });
  });
}

static void max(Type type, const void* x, void* y, const PoolShape& shape, int threads) {
  auto run = type == Type::bf16 ? max_typed<bf16> : max_typed<float>;
  run(x, y, shape, threads);
}

/// Which point of a window is the largest, for n channels from c0.
template <bool last, int n, class T>
static __attribute__((noinline)) void positions_of(const PoolShape& s, const Window& w, const T* in, int64_t c0, int32_t* at) {
  float m[n];
  for (int c = 0; c < n; c++) m[c] = -INFINITY, at[c] = -1;
  points(s, w, [&](int64_t row, int32_t k) {
    const T* value = in + row * s.channels + c0;
#pragma omp simd
    for (int c = 0; c < n; c++) {
      float v = load(value, c);
      bool take = last ? v >= m[c] : v > m[c];
      m[c] = take ? v : m[c];
      at[c] = take ? k : at[c];
    }
  });
}

template <bool last, class T>
static void positions_typed(const void* x, int32_t* at, const PoolShape& shape, int threads) {
  const PoolShape* s = &shape;
  parallel(threads, outputs(shape), least_points(shape), [=](int64_t from, int64_t to) {
    const T* in = static_cast<const T*>(x);
    windows(*s, from, to, [=](int64_t point, const Window& w) {
      blocks(s->channels, [&](int64_t c0, auto width) {
        constexpr int n = decltype(width)::value;
        int32_t own[n];
        positions_of<last, n>(*s, w, in, c0, own);
        memcpy(at + point * s->channels + c0, own, sizeof own);
      });
    });
  });
}

static void positions(Type type, const void* x, int32_t* at, const PoolShape& shape, bool last, int threads) {
  auto run = type == Type::bf16 ? (last ? positions_typed<true, bf16> : positions_typed<false, bf16>)
                                : (last ? positions_typed<true, float> : positions_typed<false, float>);
  run(x, at, shape, threads);
}

template <int N, bool last, class DY, class T>
static inline void to_largest(const T* const* rows, const DY* dy, T* const* ds, int64_t channels) {
  const T* row[N];
  T* d[N];
  for (int k = 0; k < N; k++) row[k] = rows[k], d[k] = ds[k];
  each_channel(channels, [&](int64_t c) {
    float m = -INFINITY, g = load(dy, c);
    int at = -1;
    for (int k = 0; k < N; k++) {
      float v = load(row[k], c);
      bool take = last ? v >= m : v > m;
      m = take ? v : m;
      at = take ? k : at;
    }
    for (int k = 0; k < N; k++) store(d[k], c, at == k ? g : 0.f);
  });
}

/// Whether a point lies in a window, along one dimension.
static inline bool covered(const PoolShape& s, int d, int64_t i) {
  int64_t from = i + s.before[d];
  return from / s.stride[d] < s.out[d] && from % s.stride[d] < s.window[d];
}

template <bool last, class DY, class T>
static void gradient_typed(const void* dy_, const void* x, void* d_, const PoolShape& shape, int threads) {
  const PoolShape* s = &shape;
  int64_t channels = shape.channels, size = size_of(shape);
  bool few = is_few(size);
  parallel(threads, outputs(shape), least_points(shape), [=](int64_t from, int64_t to) {
    const T* in = static_cast<const T*>(x);
    T* d = static_cast<T*>(d_);
    windows(*s, from, to, [=](int64_t point, const Window& w) {
      const DY* dy = static_cast<const DY*>(dy_) + point * channels;
      if (w.whole && few) {
        const T* rows[most_points] = {};
        T* ds[most_points] = {};
        points(*s, w, [&](int64_t row, int32_t k) { rows[k] = in + row * channels, ds[k] = d + row * channels; });
        if (size == 2) to_largest<2, last>(rows, dy, ds, channels);
        else if (size == 3) to_largest<3, last>(rows, dy, ds, channels);
        else if (size == 4) to_largest<4, last>(rows, dy, ds, channels);
        else to_largest<8, last>(rows, dy, ds, channels);
        return;
      }
      blocks(channels, [&](int64_t c0, auto width) {
        constexpr int n = decltype(width)::value;
        int32_t at[n];
        positions_of<last, n>(*s, w, in, c0, at);
        points(*s, w, [&](int64_t row, int32_t k) {
          T* out = d + row * channels + c0;
#pragma omp simd
          for (int c = 0; c < n; c++) store(out, c, at[c] == k ? load(dy, c0 + c) : 0.f);
        });
      });
    });
  });
  // Points between the windows or behind the last.
  bool gaps = false;
  for (int k = 0; k < 3; k++)
    if (s->window[k] < s->stride[k] || s->out[k] * s->stride[k] - s->before[k] < s->in[k]) gaps = true;
  if (!gaps) return;
  T* d = static_cast<T*>(d_);
  int64_t lines = s->n * s->in[0] * s->in[1], line = s->in[2] * channels;
  parallel(threads, lines, 1 + least_elements / (line + 1), [=](int64_t from, int64_t to) {
    for (int64_t at = from; at < to; at++) {
      if (!covered(*s, 1, at % s->in[1]) || !covered(*s, 0, at / s->in[1] % s->in[0])) {
        memset(d + at * line, 0, sizeof(T) * line);
        continue;
      }
      for (int64_t i = 0; i < s->in[2]; i++)
        if (!covered(*s, 2, i)) memset(d + at * line + i * channels, 0, sizeof(T) * channels);
    }
  });
}

template <bool last>
static void gradient_of(Type dy_type, const void* dy, Type type, const void* x, void* d, const PoolShape& shape,
                        int threads) {
  bool p = dy_type == Type::bf16, q = type == Type::bf16;
  auto run = p ? (q ? gradient_typed<last, bf16, bf16> : gradient_typed<last, bf16, float>)
               : (q ? gradient_typed<last, float, bf16> : gradient_typed<last, float, float>);
  run(dy, x, d, shape, threads);
}

static void gradient(Type dy_type, const void* dy, Type type, const void* x, void* d, const PoolShape& shape, bool last,
                     int threads) {
  if (last) gradient_of<true>(dy_type, dy, type, x, d, shape, threads);
  else gradient_of<false>(dy_type, dy, type, x, d, shape, threads);
}

/// Windows that a point lies in, along one dimension: from `low` to before `high`.
struct Reach {
  int64_t low, high;
};
static inline Reach reach_of(const PoolShape& s, int d, int64_t i) {
  int64_t reach = i + s.before[d];
  int64_t low = reach < s.window[d] ? 0 : (reach - s.window[d]) / s.stride[d] + 1, high = reach / s.stride[d] + 1;
  return {low, high < s.out[d] ? high : s.out[d]};
}

template <class DY, class T>
static void spread_typed(const void* dy_, const int32_t* at, void* d_, const PoolShape& shape, int threads) {
  const PoolShape* s = &shape;
  int64_t channels = shape.channels, inputs = shape.n * shape.in[0] * shape.in[1] * shape.in[2];
  parallel(threads, inputs, least_points(shape), [=](int64_t from, int64_t to) {
    for (int64_t point = from; point < to; point++) {
      int64_t i[3] = {point / (s->in[2] * s->in[1]) % s->in[0], point / s->in[2] % s->in[1], point % s->in[2]};
      int64_t sample = point / (s->in[2] * s->in[1] * s->in[0]);
      Reach r[3] = {reach_of(*s, 0, i[0]), reach_of(*s, 1, i[1]), reach_of(*s, 2, i[2])};
      T* out = static_cast<T*>(d_) + point * channels;
      // The first output of a window, and the point's number in it: both change by a step from window to window.
      int64_t first = ((sample * s->out[0] + r[0].low) * s->out[1] + r[1].low) * s->out[2] + r[2].low;
      int64_t own = ((i[0] + s->before[0] - r[0].low * s->stride[0]) * s->window[1] + i[1] + s->before[1] -
                     r[1].low * s->stride[1]) * s->window[2] + i[2] + s->before[2] - r[2].low * s->stride[2];
      int64_t na = r[0].high - r[0].low, nb = r[1].high - r[1].low, ne = r[2].high - r[2].low;
      blocks(channels, [&](int64_t c0, auto width) {
        constexpr int n = decltype(width)::value;
        float sum[n];
        for (int c = 0; c < n; c++) sum[c] = 0;
        for (int64_t a = 0; a < na; a++)
          for (int64_t b = 0; b < nb; b++)
            for (int64_t e = 0; e < ne; e++) {
              int64_t o = (first + (a * s->out[1] + b) * s->out[2] + e) * channels + c0;
              int32_t k = int32_t(own - (a * s->stride[0] * s->window[1] + b * s->stride[1]) * s->window[2] - e * s->stride[2]);
              const DY* dy = static_cast<const DY*>(dy_) + o;
              const int32_t* which = at + o;
#pragma omp simd
              for (int c = 0; c < n; c++) {
                float g = load(dy, c);
                sum[c] += which[c] == k ? g : 0.f;
              }
            }
        for (int c = 0; c < n; c++) store(out, c0 + c, sum[c]);
      });
    }
  });
}

static void spread(Type dy_type, const void* dy, const int32_t* at, Type type, void* d, const PoolShape& shape,
                   int threads) {
  bool p = dy_type == Type::bf16, q = type == Type::bf16;
  auto run = p ? (q ? spread_typed<bf16, bf16> : spread_typed<bf16, float>)
               : (q ? spread_typed<float, bf16> : spread_typed<float, float>);
  run(dy, at, d, shape, threads);
}

extern const PoolLoops pool_loops = {max, positions, gradient, spread};

SPECTRAI_LOOPS_END
