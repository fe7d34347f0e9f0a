#include "common.h"

#include "../update.h"

SPECTRAI_LOOPS_BEGIN

/// Calls `work(tensor, from, to)` for the pieces of the tensors that lie in [first, last) of all their elements.
template <class F>
static inline void pieces(const UpdateTensors& tensors, int64_t first, int64_t last, F work) {
  // The last tensor that starts at or before `first`.
  int64_t low = 0, high = tensors.count;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    if (tensors.data[middle].start <= first) low = middle;
    else high = middle;
  }
  for (int64_t i = low; i < tensors.count && tensors.data[i].start < last; i++) {
    const UpdateTensor& t = tensors.data[i];
    int64_t from = first > t.start ? first - t.start : 0;
    int64_t to = last < t.start + t.elements ? last - t.start : t.elements;
    if (from < to) work(t, from, to);
  }
}

/// The threads share the elements of all tensors, so that many small ones cost no more than one large one.
template <class F>
static inline void over_all(const UpdateTensors& tensors, int threads, F work) {
  parallel(threads, tensors.elements, least_elements,
           [&](int64_t first, int64_t last) { pieces(tensors, first, last, work); }, 16);
}

// In the loops below an element is read before it is written, and no element but its own: `omp simd` holds even where a
// gradient is the value itself.

template <bool l2, bool decoupled, class G>
static void adam_piece(const UpdateTensor& t, const G* gradient, int64_t from, int64_t to) {
  float *value = t.value, *mean = t.slots[0], *square = t.slots[1];
  const float rate = t.scalars[adam_rate], beta1 = t.scalars[adam_beta1], beta2 = t.scalars[adam_beta2],
              epsilon = t.scalars[adam_epsilon], penalty = t.scalars[adam_penalty], kept = t.scalars[adam_kept];
#pragma omp simd
  for (int64_t i = from; i < to; i++) {
    float v = value[i], g = load(gradient, i);
    if (l2) g += penalty * v;
    float m = mean[i] * beta1 + g, s = square[i] * beta2 + g * g;
    mean[i] = m;
    square[i] = s;
    value[i] = (decoupled ? v * kept : v) - rate * (m / (sqrtf(s) + epsilon));
  }
}

template <class G>
static void adam_typed(const UpdateTensor& t, int64_t from, int64_t to) {
  const G* gradient = static_cast<const G*>(t.gradient);
  bool l2 = t.scalars[adam_penalty] != 0, decoupled = t.scalars[adam_kept] != 1;
  if (l2 && decoupled) adam_piece<true, true>(t, gradient, from, to);
  else if (l2) adam_piece<true, false>(t, gradient, from, to);
  else if (decoupled) adam_piece<false, true>(t, gradient, from, to);
  else adam_piece<false, false>(t, gradient, from, to);
}

static void adam(const UpdateTensors& tensors, int threads) {
  over_all(tensors, threads, [](const UpdateTensor& t, int64_t from, int64_t to) {
    if (t.half) adam_typed<bf16>(t, from, to);
    else adam_typed<float>(t, from, to);
  });
}

template <bool momentum, bool nesterov, class G>
static void sgd_piece(const UpdateTensor& t, int64_t from, int64_t to) {
  const G* gradient = static_cast<const G*>(t.gradient);
  float *value = t.value, *buffer = t.slots[0];
  const float rate = t.scalars[sgd_rate], share = t.scalars[sgd_momentum], entering = t.scalars[sgd_entering],
              penalty = t.scalars[sgd_penalty];
#pragma omp simd
  for (int64_t i = from; i < to; i++) {
    float v = value[i], g = load(gradient, i) + penalty * v, direction = g;
    if (momentum) {
      float b = buffer[i] * share + g * entering;
      buffer[i] = b;
      direction = nesterov ? g + b * share : b;
    }
    value[i] = v - rate * direction;
  }
}

template <bool momentum, bool nesterov>
static void sgd_all(const UpdateTensors& tensors, int threads) {
  over_all(tensors, threads, [](const UpdateTensor& t, int64_t from, int64_t to) {
    if (t.half) sgd_piece<momentum, nesterov, bf16>(t, from, to);
    else sgd_piece<momentum, nesterov, float>(t, from, to);
  });
}

