#include "common.h"

#include "../network-loops.h"

SPECTRAI_LOOPS_BEGIN

/// Deals the channels of one point out to N new ones, or (inverse) collects them.
template <int N, class T>
static inline void deal(const T* wide, T* const* narrow, int64_t channels) {
  T* out[N];
  for (int k = 0; k < N; k++) out[k] = narrow[k];
#pragma omp simd
  for (int64_t c = 0; c < channels; c++)
    for (int k = 0; k < N; k++) out[k][c] = wide[c * N + k];
}
template <int N, class T>
static inline void collect(const T* const* narrow, T* wide, int64_t channels) {
  const T* in[N];
  for (int k = 0; k < N; k++) in[k] = narrow[k];
#pragma omp simd
  for (int64_t c = 0; c < channels; c++)
    for (int k = 0; k < N; k++) wide[c * N + k] = in[k][c];
}

template <class T>
static void run_typed(const void* from_, void* to_, int64_t n, const int64_t* in, int dimension, int64_t factor,
                      int64_t channels, bool outer, bool inverse, int threads) {
  int64_t f0 = dimension > 2 ? factor : 1, f1 = dimension > 1 ? factor : 1, f2 = factor, offsets = f0 * f1 * f2;
  int64_t in0 = in[0], in1 = in[1], in2 = in[2], least = 1 + least_elements / (channels * offsets + 1);
  parallel(threads, n * in0 * in1 * in2, least, [=](int64_t from, int64_t to) {
    for (int64_t point = from; point < to; point++) {
      int64_t p2 = point % in2, p1 = point / in2 % in1, p0 = point / (in2 * in1) % in0, sample = point / (in2 * in1 * in0);
      int64_t wide = point * channels * offsets;
      auto narrow = [=](int64_t k) {
        int64_t k2 = k % f2, k1 = k / f2 % f1, k0 = k / (f2 * f1);
        return (((sample * in0 * f0 + p0 * f0 + k0) * in1 * f1 + p1 * f1 + k1) * in2 * f2 + p2 * f2 + k2) * channels;
      };
      const T* source = static_cast<const T*>(from_);
      T* target = static_cast<T*>(to_);
      if (outer) {
        for (int64_t k = 0; k < offsets; k++) {
          if (inverse) memcpy(target + wide + k * channels, source + narrow(k), sizeof(T) * channels);
          else memcpy(target + narrow(k), source + wide + k * channels, sizeof(T) * channels);
        }
      } else if (offsets == 2 || offsets == 4 || offsets == 8) {
        if (inverse) {
          const T* rows[8] = {};
          for (int64_t k = 0; k < offsets; k++) rows[k] = source + narrow(k);
          if (offsets == 2) collect<2>(rows, target + wide, channels);
          else if (offsets == 4) collect<4>(rows, target + wide, channels);
          else collect<8>(rows, target + wide, channels);
        } else {
          T* rows[8] = {};
          for (int64_t k = 0; k < offsets; k++) rows[k] = target + narrow(k);
          if (offsets == 2) deal<2>(source + wide, rows, channels);
          else if (offsets == 4) deal<4>(source + wide, rows, channels);
          else deal<8>(source + wide, rows, channels);
        }
      } else {
        for (int64_t k = 0; k < offsets; k++) {
          int64_t at = narrow(k);
          if (inverse)
            for (int64_t c = 0; c < channels; c++) target[wide + c * offsets + k] = source[at + c];
          else
            for (int64_t c = 0; c < channels; c++) target[at + c] = source[wide + c * offsets + k];
        }
      }
    }
  });
}

static void run(int bytes, const void* from, void* to, int64_t n, const int64_t* in, int dimension, int64_t factor,
                int64_t channels, bool outer, bool inverse, int threads) {
  auto f = bytes == 2 ? run_typed<uint16_t> : run_typed<uint32_t>;
  f(from, to, n, in, dimension, factor, channels, outer, inverse, threads);
}

extern const ShuffleLoops shuffle_loops = {run};

SPECTRAI_LOOPS_END
