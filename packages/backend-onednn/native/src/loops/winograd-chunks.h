// How the two forms of Winograd's algorithm, float32 and bf16, cut their work.
#pragma once
#include "../winograd.h"
#include "common.h"

SPECTRAI_LOOPS_BEGIN

// The inner loop of the products holds `rows` × `vectors` vectors of sums in registers.
#if defined(__AVX512F__)
constexpr int lanes = 16, vectors = 2, rows = 14;
#elif defined(__AVX2__)
constexpr int lanes = 8, vectors = 2, rows = 6;
#elif defined(__aarch64__)
constexpr int lanes = 4, vectors = 3, rows = 8;
#else
constexpr int lanes = 4, vectors = 2, rows = 4;
#endif
constexpr int64_t panel = lanes * vectors;
constexpr int points = winograd_points, tile = winograd_tile;

static inline int64_t padded(int64_t n) { return (n + panel - 1) / panel * panel; }
static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// What a thread works on at once should stay in its second-level cache.
constexpr int64_t cache_floats = 160 * 1024;
constexpr int64_t gradient_cache_floats = 320 * 1024;

/// Work is cut into chunks of output rows of one plane; where the kernel has one row, rows stand alone, and chunks are
/// simply so many tiles, of any rows.
struct Chunks {
  bool by_tile;
  int64_t size;       // tiles, or rows
  int64_t count;
  int64_t per_plane;  // chunks of rows in a plane
  int64_t tiles;      // most tiles of a chunk
  int64_t slots;      // transformed rows that a chunk needs, in units of T tiles (by row) or 1 tile (by tile)
};

static inline Chunks cut(const WinogradShape& s, int64_t floats, int threads) {
  Chunks c;
  int64_t T = s.tiles(), out_rows = s.n * s.out[0] * s.out[1];
  int64_t per_tile = points * (s.channels + padded(s.filters));
  c.by_tile = s.kernel_rows() == 1;
  // At least two chunks for each thread, whole blocks of rows of the inner loop.
  int64_t all = out_rows * T, share = (all + 2 * threads - 1) / (2 * threads);
  int64_t wanted = most(least(floats / per_tile, share), rows);
  if (c.by_tile) {
    c.size = (wanted + rows - 1) / rows * rows;
    c.count = (all + c.size - 1) / c.size;
    c.per_plane = 0;
    c.tiles = c.slots = c.size;
  } else {
    c.size = least(most(wanted / T, 1), s.out[1]);
    c.per_plane = (s.out[1] + c.size - 1) / c.size;
    c.count = s.n * s.out[0] * c.per_plane;
    c.tiles = c.size * T;
    c.slots = s.kernel[0] * (c.size + s.kernel[1] - 1) * T;
  }
  return c;
}

/// Tiles of a chunk.
static inline int64_t tiles_of(const WinogradShape& s, const Chunks& k, int64_t chunk) {
  int64_t T = s.tiles();
  if (k.by_tile) return least(k.size, s.n * s.out[0] * s.out[1] * T - chunk * k.size);
  return least(k.size, s.out[1] - chunk % k.per_plane * k.size) * T;
}

/// Where the rows that kernel row q meets begin among the slots, in rows.
static inline int64_t first_row(const WinogradShape& s, const Chunks& k, int64_t q) {
  if (k.by_tile) return 0;
  return q / s.kernel[1] * (k.size + s.kernel[1] - 1) + q % s.kernel[1];
}

/// Output row and tile of the tile `i` of a chunk.
static inline void position(const WinogradShape& s, const Chunks& k, int64_t chunk, int64_t i, int64_t* row, int64_t* t) {
  int64_t T = s.tiles();
  if (k.by_tile) {
    *row = (chunk * k.size + i) / T;
    *t = (chunk * k.size + i) % T;
  } else {
    *row = chunk / k.per_plane * s.out[1] + chunk % k.per_plane * k.size + i / T;
    *t = i % T;
  }
}

/// The filters of a panel and a block of channels for one kernel row: [point of the kernel][channel][filter], zeros beyond
/// the filters. Turned, the kernel runs backwards in all dimensions, and input and output change places.
constexpr int64_t weight_block = 16;
static inline void gather_weights(const WinogradShape& s, const float* w, bool turned, int64_t p, int64_t q, int64_t c0,
                                  int64_t channels, float (*to)[weight_block][panel]) {
  const int64_t C = s.channels, F = s.filters, K = s.kernel_rows(), f0 = p * panel, width = least(panel, F - f0);
  for (int j = 0; j < 3; j++) {
    if (turned) {
      const float* from = w + ((((K - 1 - q) * 3 + 2 - j) * F) + f0) * C + c0;
      for (int64_t l = 0; l < width; l++)
        for (int64_t c = 0; c < channels; c++) to[j][c][l] = from[l * C + c];
    } else {
      const float* from = w + ((q * 3 + j) * C + c0) * F + f0;
      for (int64_t c = 0; c < channels; c++)
        for (int64_t l = 0; l < width; l++) to[j][c][l] = from[c * F + l];
    }
    for (int64_t c = 0; c < channels; c++)
      for (int64_t l = width; l < panel; l++) to[j][c][l] = 0;
  }
}

/// u = G w for a channel of such a block.
static inline void transform_weights(const float (*t)[weight_block][panel], int64_t c, float (*u)[panel]) {
  for (int64_t l = 0; l < panel; l++) {
    float a = t[0][c][l], b = t[1][c][l], d = t[2][c][l], even = a + d;
    u[0][l] = a * 0.25f;
    u[1][l] = (even + b) * (-1.f / 6);
    u[2][l] = (even - b) * (-1.f / 6);
    u[3][l] = a * (1.f / 24) + b * (1.f / 12) + d * (1.f / 6);
    u[4][l] = a * (1.f / 24) - b * (1.f / 12) + d * (1.f / 6);
    u[5][l] = d;
  }
}

/// dw = Gᵀ p, the threads' sums added in their order; p of thread t at sums + t · each. For `#pragma omp for` over rows.
static inline void finish_weights(const WinogradShape& s, const float* sums, int64_t each, int team, int64_t i, float* dw) {
  const int64_t C = s.channels, F = s.filters, width = padded(F), q = i / C, c = i % C, step = s.kernel_rows() * C * width;
  float* to = dw + (q * 3 * C + c) * F;
  for (int64_t f = 0; f < F; f++) {
    float u[points];
    for (int j = 0; j < points; j++) {
      u[j] = 0;
      for (int t = 0; t < team; t++) u[j] += sums[each * t + j * step + i * width + f];
    }
    float plus = u[1] + u[2], minus = u[1] - u[2], far = u[3] + u[4], near = u[3] - u[4];
    to[f] = u[0] * 0.25f - plus * (1.f / 6) + far * (1.f / 24);
    to[C * F + f] = -minus * (1.f / 6) + near * (1.f / 12);
    to[2 * C * F + f] = -plus * (1.f / 6) + far * (1.f / 6) + u[5];
  }
}

SPECTRAI_LOOPS_END
