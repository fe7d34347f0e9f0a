#include "../winograd.h"
#include "winograd-chunks.h"

SPECTRAI_LOOPS_BEGIN

typedef float vec __attribute__((vector_size(lanes * 4), aligned(4)));

/// So many channels of a row, the last of them fewer than a vector holds: any number of channels keeps the vectors full.
struct Part {
#if defined(__AVX512F__)
  __mmask16 mask;
  explicit Part(int64_t count) : mask(count >= lanes ? __mmask16(0xffff) : __mmask16((1u << count) - 1)) {}
  vec load(const float* p) const { return (vec)_mm512_maskz_loadu_ps(mask, p); }
  void store(float* p, vec v) const { _mm512_mask_storeu_ps(p, mask, (__m512)v); }
#else
  int64_t count;
  explicit Part(int64_t n) : count(least(n, lanes)) {}
  vec load(const float* p) const {
    if (count == lanes) return *reinterpret_cast<const vec*>(p);
    vec v = {};
    for (int64_t l = 0; l < count; l++) v[l] = p[l];
    return v;
  }
  void store(float* p, vec v) const {
    if (count == lanes) *reinterpret_cast<vec*>(p) = v;
    else
      for (int64_t l = 0; l < count; l++) p[l] = v[l];
  }
#endif
};

static int64_t weight_floats(const WinogradShape& s) {
  return points * s.kernel_rows() * s.channels * padded(s.filters);
}

static int64_t work_floats(const WinogradShape& s, bool gradient, int threads) {
  Chunks c = cut(s, gradient ? gradient_cache_floats : cache_floats, threads);
  int64_t each = points * (c.slots * s.channels + c.tiles * padded(s.filters)) + s.channels + 64;
  if (gradient) each += weight_floats(s) + 64;
  return threads * (each + 64);
}

/// U = G w, as the inner loop reads it: [point][panel of filters][kernel row][channel][filter of the panel].
static void weights(const WinogradShape& s, const float* w, bool turned, float* to, int threads) {
  const int64_t C = s.channels, K = s.kernel_rows(), panels = padded(s.filters) / panel;
  parallel(threads, panels * K, least_elements / (C * panel) + 1, [=](int64_t from, int64_t until) {
    for (int64_t i = from; i < until; i++)
      for (int64_t c0 = 0; c0 < C; c0 += weight_block) {
        float block[3][weight_block][panel], u[points][panel];
        int64_t p = i / K, q = i % K, channels = least(weight_block, C - c0);
        gather_weights(s, w, turned, p, q, c0, channels, block);
        for (int64_t c = 0; c < channels; c++) {
          transform_weights(block, c, u);
          for (int k = 0; k < points; k++)
            memcpy(to + (((k * panels + p) * K + q) * C + c0 + c) * panel, u[k], sizeof u[k]);
        }
      }
  });
}

/// One tile of a row: six columns in, six transforms out, `step` apart. `from[j]` may point at zeros.
static inline void transform_input(const float* const* from, float* to, int64_t step, int64_t C) {
  for (int64_t i = 0; i < C; i += lanes) {
    const Part part(C - i);
    vec a = part.load(from[0] + i), b = part.load(from[1] + i), d = part.load(from[2] + i);
    vec e = part.load(from[3] + i), f = part.load(from[4] + i), g = part.load(from[5] + i);
    vec p = f - 4 * d, q = e - 4 * b, r = f - d, t = 2 * (e - b);
    float* v = to + i;
    part.store(v, 4 * a - 5 * d + f);
    part.store(v + step, p + q);
    part.store(v + 2 * step, p - q);
    part.store(v + 3 * step, r + t);
    part.store(v + 4 * step, r - t);
    part.store(v + 5 * step, 4 * b - 5 * e + g);
  }
}

