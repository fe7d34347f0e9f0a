#include "lanes.h"

#include "../network-loops.h"

SPECTRAI_LOOPS_BEGIN

/// Running count, mean and sum of squared distances for each lane. A batch of rows is added by its sums about its first row:
/// that row belongs to the batch, so that what cancels is at most as many times the batch's variance as it has rows. Batches
/// are joined in double precision (Chan, Golub and LeVeque, 1979).
template <class T>
static void moments_of(const T* x, double* mean, double* m2, int64_t rows, int64_t channels) {
  int64_t fold = fold_of(rows, channels), full = rows / fold;
  float sums[most_lanes], squares[most_lanes];
  double means[most_lanes], distances[most_lanes];
  for (int64_t c0 = 0; c0 < channels; c0 += most_lanes) {
    int64_t lanes = fold > 1 ? fold * channels : channels - c0 < most_lanes ? channels - c0 : most_lanes;
    int64_t step = fold * channels;
    for (int64_t r0 = 0; r0 < full; r0 += batch_rows) {
      int64_t r1 = r0 + batch_rows < full ? r0 + batch_rows : full, r = r0 + 1;
      const T* first = x + r0 * step + c0;
      memset(sums, 0, sizeof(float) * lanes);
      memset(squares, 0, sizeof(float) * lanes);
      for (; r + 3 <= r1; r += 3) {
        const T *a = x + r * step + c0, *b = a + step, *c = b + step;
#pragma omp simd
        for (int64_t i = 0; i < lanes; i++) {
          float s = load(first, i), u = load(a, i) - s, v = load(b, i) - s, w = load(c, i) - s;
          sums[i] += u + (v + w);
          squares[i] += u * u + (v * v + w * w);
        }
      }
      for (; r < r1; r++) {
        const T* a = x + r * step + c0;
#pragma omp simd
        for (int64_t i = 0; i < lanes; i++) {
          float u = load(a, i) - load(first, i);
          sums[i] += u;
          squares[i] += u * u;
        }
      }
      double n = double(r1 - r0), before = double(r0), share = n / (n + before), weight = before * share;
#pragma omp simd
      for (int64_t i = 0; i < lanes; i++) {
        double sum = sums[i], mine = load(first, i) + sum / n, apart = squares[i] - sum * sum / n;
        double old = r0 ? means[i] : mine, delta = mine - old;
        means[i] = old + delta * share;
        distances[i] = (r0 ? distances[i] : 0.0) + (apart > 0 ? apart : apart != apart ? apart : 0.0) + delta * delta * weight;
      }
    }
    // Lanes of the same channel together, and the rows that fill no row of lanes.
    int64_t width = fold > 1 ? channels : lanes;
    for (int64_t c = 0; c < width; c++) {
      double n = double(full), m = means[c], d = distances[c];
      auto join = [&](double count, double other, double apart) {
        double delta = other - m, total = n + count;
        m += delta * count / total;
        d += apart + delta * delta * n * count / total;
        n = total;
      };
      for (int64_t k = 1; k < fold; k++) join(double(full), means[k * channels + c], distances[k * channels + c]);
      for (int64_t r = full * fold; r < rows; r++) join(1, load(x, r * channels + c0 + c), 0);
      mean[c0 + c] = m;
      m2[c0 + c] = d;
    }
  }
}

template <class T>
static void moments_typed(const void* x, double* mean, double* m2, int64_t segments, int64_t rows, int64_t channels,
                          int parts, int threads) {
  const T* in = static_cast<const T*>(x);
  over_parts(threads, segments, rows, channels, parts, [=](int64_t task, int64_t segment, int64_t from, int64_t to) {
    moments_of(in + (segment * rows + from) * channels, mean + task * channels, m2 + task * channels, to - from, channels);
  });
}

static void moments(Type type, const void* x, double* mean, double* m2, int64_t segments, int64_t rows,
                    int64_t channels, int parts, int threads) {
  auto run = type == Type::bf16 ? moments_typed<bf16> : moments_typed<float>;
  run(x, mean, m2, segments, rows, channels, parts, threads);
}

template <class T>
static void apply_typed(const void* x, void* y, const float* mean, const float* a, const float* b, int64_t segments,
                        int64_t rows, int64_t channels, int threads) {
  over_rows(threads, segments, rows, channels, [=](int64_t segment, int64_t from, int64_t to) {
    int64_t fold = fold_of(to - from, channels), start = (segment * rows + from) * channels;
    Expanded m, f, g;
    m.set(mean + segment * channels, channels, fold);
    f.set(a + segment * channels, channels, fold);
    g.set(b + segment * channels, channels, fold);
    const float *ms = m.at, *fs = f.at, *gs = g.at;
    const T* in = static_cast<const T*>(x) + start;
    T* out = static_cast<T*>(y) + start;
    each_lane(to - from, channels, fold,
              [=](int64_t at, int64_t i) { store(out, at, (load(in, at) - ms[i]) * fs[i] + gs[i]); });
  });
}

