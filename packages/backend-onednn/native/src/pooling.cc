// Maxima of windows.
#include "networks.h"

namespace spectrai {

namespace {

/// [n, channels, …in, …out, …window, …stride, …before], three numbers for each list.
PoolShape pool_shape(Ints v) {
  PoolShape s;
  s.n = v[0], s.channels = v[1];
  int at = 2;
  for (auto* list : {s.in, s.out, s.window, s.stride, s.before})
    for (int i = 0; i < 3; i++) list[i] = v[at++];
  bool fits = s.n >= 1 && s.channels >= 1;
  int64_t points = 1;
  for (int i = 0; i < 3 && fits; i++) {
    fits = s.in[i] >= 1 && s.out[i] >= 1 && s.window[i] >= 1 && s.stride[i] >= 1 && s.before[i] >= 0;
    points = times(points, s.window[i]);
    times(s.out[i], s.stride[i]);
  }
  if (!fits || points > INT32_MAX) throw std::invalid_argument("the sizes of the windows do not fit together");
  return s;
}
int64_t inputs(const PoolShape& s) { return times(times(times(s.n, s.in[0]), times(s.in[1], s.in[2])), s.channels); }
int64_t outputs(const PoolShape& s) { return times(times(times(s.n, s.out[0]), times(s.out[1], s.out[2])), s.channels); }

/// maxPool(shape, x, y)
void max_pool(Call& call) {
  PoolShape s = pool_shape(call.ints(0));
  Buffer &x = call.buffer(1), &y = call.buffer(2);
  expect_floats(x, inputs(s), "the input");
  expect_floats(y, outputs(s), "the output");
  expect_alike(x, y);
  SPECTRAI_LOOPS(pool_loops).max(x.type, x.data, y.data, s, call.engine.threads);
}

/// maxPoolPositions(shape, x, at, with batch): where in the sample (or the batch) each output was found, an index of int32
void max_pool_positions(Call& call) {
  PoolShape s = pool_shape(call.ints(0));
  Buffer &x = call.buffer(1), &at = call.buffer(2);
  bool with_batch = call.integer(3) != 0;
  expect_floats(x, inputs(s), "the input");
  expect_type(at, Type::i32, outputs(s), "the positions");
  if (inputs(s) > INT32_MAX) throw std::invalid_argument("the input is too large for positions of 32 bits");
  SPECTRAI_LOOPS(pool_loops).positions(x.type, x.data, at.i32(), s, false, call.engine.threads);
  int64_t count = outputs(s), area = s.window[1] * s.window[2];
  for (int64_t i = 0; i < count; i++) {
    int64_t k = at.i32()[i], c = i % s.channels, o = i / s.channels;
    if (k < 0) continue;
    int64_t o2 = o % s.out[2], o1 = o / s.out[2] % s.out[1], o0 = o / (s.out[2] * s.out[1]) % s.out[0];
    int64_t sample = with_batch ? o / (s.out[2] * s.out[1] * s.out[0]) : 0;
    int64_t i0 = o0 * s.stride[0] - s.before[0] + k / area, i1 = o1 * s.stride[1] - s.before[1] + k % area / s.window[2];
    int64_t i2 = o2 * s.stride[2] - s.before[2] + k % s.window[2];
    at.i32()[i] = static_cast<int32_t>((((sample * s.in[0] + i0) * s.in[1] + i1) * s.in[2] + i2) * s.channels + c);
  }
}

/// maxPoolGradient(shape, dy, x, dx, last): of several largest points the last has the gradient, or the first
void max_pool_gradient(Call& call) {
  PoolShape s = pool_shape(call.ints(0));
  Buffer &dy = call.buffer(1), &x = call.buffer(2), &dx = call.buffer(3);
  bool last = call.integer(4) != 0;
  expect_floats(dy, outputs(s), "the output's gradient");
  expect_floats(x, inputs(s), "the input");
  expect_floats(dx, inputs(s), "the input's gradient");
  expect_alike(x, dx);
  const PoolLoops& loops = SPECTRAI_LOOPS(pool_loops);
  Engine& engine = call.engine;
  bool apart = true;
  for (int i = 0; i < 3; i++) {
    // A single window overlaps no other, whatever the stride.
    if (s.out[i] == 1 && s.stride[i] < s.window[i]) s.stride[i] = s.window[i];
    if (s.window[i] > s.stride[i]) apart = false;
  }
  if (apart) {
    loops.gradient(dy.type, dy.data, x.type, x.data, dx.data, s, last, engine.threads);
    return;
  }
  auto* at = reinterpret_cast<int32_t*>(engine.scratch(static_cast<size_t>(outputs(s)) * sizeof(int32_t)));
  loops.positions(x.type, x.data, at, s, last, engine.threads);
  loops.spread(dy.type, dy.data, at, x.type, dx.data, s, engine.threads);
}

}  // namespace

void add_pooling(Napi::Object& exports) {
  add<max_pool>(exports, "maxPool");
  add<max_pool_positions>(exports, "maxPoolPositions");
  add<max_pool_gradient>(exports, "maxPoolGradient");
}

}  // namespace spectrai
