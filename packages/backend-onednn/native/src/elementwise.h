// Functions of single values and of pairs. The numbers of the operations are those of src/native-elementwise.ts.
#pragma once
#include <cstdint>

#include "loops.h"

namespace spectrai {

enum class Unary : int32_t {
  relu, relu6, leaky_relu, elu, selu, sigmoid, tanh, exp, expm1, log, log1p, sqrt, rsqrt, square, abs, neg, sign, step,
  softplus, erf, sin, cos, reciprocal, clip, round, floor, ceil, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh,
  // From here on the result is a truth value.
  is_nan, is_finite, is_inf, count
};

enum class Binary : int32_t {
  add, sub, multiply, divide, maximum, minimum, squared_difference, pow, mod, atan2, prelu, elu_gradient, floor_divide,
  // From here on the result is a truth value.
  equal, not_equal, greater, greater_equal, less, less_equal, logical_and, logical_or, count
};

constexpr int most_dimensions = 8;

/// A tensor as it is repeated over the elements of an output: strides of 0 where it has only one. Dimensions that can be
/// walked as one are one.
struct Operand {
  Type type;
  const void* data;
  int rank;
  int64_t size[most_dimensions];
  int64_t stride[most_dimensions];
};

struct UnaryLoops {
  /// y = f(x) with the parameters p and q. Floats to floats of any form, or to truth values.
  void (*map)(Unary op, Type x_type, const void* x, Type y_type, void* y, int64_t n, float p, float q, int threads);
  /// y = 1 where x is 0, 0 elsewhere.
  void (*logical_not)(const uint8_t* x, uint8_t* y, int64_t n, int threads);
};

struct BinaryLoops {
  /// y = f(a, b). Both of floats of any form, or both of integers and truth values.
  void (*map)(Binary op, const Operand& a, const Operand& b, Type y_type, void* y, int64_t n, int threads);
  /// y = a where the condition is 1, b elsewhere. Floats of any form, or all of one type.
  void (*select)(const Operand& condition, const Operand& a, const Operand& b, Type y_type, void* y, int64_t n,
                 int threads);
  /// y = the sum of all, which have its size; floats of any form, or all integers.
  void (*add_n)(const Operand* terms, int count, Type y_type, void* y, int64_t n, int threads);
};

SPECTRAI_DECLARE_LOOPS(UnaryLoops, unary_loops)
SPECTRAI_DECLARE_LOOPS(BinaryLoops, binary_loops)

}  // namespace spectrai