static void apply(Type type, const void* x, void* y, const float* mean, const float* a, const float* b,
                  int64_t segments, int64_t rows, int64_t channels, int threads) {
  auto run = type == Type::bf16 ? apply_typed<bf16> : apply_typed<float>;
  run(x, y, mean, a, b, segments, rows, channels, threads);
}

template <class DY, class X>
static void sums_typed(const void* dy, const void* x, const float* mean, double* sum, double* product, int64_t segments,
                       int64_t rows, int64_t channels, int parts, int threads) {
  over_parts(threads, segments, rows, channels, parts, [=](int64_t task, int64_t segment, int64_t from, int64_t to) {
    int64_t start = (segment * rows + from) * channels;
    Expanded m;
    m.set(mean + segment * channels, channels, fold_of(to - from, channels));
    const float* ms = m.at;
    const DY* d = static_cast<const DY*>(dy) + start;
    const X* in = static_cast<const X*>(x) + start;
    double* totals[2] = {sum + task * channels, product + task * channels};
    lane_sums<2>(
        to - from, channels,
        [=](int64_t at, int64_t i, float* v) {
          v[0] = load(d, at);
          v[1] = v[0] * (load(in, at) - ms[i]);
        },
        totals);
  });
}

static void gradient_sums(Type dy_type, const void* dy, Type x_type, const void* x, const float* mean, double* sum,
                          double* product, int64_t segments, int64_t rows, int64_t channels, int parts, int threads) {
  bool a = dy_type == Type::bf16, b = x_type == Type::bf16;
  auto run = a ? (b ? sums_typed<bf16, bf16> : sums_typed<bf16, float>)
               : (b ? sums_typed<float, bf16> : sums_typed<float, float>);
  run(dy, x, mean, sum, product, segments, rows, channels, parts, threads);
}

template <class DY, class X>
static void gradient_typed(const void* dy, const void* x, void* d, const float* mean, const float* a, const float* b,
                           const float* c, int64_t segments, int64_t rows, int64_t channels, int threads) {
  over_rows(threads, segments, rows, channels, [=](int64_t segment, int64_t from, int64_t to) {
    int64_t fold = fold_of(to - from, channels), start = (segment * rows + from) * channels, at = segment * channels;
    Expanded m, f, g, h;
    m.set(mean + at, channels, fold);
    f.set(a + at, channels, fold);
    g.set(b + at, channels, fold);
    h.set(c + at, channels, fold);
    const float *ms = m.at, *fs = f.at, *gs = g.at, *hs = h.at;
    const DY* given = static_cast<const DY*>(dy) + start;
    const X* in = static_cast<const X*>(x) + start;
    DY* out = static_cast<DY*>(d) + start;
    each_lane(to - from, channels, fold, [=](int64_t k, int64_t i) {
      store(out, k, load(given, k) * fs[i] + ((load(in, k) - ms[i]) * gs[i] + hs[i]));
    });
  });
}

static void gradient(Type dy_type, const void* dy, Type x_type, const void* x, void* d, const float* mean,
                     const float* a, const float* b, const float* c, int64_t segments, int64_t rows, int64_t channels,
                     int threads) {
  bool p = dy_type == Type::bf16, q = x_type == Type::bf16;
  auto run = p ? (q ? gradient_typed<bf16, bf16> : gradient_typed<bf16, float>)
               : (q ? gradient_typed<float, bf16> : gradient_typed<float, float>);
  run(dy, x, d, mean, a, b, c, segments, rows, channels, threads);
}

/// The sum of 16 strands, pair by pair.
static inline float joined(const float* v) {
  float a[8], b[4];
  for (int k = 0; k < 8; k++) a[k] = v[k] + v[k + 8];
  for (int k = 0; k < 4; k++) b[k] = a[k] + a[k + 4];
  return (b[0] + b[2]) + (b[1] + b[3]);
}

/// Sums of two numbers that f(i, out) gives for i in [0, n), in 16 strands each.
template <class F>
static inline void two_sums(int64_t n, F f, double& first, double& second) {
  double a = 0, b = 0;
  // So many at a time in single precision.
  for (int64_t start = 0; start < n; start += 2048) {
    int64_t end = start + 2048 < n ? start + 2048 : n, i = start;
    float u[16], v[16];
    for (int k = 0; k < 16; k++) u[k] = v[k] = 0;
    for (; i + 16 <= end; i += 16) {
#pragma omp simd
      for (int k = 0; k < 16; k++) {
        float both[2];
        f(i + k, both);
        u[k] += both[0];
        v[k] += both[1];
      }
    }
    for (; i < end; i++) {
      float both[2];
      f(i, both);
      u[(i - start) % 16] += both[0];
      v[(i - start) % 16] += both[1];
    }
    a += joined(u);
    b += joined(v);
  }
  first = a;
  second = b;
}

