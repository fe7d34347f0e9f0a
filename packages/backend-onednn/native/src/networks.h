// What layers of networks need beyond convolutions and products.
#pragma once
#include "call.h"
#include "network-loops.h"

namespace spectrai {

/// Sizes of sums that are computed in parts: how many parts each of so many segments has.
inline int parts_of(int threads, int64_t segments, int64_t rows, int64_t channels) {
  int64_t parts = segments >= threads ? 1 : (threads + segments - 1) / segments;
  int64_t worthwhile = rows * channels / 16384;
  parts = parts < worthwhile ? parts : worthwhile;
  return parts < 1 ? 1 : parts > rows ? static_cast<int>(rows) : static_cast<int>(parts);
}

/// @throws std::invalid_argument unless both are stored alike
inline void expect_alike(const Buffer& a, const Buffer& b) {
  if (a.type != b.type) throw std::invalid_argument("the output must be stored as the input");
}

void add_pooling(Napi::Object& exports);
void add_resampling(Napi::Object& exports);
void add_norms(Napi::Object& exports);
void add_channels(Napi::Object& exports);
void add_shuffles(Napi::Object& exports);

}  // namespace spectrai
