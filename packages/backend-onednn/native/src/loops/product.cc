#include "../loops.h"
#include "common.h"

SPECTRAI_LOOPS_BEGIN

static float activated(float v, Activation activation, float slope) {
  switch (activation) {
    case Activation::relu: return v > 0 ? v : 0;
    case Activation::relu6: return v > 0 ? (v < 6 ? v : 6) : 0;
    case Activation::sigmoid: return 1 / (1 + expf(-v));
    case Activation::elu: return v > 0 ? v : expm1f(v);
    case Activation::leaky_relu: return v > 0 ? v : v * slope;
    default: return v;
  }
}

/// One row of c from a row of a (its elements `step` apart) and b [k, n].
static void by_rows(const float* a, int64_t step, const float* b, float* c, int64_t k, int64_t n) {
  for (int64_t i = 0; i < k; i++) {
    float x = a[i * step];
    const float* row = b + i * n;
    for (int64_t j = 0; j < n; j++) c[j] += x * row[j];
  }
}

/// The same where b is [n, k]: products of rows.
static void by_columns(const float* a, int64_t step, const float* b, float* c, int64_t k, int64_t n) {
  constexpr int64_t width = 16;
  for (int64_t j = 0; j < n; j++) {
    const float* row = b + j * k;
    float sums[width] = {0};
    int64_t i = 0;
    if (step == 1)
      for (; i + width <= k; i += width)
        for (int64_t l = 0; l < width; l++) sums[l] += a[i + l] * row[i + l];
    float sum = 0;
    for (; i < k; i++) sum += a[i * step] * row[i];
    for (int64_t l = 0; l < width; l++) sum += sums[l];
    c[j] += sum;
  }
}

static void small(const float* a, const float* b, const float* bias, float* c, int64_t batch, int64_t step_a,
                  int64_t step_b, int64_t m, int64_t k, int64_t n, bool transpose_a, bool transpose_b,
                  Activation activation, float slope) {
  for (int64_t t = 0; t < batch; t++, a += step_a, b += step_b)
    for (int64_t i = 0; i < m; i++, c += n) {
      for (int64_t j = 0; j < n; j++) c[j] = bias ? bias[j] : 0;
      const float* row = transpose_a ? a + i : a + i * k;
      int64_t step = transpose_a ? m : 1;
      if (transpose_b) by_columns(row, step, b, c, k, n);
      else by_rows(row, step, b, c, k, n);
      if (activation != Activation::linear)
        for (int64_t j = 0; j < n; j++) c[j] = activated(c[j], activation, slope);
    }
}

extern const ProductLoops product_loops = {small};

SPECTRAI_LOOPS_END
