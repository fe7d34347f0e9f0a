// Winograd's minimal filtering along the last spatial dimension, on plain channels-last arrays.
//
// A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016; S. Winograd, 1980. F(4, 3): four
// outputs of a kernel of three points from six products instead of twelve. The other spatial dimensions of the kernel
// are summed directly, inside the product of matrices, so that one transform of a row serves all kernel rows it meets;
// spectra, images and volumes go the same way, and rounding stays that of the one-dimensional algorithm.
#pragma once
#include "loops.h"

namespace spectrai {

/// Products that a tile of four outputs takes, and its inputs.
constexpr int winograd_points = 6;
constexpr int winograd_tile = 4;

/// A convolution of stride 1 with kernels of three points along the last dimension, as its loops see it.
struct WinogradShape {
  int64_t n, channels, filters;
  int64_t in[3], out[3];
  int64_t kernel[2];  // of the first two spatial dimensions
  int64_t before[3];

  int64_t kernel_rows() const { return kernel[0] * kernel[1]; }
  int64_t tiles() const { return (out[2] + winograd_tile - 1) / winograd_tile; }
};

struct WinogradLoops {
  /// Floats that weights take when transformed, and that `threads` need to work in.
  int64_t (*weight_floats)(const WinogradShape& s);
  int64_t (*work_floats)(const WinogradShape& s, bool gradient, int threads);
  /// Transforms weights [kernel rows, 3, channels, filters]. `turned`: those of the input's gradient, from the weights
  /// [kernel rows, 3, filters, channels] of the convolution itself.
  void (*weights)(const WinogradShape& s, const float* w, bool turned, float* to, int threads);
  /// y = f(x * w + bias); bias may be null.
  void (*forward)(const WinogradShape& s, const float* x, const float* weights, const float* bias, Activation activation,
                  float slope, float* y, float* work, int threads);
  /// dw [kernel rows, 3, channels, filters] from the input and the output's gradient.
  void (*weight_gradient)(const WinogradShape& s, const float* x, const float* dy, float* dw, float* work, int threads);
};

SPECTRAI_DECLARE_LOOPS(WinogradLoops, winograd_loops)

/// The same on bf16: transforms in float32, their results rounded, products of pairs added in float32. The transforms round once
/// more than a plain convolution of bf16: test/precision.test.ts holds the errors of both.
struct WinogradHalfLoops {
  /// Null where the instruction set has no such products.
  int64_t (*weight_floats)(const WinogradShape& s);
  int64_t (*work_floats)(const WinogradShape& s, bool gradient, int threads);
  void (*weights)(const WinogradShape& s, const float* w, bool turned, float* to, int threads);
  void (*forward)(const WinogradShape& s, const uint16_t* x, const float* weights, const float* bias, Activation activation,
                  float slope, uint16_t* y, float* work, int threads);
  void (*weight_gradient)(const WinogradShape& s, const uint16_t* x, const uint16_t* dy, float* dw, float* work,
                          int threads);
};

SPECTRAI_DECLARE_LOOPS(WinogradHalfLoops, winograd_half_loops)

}  // namespace spectrai
