#include "common.h"

#include "../loops.h"

SPECTRAI_LOOPS_BEGIN

static void to_bf16(const float* from, uint16_t* to, int64_t n, int threads) {
  bf16* out = reinterpret_cast<bf16*>(to);
  parallel(threads, n, least_elements, [=](int64_t a, int64_t b) {
    for (int64_t i = a; i < b; i++) store(out, i, from[i]);
  });
}

static void to_f32(const uint16_t* from, float* to, int64_t n, int threads) {
  const bf16* in = reinterpret_cast<const bf16*>(from);
  parallel(threads, n, least_elements, [=](int64_t a, int64_t b) {
    for (int64_t i = a; i < b; i++) to[i] = load(in, i);
  });
}

extern const ConvertLoops convert_loops = {to_bf16, to_f32};

SPECTRAI_LOOPS_END
