#include "../elementwise.h"
#include "staging.h"
#include "vector-math.h"

SPECTRAI_LOOPS_BEGIN

template <class Y, class F>
static inline void each(const float* __restrict x, Y* __restrict y, int64_t n, F f) {
  for (int64_t i = 0; i < n; i++) y[i] = f(x[i]);
}

constexpr float selu_scale = 1.0507009873554805f, selu_scale_alpha = 1.7580993408473768f;

static void floats(Unary op, const float* x, float* y, int64_t n, float p, float q) {
  switch (op) {
    case Unary::relu: return each(x, y, n, [](float v) { return v <= 0 ? 0.f : v; });
    case Unary::relu6: return each(x, y, n, [](float v) { return v <= 0 ? 0.f : v > 6 ? 6.f : v; });
    case Unary::leaky_relu: return each(x, y, n, [=](float v) { return v < 0 ? p * v : v; });
    case Unary::elu: return each(x, y, n, [](float v) { return v >= 0 ? v : exponential_minus_1(v); });
    case Unary::selu:
      return each(x, y, n, [](float v) {
        return v >= 0 ? selu_scale * v : selu_scale_alpha * exponential_minus_1(v);
      });
    case Unary::sigmoid: return each(x, y, n, logistic);
    case Unary::tanh: return each(x, y, n, hyperbolic_tangent);
    case Unary::exp: return each(x, y, n, exponential);
    case Unary::expm1: return each(x, y, n, exponential_minus_1);
    case Unary::log: return each(x, y, n, logarithm);
    case Unary::log1p: return each(x, y, n, logarithm_of_1_plus);
    case Unary::sqrt: return each(x, y, n, [](float v) { return sqrtf(v); });
    case Unary::rsqrt: return each(x, y, n, [](float v) { return 1 / sqrtf(v); });
    case Unary::square: return each(x, y, n, [](float v) { return v * v; });
    case Unary::abs: return each(x, y, n, magnitude);
    case Unary::neg: return each(x, y, n, [](float v) { return -v; });
    case Unary::sign: return each(x, y, n, [](float v) { return v < 0 ? -1.f : v > 0 ? 1.f : 0.f; });
    case Unary::step: return each(x, y, n, [=](float v) { return v > 0 ? 1.f : v != v ? v : p; });
    case Unary::softplus: return each(x, y, n, soft_plus);
    case Unary::erf: return each(x, y, n, error_function);
    case Unary::reciprocal: return each(x, y, n, [](float v) { return 1 / v; });
    case Unary::clip: return each(x, y, n, [=](float v) { return v > q ? q : v < p ? p : v; });
    case Unary::round: return each(x, y, n, [](float v) { return rintf(v); });
    case Unary::floor: return each(x, y, n, [](float v) { return floorf(v); });
    case Unary::ceil: return each(x, y, n, [](float v) { return ceilf(v); });
    // Rare in networks: the C library's functions, one value at a time.
    case Unary::sin: return each(x, y, n, [](float v) { return sinf(v); });
    case Unary::cos: return each(x, y, n, [](float v) { return cosf(v); });
    case Unary::tan: return each(x, y, n, [](float v) { return tanf(v); });
    case Unary::asin: return each(x, y, n, [](float v) { return asinf(v); });
    case Unary::acos: return each(x, y, n, [](float v) { return acosf(v); });
    case Unary::atan: return each(x, y, n, [](float v) { return atanf(v); });
    case Unary::sinh: return each(x, y, n, [](float v) { return sinhf(v); });
    case Unary::cosh: return each(x, y, n, [](float v) { return coshf(v); });
    case Unary::asinh: return each(x, y, n, [](float v) { return asinhf(v); });
    case Unary::acosh: return each(x, y, n, [](float v) { return acoshf(v); });
    case Unary::atanh: return each(x, y, n, [](float v) { return atanhf(v); });
    default: return;
  }
}

static void tests(Unary op, const float* x, uint8_t* y, int64_t n) {
  switch (op) {
    case Unary::is_nan: return each(x, y, n, [](float v) { return uint8_t(v != v); });
    case Unary::is_finite: return each(x, y, n, [](float v) { return uint8_t(magnitude(v) < INFINITY); });
    case Unary::is_inf: return each(x, y, n, [](float v) { return uint8_t(magnitude(v) == INFINITY); });
    default: return;
  }
}

/// Elements that a thread is worth waking for.
static int64_t least_for(Unary op) {
  bool cheap = op <= Unary::leaky_relu || (op >= Unary::sqrt && op <= Unary::step) ||
               (op >= Unary::reciprocal && op <= Unary::ceil) || op >= Unary::is_nan;
  return cheap ? least_elements : least_elements / 4;
}

static void map(Unary op, Type x_type, const void* x, Type y_type, void* y, int64_t n, float p, float q, int threads) {
  int64_t least = least_for(op);
  if (x_type == Type::f32 && y_type == Type::f32) {
    const float* from = static_cast<const float*>(x);
    float* to = static_cast<float*>(y);
    return parallel(
        threads, n, least, [=](int64_t a, int64_t b) { floats(op, from + a, to + a, b - a, p, q); }, 16);
  }
  Operand operand{x_type, x, 1, {n}, {1}};
  parallel(
      threads, n, least,
      [&](int64_t a, int64_t b) {
        Blocks<float> in(operand, block_size);
        Target out(y_type, y);
        for (int64_t i = a; i < b; i += block_size) {
          int64_t count = b - i < block_size ? b - i : block_size;
          if (y_type == Type::u8) {
            tests(op, in.at(i, count), static_cast<uint8_t*>(y) + i, count);
          } else {
            floats(op, in.at(i, count), out.at(i), count, p, q);
            out.done(i, count);
          }
        }
      },
      block_size);
}

static void logical_not(const uint8_t* x, uint8_t* y, int64_t n, int threads) {
  parallel(threads, n, least_elements, [=](int64_t a, int64_t b) {
    for (int64_t i = a; i < b; i++) y[i] = x[i] == 0;
  });
}

extern const UnaryLoops unary_loops = {map, logical_not};

SPECTRAI_LOOPS_END