/// Transforms of the tiles [t0, t1) of an input row (null: a row of zeros, outside), C floats each, to consecutive places.
static void transform_row(const float* row, int64_t width, int64_t before, int64_t t0, int64_t t1, const float* zeros,
                          float* to, int64_t step, int64_t C) {
  if (!row) {
    for (int k = 0; k < points; k++) memset(to + k * step, 0, sizeof(float) * (t1 - t0) * C);
    return;
  }
  for (int64_t t = t0; t < t1; t++) {
    const float* from[points];
    for (int j = 0; j < points; j++) {
      int64_t w = t * tile + j - before;
      from[j] = w >= 0 && w < width ? row + w * C : zeros;
    }
    transform_input(from, to + (t - t0) * C, step, C);
  }
}

/// The transformed input of a chunk, [point][slot or tile][C].
static void transform_chunk(const WinogradShape& s, const Chunks& k, int64_t chunk, const float* x, const float* zeros,
                            float* v) {
  const int64_t C = s.channels, T = s.tiles(), step = k.slots * C;
  if (k.by_tile) {
    int64_t from = chunk * k.size, until = least(from + k.size, s.n * s.out[0] * s.out[1] * T);
    for (int64_t at = from; at < until;) {
      int64_t row = at / T, t0 = at % T, t1 = least(T, t0 + until - at);
      // One kernel row, possibly with padding in the other dimensions.
      int64_t h = row % s.out[1] - s.before[1], d = row / s.out[1] % s.out[0] - s.before[0], n = row / (s.out[1] * s.out[0]);
      bool inside = h >= 0 && h < s.in[1] && d >= 0 && d < s.in[0];
      const float* source = inside ? x + ((n * s.in[0] + d) * s.in[1] + h) * s.in[2] * C : nullptr;
      transform_row(source, s.in[2], s.before[2], t0, t1, zeros, v + (at - from) * C, step, C);
      at += t1 - t0;
    }
    return;
  }
  int64_t plane = chunk / k.per_plane, h0 = chunk % k.per_plane * k.size;
  int64_t count = least(k.size, s.out[1] - h0), n = plane / s.out[0], d0 = plane % s.out[0];
  int64_t slots = k.size + s.kernel[1] - 1;
  for (int64_t kd = 0; kd < s.kernel[0]; kd++)
    for (int64_t i = 0; i < count + s.kernel[1] - 1; i++) {
      int64_t d = d0 + kd - s.before[0], h = h0 + i - s.before[1];
      bool inside = d >= 0 && d < s.in[0] && h >= 0 && h < s.in[1];
      const float* source = inside ? x + ((n * s.in[0] + d) * s.in[1] + h) * s.in[2] * C : nullptr;
      transform_row(source, s.in[2], s.before[2], 0, T, zeros, v + (kd * slots + i) * T * C, step, C);
    }
}

/// R rows of one panel: out[r] = Σ over kernel rows and channels of a · b.
template <int R>
static void product(const WinogradShape& s, const Chunks& k, const float* a, const float* b, float* out, int64_t width) {
  const int64_t C = s.channels, K = s.kernel_rows();
  vec sum[R][vectors];
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) sum[r][j] = vec{};
  for (int64_t q = 0; q < K; q++) {
    const float* left = a + first_row(s, k, q) * s.tiles() * C;
    for (int64_t c = 0; c < C; c++, b += panel) {
      vec right[vectors];
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) right[j] = *reinterpret_cast<const vec*>(b + j * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) {
        float x = left[r * C + c];
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) sum[r][j] += x * right[j];
      }
    }
  }
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) *reinterpret_cast<vec*>(out + r * width + j * lanes) = sum[r][j];
}

typedef void (*Product)(const WinogradShape&, const Chunks&, const float*, const float*, float*, int64_t);

/// The inner loop for each number of rows up to `rows`.
template <int R>
static void fill(Product* table) {
  table[R] = product<R>;
  if constexpr (R > 1) fill<R - 1>(table);
}

template <Activation A>
static inline vec activated(vec v, float slope) {
  vec zero = {};
  switch (A) {
    case Activation::relu: return v > 0 ? v : zero;
    case Activation::leaky_relu: return v > 0 ? v : v * slope;
    default: return v;
  }
}

