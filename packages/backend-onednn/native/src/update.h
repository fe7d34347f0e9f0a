// Updates of many tensors in one call: optimizer steps, running averages, and the norm of all gradients.
#pragma once
#include "loops.h"

namespace spectrai {

/// A tensor that changes in place, with what changes it.
struct UpdateTensor {
  float* value;
  const void* gradient;
  /// The gradient is bf16.
  bool half;
  int64_t elements;
  /// Elements of all tensors before this one.
  int64_t start;
  /// What the rule remembers from step to step, as many as it needs.
  float* slots[3];
  /// The numbers of the rule.
  const float* scalars;
};

struct UpdateTensors {
  const UpdateTensor* data;
  int64_t count;
  /// Elements of all of them.
  int64_t elements;
};

/// Numbers that a rule takes for each tensor, in the order of its `scalars`.
enum AdamScalar { adam_rate, adam_beta1, adam_beta2, adam_epsilon, adam_penalty, adam_kept, adam_scalars };
enum SgdScalar { sgd_rate, sgd_momentum, sgd_entering, sgd_penalty, sgd_scalars };
enum RmspropScalar {
  rmsprop_rate, rmsprop_alpha, rmsprop_fresh, rmsprop_epsilon, rmsprop_momentum, rmsprop_penalty, rmsprop_scalars
};

struct UpdateLoops {
  /// Slots: mean, square.
  void (*adam)(const UpdateTensors& tensors, int threads);
  /// Slots: momentum, where there is one.
  void (*sgd)(const UpdateTensors& tensors, bool momentum, bool nesterov, int threads);
  /// Slots: square; mean where centred; momentum where there is one.
  void (*rmsprop)(const UpdateTensors& tensors, bool centered, bool momentum, int threads);
  /// value += weight · (gradient − value), where the gradient stands for the value that enters the average
  void (*blend)(const UpdateTensors& tensors, float weight, int threads);
  /// Σ gradient² over all tensors. `partial` has room for one number a thread.
  double (*squares)(const UpdateTensors& tensors, double* partial, int threads);
};

SPECTRAI_DECLARE_LOOPS(UpdateLoops, update_loops)

}  // namespace spectrai
