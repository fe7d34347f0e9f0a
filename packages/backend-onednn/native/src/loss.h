// Losses and their gradients, each in one pass.
#pragma once
#include "loops.h"

namespace spectrai {

/// f of a mean of f(output − target); see MeanDifference in core's fused-kernels.ts.
enum class Measure : int32_t { absolute = 0, squared = 1, huber = 2, charbonnier = 3 };

/// Logits [rows, classes] with their labels.
struct LabelledRows {
  /// float32, or bf16 where `half`.
  const void* logits;
  bool half;
  const int32_t* labels;
  /// One for each class.
  const float* weights;
  int64_t rows, classes;
  /// Share of a label's probability that is spread over all classes.
  float smoothing;
  /// A label that counts for none, beside those that name no class.
  int32_t ignored;
};

struct LossLoops {
  /// Σ f(output − target); `half`: output is bf16. `partial` has room for one number a thread.
  double (*difference)(const void* output, bool half, const float* target, int64_t n, Measure measure, float parameter,
                       double* partial, int threads);
  /// d = scale · f′(output − target), of the output's type.
  void (*difference_gradient)(const void* output, bool half, const float* target, void* d, int64_t n, Measure measure,
                              float parameter, float scale, int threads);
  /// Σ over rows of the cross-entropy. `partial` has room for one number a thread.
  double (*cross_entropy)(const LabelledRows& rows, double* partial, int threads);
  /// Its gradient with respect to the logits, times `scale`, of their type.
  void (*cross_entropy_gradient)(const LabelledRows& rows, void* d, float scale, int threads);
};

SPECTRAI_DECLARE_LOOPS(LossLoops, loss_loops)

}  // namespace spectrai
