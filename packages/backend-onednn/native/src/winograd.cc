#include "winograd.h"

#include "conv.h"

namespace spectrai {

namespace {

/// Below these widths the transforms cost more than the products they save.
constexpr int64_t fewest_channels = 8;

class Winograd final : public ConvWay {
 public:
  Winograd(Direction direction, const ConvShape& shape) : direction_(direction) {
    bool turned = direction == Direction::input_gradient;
    s_.n = shape.n;
    s_.channels = turned ? shape.filters : shape.channels;
    s_.filters = turned ? shape.channels : shape.filters;
    for (int i = 0; i < 3; i++) {
      s_.in[i] = turned ? shape.out[i] : shape.in[i];
      s_.out[i] = turned ? shape.in[i] : shape.out[i];
      s_.before[i] = turned ? shape.kernel[i] - 1 - shape.before[i] : shape.before[i];
    }
    s_.kernel[0] = shape.kernel[0];
    s_.kernel[1] = shape.kernel[1];
  }

  void run(Engine& engine, const ConvArgs& a) override {
    const WinogradLoops& loops = SPECTRAI_LOOPS(winograd_loops);
    bool gradient = direction_ == Direction::weight_gradient;
    size_t bytes = gradient ? 0 : sizeof(float) * static_cast<size_t>(loops.weight_floats(s_));
    size_t work_bytes = sizeof(float) * static_cast<size_t>(loops.work_floats(s_, gradient, engine.threads));
    char* scratch = engine.scratch(bytes + 64 + work_bytes);
    float* work = reinterpret_cast<float*>(scratch + (bytes + 63) / 64 * 64);
    if (gradient) return loops.weight_gradient(s_, a.x->f32(), a.y->f32(), a.weights->f32(), work, engine.threads);
    bool turned = direction_ == Direction::input_gradient;
    auto* weights = static_cast<const float*>(engine.prepared(*a.weights, this, bytes, scratch, [&](void* to) {
      loops.weights(s_, a.weights->f32(), turned, static_cast<float*>(to), engine.threads);
    }));
    const Buffer &from = turned ? *a.y : *a.x, &to = turned ? *a.x : *a.y;
    loops.forward(s_, static_cast<const float*>(from.data), weights, a.bias ? a.bias->f32() : nullptr, a.activation, a.slope,
                  static_cast<float*>(to.data), work, engine.threads);
  }

 private:
  Direction direction_;
  WinogradShape s_;
};

}  // namespace

std::unique_ptr<ConvWay> winograd_way(Engine& engine, Direction direction, const ConvShape& shape, const ConvArgs& args) {
  bool fits = shape.groups == 1 && shape.kernel[2] == 3 && shape.channels >= fewest_channels &&
              shape.filters >= fewest_channels && shape.out[2] >= winograd_tile;
  for (int i = 0; i < 3; i++)
    fits = fits && shape.stride[i] == 1 && shape.dilation[i] == 1 && shape.before[i] < shape.kernel[i] &&
           shape.after[i] < shape.kernel[i];
  bool floats = args.x->type == Type::f32 && args.y->type == Type::f32 && !engine.bf16;
  bool activation = args.activation == Activation::linear || args.activation == Activation::relu ||
                    args.activation == Activation::leaky_relu;
  if (!fits || !floats || !activation) return nullptr;
  return std::make_unique<Winograd>(direction, shape);
}

}  // namespace spectrai
