// Ways over [rows, channels] that keep vectors full whatever the number of channels.
#pragma once
#include "common.h"

SPECTRAI_LOOPS_BEGIN

template <int N>
struct Width {
  static constexpr int value = N;
};

/// Calls f(first channel, Width<w>) for blocks of channels that cover all of them. Where the last block would not be full it
/// overlaps the one before, so f must give the same when it is repeated.
template <class F>
static inline void blocks(int64_t channels, F f) {
  int64_t c = 0;
  for (; channels - c >= 64; c += 64) f(c, Width<64>());
  for (; channels - c >= 16; c += 16) f(c, Width<16>());
  if (c == channels) return;
  if (channels >= 16) return f(channels - 16, Width<16>());
  for (; channels - c >= 4; c += 4) f(c, Width<4>());
  for (; c < channels; c++) f(c, Width<1>());
}

/// Calls f(c) for all channels, in full vectors: the last 16 overlap those before, as above.
template <class F>
static inline void each_channel(int64_t channels, F f) {
  if (channels < 16) {
    for (int64_t c = 0; c < channels; c++) f(c);
    return;
  }
  for (int64_t c0 = 0; c0 < channels; c0 += 16) {
    int64_t start = channels - c0 < 16 ? channels - 16 : c0;
#pragma omp simd
    for (int64_t c = 0; c < 16; c++) f(start + c);
  }
}

/// Few channels are treated as many: several rows in a row are one of lanes, whose number is a multiple of 16.
constexpr int64_t most_lanes = 4096, enough_lanes = 256;

/// How many rows make one of lanes.
static inline int64_t fold_of(int64_t rows, int64_t channels) {
  if (channels >= enough_lanes) return 1;
  int64_t fold = 1, most = rows / 4;
  while (fold * channels < enough_lanes || (fold * channels) % 16) fold *= 2;
  return fold <= most ? fold : most > 1 ? most : 1;
}

/// A value for each channel, for each lane.
static inline void expand(const float* channel, float* lanes, int64_t channels, int64_t fold) {
  for (int64_t r = 0; r < fold; r++) memcpy(lanes + r * channels, channel, sizeof(float) * channels);
}

/// Values of the channels as values of the lanes: those given, or copies.
struct Expanded {
  float room[most_lanes];
  const float* at;
  void set(const float* channel, int64_t channels, int64_t fold) {
    at = channel;
    if (fold == 1) return;
    expand(channel, room, channels, fold);
    at = room;
  }
};

/// Calls f(segment, first row, end) for the pieces of [0, segments · rows) on each thread.
template <class F>
static inline void over_rows(int threads, int64_t segments, int64_t rows, int64_t channels, F f) {
  parallel(threads, segments * rows, 1 + least_elements / (channels > 0 ? channels : 1), [=](int64_t from, int64_t to) {
    while (from < to) {
      int64_t segment = from / rows, end = (segment + 1) * rows;
      if (end > to) end = to;
      f(segment, from - segment * rows, end - segment * rows);
      from = end;
    }
  });
}

/// Calls f(task, segment, first row, end) for each part of each segment.
template <class F>
static inline void over_parts(int threads, int64_t segments, int64_t rows, int64_t channels, int parts, F f) {
  int64_t each = rows * channels / parts, least = 1 + least_elements / (each > 0 ? each : 1);
  parallel(threads, segments * parts, least, [=](int64_t from, int64_t to) {
    for (int64_t task = from; task < to; task++) {
      int64_t segment = task / parts, part = task % parts;
      f(task, segment, rows * part / parts, rows * (part + 1) / parts);
    }
  });
}

/// Rows of lanes that are added in single precision before their sum goes to one of double precision.
constexpr int64_t batch_rows = 64;

/// totals[s][c] = Σ over rows of the s-th number that f(at, lane, out) gives for the element at row · channels + c.
template <int S, class F>
static inline void lane_sums(int64_t rows, int64_t channels, F f, double* const* totals) {
  int64_t fold = fold_of(rows, channels), full = rows / fold;
  float sums[S][most_lanes];
  double wide[S][most_lanes];
  for (int64_t c0 = 0; c0 < channels; c0 += most_lanes) {
    int64_t lanes = fold > 1 ? fold * channels : channels - c0 < most_lanes ? channels - c0 : most_lanes;
    int64_t step = fold * channels;
    for (int s = 0; s < S; s++) memset(wide[s], 0, sizeof(double) * lanes);
    for (int64_t r0 = 0; r0 < full; r0 += batch_rows) {
      int64_t r1 = r0 + batch_rows < full ? r0 + batch_rows : full, r = r0;
      for (int s = 0; s < S; s++) memset(sums[s], 0, sizeof(float) * lanes);
      for (; r + 4 <= r1; r += 4) {
        int64_t at = r * step + c0;
#pragma omp simd
        for (int64_t i = 0; i < lanes; i++) {
          float v0[S], v1[S], v2[S], v3[S];
          f(at + i, c0 + i, v0);
          f(at + step + i, c0 + i, v1);
          f(at + 2 * step + i, c0 + i, v2);
          f(at + 3 * step + i, c0 + i, v3);
          for (int s = 0; s < S; s++) sums[s][i] += (v0[s] + v1[s]) + (v2[s] + v3[s]);
        }
      }
      for (; r < r1; r++) {
        int64_t at = r * step + c0;
#pragma omp simd
        for (int64_t i = 0; i < lanes; i++) {
          float v[S];
          f(at + i, c0 + i, v);
          for (int s = 0; s < S; s++) sums[s][i] += v[s];
        }
      }
      for (int s = 0; s < S; s++)
        for (int64_t i = 0; i < lanes; i++) wide[s][i] += sums[s][i];
    }
    int64_t at = full * step + c0, left = (rows - full * fold) * channels;
    for (int64_t i = 0; i < left; i++) {
      float v[S];
      f(at + i, c0 + i, v);
      for (int s = 0; s < S; s++) wide[s][i] += v[s];
    }
    int64_t width = fold > 1 ? channels : lanes;
    for (int s = 0; s < S; s++) {
      for (int64_t c = 0; c < width; c++) totals[s][c0 + c] = wide[s][c];
      for (int64_t k = 1; k < fold; k++)
        for (int64_t c = 0; c < width; c++) totals[s][c0 + c] += wide[s][k * channels + c];
    }
  }
}

/// f(at, lane) for each element of the rows, in full vectors.
template <class F>
static inline void each_lane(int64_t rows, int64_t channels, int64_t fold, F f) {
  int64_t step = fold * channels, n = rows * channels;
  for (int64_t at = 0; at < n; at += step) {
    int64_t lanes = n - at < step ? n - at : step;
#pragma omp simd
    for (int64_t i = 0; i < lanes; i++) f(at + i, i);
  }
}

SPECTRAI_LOOPS_END
