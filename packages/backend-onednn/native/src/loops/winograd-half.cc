#include "../winograd.h"
#include "winograd-chunks.h"

SPECTRAI_LOOPS_BEGIN

#if defined(__AVX512F__)

// Asked for only where the processor has them, see winograd.cc.
#define SPECTRAI_BF16 __attribute__((target("avx512bf16")))

// Sixteen channels at a time; the last ones of a row through a mask, so that any number of them keeps the vectors full.
typedef __m512 Lanes;
static inline __mmask16 mask_of(int64_t count) { return count >= 16 ? __mmask16(0xffff) : __mmask16((1u << count) - 1); }
static inline Lanes widen(__m256i half) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16)); }
static inline Lanes load_half(const uint16_t* p, __mmask16 m) { return widen(_mm256_maskz_loadu_epi16(m, p)); }
static inline SPECTRAI_BF16 __m256i narrow(Lanes v) { return (__m256i)_mm512_cvtneps_pbh(v); }
static inline Lanes plus(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
static inline Lanes minus(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
/// a · x + b
static inline Lanes axpy(float a, Lanes x, Lanes b) { return _mm512_fmadd_ps(_mm512_set1_ps(a), x, b); }

static inline int64_t even(int64_t n) { return (n + 1) / 2 * 2; }

static int64_t weight_floats(const WinogradShape& s) {
  return points * s.kernel_rows() * even(s.channels) / 2 * padded(s.filters);
}

/// Zeros for what lies outside of a row, in floats.
static inline int64_t zero_floats(const WinogradShape& s) { return (most(s.channels, s.filters) + 63) / 32 * 16; }
/// Tiles that a row takes up among the slots of a gradient: pairs do not reach over its end.
static inline int64_t slot_tiles(const WinogradShape& s, const Chunks& k, bool gradient) {
  return k.by_tile ? 1 : gradient ? even(s.tiles()) : s.tiles();
}
static inline int64_t slots_of(const WinogradShape& s, const Chunks& k, bool gradient) {
  return k.by_tile ? even(k.slots) : k.slots / s.tiles() * slot_tiles(s, k, gradient);
}
static inline int64_t tiles_room(const WinogradShape& s, const Chunks& k, bool gradient) {
  return k.by_tile ? even(k.tiles) : k.tiles / s.tiles() * slot_tiles(s, k, gradient);
}
static inline Chunks chunks(const WinogradShape& s, bool gradient, int threads) {
  return cut(s, gradient ? gradient_cache_floats : cache_floats, threads);
}

static int64_t work_floats(const WinogradShape& s, bool gradient, int threads) {
  Chunks k = chunks(s, gradient, threads);
  int64_t width = padded(s.filters), slots = slots_of(s, k, gradient), tiles = tiles_room(s, k, gradient);
  int64_t each = zero_floats(s) + points * (slots * even(s.channels) / 2 + tiles * (gradient ? width / 2 : width)) + 64;
  if (gradient) each += points * s.kernel_rows() * s.channels * width;
  return threads * (each + 64) / 16 * 16 + 64 * threads;
}

/// U in pairs of channels: [point][panel][kernel row][pair of channels][filter of the panel][2].
static SPECTRAI_BF16 void weights(const WinogradShape& s, const float* w, bool turned, float* to_floats, int threads) {
  uint16_t* to = reinterpret_cast<uint16_t*>(to_floats);
  const int64_t C = s.channels, C2 = even(C), K = s.kernel_rows(), panels = padded(s.filters) / panel;
#pragma omp parallel for num_threads(panels* K* C* panel >= 2 * least_elements ? threads : 1) schedule(static)
  for (int64_t i = 0; i < panels * K; i++)
    for (int64_t c0 = 0; c0 < C2; c0 += weight_block) {
      float block[3][weight_block][panel], u[2][points][panel];
      int64_t p = i / K, q = i % K, channels = least(weight_block, C - c0), pairs = (channels + 1) / 2;
      gather_weights(s, w, turned, p, q, c0, channels, block);
      for (int64_t c = 0; c < pairs; c++) {
        transform_weights(block, 2 * c, u[0]);
        if (2 * c + 1 < channels) transform_weights(block, 2 * c + 1, u[1]);
        else memset(u[1], 0, sizeof u[1]);
        for (int k = 0; k < points; k++)
          for (int64_t l = 0; l < panel; l += 16) {
            __m512i a = _mm512_cvtepu16_epi32(narrow(_mm512_loadu_ps(&u[0][k][l])));
            __m512i b = _mm512_cvtepu16_epi32(narrow(_mm512_loadu_ps(&u[1][k][l])));
            uint16_t* at = to + ((((k * panels + p) * K + q) * (C2 / 2) + c0 / 2 + c) * panel + l) * 2;
            _mm512_storeu_si512(at, _mm512_or_si512(a, _mm512_slli_epi32(b, 16)));
          }
      }
    }
}

/// The six columns of a tile of an output row as kernel row (kd, kh) meets it; zeros where they lie outside.
static inline void sources(const WinogradShape& s, const uint16_t* x, int64_t n, int64_t d, int64_t h, int64_t t,
                           const uint16_t* zeros, const uint16_t** from) {
  bool inside = d >= 0 && d < s.in[0] && h >= 0 && h < s.in[1];
  const uint16_t* row = inside ? x + ((n * s.in[0] + d) * s.in[1] + h) * s.in[2] * s.channels : nullptr;
  for (int j = 0; j < points; j++) {
    int64_t w = t * tile + j - s.before[2];
    from[j] = inside && w >= 0 && w < s.in[2] ? row + w * s.channels : zeros;
  }
}

/// V = Bᵀ x of sixteen channels of a tile.
static inline void transform_input(const uint16_t* const* from, int64_t c, __mmask16 m, Lanes* v) {
  Lanes a = load_half(from[0] + c, m), b = load_half(from[1] + c, m), d = load_half(from[2] + c, m);
  Lanes e = load_half(from[3] + c, m), f = load_half(from[4] + c, m), g = load_half(from[5] + c, m);
  Lanes p = axpy(-4, d, f), q = axpy(-4, b, e), r = minus(f, d), t = axpy(2, e, axpy(-2, b, _mm512_setzero_ps()));
  v[0] = axpy(4, a, axpy(-5, d, f));
  v[1] = plus(p, q);
  v[2] = minus(p, q);
  v[3] = plus(r, t);
  v[4] = minus(r, t);
  v[5] = axpy(4, b, axpy(-5, e, g));
}

/// Calls `f(slot, n, d, h, t)` for every tile of a chunk's input; t < 0 stands for one that fills up a pair.
template <class F>
static inline SPECTRAI_BF16 void each_slot(const WinogradShape& s, const Chunks& k, int64_t chunk, bool gradient, F f) {
  const int64_t T = s.tiles();
  if (k.by_tile) {
    int64_t count = tiles_of(s, k, chunk), room = gradient ? even(count) : count;
    for (int64_t i = 0; i < room; i++) {
      int64_t row, t;
      position(s, k, chunk, least(i, count - 1), &row, &t);
      f(i, row / (s.out[1] * s.out[0]), row / s.out[1] % s.out[0] - s.before[0], row % s.out[1] - s.before[1],
        i < count ? t : -1);
    }
    return;
  }
  const int64_t wide = slot_tiles(s, k, gradient), plane = chunk / k.per_plane, h0 = chunk % k.per_plane * k.size;
  const int64_t count = least(k.size, s.out[1] - h0), slots = k.size + s.kernel[1] - 1;
  for (int64_t kd = 0; kd < s.kernel[0]; kd++)
    for (int64_t i = 0; i < count + s.kernel[1] - 1; i++)
      for (int64_t t = 0; t < wide; t++)
        f((kd * slots + i) * wide + t, plane / s.out[0], plane % s.out[0] + kd - s.before[0], h0 + i - s.before[1],
          t < T ? t : -1);
}

/// R rows of one panel.
template <int R>
static SPECTRAI_BF16 void product(const WinogradShape& s, const Chunks& k, const uint16_t* a, const uint16_t* b, float* out,
                                  int64_t width) {
  const int64_t C2 = even(s.channels), K = s.kernel_rows();
  __m512 sum[R][vectors];
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) sum[r][j] = _mm512_setzero_ps();
  for (int64_t q = 0; q < K; q++) {
    const uint16_t* left = a + first_row(s, k, q) * s.tiles() * C2;
    for (int64_t c = 0; c < C2; c += 2, b += 2 * panel) {
      __m512i right[vectors];
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) right[j] = _mm512_loadu_si512(b + 32 * j);
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) {
        int32_t pair;
        memcpy(&pair, left + r * C2 + c, 4);
        __m512i x = _mm512_set1_epi32(pair);
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) sum[r][j] = _mm512_dpbf16_ps(sum[r][j], (__m512bh)x, (__m512bh)right[j]);
      }
    }
  }
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) _mm512_storeu_ps(out + r * width + j * lanes, sum[r][j]);
}

