#include "convert.h"

#include <stdexcept>

namespace spectrai {

float* as_f32(Engine& engine, Buffer& buffer) {
  if (buffer.type == Type::f32) return buffer.f32();
  if (buffer.type != Type::bf16) throw std::invalid_argument("a tensor of floats is needed");
  if (buffer.lent) throw std::invalid_argument("a buffer that JavaScript looks at cannot be converted");
  size_t n = buffer.elements();
  void* wide = n ? engine.store->pool.take(4 * n) : nullptr;
  SPECTRAI_LOOPS(convert_loops).to_f32(buffer.bf16(), static_cast<float*>(wide), static_cast<int64_t>(n), engine.threads);
  engine.store->replace(buffer, wide, 4 * n, Type::f32);
  return buffer.f32();
}

const uint16_t* as_bf16(Engine& engine, Buffer& buffer, void* room) {
  if (buffer.type == Type::bf16) return buffer.bf16();
  if (buffer.type != Type::f32) throw std::invalid_argument("a tensor of floats is needed");
  auto* narrow = static_cast<uint16_t*>(room);
  SPECTRAI_LOOPS(convert_loops).to_bf16(buffer.f32(), narrow, static_cast<int64_t>(buffer.elements()), engine.threads);
  return narrow;
}

}  // namespace spectrai