/// Four columns of a row, or fewer at its end, from the six products of a tile, whose widths are padded to whole vectors.
template <Activation A>
static inline void transform_output(const float* m, int64_t step, const float* bias, float slope, float* y, int64_t F,
                                    int64_t columns) {
  for (int64_t f = 0; f < F; f += lanes) {
    const Part part(F - f);
    const float* at = m + f;
    auto of = [at, step](int64_t j) { return *reinterpret_cast<const vec*>(at + j * step); };
    vec add = {};
    if (bias) add = part.load(bias + f);
    vec m1 = of(1), m2 = of(2), m3 = of(3), m4 = of(4), p = m1 + m2, q = m1 - m2, r = m3 + m4, t = m3 - m4;
    float* to = y + f;
    part.store(to, activated<A>(of(0) + p + r + add, slope));
    if (columns > 1) part.store(to + F, activated<A>(q + 2 * t + add, slope));
    if (columns > 2) part.store(to + 2 * F, activated<A>(p + 4 * r + add, slope));
    if (columns > 3) part.store(to + 3 * F, activated<A>(q + 8 * t + of(5) + add, slope));
  }
}

/// Where the tile `i` of a chunk goes, and how many columns of it there are.
static inline float* place(const WinogradShape& s, const Chunks& k, int64_t chunk, int64_t i, float* y, int64_t* columns) {
  int64_t row, t;
  position(s, k, chunk, i, &row, &t);
  *columns = least(tile, s.out[2] - t * tile);
  return y + (row * s.out[2] + t * tile) * s.filters;
}

template <Activation A>
static void forward_typed(const WinogradShape& s, const float* x, const float* weights, const float* bias, float slope,
                          float* y, float* work, int threads) {
  const int64_t C = s.channels, F = s.filters, K = s.kernel_rows(), width = padded(F);
  const Chunks k = cut(s, cache_floats, threads);
  const int64_t each = (work_floats(s, false, threads) / threads);
  Product table[rows + 1];
  fill<rows>(table);
#pragma omp parallel num_threads(threads)
  {
    float* zeros = work + each * omp_get_thread_num();
    memset(zeros, 0, sizeof(float) * C);
    float* v = zeros + (C + 15) / 16 * 16;
    float* m = v + points * k.slots * C;
    // Which thread does a chunk has no influence on its numbers.
#pragma omp for schedule(dynamic)
    for (int64_t chunk = 0; chunk < k.count; chunk++) {
      transform_chunk(s, k, chunk, x, zeros, v);
      int64_t count = tiles_of(s, k, chunk);
      for (int p = 0; p < points; p++)
        for (int64_t f = 0; f < width; f += panel) {
          const float* b = weights + (p * width + f) * K * C;
          for (int64_t i = 0; i < count; i += rows)
            table[least(rows, count - i)](s, k, v + (p * k.slots + i) * C, b, m + (p * k.tiles + i) * width + f, width);
        }
      for (int64_t i = 0; i < count; i++) {
        int64_t columns;
        float* to = place(s, k, chunk, i, y, &columns);
        transform_output<A>(m + i * width, k.tiles * width, bias, slope, to, F, columns);
      }
    }
  }
}

static void forward(const WinogradShape& s, const float* x, const float* weights, const float* bias, Activation activation,
                    float slope, float* y, float* work, int threads) {
  if (activation == Activation::relu) return forward_typed<Activation::relu>(s, x, weights, bias, slope, y, work, threads);
  if (activation == Activation::leaky_relu)
    return forward_typed<Activation::leaky_relu>(s, x, weights, bias, slope, y, work, threads);
  forward_typed<Activation::linear>(s, x, weights, bias, slope, y, work, threads);
}