typedef void (*Product)(const WinogradShape&, const Chunks&, const uint16_t*, const uint16_t*, float*, int64_t);
template <int R>
static void fill(Product* table) {
  table[R] = product<R>;
  if constexpr (R > 1) fill<R - 1>(table);
}

/// Four columns of a row from the six products of a tile.
static inline SPECTRAI_BF16 void transform_output(const float* m, int64_t step, const float* bias, Activation activation,
                                                  float slope, uint16_t* y, int64_t F, int64_t columns) {
  for (int64_t f = 0; f < F; f += 16) {
    __mmask16 part = mask_of(F - f);
    Lanes v[points];
    for (int j = 0; j < points; j++) v[j] = _mm512_loadu_ps(m + j * step + f);
    Lanes add = bias ? _mm512_maskz_loadu_ps(part, bias + f) : _mm512_setzero_ps();
    Lanes p = plus(v[1], v[2]), q = minus(v[1], v[2]), r = plus(v[3], v[4]), t = minus(v[3], v[4]);
    Lanes out[tile] = {plus(plus(v[0], p), plus(r, add)), axpy(2, t, plus(q, add)), axpy(4, r, plus(p, add)),
                       axpy(8, t, plus(plus(q, v[5]), add))};
    for (int64_t j = 0; j < columns; j++) {
      Lanes zero = _mm512_setzero_ps(), value = out[j];
      if (activation == Activation::relu) value = _mm512_max_ps(value, zero);
      if (activation == Activation::leaky_relu)
        value = _mm512_mask_mul_ps(value, _mm512_cmp_ps_mask(value, zero, _CMP_LE_OQ), value, _mm512_set1_ps(slope));
      _mm256_mask_storeu_epi16(y + j * F + f, part, narrow(value));
    }
  }
}

