// Channels become points, and points channels.
#include "networks.h"

namespace spectrai {

namespace {

/// shuffle([n, …in, dimension, factor, channels, outer, inverse], from, to): between [n, …in, channels · factorᵈ] and
/// [n, …in · factor, channels], where the first (3 − dimension) sizes of `in` are not enlarged
void shuffle(Call& call) {
  Ints v = call.ints(0);
  int64_t n = v[0], in[3] = {v[1], v[2], v[3]}, dimension = v[4], factor = v[5], channels = v[6];
  if (n < 1 || in[0] < 1 || in[1] < 1 || in[2] < 1 || dimension < 1 || dimension > 3 || factor < 1 || channels < 1)
    throw std::invalid_argument("the sizes of the shuffle do not fit together");
  int64_t total = times(times(times(n, in[0]), times(in[1], in[2])), channels);
  for (int64_t i = 0; i < dimension; i++) total = times(total, factor);
  Buffer &from = call.buffer(1), &to = call.buffer(2);
  if (from.type != to.type || from.type == Type::u8)
    throw std::invalid_argument("a shuffle needs an output of its input's type, which is not bool");
  if (static_cast<int64_t>(from.elements()) != total || static_cast<int64_t>(to.elements()) != total)
    throw std::invalid_argument("the tensors of the shuffle need " + std::to_string(total) + " elements");
  SPECTRAI_LOOPS(shuffle_loops)
      .run(static_cast<int>(bytes_of(from.type)), from.data, to.data, n, in, static_cast<int>(dimension), factor,
           channels, v[7] != 0, v[8] != 0, call.engine.threads);
}

}  // namespace

void add_shuffles(Napi::Object& exports) { add<shuffle>(exports, "shuffle"); }

}  // namespace spectrai