/// Z = A dy of a tile: six values from four columns (those beyond the row are zeros), zeros beyond the filters.
static inline void transform_gradient(const float* dy, int64_t columns, int64_t F, int64_t width, float* z, int64_t step) {
  for (int64_t f = 0; f < width; f += lanes) {
    const Part part(f < F ? F - f : 0), all(lanes);
    vec a = part.load(dy + f), b = {}, d = {}, e = {};
    if (columns > 1) b = part.load(dy + F + f);
    if (columns > 2) d = part.load(dy + 2 * F + f);
    if (columns > 3) e = part.load(dy + 3 * F + f);
    vec p = a + d, q = b + e, r = a + 4 * d, t = 2 * b + 8 * e;
    all.store(z + f, a);
    all.store(z + step + f, p + q);
    all.store(z + 2 * step + f, p - q);
    all.store(z + 3 * step + f, r + t);
    all.store(z + 4 * step + f, r - t);
    all.store(z + 5 * step + f, e);
  }
}

/// R channels of one panel of filters: p[r] += Σ over tiles of v[t][r] · z[t].
template <int R>
static void outer(const float* v, int64_t C, const float* z, int64_t width, int64_t count, float* p) {
  vec sum[R][vectors];
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) sum[r][j] = *reinterpret_cast<const vec*>(p + r * width + j * lanes);
  for (int64_t t = 0; t < count; t++, v += C, z += width) {
    vec right[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) right[j] = *reinterpret_cast<const vec*>(z + j * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      float x = v[r];
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) sum[r][j] += x * right[j];
    }
  }
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) *reinterpret_cast<vec*>(p + r * width + j * lanes) = sum[r][j];
}

typedef void (*Outer)(const float*, int64_t, const float*, int64_t, int64_t, float*);

template <int R>
static void fill_outer(Outer* table) {
  table[R] = outer<R>;
  if constexpr (R > 1) fill_outer<R - 1>(table);
}

static void weight_gradient(const WinogradShape& s, const float* x, const float* dy, float* dw, float* work, int threads) {
  const int64_t C = s.channels, F = s.filters, K = s.kernel_rows(), width = padded(F);
  const Chunks k = cut(s, gradient_cache_floats, threads);
  const int64_t each = work_floats(s, true, threads) / threads;
  const int64_t sums = points * K * C * width;
  Outer table[rows + 1];
  fill_outer<rows>(table);
  int team = 1;
#pragma omp parallel num_threads(threads)
  {
    int size = omp_get_num_threads(), me = omp_get_thread_num();
#pragma omp single
    team = size;
    float* zeros = work + each * me;
    memset(zeros, 0, sizeof(float) * C);
    float* p = zeros + (C + 15) / 16 * 16;
    float* v = p + sums;
    float* z = v + points * k.slots * C;
    memset(p, 0, sizeof(float) * sums);
    // Fixed parts, so that sums are the same from run to run.
    for (int64_t chunk = k.count * me / size; chunk < k.count * (me + 1) / size; chunk++) {
      transform_chunk(s, k, chunk, x, zeros, v);
      int64_t count = tiles_of(s, k, chunk);
      for (int64_t i = 0; i < count; i++) {
        int64_t columns;
        const float* from = place(s, k, chunk, i, const_cast<float*>(dy), &columns);
        transform_gradient(from, columns, F, width, z + i * width, k.tiles * width);
      }
      for (int j = 0; j < points; j++)
        for (int64_t q = 0; q < K; q++) {
          const float* left = v + (j * k.slots + first_row(s, k, q) * s.tiles()) * C;
          for (int64_t f = 0; f < width; f += panel)
            for (int64_t c = 0; c < C; c += rows)
              table[least(rows, C - c)](left + c, C, z + j * k.tiles * width + f, width, count,
                                        p + ((j * K + q) * C + c) * width + f);
        }
    }
#pragma omp barrier
#pragma omp for schedule(static)
    for (int64_t i = 0; i < K * C; i++) finish_weights(s, work + (C + 15) / 16 * 16, each, team, i, dw);
  }
}

extern const WinogradLoops winograd_loops = {weight_floats, work_floats, weights, forward, weight_gradient};

SPECTRAI_LOOPS_END