static SPECTRAI_BF16 void forward(const WinogradShape& s, const uint16_t* x, const float* weights_floats, const float* bias,
                                  Activation activation, float slope, uint16_t* y, float* work, int threads) {
  const uint16_t* weights = reinterpret_cast<const uint16_t*>(weights_floats);
  const int64_t C = s.channels, C2 = even(C), F = s.filters, K = s.kernel_rows(), width = padded(F);
  const Chunks k = chunks(s, false, threads);
  const int64_t each = work_floats(s, false, threads) / threads, step = slots_of(s, k, false) * C2;
  Product table[rows + 1];
  fill<rows>(table);
#pragma omp parallel num_threads(threads)
  {
    float* own = work + each * omp_get_thread_num();
    memset(own, 0, sizeof(float) * zero_floats(s));
    const uint16_t* zeros = reinterpret_cast<const uint16_t*>(own);
    uint16_t* v = reinterpret_cast<uint16_t*>(own + zero_floats(s));
    float* m = own + zero_floats(s) + (points * step / 2 + 15) / 16 * 16;
    // Which thread does a chunk has no influence on its numbers.
#pragma omp for schedule(dynamic)
    for (int64_t chunk = 0; chunk < k.count; chunk++) {
      each_slot(s, k, chunk, false, [&](int64_t slot, int64_t n, int64_t d, int64_t h, int64_t t) SPECTRAI_BF16 {
        const uint16_t* from[points];
        sources(s, x, n, d, h, t, zeros, from);
        for (int64_t c = 0; c < C2; c += 16) {
          Lanes out[points];
          transform_input(from, c, mask_of(C - c), out);
          for (int j = 0; j < points; j++)
            _mm256_mask_storeu_epi16(v + j * step + slot * C2 + c, mask_of(C2 - c), narrow(out[j]));
        }
      });
      int64_t count = tiles_of(s, k, chunk);
      for (int p = 0; p < points; p++)
        for (int64_t f = 0; f < width; f += panel) {
          const uint16_t* b = weights + (p * width + f) * K * C2;
          for (int64_t i = 0; i < count; i += rows)
            table[least(rows, count - i)](s, k, v + p * step + i * C2, b, m + (p * k.tiles + i) * width + f, width);
        }
      for (int64_t i = 0; i < count; i++) {
        int64_t row, t;
        position(s, k, chunk, i, &row, &t);
        transform_output(m + i * width, k.tiles * width, bias, activation, slope, y + (row * s.out[2] + t * tile) * F, F,
                         least(tile, s.out[2] - t * tile));
      }
    }
  }
}

