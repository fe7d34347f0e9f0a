// Loops of pooling, resampling, norms, pixel shuffles and channel attention. Tensors are channels last; `Type` says how the
// floats of each are stored.
#pragma once
#include "loops.h"

namespace spectrai {

/// Windows over [n, …in, channels]; always three spatial dimensions. `before` are the points that a first window begins
/// before the tensor.
struct PoolShape {
  int64_t n, channels;
  int64_t in[3], out[3], window[3], stride[3], before[3];
};

/// A window's points are counted in their order in memory, also where they lie outside of the tensor. Of several largest
/// points the first counts, or the last; NaN never.
struct PoolLoops {
  void (*max)(Type type, const void* x, void* y, const PoolShape& shape, int threads);
  /// Which point of its window each output is, −1 where none is.
  void (*positions)(Type type, const void* x, int32_t* at, const PoolShape& shape, bool last, int threads);
  /// For windows that do not overlap; d is stored as x.
  void (*gradient)(Type dy_type, const void* dy, Type type, const void* x, void* d, const PoolShape& shape, bool last,
                   int threads);
  /// For any windows, by the positions.
  void (*spread)(Type dy_type, const void* dy, const int32_t* at, Type type, void* d, const PoolShape& shape,
                 int threads);
};

/// Along one dimension output o is Σ weight[t] · input[index[t]] over t in [start[o], start[o + 1]).
struct Taps {
  const int32_t* start;
  const int32_t* index;
  const float* weight;
};

struct ResampleLoops {
  /// [n, …in, channels] → [n, …out, channels], three dimensions with their taps.
  void (*run)(Type x_type, const void* x, Type y_type, void* y, int64_t n, const int64_t* in, const int64_t* out,
              int64_t channels, const Taps* taps, int threads);
};

/// Sets of values that share a mean are [segments, rows, channels] here: one segment for each sample, or one for all.
/// What a segment's sums are made of is computed in parts, the same for the same number of threads: `parts` of them for each
/// segment; results of a part lie at [segment · parts + part].
struct NormalizeLoops {
  /// Mean and sum of squared distances from it, in each part: [segments · parts, channels] each.
  void (*moments)(Type type, const void* x, double* mean, double* m2, int64_t segments, int64_t rows, int64_t channels,
                  int parts, int threads);
  /// y = (x − mean) · a + b, the three [segments, channels]; y is stored as x.
  void (*apply)(Type type, const void* x, void* y, const float* mean, const float* a, const float* b, int64_t segments,
                int64_t rows, int64_t channels, int threads);
  /// Σ dy and Σ dy · (x − mean) in each part.
  void (*gradient_sums)(Type dy_type, const void* dy, Type x_type, const void* x, const float* mean, double* sum,
                        double* product, int64_t segments, int64_t rows, int64_t channels, int parts, int threads);
  /// d = dy · a + (x − mean) · b + c; d is stored as dy.
  void (*gradient)(Type dy_type, const void* dy, Type x_type, const void* x, void* d, const float* mean, const float* a,
                   const float* b, const float* c, int64_t segments, int64_t rows, int64_t channels, int threads);
  /// Rows that are each normalized by themselves, in `groups` equal parts; y is stored as x.
  void (*rows)(Type type, const void* x, void* y, const float* scale, const float* offset, double eps, float* mean,
               float* variance, int64_t rows, int64_t channels, int64_t groups, int threads);
  /// Its gradient; d is stored as dy. `dscale` and `doffset` have room for threads · channels, and are sums over parts.
  void (*rows_gradient)(Type dy_type, const void* dy, Type x_type, const void* x, void* d, const float* scale, double eps,
                        const float* mean, const float* variance, double* dscale, double* doffset, int64_t rows,
                        int64_t channels, int64_t groups, int threads);
};

struct ChannelLoops {
  /// y = x + v · s, with s [segments, channels]; x null = 0. y is stored as v.
  void (*add_scaled)(Type x_type, const void* x, Type type, const void* v, const float* s, void* y, int64_t segments,
                     int64_t rows, int64_t channels, int threads);
  /// d = dy · s and, in each part, Σ dy · v; d is stored as dy.
  void (*add_scaled_gradient)(Type dy_type, const void* dy, Type type, const void* v, const float* s, void* d,
                              double* sums, int64_t segments, int64_t rows, int64_t channels, int parts, int threads);
  /// Σ x in each part.
  void (*sums)(Type type, const void* x, double* sums, int64_t segments, int64_t rows, int64_t channels, int parts,
               int threads);
  /// y = value of the segment and channel, in each row.
  void (*repeat)(const float* values, Type type, void* y, int64_t segments, int64_t rows, int64_t channels, int threads);
};

struct ShuffleLoops {
  /// Between [n, …in, channels · factorᵈ] and [n, …in · factor, channels]; elements of 2 or 4 bytes, `dimension` of the three
  /// sizes count. The offset among the new points runs fastest, or (`outer`) slower than the channels.
  void (*run)(int bytes, const void* from, void* to, int64_t n, const int64_t* in, int dimension, int64_t factor,
              int64_t channels, bool outer, bool inverse, int threads);
};

SPECTRAI_DECLARE_LOOPS(PoolLoops, pool_loops)
SPECTRAI_DECLARE_LOOPS(ResampleLoops, resample_loops)
SPECTRAI_DECLARE_LOOPS(NormalizeLoops, normalize_loops)
SPECTRAI_DECLARE_LOOPS(ChannelLoops, channel_loops)
SPECTRAI_DECLARE_LOOPS(ShuffleLoops, shuffle_loops)

}  // namespace spectrai
