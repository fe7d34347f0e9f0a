// Elementary functions without branches, which the compiler can vectorize. Errors are below 2 units in the last place
// unless something else is said; NaN, infinities, subnormal numbers and −0 behave as in the C library.
// Polynomials: S. L. Moshier, Cephes Math Library, single precision, https://www.netlib.org/cephes/
#pragma once
#include "common.h"

SPECTRAI_LOOPS_BEGIN

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}
static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}
static inline float with_sign(float magnitude, float sign) {
  return float_of((bits_of(magnitude) & 0x7fffffffu) | (bits_of(sign) & 0x80000000u));
}
static inline float magnitude(float x) { return float_of(bits_of(x) & 0x7fffffffu); }

/// 2ᵏ for −126 ≤ k ≤ 127.
static inline float power_of_2(int32_t k) { return float_of(uint32_t(k + 127) << 23); }

/// x = k · ln 2 + r with |r| ≤ ln 2 / 2.
struct Reduced {
  int32_t k;
  float r;
};
static inline Reduced reduce(float x) {
  // Adding 1.5 · 2²³ rounds to an integer, which is then found in the last bits.
  constexpr float shift = 12582912.f;
  float shifted = x * 1.44269504088896341f + shift;
  float k = shifted - shift;
  float r = x - k * 0.693359375f;
  r = r - k * -2.12194440e-4f;
  return {int32_t(bits_of(shifted) - bits_of(shift)), r};
}
/// eʳ − 1 for |r| ≤ ln 2 / 2.
static inline float exponential_rest(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * r * r + r;
}
/// x · 2ᵏ for −252 ≤ k ≤ 254, in two steps so that the result may be subnormal.
static inline float scale(float x, int32_t k) {
  int32_t half = k >> 1;
  return x * power_of_2(half) * power_of_2(k - half);
}
static inline float limited(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

static inline float exponential(float x) {
  // Where the result is 0 or infinite in any case.
  Reduced d = reduce(limited(x, -104.f, 89.f));
  return x != x ? x : scale(exponential_rest(d.r) + 1, d.k);
}

/// eˣ − 1
static inline float exponential_minus_1(float x) {
  Reduced d = reduce(limited(x, -25.f, 89.f));
  int32_t back = d.k < 100 ? -d.k : -100;
  float y = scale(exponential_rest(d.r) + (1 - power_of_2(back)), d.k);
  // −0 and NaN stay.
  return x == 0 || x != x ? x : y;
}

static inline float logarithm(float x) {
  bool subnormal = x < 1.17549435e-38f;
  float wide = subnormal ? x * 8388608.f : x;
  uint32_t bits = bits_of(wide);
  int32_t exponent = int32_t(bits >> 23) - 126 - (subnormal ? 23 : 0);
  float m = float_of((bits & 0x7fffffu) | 0x3f000000u);
  bool low = m < 0.707106781186547524f;
  exponent -= low ? 1 : 0;
  float f = (low ? m + m : m) - 1;
  float e = float(exponent), z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float y = p * f * z;
  y = y + e * -2.12194440e-4f;
  y = y - 0.5f * z;
  float result = (f + y) + e * 0.693359375f;
  result = x == INFINITY ? x : result;
  result = x == 0 ? -INFINITY : result;
  return x < 0 || x != x ? NAN : result;
}

/// ln(1 + x)
static inline float logarithm_of_1_plus(float x) {
  float u = 1 + x;
  // What the rounding of 1 + x has lost.
  float y = logarithm(u) + (x - (u - 1)) / u;
  y = u == 0 ? -INFINITY : y;
  return x == 0 || x == INFINITY ? x : y;
}

static inline float hyperbolic_tangent(float x) {
  float a = magnitude(x), z = a * a;
  float large = 1 - 2 / (exponential(a + a) + 1);
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float small = p * z * a + a;
  float y = with_sign(a < 0.625f ? small : large, x);
  return x != x ? x : y;
}

/// 1 / (1 + e⁻ˣ)
static inline float logistic(float x) {
  float e = exponential(-magnitude(x));
  float y = (x < 0 ? e : 1.f) / (1 + e);
  return x != x ? x : y;
}

/// ln(1 + eˣ)
static inline float soft_plus(float x) {
  return (x > 0 ? x : x != x ? x : 0.f) + logarithm_of_1_plus(exponential(-magnitude(x)));
}

/// The error function; polynomials by N. Juffa, https://stackoverflow.com/a/35148199
static inline float error_function(float x) {
  float a = magnitude(x), s = a * a;
  // From 4 on the result rounds to 1.
  float t = a < 4.f ? a : 4.f, w = t * t;
  float r = -1.72853470e-5f * t + 3.83197126e-4f;
  float u = -3.88396438e-3f * t + 2.42546219e-2f;
  r = r * w + u;
  r = r * t - 1.06777877e-1f;
  r = r * t - 6.34846687e-1f;
  r = r * t - 1.28717512e-1f;
  r = r * t - t;
  float large = 1 - exponential(r);
  float p = -5.96761703e-4f;
  p = p * s + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  float small = p * a + a;
  float y = with_sign(a > 0.927734375f ? large : small, x);
  return x != x ? x : y;
}

SPECTRAI_LOOPS_END