/// Two rounded vectors as pairs.
static inline SPECTRAI_BF16 __m512i pairs(Lanes a, Lanes b) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(narrow(a)), _mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow(b)), 16));
}

/// Z = A dy of sixteen filters of a tile.
static inline void transform_gradient(const uint16_t* dy, int64_t F, int64_t columns, __mmask16 part, Lanes* z) {
  Lanes a = load_half(dy, columns > 0 ? part : 0), b = load_half(dy + F, columns > 1 ? part : 0);
  Lanes d = load_half(dy + 2 * F, columns > 2 ? part : 0), e = load_half(dy + 3 * F, columns > 3 ? part : 0);
  Lanes p = plus(a, d), q = plus(b, e), r = axpy(4, d, a), t = axpy(2, b, axpy(8, e, _mm512_setzero_ps()));
  z[0] = a;
  z[1] = plus(p, q);
  z[2] = minus(p, q);
  z[3] = plus(r, t);
  z[4] = minus(r, t);
  z[5] = e;
}

/// R channels of one panel of filters, over pairs of tiles.
template <int R>
static SPECTRAI_BF16 void outer(const uint32_t* v, int64_t C, const uint32_t* z, int64_t width, int64_t count, float* p) {
  __m512 sum[R][vectors];
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) sum[r][j] = _mm512_loadu_ps(p + r * width + j * lanes);
  for (int64_t t = 0; t < count; t++, v += C, z += width) {
    __m512i right[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) right[j] = _mm512_loadu_si512(z + j * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      __m512i x = _mm512_set1_epi32(int32_t(v[r]));
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) sum[r][j] = _mm512_dpbf16_ps(sum[r][j], (__m512bh)x, (__m512bh)right[j]);
    }
  }
  for (int r = 0; r < R; r++)
    for (int j = 0; j < vectors; j++) _mm512_storeu_ps(p + r * width + j * lanes, sum[r][j]);
}

typedef void (*Outer)(const uint32_t*, int64_t, const uint32_t*, int64_t, int64_t, float*);
template <int R>
static void fill_outer(Outer* table) {
  table[R] = outer<R>;
  if constexpr (R > 1) fill_outer<R - 1>(table);
}

