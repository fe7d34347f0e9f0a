// Updates of many tensors in one call: optimizer steps, running averages, and the norm of all gradients.
#include "update.h"

#include <cmath>
#include <vector>

#include "call.h"

namespace spectrai {

namespace {

struct Floats {
  const float* data;
  int64_t size;
};

Floats floats(const Call& call, size_t i) {
  napi_typedarray_type type;
  size_t length;
  void* data;
  if (napi_get_typedarray_info(call.env(), call.value(i), &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_float32_array)
    throw std::invalid_argument("argument " + std::to_string(i) + " must be a Float32Array");
  return {static_cast<const float*>(data), static_cast<int64_t>(length)};
}

UpdateTensors sum_up(std::vector<UpdateTensor>& tensors) {
  int64_t start = 0;
  for (UpdateTensor& t : tensors) {
    t.start = start;
    if (__builtin_add_overflow(start, t.elements, &start))
      throw std::invalid_argument("there are too many elements");
  }
  return {tensors.data(), static_cast<int64_t>(tensors.size()), start};
}

/// The tensors of an update by their numbers: all values, all gradients, then all of each slot. `scalars`: so many numbers
/// for each tensor, in a row.
std::vector<UpdateTensor> tensors_of(Call& call, Ints ids, int slots, Floats scalars, int scalars_each) {
  Store& store = *call.engine.store;
  int lists = 2 + slots, count = ids.size / lists;
  if (ids.size % lists != 0)
    throw std::invalid_argument(std::to_string(ids.size) + " tensors are not " + std::to_string(lists) + " for each parameter");
  if (scalars.size != times(count, scalars_each))
    throw std::invalid_argument(std::to_string(scalars.size) + " scalars are not " + std::to_string(scalars_each) +
                                " for each of " + std::to_string(count) + " parameters");
  // Everything is checked before anything is written.
  for (int i = 0; i < count; i++) {
    const Buffer& value = store.at(ids[i]);
    int64_t n = static_cast<int64_t>(value.elements());
    expect_type(value, Type::f32, n, "the parameter");
    expect_floats(store.at(ids[count + i]), n, "the gradient");
    for (int s = 0; s < slots; s++) expect_type(store.at(ids[(2 + s) * count + i]), Type::f32, n, "the slot");
  }
  // First all that change: that may give a buffer other memory.
  for (int i = 0; i < count; i++) {
    store.writable(ids[i]);
    for (int s = 0; s < slots; s++) store.writable(ids[(2 + s) * count + i]);
  }
  std::vector<UpdateTensor> tensors(count);
  for (int i = 0; i < count; i++) {
    UpdateTensor& t = tensors[i];
    Buffer &value = store.at(ids[i]), &gradient = store.at(ids[count + i]);
    t.value = value.f32();
    t.gradient = gradient.data;
    t.half = gradient.type == Type::bf16;
    t.elements = static_cast<int64_t>(value.elements());
    for (int s = 0; s < slots; s++) t.slots[s] = store.at(ids[(2 + s) * count + i]).f32();
    t.scalars = scalars.data + static_cast<int64_t>(i) * scalars_each;
  }
  return tensors;
}

/// adamUpdate([values…, gradients…, means…, squares…], [rate, beta1, beta2, epsilon, penalty, kept] of each)
void adam_update(Call& call) {
  auto tensors = tensors_of(call, call.ints(0), 2, floats(call, 1), adam_scalars);
  SPECTRAI_LOOPS(update_loops).adam(sum_up(tensors), call.engine.threads);
}

/// sgdUpdate([values…, gradients…, momenta…], [rate, momentum, entering, penalty] of each, momenta are there, nesterov)
void sgd_update(Call& call) {
  bool momentum = call.integer(2) != 0, nesterov = call.integer(3) != 0;
  auto tensors = tensors_of(call, call.ints(0), momentum, floats(call, 1), sgd_scalars);
  SPECTRAI_LOOPS(update_loops).sgd(sum_up(tensors), momentum, nesterov, call.engine.threads);
}

/// rmspropUpdate([values…, gradients…, squares…, means…, momenta…], [rate, alpha, 1 − alpha, epsilon, momentum, penalty] of
/// each, means are there, momenta are there)
void rmsprop_update(Call& call) {
  bool centered = call.integer(2) != 0, momentum = call.integer(3) != 0;
  auto tensors = tensors_of(call, call.ints(0), 1 + centered + momentum, floats(call, 1), rmsprop_scalars);
  SPECTRAI_LOOPS(update_loops).rmsprop(sum_up(tensors), centered, momentum, call.engine.threads);
}

/// blendInPlace([averages…, values…], weight): average += weight · (value − average)
void blend_in_place(Call& call) {
  Ints ids = call.ints(0);
  auto tensors = tensors_of(call, ids, 0, {nullptr, 0}, 0);
  SPECTRAI_LOOPS(update_loops).blend(sum_up(tensors), static_cast<float>(call.number(1)), call.engine.threads);
}

/// globalNorm([tensors…], out): the root of the sum of all squares
void global_norm(Call& call) {
  Ints ids = call.ints(0);
  expect_type(call.buffer(1), Type::f32, 1, "the norm");
  std::vector<UpdateTensor> tensors(ids.size);
  for (int i = 0; i < ids.size; i++) {
    Buffer& buffer = call.engine.store->at(ids[i]);
    tensors[i].elements = static_cast<int64_t>(buffer.elements());
    expect_floats(buffer, tensors[i].elements, "the tensor");
    tensors[i].gradient = buffer.data;
    tensors[i].half = buffer.type == Type::bf16;
  }
  auto* partial = reinterpret_cast<double*>(call.engine.scratch(sizeof(double) * call.engine.threads));
  double sum = SPECTRAI_LOOPS(update_loops).squares(sum_up(tensors), partial, call.engine.threads);
  call.buffer(1).f32()[0] = static_cast<float>(std::sqrt(sum));
}

}  // namespace

void add_update(Napi::Object& exports) {
  add<adam_update>(exports, "adamUpdate");
  add<sgd_update>(exports, "sgdUpdate");
  add<rmsprop_update>(exports, "rmspropUpdate");
  add<blend_in_place>(exports, "blendInPlace");
  add<global_norm>(exports, "globalNorm");
}

}  // namespace spectrai
