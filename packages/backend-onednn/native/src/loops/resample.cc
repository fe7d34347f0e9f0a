#include "lanes.h"

#include "../network-loops.h"

SPECTRAI_LOOPS_BEGIN

/// y = Σ weight · row over N rows of channels.
template <int N, class T, class U>
static inline void mix(const T* const* rows, const float* weights, U* y, int64_t channels) {
  const T* row[N];
  float w[N];
  for (int k = 0; k < N; k++) row[k] = rows[k], w[k] = weights[k];
  each_channel(channels, [&](int64_t c) {
    float sum = load(row[0], c) * w[0];
    for (int k = 1; k < N; k++) sum += load(row[k], c) * w[k];
    store(y, c, sum);
  });
}

template <class T, class U>
static void mix_any(const T* const* rows, const float* weights, int count, U* y, int64_t channels) {
  blocks(channels, [=](int64_t c0, auto width) {
    constexpr int n = decltype(width)::value;
    float sum[n];
    for (int c = 0; c < n; c++) sum[c] = 0;
    for (int k = 0; k < count; k++) {
      const T* row = rows[k] + c0;
      float w = weights[k];
#pragma omp simd
      for (int c = 0; c < n; c++) sum[c] += load(row, c) * w;
    }
    for (int c = 0; c < n; c++) store(y, c0 + c, sum[c]);
  });
}

/// More rows than this are not listed first.
constexpr int most_rows = 64;

template <class T, class U>
static void run_typed(const void* x, void* y, int64_t n, const int64_t* in, const int64_t* out, int64_t channels,
                      const Taps* taps, int threads) {
  int64_t least = 1 + least_elements / (channels > 0 ? channels : 1), line = in[2] * channels;
  int64_t in0 = in[0], in1 = in[1], out0 = out[0], out1 = out[1], out2 = out[2];
  Taps first = taps[0], second = taps[1], third = taps[2];
  parallel(threads, n * out0 * out1 * out2, least, [=](int64_t from, int64_t to) {
    int64_t o2 = from % out2, o1 = from / out2 % out1, o0 = from / (out2 * out1) % out0;
    const T* sample = static_cast<const T*>(x) + from / (out2 * out1 * out0) * in0 * in1 * line;
    U* at = static_cast<U*>(y) + from * channels;
    for (int64_t point = from; point < to; point++, at += channels, o2++) {
      if (o2 == out2) {
        o2 = 0;
        if (++o1 == out1) {
          o1 = 0;
          if (++o0 == out0) o0 = 0, sample += in0 * in1 * line;
        }
      }
      // Calls f(row, weight) for all that is added up here.
      auto each = [&](auto f) {
        for (int32_t a = first.start[o0]; a < first.start[o0 + 1]; a++)
          for (int32_t b = second.start[o1]; b < second.start[o1 + 1]; b++) {
            const T* row = sample + (first.index[a] * in1 + second.index[b]) * line;
            float w = first.weight[a] * second.weight[b];
            for (int32_t c = third.start[o2]; c < third.start[o2 + 1]; c++)
              f(row + third.index[c] * channels, w * third.weight[c]);
          }
      };
      int64_t count = int64_t(first.start[o0 + 1] - first.start[o0]) * (second.start[o1 + 1] - second.start[o1]) *
                      (third.start[o2 + 1] - third.start[o2]);
      if (count > most_rows) {
        blocks(channels, [&](int64_t c0, auto width) {
          constexpr int w = decltype(width)::value;
          float sum[w];
          for (int c = 0; c < w; c++) sum[c] = 0;
          each([&](const T* row, float weight) {
#pragma omp simd
            for (int c = 0; c < w; c++) sum[c] += load(row, c0 + c) * weight;
          });
          for (int c = 0; c < w; c++) store(at, c0 + c, sum[c]);
        });
        continue;
      }
      const T* rows[most_rows];
      float weights[most_rows];
      int k = 0;
      each([&](const T* row, float weight) { rows[k] = row, weights[k++] = weight; });
      if (count == 1 && weights[0] == 1 && sizeof(T) == sizeof(U)) memcpy(at, rows[0], sizeof(U) * channels);
      else if (count == 1) mix<1>(rows, weights, at, channels);
      else if (count == 2) mix<2>(rows, weights, at, channels);
      else if (count == 4) mix<4>(rows, weights, at, channels);
      else if (count == 8) mix<8>(rows, weights, at, channels);
      else mix_any(rows, weights, k, at, channels);
    }
  });
}

static void run(Type x_type, const void* x, Type y_type, void* y, int64_t n, const int64_t* in, const int64_t* out,
                int64_t channels, const Taps* taps, int threads) {
  bool p = x_type == Type::bf16, q = y_type == Type::bf16;
  auto f = p ? (q ? run_typed<bf16, bf16> : run_typed<bf16, float>)
             : (q ? run_typed<float, bf16> : run_typed<float, float>);
  f(x, y, n, in, out, channels, taps, threads);
}

extern const ResampleLoops resample_loops = {run};

SPECTRAI_LOOPS_END
