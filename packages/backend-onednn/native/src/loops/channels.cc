#include "lanes.h"

#include "../network-loops.h"

SPECTRAI_LOOPS_BEGIN

template <class X, class V>
static void add_scaled_typed(const void* x, const void* v, const float* s, void* y, int64_t segments, int64_t rows,
                             int64_t channels, int threads) {
  over_rows(threads, segments, rows, channels, [=](int64_t segment, int64_t from, int64_t to) {
    int64_t fold = fold_of(to - from, channels), start = (segment * rows + from) * channels;
    Expanded e;
    e.set(s + segment * channels, channels, fold);
    const float* factor = e.at;
    const V* in = static_cast<const V*>(v) + start;
    V* out = static_cast<V*>(y) + start;
    if (x) {
      const X* base = static_cast<const X*>(x) + start;
      each_lane(to - from, channels, fold,
                [=](int64_t at, int64_t i) { store(out, at, load(base, at) + load(in, at) * factor[i]); });
    } else {
      each_lane(to - from, channels, fold, [=](int64_t at, int64_t i) { store(out, at, load(in, at) * factor[i]); });
    }
  });
}

static void add_scaled(Type x_type, const void* x, Type type, const void* v, const float* s, void* y, int64_t segments,
                       int64_t rows, int64_t channels, int threads) {
  bool p = x_type == Type::bf16, q = type == Type::bf16;
  auto run = p ? (q ? add_scaled_typed<bf16, bf16> : add_scaled_typed<bf16, float>)
               : (q ? add_scaled_typed<float, bf16> : add_scaled_typed<float, float>);
  run(x, v, s, y, segments, rows, channels, threads);
}

template <class DY, class V>
static void gradient_typed(const void* dy, const void* v, const float* s, void* d, double* sums, int64_t segments,
                           int64_t rows, int64_t channels, int parts, int threads) {
  over_parts(threads, segments, rows, channels, parts, [=](int64_t task, int64_t segment, int64_t from, int64_t to) {
    int64_t start = (segment * rows + from) * channels;
    Expanded e;
    e.set(s + segment * channels, channels, fold_of(to - from, channels));
    const float* factor = e.at;
    const DY* given = static_cast<const DY*>(dy) + start;
    const V* in = static_cast<const V*>(v) + start;
    DY* out = static_cast<DY*>(d) + start;
    double* totals[1] = {sums + task * channels};
    lane_sums<1>(
        to - from, channels,
        [=](int64_t at, int64_t i, float* sum) {
          float g = load(given, at);
          store(out, at, g * factor[i]);
          sum[0] = g * load(in, at);
        },
        totals);
  });
}

static void add_scaled_gradient(Type dy_type, const void* dy, Type type, const void* v, const float* s, void* d,
                                double* sums, int64_t segments, int64_t rows, int64_t channels, int parts, int threads) {
  bool p = dy_type == Type::bf16, q = type == Type::bf16;
  auto run = p ? (q ? gradient_typed<bf16, bf16> : gradient_typed<bf16, float>)
               : (q ? gradient_typed<float, bf16> : gradient_typed<float, float>);
  run(dy, v, s, d, sums, segments, rows, channels, parts, threads);
}

template <class T>
static void sums_typed(const void* x, double* sums, int64_t segments, int64_t rows, int64_t channels, int parts,
                       int threads) {
  over_parts(threads, segments, rows, channels, parts, [=](int64_t task, int64_t segment, int64_t from, int64_t to) {
    const T* in = static_cast<const T*>(x) + (segment * rows + from) * channels;
    double* totals[1] = {sums + task * channels};
    lane_sums<1>(to - from, channels, [=](int64_t at, int64_t, float* sum) { sum[0] = load(in, at); }, totals);
  });
}

static void sums_of(Type type, const void* x, double* sums, int64_t segments, int64_t rows, int64_t channels, int parts,
                    int threads) {
  auto run = type == Type::bf16 ? sums_typed<bf16> : sums_typed<float>;
  run(x, sums, segments, rows, channels, parts, threads);
}

template <class T>
static void repeat_typed(const float* values, void* y, int64_t segments, int64_t rows, int64_t channels, int threads) {
  over_rows(threads, segments, rows, channels, [=](int64_t segment, int64_t from, int64_t to) {
    int64_t fold = fold_of(to - from, channels);
    Expanded e;
    e.set(values + segment * channels, channels, fold);
    const float* value = e.at;
    T* out = static_cast<T*>(y) + (segment * rows + from) * channels;
    each_lane(to - from, channels, fold, [=](int64_t at, int64_t i) { store(out, at, value[i]); });
  });
}

static void repeat(const float* values, Type type, void* y, int64_t segments, int64_t rows, int64_t channels,
                   int threads) {
  auto run = type == Type::bf16 ? repeat_typed<bf16> : repeat_typed<float>;
  run(values, y, segments, rows, channels, threads);
}

extern const ChannelLoops channel_loops = {add_scaled, add_scaled_gradient, sums_of, repeat};

SPECTRAI_LOOPS_END
