// Sums of weighted points along each dimension: averages of windows, interpolation, repetition, and their adjoints.
#include <cstring>

#include "networks.h"

namespace spectrai {

namespace {

/// The taps of a dimension, from [start of each output and the end, indices, weights (their bits)].
Taps taps_of(Ints list, int64_t in, int64_t out) {
  if (list.size < out + 1) throw std::invalid_argument("the list of taps is too short");
  int64_t count = list[static_cast<int>(out)];
  if (list[0] != 0 || count < 0 || list.size != out + 1 + 2 * count)
    throw std::invalid_argument("the list of taps does not fit its outputs");
  for (int64_t o = 0; o < out; o++)
    if (list.data[o] > list.data[o + 1]) throw std::invalid_argument("the taps are out of order");
  const int32_t* index = list.data + out + 1;
  for (int64_t t = 0; t < count; t++)
    if (index[t] < 0 || index[t] >= in) throw std::invalid_argument("a tap lies outside of the input");
  return {list.data, index, reinterpret_cast<const float*>(index + count)};
}

/// resample([n, …in, …out, channels], taps, taps, taps, x, y)
void resample(Call& call) {
  Ints v = call.ints(0);
  int64_t n = v[0], channels = v[7], in[3], out[3];
  if (n < 1 || channels < 1) throw std::invalid_argument("a size is not positive");
  Taps taps[3];
  for (int i = 0; i < 3; i++) {
    in[i] = v[1 + i], out[i] = v[4 + i];
    if (in[i] < 1 || out[i] < 1) throw std::invalid_argument("a size is not positive");
    taps[i] = taps_of(call.ints(1 + i), in[i], out[i]);
  }
  Buffer &x = call.buffer(4), &y = call.buffer(5);
  expect_floats(x, times(times(times(n, in[0]), times(in[1], in[2])), channels), "the input");
  expect_floats(y, times(times(times(n, out[0]), times(out[1], out[2])), channels), "the output");
  SPECTRAI_LOOPS(resample_loops).run(x.type, x.data, y.type, y.data, n, in, out, channels, taps, call.engine.threads);
}

}  // namespace

void add_resampling(Napi::Object& exports) { add<resample>(exports, "resample"); }

}  // namespace spectrai