template <class T>
static void rows_typed(const void* x, void* y, const float* scale, const float* offset, double eps, float* mean,
                       float* variance, int64_t rows, int64_t channels, int64_t groups, int threads) {
  int64_t width = channels / groups;
  double share = 1 / double(width);
  parallel(threads, rows, 1 + least_elements / (channels > 0 ? channels : 1), [=](int64_t from, int64_t to) {
    for (int64_t set = from * groups; set < to * groups; set++) {
      const T* in = static_cast<const T*>(x) + set * width;
      T* out = static_cast<T*>(y) + set * width;
      // About the mean of the first values, so that what cancels is at most as many times the variance as there are sixteens.
      float shift = load(in, 0);
      if (width >= 16) {
        float first[16];
        for (int k = 0; k < 16; k++) first[k] = load(in, k);
        shift = joined(first) / 16;
      }
      double sum, squares;
      two_sums(
          width,
          [=](int64_t i, float* v) {
            v[0] = load(in, i) - shift;
            v[1] = v[0] * v[0];
          },
          sum, squares);
      sum *= share;
      double apart = squares * share - sum * sum, spread = apart > 0 ? apart : apart != apart ? apart : 0;
      float m = float(shift + sum), inverse = 1 / sqrtf(float(spread + eps));
      mean[set] = m;
      variance[set] = float(spread);
      const float *s = scale + set % groups * width, *o = offset + set % groups * width;
#pragma omp simd
      for (int64_t i = 0; i < width; i++) store(out, i, (load(in, i) - m) * (inverse * s[i]) + o[i]);
    }
  });
}

static void rows_forward(Type type, const void* x, void* y, const float* scale, const float* offset, double eps,
                         float* mean, float* variance, int64_t rows, int64_t channels, int64_t groups, int threads) {
  auto run = type == Type::bf16 ? rows_typed<bf16> : rows_typed<float>;
  run(x, y, scale, offset, eps, mean, variance, rows, channels, groups, threads);
}

template <class DY, class X>
static void rows_gradient_typed(const void* dy, const void* x, void* d, const float* scale, double eps,
                                const float* mean, const float* variance, double* dscale, double* doffset, int64_t rows,
                                int64_t channels, int64_t groups, int threads) {
  int64_t width = channels / groups, least = 1 + least_elements / (channels > 0 ? channels : 1);
  int64_t wanted = rows / least;
  int parts = int(wanted < threads ? (wanted < 1 ? 1 : wanted) : threads);
  parallel(parts, parts, 1, [=](int64_t first, int64_t end) {
    for (int64_t part = first; part < end; part++) {
      double *ds = dscale + part * channels, *db = doffset + part * channels;
      memset(ds, 0, sizeof(double) * channels);
      memset(db, 0, sizeof(double) * channels);
      int64_t from = rows * part / parts, to = rows * (part + 1) / parts;
      for (int64_t set = from * groups; set < to * groups; set++) {
        const DY* given = static_cast<const DY*>(dy) + set * width;
        const X* in = static_cast<const X*>(x) + set * width;
        DY* out = static_cast<DY*>(d) + set * width;
        int64_t c0 = set % groups * width;
        const float* s = scale + c0;
        float m = mean[set], inverse = float(1 / sqrt(double(variance[set]) + eps));
        double sum, product;
        two_sums(
            width,
            [=](int64_t i, float* v) {
              v[0] = load(given, i) * s[i];
              v[1] = v[0] * ((load(in, i) - m) * inverse);
            },
            sum, product);
        float a = float(sum / double(width)), b = float(product / double(width));
        double *dsc = ds + c0, *dbc = db + c0;
#pragma omp simd
        for (int64_t i = 0; i < width; i++) {
          float g = load(given, i), hat = (load(in, i) - m) * inverse;
          store(out, i, (g * s[i] - a - hat * b) * inverse);
          dsc[i] += g * hat;
          dbc[i] += g;
        }
      }
    }
  });
  for (int part = 1; part < parts; part++)
    for (int64_t c = 0; c < channels; c++) {
      dscale[c] += dscale[part * channels + c];
      doffset[c] += doffset[part * channels + c];
    }
}

static void rows_gradient(Type dy_type, const void* dy, Type x_type, const void* x, void* d, const float* scale,
                          double eps, const float* mean, const float* variance, double* dscale, double* doffset,
                          int64_t rows, int64_t channels, int64_t groups, int threads) {
  bool p = dy_type == Type::bf16, q = x_type == Type::bf16;
  auto run = p ? (q ? rows_gradient_typed<bf16, bf16> : rows_gradient_typed<bf16, float>)
               : (q ? rows_gradient_typed<float, bf16> : rows_gradient_typed<float, float>);
  run(dy, x, d, scale, eps, mean, variance, dscale, doffset, rows, channels, groups, threads);
}

extern const NormalizeLoops normalize_loops = {moments, apply, gradient_sums, gradient, rows_forward, rows_gradient};

SPECTRAI_LOOPS_END
