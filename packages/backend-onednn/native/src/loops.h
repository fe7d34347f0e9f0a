// The loops of the folder loops/, by table: one for each instruction set, the best of which is chosen when the addon loads.
#pragma once
#include <cstdint>

#include "memory.h"

namespace spectrai {

/// What a convolution or product applies to its sums. The derivative of each follows from its result alone.
enum class Activation : int32_t { linear = 0, relu = 1, relu6 = 2, sigmoid = 3, elu = 4, leaky_relu = 5 };

struct ConvertLoops {
  void (*to_bf16)(const float* from, uint16_t* to, int64_t n, int threads);
  void (*to_f32)(const uint16_t* from, float* to, int64_t n, int threads);
};

struct ActivationLoops {
  /// d = dy · f′ from y = f(x), [rows, channels], and (where not null) sums[c] = Σ over rows of d; y null = f is linear. d may
  /// be null where only the sums are wanted. `partial` has room for threads · channels floats. All of the type given.
  void (*gradient)(Type dy_type, const void* dy, Type y_type, const void* y, Type d_type, void* d, float* sums,
                   float* partial, int64_t rows, int64_t channels, Activation activation, float slope, int threads);
};

struct ProductLoops {
  /// Products of small matrices on one thread: c = f(a · b + bias), the batches of a and b `step_a` and `step_b` apart.
  void (*small)(const float* a, const float* b, const float* bias, float* c, int64_t batch, int64_t step_a,
                int64_t step_b, int64_t m, int64_t k, int64_t n, bool transpose_a, bool transpose_b,
                Activation activation, float slope);
};

#if defined(__x86_64__)
#define SPECTRAI_DECLARE_LOOPS(Table, name) \
  namespace base { extern const Table name; } \
  namespace avx2 { extern const Table name; } \
  namespace avx512 { extern const Table name; }
#else
#define SPECTRAI_DECLARE_LOOPS(Table, name) \
  namespace base { extern const Table name; }
#endif

SPECTRAI_DECLARE_LOOPS(ConvertLoops, convert_loops)
SPECTRAI_DECLARE_LOOPS(ActivationLoops, activation_loops)
SPECTRAI_DECLARE_LOOPS(ProductLoops, product_loops)

enum class LoopSet { base, avx2, avx512 };
/// The best that this processor has.
LoopSet best_loops();

#if defined(__x86_64__)
#define SPECTRAI_LOOPS(name)                                         \
  (best_loops() == LoopSet::avx512   ? spectrai::avx512::name        \
   : best_loops() == LoopSet::avx2 ? spectrai::avx2::name          \
                                     : spectrai::base::name)
#else
#define SPECTRAI_LOOPS(name) (spectrai::base::name)
#endif

}  // namespace spectrai
