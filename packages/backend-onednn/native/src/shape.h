// Sizes that come from JavaScript, checked before anything is read or written with them.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>

namespace spectrai {

/// Numbers of a JavaScript Int32Array.
struct Ints {
  const int32_t* data = nullptr;
  int size = 0;
  int32_t operator[](int i) const {
    if (i < 0 || i >= size)
      throw std::invalid_argument("argument list of " + std::to_string(size) + " numbers is too short");
    return data[i];
  }
  const int32_t* begin() const { return data; }
  const int32_t* end() const { return data + size; }
  Ints from(int start, int count) const {
    if (start < 0 || count < 0 || start + count > size)
      throw std::invalid_argument("argument list of " + std::to_string(size) + " numbers is too short");
    return {data + start, count};
  }
};

/// a · b, where that fits. @throws std::invalid_argument
inline int64_t times(int64_t a, int64_t b) {
  int64_t result;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &result))
    throw std::invalid_argument("a size is negative or too large");
  return result;
}

inline int64_t elements(Ints shape) {
  int64_t n = 1;
  for (int32_t d : shape) n = times(n, d);
  return n;
}

}  // namespace spectrai