static void sgd(const UpdateTensors& tensors, bool momentum, bool nesterov, int threads) {
  if (!momentum) sgd_all<false, false>(tensors, threads);
  else if (nesterov) sgd_all<true, true>(tensors, threads);
  else sgd_all<true, false>(tensors, threads);
}

template <bool centered, bool momentum, class G>
static void rmsprop_piece(const UpdateTensor& t, int64_t from, int64_t to) {
  const G* gradient = static_cast<const G*>(t.gradient);
  float *value = t.value, *square = t.slots[0], *mean = t.slots[1], *buffer = t.slots[centered ? 2 : 1];
  const float rate = t.scalars[rmsprop_rate], alpha = t.scalars[rmsprop_alpha], fresh = t.scalars[rmsprop_fresh],
              epsilon = t.scalars[rmsprop_epsilon], share = t.scalars[rmsprop_momentum],
              penalty = t.scalars[rmsprop_penalty];
#pragma omp simd
  for (int64_t i = from; i < to; i++) {
    float v = value[i], g = load(gradient, i) + penalty * v;
    float s = square[i] * alpha + g * g * fresh, variance = s;
    square[i] = s;
    if (centered) {
      float m = mean[i] * alpha + g * fresh;
      mean[i] = m;
      // Rounding can leave a variance of nearly 0 negative. Written so that NaN stays NaN.
      variance = s - m * m;
      variance = variance < 0 ? 0 : variance;
    }
    float direction = g / (sqrtf(variance) + epsilon);
    if (momentum) {
      direction += buffer[i] * share;
      buffer[i] = direction;
    }
    value[i] = v - rate * direction;
  }
}

template <bool centered, bool momentum>
static void rmsprop_all(const UpdateTensors& tensors, int threads) {
  over_all(tensors, threads, [](const UpdateTensor& t, int64_t from, int64_t to) {
    if (t.half) rmsprop_piece<centered, momentum, bf16>(t, from, to);
    else rmsprop_piece<centered, momentum, float>(t, from, to);
  });
}

static void rmsprop(const UpdateTensors& tensors, bool centered, bool momentum, int threads) {
  if (centered && momentum) rmsprop_all<true, true>(tensors, threads);
  else if (centered) rmsprop_all<true, false>(tensors, threads);
  else if (momentum) rmsprop_all<false, true>(tensors, threads);
  else rmsprop_all<false, false>(tensors, threads);
}

template <class V>
static void blend_piece(const UpdateTensor& t, float weight, int64_t from, int64_t to) {
  float* average = t.value;
  const V* value = static_cast<const V*>(t.gradient);
#pragma omp simd
  for (int64_t i = from; i < to; i++) average[i] += weight * (load(value, i) - average[i]);
}

static void blend(const UpdateTensors& tensors, float weight, int threads) {
  over_all(tensors, threads, [=](const UpdateTensor& t, int64_t from, int64_t to) {
    if (t.half) blend_piece<bf16>(t, weight, from, to);
    else blend_piece<float>(t, weight, from, to);
  });
}

template <class G>
static double squares_of(const UpdateTensor& t, int64_t from, int64_t to) {
  const G* gradient = static_cast<const G*>(t.gradient);
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = from; i < to; i++) {
    double g = load(gradient, i);
    sum += g * g;
  }
  return sum;
}

static double squares(const UpdateTensors& tensors, double* partial, int threads) {
  // Parts of their own, so that the sum is the same from run to run.
  int64_t wanted = tensors.elements / least_elements;
  int64_t parts = wanted < threads ? (wanted < 1 ? 1 : wanted) : threads;
  parallel(int(parts), parts, 1, [&](int64_t from, int64_t to) {
    for (int64_t part = from; part < to; part++) {
      double sum = 0;
      pieces(tensors, tensors.elements * part / parts, tensors.elements * (part + 1) / parts,
             [&](const UpdateTensor& t, int64_t a, int64_t b) {
               sum += t.half ? squares_of<bf16>(t, a, b) : squares_of<float>(t, a, b);
             });
      partial[part] = sum;
    }
  });
  double sum = 0;
  for (int64_t part = 0; part < parts; part++) sum += partial[part];
  return sum;
}

extern const UpdateLoops update_loops = {adam, sgd, rmsprop, blend, squares};

SPECTRAI_LOOPS_END
