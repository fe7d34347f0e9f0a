// Convolutions over plain channels-last tensors, forward and backward.
#pragma once
#include "convert.h"
#include "engine.h"
#include "shape.h"

namespace spectrai {

enum class Direction : int32_t { forward = 0, input_gradient = 1, weight_gradient = 2 };

/// One convolution of [n, …in, channels] with [… kernel, channels / groups, filters] to [n, …out, filters]. Always three
/// spatial dimensions; those that are not there have size 1.
struct ConvShape {
  int64_t n, channels, filters, groups;
  int64_t in[3], out[3], kernel[3], stride[3], dilation[3], before[3], after[3];

  /// From 25 numbers in the order above. @throws std::invalid_argument where they do not fit together
  explicit ConvShape(Ints numbers);
  int64_t in_elements() const { return n * in[0] * in[1] * in[2] * channels; }
  int64_t out_elements() const { return n * out[0] * out[1] * out[2] * filters; }
  int64_t weight_elements() const { return kernel[0] * kernel[1] * kernel[2] * (channels / groups) * filters; }
  /// Spatial dimensions that matter, at least one: the first is 3 minus their number.
  int spatial() const;
  double multiplications() const;
};

/// What a convolution works on. `bias` and `residual` may be null, and belong to the forward direction.
struct ConvArgs {
  Buffer* x;        // input, or its gradient
  Buffer* weights;  // filters, or their gradient
  Buffer* y;        // output, or its gradient
  Buffer* bias;
  Activation activation;
  float slope;
};

/// One way to do a convolution of a shape in a direction.
struct ConvWay {
  virtual ~ConvWay() = default;
  virtual void run(Engine& engine, const ConvArgs& args) = 0;
};

/// oneDNN on plain arrays; oneDNN on layouts of its choice, with conversions; the same with Winograd's algorithm.
enum class OneDnnWay : int32_t { plain = 0, blocked = 1, winograd = 2 };
/// Null where oneDNN cannot.
std::unique_ptr<ConvWay> onednn_way(Engine& engine, OneDnnWay way, Direction direction, const ConvShape& shape,
                                    const ConvArgs& args);

/// Winograd's algorithm on plain arrays, see winograd.h; null where it does not apply.
std::unique_ptr<ConvWay> winograd_way(Engine& engine, Direction direction, const ConvShape& shape, const ConvArgs& args);

}  // namespace spectrai
