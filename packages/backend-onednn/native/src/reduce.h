// Sums, extremes and products over dimensions, and what normalizes along one.
#pragma once
#include <cstdint>

#include "loops.h"

namespace spectrai {

/// The numbers are those of src/native-reduce.ts.
enum class Reduction : int32_t { sum, maximum, minimum, product, count };

struct ReduceLoops {
  /// y[o, i] = scale · the reduction of x[o, n, i] over n. Floats of any form give float32, integers (not their products)
  /// and truth values (extremes alone) their own type; the scale is of sums of floats. The result does not depend on the
  /// number of threads. `room` takes outer · parts(outer, n, inner) · inner doubles.
  void (*reduce)(Reduction op, Type type, const void* x, void* y, int64_t outer, int64_t n, int64_t inner, double scale,
                 double* room, int threads);
  /// Into how many parts the n are cut.
  int64_t (*parts)(int64_t outer, int64_t n, int64_t inner);
  /// The first position of the largest (or least) along n > 0; float32 or int32.
  void (*position)(bool least, Type type, const void* x, int32_t* y, int64_t outer, int64_t n, int64_t inner, int threads);
  /// Along n > 0: eˣ / Σ eˣ.
  void (*softmax)(const float* x, float* y, int64_t rows, int64_t n, int threads);
};

SPECTRAI_DECLARE_LOOPS(ReduceLoops, reduce_loops)

}  // namespace spectrai
