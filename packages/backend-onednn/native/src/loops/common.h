// For the files of this folder, which are compiled once for each instruction set (SPECTRAI_SET: base, avx2, avx512). All they
// define lies in a namespace of that name, so that the linker never takes a function of one set for that of another; for
// the same reason they use nothing of the standard library that is a template of its own.
#pragma once
#include <math.h>
#include <omp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define SPECTRAI_LOOPS_BEGIN namespace spectrai { namespace SPECTRAI_SET {
#define SPECTRAI_LOOPS_END } }

SPECTRAI_LOOPS_BEGIN

/// A float without its lower 16 bits, rounded to even. NaN stays NaN.
struct bf16 {
  uint16_t bits;
};

static inline float load(const float* p, int64_t i) { return p[i]; }
static inline float load(const bf16* p, int64_t i) {
  uint32_t wide = uint32_t(p[i].bits) << 16;
  float result;
  memcpy(&result, &wide, 4);
  return result;
}
static inline void store(float* p, int64_t i, float value) { p[i] = value; }
static inline void store(bf16* p, int64_t i, float value) {
  uint32_t wide;
  memcpy(&wide, &value, 4);
  uint32_t rounded = (wide + 0x7fffu + ((wide >> 16) & 1u)) >> 16;
  p[i].bits = uint16_t(value != value ? 0x7fc0u : rounded);
}

/// Work on [0, n) in contiguous parts on the threads of the team, each a multiple of `unit`; small work on the caller alone.
/// `work(from, to)`; `least` is the number of items that a thread is worth waking for.
template <class F>
static inline void parallel(int threads, int64_t n, int64_t least, F work, int64_t unit = 1) {
  int64_t wanted = n / (least > 0 ? least : 1);
  int team = int(wanted < threads ? (wanted < 1 ? 1 : wanted) : threads);
  if (team == 1) {
    if (n > 0) work(int64_t(0), n);
    return;
  }
#pragma omp parallel num_threads(team)
  {
    // A team may be smaller than asked for.
    int size = omp_get_num_threads(), me = omp_get_thread_num();
    int64_t units = (n + unit - 1) / unit;
    int64_t from = units * me / size * unit, to = units * (me + 1) / size * unit;
    if (to > n) to = n;
    if (from < to) work(from, to);
  }
}

/// Elements that a thread is worth waking for where each costs about a memory access.
constexpr int64_t least_elements = 16384;

SPECTRAI_LOOPS_END
