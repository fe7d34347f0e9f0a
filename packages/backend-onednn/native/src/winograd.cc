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
    if (engine.bf16) return run_half(engine, a);
    const WinogradLoops& loops = SPECTRAI_LOOPS(winograd_loops);
    Rooms rooms(engine, loops, s_, gradient(), 0);
    if (gradient()) return loops.weight_gradient(s_, a.x->f32(), a.y->f32(), a.weights->f32(), rooms.work, engine.threads);
    const Buffer &from = turned() ? *a.y : *a.x, &to = turned() ? *a.x : *a.y;
    loops.forward(s_, static_cast<const float*>(from.data), weights(engine, loops, *a.weights, rooms),
                  a.bias ? a.bias->f32() : nullptr, a.activation, a.slope, static_cast<float*>(to.data), rooms.work,
                  engine.threads);
  }

 private:
  /// Parts of the scratch: transformed weights, room to work, and inputs that have to be rounded first.
  struct Rooms {
    size_t weight_bytes;
    char* weights;
    float* work;
    char* narrow;
    template <class Loops>
    Rooms(Engine& engine, const Loops& loops, const WinogradShape& s, bool gradient, size_t narrow_bytes) {
      auto aligned = [](size_t bytes) { return (bytes + 63) / 64 * 64; };
      weight_bytes = gradient ? 0 : sizeof(float) * static_cast<size_t>(loops.weight_floats(s));
      size_t work_bytes = aligned(sizeof(float) * static_cast<size_t>(loops.work_floats(s, gradient, engine.threads)));
      weights = engine.scratch(aligned(weight_bytes) + work_bytes + narrow_bytes);
      work = reinterpret_cast<float*>(weights + aligned(weight_bytes));
      narrow = weights + aligned(weight_bytes) + work_bytes;
    }
  };

  bool gradient() const { return direction_ == Direction::weight_gradient; }
  bool turned() const { return direction_ == Direction::input_gradient; }

  template <class Loops>
  const float* weights(Engine& engine, const Loops& loops, Buffer& w, const Rooms& rooms) {
    return static_cast<const float*>(engine.prepared(w, this, rooms.weight_bytes, rooms.weights, [&](void* to) {
      loops.weights(s_, w.f32(), turned(), static_cast<float*>(to), engine.threads);
    }));
  }

  void run_half(Engine& engine, const ConvArgs& a) {
    const WinogradHalfLoops& loops = SPECTRAI_LOOPS(winograd_half_loops);
    auto bytes = [](const Buffer& b) { return b.type == Type::bf16 ? 0 : (b.elements() * 2 + 63) / 64 * 64; };
    if (gradient()) {
      Rooms rooms(engine, loops, s_, true, bytes(*a.x) + bytes(*a.y));
      const uint16_t* x = as_bf16(engine, *a.x, rooms.narrow);
      const uint16_t* dy = as_bf16(engine, *a.y, rooms.narrow + bytes(*a.x));
      return loops.weight_gradient(s_, x, dy, a.weights->f32(), rooms.work, engine.threads);
    }
    Buffer &from = turned() ? *a.y : *a.x, &to = turned() ? *a.x : *a.y;
    Rooms rooms(engine, loops, s_, false, bytes(from));
    const float* w = weights(engine, loops, *a.weights, rooms);
    loops.forward(s_, as_bf16(engine, from, rooms.narrow), w, a.bias ? a.bias->f32() : nullptr, a.activation, a.slope,
                  to.bf16(), rooms.work, engine.threads);
  }

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
  const Buffer& to = direction == Direction::input_gradient ? *args.x : *args.y;
  bool types = engine.bf16 ? SPECTRAI_LOOPS(winograd_half_loops).forward &&
                                 (direction == Direction::weight_gradient || to.type == Type::bf16)
                           : args.x->type == Type::f32 && args.y->type == Type::f32;
  bool activation = args.activation == Activation::linear || args.activation == Activation::relu ||
                    args.activation == Activation::leaky_relu;
  if (!fits || !types || !activation) return nullptr;
  return std::make_unique<Winograd>(direction, shape);
}

}  // namespace spectrai