static SPECTRAI_BF16 void weight_gradient(const WinogradShape& s, const uint16_t* x, const uint16_t* dy, float* dw,
                                          float* work, int threads) {
  const int64_t C = s.channels, F = s.filters, K = s.kernel_rows(), T = s.tiles(), width = padded(F);
  const Chunks k = chunks(s, true, threads);
  const int64_t each = work_floats(s, true, threads) / threads, sums = points * K * C * width;
  const int64_t step = slots_of(s, k, true) / 2 * C, z_step = tiles_room(s, k, true) / 2 * width;
  Outer table[rows + 1];
  fill_outer<rows>(table);
  int team = 1;
#pragma omp parallel num_threads(threads)
  {
    int size = omp_get_num_threads(), me = omp_get_thread_num();
#pragma omp single
    team = size;
    float* own = work + each * me;
    float* p = own + zero_floats(s);
    memset(own, 0, sizeof(float) * (zero_floats(s) + sums));
    const uint16_t* zeros = reinterpret_cast<const uint16_t*>(own);
    uint32_t* v = reinterpret_cast<uint32_t*>(p + sums);
    uint32_t* z = v + points * step;
    // Fixed parts, so that sums are the same from run to run.
    for (int64_t chunk = k.count * me / size; chunk < k.count * (me + 1) / size; chunk++) {
      const uint16_t* first[points];
      each_slot(s, k, chunk, true, [&](int64_t slot, int64_t n, int64_t d, int64_t h, int64_t t) SPECTRAI_BF16 {
        const uint16_t* second[points];
        const uint16_t** from = slot % 2 == 0 ? first : second;
        if (t >= 0) sources(s, x, n, d, h, t, zeros, from);
        else for (int j = 0; j < points; j++) from[j] = zeros;
        if (slot % 2 == 0) return;
        for (int64_t c = 0; c < C; c += 16) {
          __mmask16 part = mask_of(C - c);
          Lanes a[points], b[points];
          transform_input(first, c, part, a);
          transform_input(second, c, part, b);
          for (int j = 0; j < points; j++)
            _mm512_mask_storeu_epi32(v + j * step + slot / 2 * C + c, part, pairs(a[j], b[j]));
        }
      });
      // Pairs of tiles: of a row, or of the chunk as it comes.
      const int64_t count = tiles_of(s, k, chunk), wide = k.by_tile ? even(count) : slot_tiles(s, k, true);
      const int64_t line = k.by_tile ? count : T, all = k.by_tile ? wide / 2 : count / T * (wide / 2);
      for (int64_t i = 0; i < all; i++) {
        const uint16_t* from[2];
        int64_t columns[2];
        for (int side = 0; side < 2; side++) {
          int64_t at = i % (wide / 2) * 2 + side, row, t;
          position(s, k, chunk, i / (wide / 2) * line + least(at, line - 1), &row, &t);
          columns[side] = at < line ? least(tile, s.out[2] - t * tile) : 0;
          from[side] = dy + (row * s.out[2] + t * tile) * F;
        }
        for (int64_t f = 0; f < width; f += 16) {
          __mmask16 part = f < F ? mask_of(F - f) : 0;
          Lanes a[points], b[points];
          transform_gradient(from[0] + f, F, columns[0], part, a);
          transform_gradient(from[1] + f, F, columns[1], part, b);
          for (int j = 0; j < points; j++) _mm512_storeu_si512(z + j * z_step + i * width + f, pairs(a[j], b[j]));
        }
      }
      for (int j = 0; j < points; j++)
        for (int64_t q = 0; q < K; q++) {
          const uint32_t* left = v + j * step + first_row(s, k, q) * (wide / 2) * C;
          for (int64_t f = 0; f < width; f += panel)
            for (int64_t c = 0; c < C; c += rows)
              table[least(rows, C - c)](left + c, C, z + j * z_step + f, width, all, p + ((j * K + q) * C + c) * width + f);
        }
    }
#pragma omp barrier
#pragma omp for schedule(static)
    for (int64_t i = 0; i < K * C; i++) finish_weights(s, work + zero_floats(s), each, team, i, dw);
  }
}

extern const WinogradHalfLoops winograd_half_loops = {weight_floats, work_floats, weights, forward, weight_gradient};

#else

extern const WinogradHalfLoops winograd_half_loops = {nullptr, nullptr, nullptr, nullptr, nullptr};

#endif

SPECTRAI_LOOPS_END
