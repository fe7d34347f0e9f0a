#include "common.h"

#include "../loops.h"

SPECTRAI_LOOPS_BEGIN

template <Activation A>
static inline float slope_at(float y, float slope) {
  switch (A) {
    case Activation::relu: return y > 0 ? 1.f : 0.f;
    case Activation::relu6: return y > 0 && y < 6 ? 1.f : 0.f;
    case Activation::sigmoid: return y * (1 - y);
    case Activation::elu: return y > 0 ? 1.f : y + 1;
    case Activation::leaky_relu: return y > 0 ? 1.f : slope;
    default: return 1.f;
  }
}

/// A block of channels at a time keeps its sums in registers.
constexpr int64_t block = 64;

template <Activation A, bool write, bool sum, class DY, class Y, class D>
static void rows_of(const DY* dy, const Y* y, D* d, float* sums, int64_t from, int64_t to, int64_t channels, float slope) {
  if (sum) memset(sums, 0, sizeof(float) * channels);
  // Rows in pieces that stay in the cache while the blocks of channels pass over them.
  int64_t piece = 1 + 16384 / (channels > 0 ? channels : 1);
  for (int64_t r0 = from; r0 < to; r0 += piece) {
    int64_t r1 = r0 + piece < to ? r0 + piece : to;
    for (int64_t c0 = 0; c0 < channels; c0 += block) {
      int64_t width = channels - c0 < block ? channels - c0 : block;
      float total[block];
      for (int64_t c = 0; c < block; c++) total[c] = 0;
      for (int64_t r = r0; r < r1; r++) {
        int64_t at = r * channels + c0;
        if (width == block) {
          for (int64_t c = 0; c < block; c++) {
            float v = load(dy, at + c);
            if (A != Activation::linear) v *= slope_at<A>(load(y, at + c), slope);
            if (write) store(d, at + c, v);
            if (sum) total[c] += v;
          }
        } else {
          for (int64_t c = 0; c < width; c++) {
            float v = load(dy, at + c);
            if (A != Activation::linear) v *= slope_at<A>(load(y, at + c), slope);
            if (write) store(d, at + c, v);
            if (sum) total[c] += v;
          }
        }
      }
      if (sum)
        for (int64_t c = 0; c < width; c++) sums[c0 + c] += total[c];
    }
  }
}

template <Activation A, class DY, class Y, class D>
static void typed(const void* dy, const void* y, void* d, float* sums, float* partial, int64_t rows, int64_t channels,
                  float slope, int threads) {
  const DY* in = static_cast<const DY*>(dy);
  const Y* result = static_cast<const Y*>(y);
  D* out = static_cast<D*>(d);
  int64_t least = 1 + least_elements / (channels > 0 ? channels : 1);
  // The same parts for the same number of threads, so that sums are the same from run to run.
  int64_t wanted = rows / least;
  int parts = int(wanted < threads ? (wanted < 1 ? 1 : wanted) : threads);
  parallel(parts, parts, 1, [=](int64_t from, int64_t to) {
    for (int64_t part = from; part < to; part++) {
      float* own = sums ? partial + part * channels : nullptr;
      int64_t r0 = rows * part / parts, r1 = rows * (part + 1) / parts;
      if (sums && out) rows_of<A, true, true>(in, result, out, own, r0, r1, channels, slope);
      else if (sums) rows_of<A, false, true>(in, result, out, own, r0, r1, channels, slope);
      else if (out) rows_of<A, true, false>(in, result, out, own, r0, r1, channels, slope);
    }
  });
  if (!sums) return;
  for (int64_t c = 0; c < channels; c++) {
    float total = 0;
    for (int part = 0; part < parts; part++) total += partial[part * channels + c];
    sums[c] = total;
  }
}

template <class DY, class Y, class D>
static void by_activation(const void* dy, const void* y, void* d, float* sums, float* partial, int64_t rows,
                          int64_t channels, Activation activation, float slope, int threads) {
  auto run = [&](auto f) { f(dy, y, d, sums, partial, rows, channels, slope, threads); };
  switch (activation) {
    case Activation::linear: return run(typed<Activation::linear, DY, Y, D>);
    case Activation::relu: return run(typed<Activation::relu, DY, Y, D>);
    case Activation::relu6: return run(typed<Activation::relu6, DY, Y, D>);
    case Activation::sigmoid: return run(typed<Activation::sigmoid, DY, Y, D>);
    case Activation::elu: return run(typed<Activation::elu, DY, Y, D>);
    case Activation::leaky_relu: return run(typed<Activation::leaky_relu, DY, Y, D>);
  }
}

static void gradient(Type dy_type, const void* dy, Type y_type, const void* y, Type d_type, void* d, float* sums,
                     float* partial, int64_t rows, int64_t channels, Activation activation, float slope, int threads) {
  bool a = dy_type == Type::bf16, b = y_type == Type::bf16, c = d_type == Type::bf16;
  auto run = [&](auto f) { f(dy, y, d, sums, partial, rows, channels, activation, slope, threads); };
  if (!a && !b && !c) return run(by_activation<float, float, float>);
  if (!a && !b && c) return run(by_activation<float, float, bf16>);
  if (!a && b && !c) return run(by_activation<float, bf16, float>);
  if (!a && b && c) return run(by_activation<float, bf16, bf16>);
  if (a && !b && !c) return run(by_activation<bf16, float, float>);
  if (a && !b && c) return run(by_activation<bf16, float, bf16>);
  if (a && b && !c) return run(by_activation<bf16, bf16, float>);
  return run(by_activation<bf16, bf16, bf16>);
}

extern const ActivationLoops activation_loops = {gradient};

SPECTRAI_LOOPS_END
