// Allocation, and the way between JavaScript's arrays and native memory.
#include <omp.h>

#include <cstring>
#include <iterator>

#include "call.h"
#include "convert.h"

namespace spectrai {

namespace {

constexpr size_t most_orphan_bytes = size_t(256) << 20;

Type type_of(int32_t number) {
  if (number < 0 || number > 3) throw std::invalid_argument("there is no type " + std::to_string(number));
  return static_cast<Type>(number);
}

/// allocate(elements, type) → id
Napi::Value allocate(Call& call) {
  double elements = call.number(0);
  Type type = type_of(call.integer(1));
  if (!(elements >= 0 && elements <= 1e15) || elements != static_cast<double>(static_cast<size_t>(elements)))
    throw std::invalid_argument("a size is negative, not whole or too large");
  size_t bytes = static_cast<size_t>(elements) * bytes_of(type);
  return Napi::Number::New(call.env(), call.engine.store->allocate(bytes, type));
}

/// release(id)
void release(Call& call) { call.engine.store->release(call.integer(0)); }

/// The memory of argument 1, a typed array of exactly the buffer's bytes.
void* array_of(Call& call, const Buffer& buffer) {
  napi_typedarray_type type;
  size_t length;
  void* data;
  if (napi_get_typedarray_info(call.env(), call.value(1), &type, &length, &data, nullptr, nullptr) != napi_ok)
    throw std::invalid_argument("argument 1 must be a typed array");
  // By napi_typedarray_type; later versions of Node have more.
  static const size_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
  size_t bytes = static_cast<size_t>(type) < std::size(sizes) ? length * sizes[type] : 0;
  if (bytes != buffer.bytes)
    throw std::invalid_argument("an array of " + std::to_string(bytes) + " bytes was given for a tensor of " +
                                std::to_string(buffer.bytes));
  return data;
}

/// write(id, typed array of exactly the buffer's bytes)
void write(Call& call) {
  void* data = array_of(call, call.buffer(0));
  Buffer& buffer = call.writable(0);
  if (buffer.bytes) std::memcpy(buffer.data, data, buffer.bytes);
}

/// read(id, typed array of exactly the buffer's bytes): a copy
void read(Call& call) {
  Buffer& buffer = call.buffer(0);
  void* data = array_of(call, buffer);
  if (buffer.bytes) std::memcpy(data, buffer.data, buffer.bytes);
}

/// view(id) → ArrayBuffer on the same memory, which stays until the array is collected, even if the tensor goes first.
/// Undefined where so many arrays have outlived their tensors that the content had better be copied: Node says that an array
/// was collected only when its event loop turns, which a long computation may keep it from.
Napi::Value view(Call& call) {
  Buffer& buffer = call.buffer(0);
  if (buffer.bytes == 0) return Napi::ArrayBuffer::New(call.env(), 0);
  if (buffer.lent) throw std::invalid_argument("the buffer is lent already");
  if (call.engine.store->orphan_bytes() > most_orphan_bytes) return call.env().Undefined();
  auto* keep = new std::shared_ptr<Store>(call.engine.store);
  Buffer* key = &buffer;
  auto array = Napi::ArrayBuffer::New(
      call.env(), buffer.data, buffer.bytes,
      [key](Napi::BasicEnv, void*, std::shared_ptr<Store>* store) {
        (*store)->returned(key);
        delete store;
      },
      keep);
  buffer.lent = true;
  return array;
}

/// toFloat32(id): the private bf16 form becomes plain float32
void to_float32(Call& call) { as_f32(call.engine, call.buffer(0)); }

/// memory() → live, cached, peak bytes and number of buffers
Napi::Value memory(Call& call) {
  const Pool& pool = call.engine.store->pool;
  auto result = Napi::Object::New(call.env());
  result.Set("live", Napi::Number::New(call.env(), static_cast<double>(pool.live())));
  result.Set("cached", Napi::Number::New(call.env(), static_cast<double>(pool.cached())));
  result.Set("peak", Napi::Number::New(call.env(), static_cast<double>(pool.peak())));
  result.Set("buffers", Napi::Number::New(call.env(), static_cast<double>(call.engine.store->count())));
  return result;
}

/// trim(): everything that is not in use goes back to the system
void trim(Call& call) {
  call.engine.free_scratch();
  call.engine.store->pool.trim(0);
}

void reset_peak(Call& call) { call.engine.store->pool.reset_peak(); }

/// limits(most bytes in use, most bytes kept in vain)
void limits(Call& call) {
  double memory = call.number(0), cache = call.number(1);
  if (!(memory >= 0 && memory <= 1e18 && cache >= 0 && cache <= 1e18))
    throw std::invalid_argument("a limit is negative or too large");
  Pool& pool = call.engine.store->pool;
  pool.limit = static_cast<size_t>(memory);
  pool.cache_limit = static_cast<size_t>(cache);
  pool.trim(pool.cache_limit);
}

/// configure(threads, bf16)
void configure(Call& call) {
  int threads = call.integer(0);
  if (threads < 1 || threads > 1024) throw std::invalid_argument("threads must be between 1 and 1024");
  if (call.engine.threads != threads) call.engine.forget_plans();
  call.engine.threads = threads;
  // OpenMP keeps this number for each thread, and each JavaScript environment (the main one, a worker's) has its thread.
  omp_set_num_threads(threads);
  call.engine.bf16 = call.integer(1) != 0;
}

/// describe() → what this is: version of oneDNN, instruction set, bf16
Napi::Value describe(Call& call) {
  auto result = Napi::Object::New(call.env());
  const dnnl_version_t* v = dnnl_version();
  result.Set("version", std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch));
  result.Set("loops", best_loops_name());
  bool bf16 = false;
#if defined(__x86_64__)
  auto isa = dnnl_get_effective_cpu_isa();
  bf16 = (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
#endif
  result.Set("bf16", bf16);
  return result;
}

/// choices(object?) → algorithms chosen so far; with an argument, takes those over
Napi::Value choices(Call& call) {
  Engine& engine = call.engine;
  if (call.has(0)) {
    if (!call.value(0).IsObject()) throw std::invalid_argument("argument 0 must be an object");
    auto given = call.value(0).As<Napi::Object>();
    auto names = given.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); i++) {
      auto name = names.Get(i).As<Napi::String>().Utf8Value();
      auto value = given.Get(name);
      if (value.IsNumber()) engine.choices[name] = value.As<Napi::Number>().Int32Value();
    }
    engine.forget_plans();
    return call.env().Undefined();
  }
  auto result = Napi::Object::New(call.env());
  for (auto& [name, value] : engine.choices) result.Set(name, Napi::Number::New(call.env(), value));
  return result;
}

}  // namespace

void raise(Napi::Env env, const char* code, const std::string& message) {
  auto error = Napi::Error::New(env, message);
  error.Value().Set("code", Napi::String::New(env, code));
  throw error;
}

void add_buffers(Napi::Object& exports) {
  add<allocate>(exports, "allocate");
  add<release>(exports, "release");
  add<write>(exports, "write");
  add<read>(exports, "read");
  add<view>(exports, "view");
  add<to_float32>(exports, "toFloat32");
  add<memory>(exports, "memory");
  add<trim>(exports, "trim");
  add<reset_peak>(exports, "resetPeak");
  add<limits>(exports, "limits");
  add<configure>(exports, "configure");
  add<describe>(exports, "describe");
  add<choices>(exports, "choices");
}

}  // namespace spectrai
