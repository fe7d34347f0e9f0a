#include "../loss.h"

#include "vector-math.h"

SPECTRAI_LOOPS_BEGIN

/// Σ of `sum(from, to)` over parts of [0, n), one for each thread that is worth waking: the same from run to run.
template <class F>
static double sum_over(int threads, int64_t n, int64_t least, double* partial, F sum) {
  int64_t wanted = n / least;
  int64_t parts = wanted < threads ? (wanted < 1 ? 1 : wanted) : threads;
  parallel(int(parts), parts, 1, [&](int64_t from, int64_t to) {
    for (int64_t part = from; part < to; part++) partial[part] = sum(n * part / parts, n * (part + 1) / parts);
  });
  double total = 0;
  for (int64_t part = 0; part < parts; part++) total += partial[part];
  return total;
}

template <Measure M>
static inline float measured(float d, float parameter) {
  switch (M) {
    case Measure::absolute: return fabsf(d);
    case Measure::squared: return d * d;
    case Measure::huber: {
      float c = limited(d, -parameter, parameter);
      return c * (d - 0.5f * c);
    }
    case Measure::charbonnier: return sqrtf(d * d + parameter * parameter);
  }
}

template <Measure M>
static inline float slope_of(float d, float parameter) {
  switch (M) {
    case Measure::absolute: return d > 0 ? 1.f : d < 0 ? -1.f : 0.f;
    case Measure::squared: return 2 * d;
    case Measure::huber: return limited(d, -parameter, parameter);
    case Measure::charbonnier: return d / sqrtf(d * d + parameter * parameter);
  }
}

template <Measure M, class X>
static double difference_typed(const void* output, const float* target, int64_t n, float parameter, double* partial,
                               int threads) {
  const X* x = static_cast<const X*>(output);
  return sum_over(threads, n, least_elements, partial, [=](int64_t from, int64_t to) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = from; i < to; i++) sum += double(measured<M>(load(x, i) - target[i], parameter));
    return sum;
  });
}

template <Measure M, class X>
static void gradient_typed(const void* output, const float* target, void* d, int64_t n, float parameter, float scale,
                           int threads) {
  const X* x = static_cast<const X*>(output);
  X* out = static_cast<X*>(d);
  parallel(threads, n, least_elements, [=](int64_t from, int64_t to) {
#pragma omp simd
    for (int64_t i = from; i < to; i++) store(out, i, scale * slope_of<M>(load(x, i) - target[i], parameter));
  }, 64);
}

/// Calls f with the measure as a type.
template <Measure M>
struct Chosen {
  static constexpr Measure measure = M;
};
template <class F>
static auto choose(Measure measure, F f) {
  switch (measure) {
    case Measure::absolute: return f(Chosen<Measure::absolute>());
    case Measure::squared: return f(Chosen<Measure::squared>());
    case Measure::huber: return f(Chosen<Measure::huber>());
    default: return f(Chosen<Measure::charbonnier>());
  }
}

static double difference(const void* output, bool half, const float* target, int64_t n, Measure measure, float parameter,
                         double* partial, int threads) {
  return choose(measure, [=](auto chosen) {
    constexpr Measure M = decltype(chosen)::measure;
    return half ? difference_typed<M, bf16>(output, target, n, parameter, partial, threads)
                : difference_typed<M, float>(output, target, n, parameter, partial, threads);
  });
}

static void difference_gradient(const void* output, bool half, const float* target, void* d, int64_t n, Measure measure,
                                float parameter, float scale, int threads) {
  choose(measure, [=](auto chosen) {
    constexpr Measure M = decltype(chosen)::measure;
    if (half) gradient_typed<M, bf16>(output, target, d, n, parameter, scale, threads);
    else gradient_typed<M, float>(output, target, d, n, parameter, scale, threads);
  });
}

static inline bool labelled(const LabelledRows& r, int64_t row) {
  int32_t label = r.labels[row];
  return label >= 0 && label < r.classes && label != r.ignored;
}

/// log Σ exp of a row.
template <class X>
static inline float log_sum(const X* x, int64_t classes) {
  float most = load(x, 0);
  for (int64_t c = 1; c < classes; c++) most = load(x, c) > most ? load(x, c) : most;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t c = 0; c < classes; c++) sum += exponential(load(x, c) - most);
  return most + logf(sum);
}

template <class X>
static double cross_entropy_of(const LabelledRows& r, int64_t from, int64_t to) {
  double total = 0;
  float rest = r.smoothing / float(r.classes);
  for (int64_t row = from; row < to; row++) {
    if (!labelled(r, row)) continue;
    const X* x = static_cast<const X*>(r.logits) + row * r.classes;
    int32_t label = r.labels[row];
    float normal = log_sum(x, r.classes);
    float loss = (1 - r.smoothing) * r.weights[label] * (normal - load(x, label));
    if (rest > 0) {
      float spread = 0;
#pragma omp simd reduction(+ : spread)
      for (int64_t c = 0; c < r.classes; c++) spread += r.weights[c] * (normal - load(x, c));
      loss += rest * spread;
    }
    total += double(loss);
  }
  return total;
}

template <class X>
static void cross_entropy_gradient_of(const LabelledRows& r, X* d, float scale, int64_t from, int64_t to) {
  float rest = r.smoothing / float(r.classes), weights = 0;
  for (int64_t c = 0; c < r.classes; c++) weights += r.weights[c];
  for (int64_t row = from; row < to; row++) {
    X* out = d + row * r.classes;
    if (!labelled(r, row)) {
      memset(out, 0, sizeof(X) * size_t(r.classes));
      continue;
    }
    const X* x = static_cast<const X*>(r.logits) + row * r.classes;
    int32_t label = r.labels[row];
    float own = (1 - r.smoothing) * r.weights[label], normal = log_sum(x, r.classes);
    float share = scale * (own + rest * weights), spread = scale * rest;
#pragma omp simd
    for (int64_t c = 0; c < r.classes; c++)
      store(out, c, share * exponential(load(x, c) - normal) - spread * r.weights[c] - (c == label ? scale * own : 0.f));
  }
}

/// An exponential costs about four accesses to memory.
static inline int64_t least_rows(const LabelledRows& r) { return 1 + least_elements / 4 / r.classes; }

static double cross_entropy(const LabelledRows& r, double* partial, int threads) {
  return sum_over(threads, r.rows, least_rows(r), partial, [&](int64_t from, int64_t to) {
    return r.half ? cross_entropy_of<bf16>(r, from, to) : cross_entropy_of<float>(r, from, to);
  });
}

static void cross_entropy_gradient(const LabelledRows& r, void* d, float scale, int threads) {
  parallel(threads, r.rows, least_rows(r), [&](int64_t from, int64_t to) {
    if (r.half) cross_entropy_gradient_of(r, static_cast<bf16*>(d), scale, from, to);
    else cross_entropy_gradient_of(r, static_cast<float*>(d), scale, from, to);
  });
}

extern const LossLoops loss_loops = {difference, difference_gradient, cross_entropy, cross_entropy_gradient};

SPECTRAI_LOOPS_END
