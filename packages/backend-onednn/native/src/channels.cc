// Channels scaled sample by sample, and their means over positions.
#include "networks.h"

namespace spectrai {

namespace {

struct Sizes {
  int64_t n, positions, channels;
  explicit Sizes(Ints v) {
    n = v[0], positions = v[1], channels = v[2];
    if (n < 1 || positions < 1 || channels < 1) throw std::invalid_argument("a size is not positive");
  }
  int64_t elements() const { return times(times(n, positions), channels); }
};

/// addScaled([n, positions, channels], x or -1, y, s, out): x + y · s, with s [n, channels]
void add_scaled(Call& call) {
  Sizes s(call.ints(0));
  Buffer* x = call.optional(1);
  Buffer &y = call.buffer(2), &scale = call.buffer(3), &out = call.buffer(4);
  if (x) expect_floats(*x, s.elements(), "the first summand");
  expect_floats(y, s.elements(), "the second summand");
  expect_type(scale, Type::f32, s.n * s.channels, "the scale");
  expect_floats(out, s.elements(), "the sum");
  expect_alike(y, out);
  SPECTRAI_LOOPS(channel_loops)
      .add_scaled(x ? x->type : Type::f32, x ? x->data : nullptr, y.type, y.data, scale.f32(), out.data, s.n,
                  s.positions, s.channels, call.engine.threads);
}

/// Adds up the parts of each segment. `factor` is applied to the sums.
void gather(const double* parts_sums, float* sums, int64_t segments, int64_t channels, int parts, double factor) {
  for (int64_t segment = 0; segment < segments; segment++)
    for (int64_t c = 0; c < channels; c++) {
      double total = 0;
      for (int part = 0; part < parts; part++) total += parts_sums[(segment * parts + part) * channels + c];
      sums[segment * channels + c] = static_cast<float>(total * factor);
    }
}

/// addScaledGradient(sizes, dout, y, s, dy, ds)
void add_scaled_gradient(Call& call) {
  Sizes s(call.ints(0));
  Buffer &dout = call.buffer(1), &y = call.buffer(2), &scale = call.buffer(3), &dy = call.buffer(4), &ds = call.buffer(5);
  expect_floats(dout, s.elements(), "the output's gradient");
  expect_floats(y, s.elements(), "the second summand");
  expect_type(scale, Type::f32, s.n * s.channels, "the scale");
  expect_floats(dy, s.elements(), "the second summand's gradient");
  expect_alike(dout, dy);
  expect_type(ds, Type::f32, s.n * s.channels, "the scale's gradient");
  Engine& engine = call.engine;
  int parts = parts_of(engine.threads, s.n, s.positions, s.channels);
  auto* sums = reinterpret_cast<double*>(engine.scratch(static_cast<size_t>(s.n * parts * s.channels) * sizeof(double)));
  SPECTRAI_LOOPS(channel_loops)
      .add_scaled_gradient(dout.type, dout.data, y.type, y.data, scale.f32(), dy.data, sums, s.n, s.positions, s.channels,
                           parts, engine.threads);
  gather(sums, ds.f32(), s.n, s.channels, parts, 1);
}

/// positionMean(sizes, x, y): [n, positions, channels] → [n, channels]
void position_mean(Call& call) {
  Sizes s(call.ints(0));
  Buffer &x = call.buffer(1), &y = call.buffer(2);
  expect_floats(x, s.elements(), "the input");
  expect_type(y, Type::f32, s.n * s.channels, "the mean");
  Engine& engine = call.engine;
  int parts = parts_of(engine.threads, s.n, s.positions, s.channels);
  auto* sums = reinterpret_cast<double*>(engine.scratch(static_cast<size_t>(s.n * parts * s.channels) * sizeof(double)));
  SPECTRAI_LOOPS(channel_loops).sums(x.type, x.data, sums, s.n, s.positions, s.channels, parts, engine.threads);
  gather(sums, y.f32(), s.n, s.channels, parts, 1 / static_cast<double>(s.positions));
}

/// positionMeanGradient(sizes, dy, dx)
void position_mean_gradient(Call& call) {
  Sizes s(call.ints(0));
  Buffer &dy = call.buffer(1), &dx = call.buffer(2);
  expect_type(dy, Type::f32, s.n * s.channels, "the mean's gradient");
  expect_floats(dx, s.elements(), "the input's gradient");
  int64_t count = s.n * s.channels;
  auto* values = reinterpret_cast<float*>(call.engine.scratch(static_cast<size_t>(count) * sizeof(float)));
  auto share = 1 / static_cast<float>(s.positions);
  for (int64_t i = 0; i < count; i++) values[i] = dy.f32()[i] * share;
  SPECTRAI_LOOPS(channel_loops)
      .repeat(values, dx.type, dx.data, s.n, s.positions, s.channels, call.engine.threads);
}

}  // namespace

void add_channels(Napi::Object& exports) {
  add<add_scaled>(exports, "addScaled");
  add<add_scaled_gradient>(exports, "addScaledGradient");
  add<position_mean>(exports, "positionMean");
  add<position_mean_gradient>(exports, "positionMeanGradient");
}

}  // namespace spectrai
