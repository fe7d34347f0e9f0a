// Copies between arrays that are walked in any order, and changes of type.
#pragma once
#include <cstdint>

#include "loops.h"

namespace spectrai {

constexpr int most_steps = 24;

/// A walk over two arrays at once, in elements. The last dimension runs fastest.
struct Walk {
  int rank;
  int64_t size[most_steps], from[most_steps], to[most_steps];
};

struct MoveLoops {
  /// Elements of one type, or floats of any form to floats of any form. All sizes are at least 1.
  void (*copy)(Type from_type, const void* from, Type to_type, void* to, const Walk& walk, int threads);
  /// The same value everywhere.
  void (*fill)(Type type, void* to, const Walk& walk, double value, int threads);
  /// Floats of any form, integers and truth values to float32, integers or truth values, as JavaScript converts them.
  void (*cast)(Type from_type, const void* from, Type to_type, void* to, int64_t n, int threads);
  /// y[b, o, i] = x[b, o, index[b, i]], each of `bytes` bytes; the indices are below `rows`.
  void (*gather)(const void* x, const int32_t* index, void* y, int64_t batch, int64_t outer, int64_t rows, int64_t count,
                 int64_t bytes, int threads);
};

SPECTRAI_DECLARE_LOOPS(MoveLoops, move_loops)

}  // namespace spectrai
