// Normalization by means and variances, taken from the input itself or given.
#include <cmath>

#include "networks.h"

namespace spectrai {

namespace {

/// Which values share a mean: [n, positions, channels], pooled over the batch or not, channels in groups.
struct Sets {
  int64_t n, positions, channels, groups;
  bool across;

  explicit Sets(Ints v) {
    n = v[0], positions = v[1], channels = v[2], groups = v[3], across = v[4] != 0;
    if (n < 1 || positions < 1 || channels < 1 || groups < 1 || channels % groups != 0)
      throw std::invalid_argument("the sizes of the norm do not fit together");
  }
  int64_t elements() const { return times(times(n, positions), channels); }
  int64_t segments() const { return across ? 1 : n; }
  int64_t rows() const { return across ? n * positions : positions; }
  int64_t width() const { return channels / groups; }
  int64_t count() const { return rows() * width(); }
  /// Each row is normalized by itself.
  bool by_row() const { return !across && positions == 1; }
};

/// Several arrays in the scratch, one after another.
struct Room {
  char* at;
  template <class T>
  T* take(int64_t n) {
    T* result = reinterpret_cast<T*>(at);
    at += (static_cast<size_t>(n) * sizeof(T) + 63) / 64 * 64;
    return result;
  }
};

/// normalize([n, positions, channels, groups, across], eps, x, scale, offset, y, mean, variance)
void normalize(Call& call) {
  Sets s(call.ints(0));
  double eps = call.number(1);
  Buffer &x = call.buffer(2), &scale = call.buffer(3), &offset = call.buffer(4), &y = call.buffer(5);
  Buffer &mean = call.buffer(6), &variance = call.buffer(7);
  int64_t segments = s.segments(), rows = s.rows(), c = s.channels, sets = segments * s.groups;
  expect_floats(x, s.elements(), "the input");
  expect_floats(y, s.elements(), "the output");
  expect_alike(x, y);
  expect_type(scale, Type::f32, c, "the scale");
  expect_type(offset, Type::f32, c, "the offset");
  expect_type(mean, Type::f32, sets, "the mean");
  expect_type(variance, Type::f32, sets, "the variance");
  Engine& engine = call.engine;
  const NormalizeLoops& loops = SPECTRAI_LOOPS(normalize_loops);
  if (s.by_row()) {
    loops.rows(x.type, x.data, y.data, scale.f32(), offset.f32(), eps, mean.f32(), variance.f32(), s.n, c, s.groups,
               engine.threads);
    return;
  }
  int parts = parts_of(engine.threads, segments, rows, c);
  int64_t each = segments * c;
  Room room{engine.scratch(static_cast<size_t>(each) * (16 * parts + 12) + 1024)};
  auto *means = room.take<double>(each * parts), *distances = room.take<double>(each * parts);
  auto *m = room.take<float>(each), *a = room.take<float>(each), *b = room.take<float>(each);
  loops.moments(x.type, x.data, means, distances, segments, rows, c, parts, engine.threads);
  for (int64_t segment = 0; segment < segments; segment++)
    for (int64_t group = 0; group < s.groups; group++) {
      double n = 0, mu = 0, apart = 0;
      for (int part = 0; part < parts; part++) {
        auto count = static_cast<double>(rows * (part + 1) / parts - rows * part / parts);
        const double* from = means + (segment * parts + part) * c + group * s.width();
        const double* around = distances + (segment * parts + part) * c + group * s.width();
        for (int64_t k = 0; k < s.width(); k++) {
          double delta = from[k] - mu, total = n + count;
          mu += delta * count / total;
          apart += around[k] + delta * delta * n * count / total;
          n = total;
        }
      }
      double var = apart / n;
      auto inverse = static_cast<float>(1 / std::sqrt(var + eps));
      mean.f32()[segment * s.groups + group] = static_cast<float>(mu);
      variance.f32()[segment * s.groups + group] = static_cast<float>(var);
      for (int64_t k = 0; k < s.width(); k++) {
        int64_t channel = group * s.width() + k, at = segment * c + channel;
        m[at] = static_cast<float>(mu);
        a[at] = inverse * scale.f32()[channel];
        b[at] = offset.f32()[channel];
      }
    }
  loops.apply(x.type, x.data, y.data, m, a, b, segments, rows, c, engine.threads);
}

/// normalizeGradient(sizes as above, eps, dy, x, scale, mean, variance, dx, dscale, doffset)
void normalize_gradient(Call& call) {
  Sets s(call.ints(0));
  double eps = call.number(1);
  Buffer &dy = call.buffer(2), &x = call.buffer(3), &scale = call.buffer(4), &mean = call.buffer(5);
  Buffer &variance = call.buffer(6), &dx = call.buffer(7), &dscale = call.buffer(8), &doffset = call.buffer(9);
  int64_t segments = s.segments(), rows = s.rows(), c = s.channels, sets = segments * s.groups;
  expect_floats(dy, s.elements(), "the output's gradient");
  expect_floats(x, s.elements(), "the input");
  expect_floats(dx, s.elements(), "the input's gradient");
  expect_alike(dy, dx);
  expect_type(scale, Type::f32, c, "the scale");
  expect_type(mean, Type::f32, sets, "the mean");
  expect_type(variance, Type::f32, sets, "the variance");
  expect_type(dscale, Type::f32, c, "the scale's gradient");
  expect_type(doffset, Type::f32, c, "the offset's gradient");
  Engine& engine = call.engine;
  const NormalizeLoops& loops = SPECTRAI_LOOPS(normalize_loops);
  if (s.by_row()) {
    int64_t each = c * engine.threads;
    Room room{engine.scratch(static_cast<size_t>(each) * 16 + 1024)};
    auto *ds = room.take<double>(each), *db = room.take<double>(each);
    loops.rows_gradient(dy.type, dy.data, x.type, x.data, dx.data, scale.f32(), eps, mean.f32(), variance.f32(), ds, db,
                        s.n, c, s.groups, engine.threads);
    for (int64_t k = 0; k < c; k++) {
      dscale.f32()[k] = static_cast<float>(ds[k]);
      doffset.f32()[k] = static_cast<float>(db[k]);
    }
    return;
  }
  int parts = parts_of(engine.threads, segments, rows, c);
  int64_t each = segments * c;
  Room room{engine.scratch(static_cast<size_t>(each) * (16 * parts + 16) + static_cast<size_t>(c) * 16 + 1024)};
  auto *sums = room.take<double>(each * parts), *products = room.take<double>(each * parts);
  auto *ds = room.take<double>(c), *db = room.take<double>(c);
  auto *m = room.take<float>(each), *f = room.take<float>(each), *g = room.take<float>(each), *h = room.take<float>(each);
  for (int64_t at = 0; at < each; at++) m[at] = mean.f32()[at / s.width()];
  loops.gradient_sums(dy.type, dy.data, x.type, x.data, m, sums, products, segments, rows, c, parts, engine.threads);
  for (int64_t k = 0; k < c; k++) ds[k] = db[k] = 0;
  auto count = static_cast<double>(s.count());
  for (int64_t segment = 0; segment < segments; segment++) {
    double *sum = sums + segment * parts * c, *product = products + segment * parts * c;
    for (int part = 1; part < parts; part++)
      for (int64_t k = 0; k < c; k++) {
        sum[k] += sum[part * c + k];
        product[k] += product[part * c + k];
      }
    for (int64_t group = 0; group < s.groups; group++) {
      double inverse = 1 / std::sqrt(static_cast<double>(variance.f32()[segment * s.groups + group]) + eps);
      double mean_g = 0, mean_gx = 0;
      int64_t first = group * s.width(), end = first + s.width();
      for (int64_t k = first; k < end; k++) {
        product[k] *= inverse;
        mean_g += sum[k] * scale.f32()[k];
        mean_gx += product[k] * scale.f32()[k];
        ds[k] += product[k];
        db[k] += sum[k];
      }
      mean_g /= count, mean_gx /= count;
      for (int64_t k = first; k < end; k++) {
        int64_t at = segment * c + k;
        f[at] = static_cast<float>(inverse * scale.f32()[k]);
        g[at] = static_cast<float>(-inverse * inverse * mean_gx);
        h[at] = static_cast<float>(-inverse * mean_g);
      }
    }
  }
  for (int64_t k = 0; k < c; k++) {
    dscale.f32()[k] = static_cast<float>(ds[k]);
    doffset.f32()[k] = static_cast<float>(db[k]);
  }
  loops.gradient(dy.type, dy.data, x.type, x.data, dx.data, m, f, g, h, segments, rows, c, engine.threads);
}

/// normalizeBy([rows, channels], eps, x, mean, variance, scale or -1, offset or -1, y): by given statistics of the channels
void normalize_by(Call& call) {
  Ints v = call.ints(0);
  int64_t rows = v[0], c = v[1];
  double eps = call.number(1);
  Buffer &x = call.buffer(2), &mean = call.buffer(3), &variance = call.buffer(4), &y = call.buffer(7);
  Buffer *scale = call.optional(5), *offset = call.optional(6);
  expect_floats(x, times(rows, c), "the input");
  expect_floats(y, times(rows, c), "the output");
  expect_alike(x, y);
  expect_type(mean, Type::f32, c, "the mean");
  expect_type(variance, Type::f32, c, "the variance");
  if (scale) expect_type(*scale, Type::f32, c, "the scale");
  if (offset) expect_type(*offset, Type::f32, c, "the offset");
  Room room{call.engine.scratch(static_cast<size_t>(c) * 8 + 256)};
  auto *a = room.take<float>(c), *b = room.take<float>(c);
  for (int64_t k = 0; k < c; k++) {
    double inverse = 1 / std::sqrt(static_cast<double>(variance.f32()[k]) + eps);
    a[k] = static_cast<float>(scale ? inverse * scale->f32()[k] : inverse);
    b[k] = offset ? offset->f32()[k] : 0;
  }
  SPECTRAI_LOOPS(normalize_loops)
      .apply(x.type, x.data, y.data, mean.f32(), a, b, 1, rows, c, call.engine.threads);
}

/// blendStatistics(momentum, variance's factor, old mean, old variance, mean, variance, new mean, new variance)
void blend_statistics(Call& call) {
  double momentum = call.number(0), factor = call.number(1);
  auto c = static_cast<int64_t>(call.buffer(2).elements());
  float* lists[6];
  for (int i = 0; i < 6; i++) {
    Buffer& buffer = call.buffer(2 + i);
    expect_type(buffer, Type::f32, c, "a statistic");
    lists[i] = buffer.f32();
  }
  auto keep = static_cast<float>(1 - momentum), take = static_cast<float>(momentum);
  auto take_variance = static_cast<float>(momentum * factor);
  for (int64_t k = 0; k < c; k++) {
    lists[4][k] = lists[0][k] * keep + lists[2][k] * take;
    lists[5][k] = lists[1][k] * keep + lists[3][k] * take_variance;
  }
}

}  // namespace

void add_norms(Napi::Object& exports) {
  add<normalize>(exports, "normalize");
  add<normalize_gradient>(exports, "normalizeGradient");
  add<normalize_by>(exports, "normalizeBy");
  add<blend_statistics>(exports, "blendStatistics");
}

}  // namespace spectrai
