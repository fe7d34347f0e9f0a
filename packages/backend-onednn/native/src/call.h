// Functions for JavaScript: arguments in, exceptions out as errors with a code.
#pragma once
#include <napi.h>

#include "engine.h"
#include "shape.h"
#include "signals.h"

namespace spectrai {

/// The arguments of a call from JavaScript.
class Call {
 public:
  Call(const Napi::CallbackInfo& info, Engine& engine) : engine(engine), info_(info) {}
  Engine& engine;

  Napi::Env env() const { return info_.Env(); }
  size_t count() const { return info_.Length(); }
  Napi::Value value(size_t i) const { return info_[i]; }
  bool has(size_t i) const { return i < info_.Length() && !info_[i].IsUndefined(); }

  int32_t integer(size_t i) const {
    // Node's own conversion would make 0 of NaN, which is a buffer's number.
    double value = number(i);
    if (!(value >= INT32_MIN && value <= INT32_MAX) || value != static_cast<int32_t>(value))
      wrong(i, "a whole number of 32 bits");
    return static_cast<int32_t>(value);
  }
  double number(size_t i) const {
    double result = 0;
    if (napi_get_value_double(info_.Env(), info_[i], &result) != napi_ok) wrong(i, "a number");
    return result;
  }
  Ints ints(size_t i) const {
    napi_typedarray_type type;
    size_t length;
    void* data;
    if (napi_get_typedarray_info(info_.Env(), info_[i], &type, &length, &data, nullptr, nullptr) != napi_ok ||
        type != napi_int32_array)
      wrong(i, "an Int32Array");
    return {static_cast<const int32_t*>(data), static_cast<int>(length)};
  }
  Buffer& buffer(size_t i) const { return engine.store->at(integer(i)); }
  Buffer& writable(size_t i) const { return engine.store->writable(integer(i)); }
  /// Null where the argument is negative or missing.
  Buffer* optional(size_t i) const {
    if (!has(i)) return nullptr;
    int32_t id = integer(i);
    return id < 0 ? nullptr : &engine.store->at(id);
  }

 private:
  [[noreturn]] void wrong(size_t i, const char* wanted) const {
    throw std::invalid_argument("argument " + std::to_string(i) + " must be " + wanted);
  }
  const Napi::CallbackInfo& info_;
};

/// @throws std::invalid_argument unless the buffer has exactly so many elements of a floating-point form
inline void expect_floats(const Buffer& buffer, int64_t count, const char* what) {
  if ((buffer.type != Type::f32 && buffer.type != Type::bf16) || static_cast<int64_t>(buffer.elements()) != count)
    throw std::invalid_argument(std::string(what) + " has " + std::to_string(buffer.elements()) +
                                " elements instead of " + std::to_string(count) + " floats");
}
inline void expect_type(const Buffer& buffer, Type type, int64_t count, const char* what) {
  if (buffer.type != type || static_cast<int64_t>(buffer.elements()) != count)
    throw std::invalid_argument(std::string(what) + " has " + std::to_string(buffer.elements()) +
                                " elements instead of " + std::to_string(count) + ", or another type");
}

[[noreturn]] void raise(Napi::Env env, const char* code, const std::string& message);

/// Runs a function and turns what it throws into a JavaScript error with a `code`. The function returns void or a value.
template <auto function>
Napi::Value exported(const Napi::CallbackInfo& info) {
  Engine* engine = info.Env().GetInstanceData<Engine>();
  try {
    SignalsWait wait;
    Call call(info, *engine);
    if constexpr (std::is_void_v<decltype(function(call))>) {
      function(call);
      return info.Env().Undefined();
    } else {
      return function(call);
    }
  } catch (const Napi::Error&) {
    throw;
  } catch (const OutOfMemory& e) {
    raise(info.Env(), "SPECTRAI_BACKEND_MEMORY",
          std::to_string(e.bytes) + " bytes are needed while " + std::to_string(e.live) + " of " +
              std::to_string(e.limit) + " are in use");
  } catch (const std::bad_alloc&) {
    raise(info.Env(), "SPECTRAI_BACKEND_MEMORY", "there is no memory left");
  } catch (const std::exception& e) {
    raise(info.Env(), "SPECTRAI_BACKEND_OP", e.what());
  }
}

/// Each source file adds its functions to the addon's object.
template <auto function>
void add(Napi::Object& exports, const char* name) {
  exports.Set(name, Napi::Function::New<exported<function>>(exports.Env(), name));
}

void add_buffers(Napi::Object& exports);
void add_convolution(Napi::Object& exports);
void add_matmul(Napi::Object& exports);
void add_elementwise(Napi::Object& exports);
void add_networks(Napi::Object& exports);
void add_update(Napi::Object& exports);
void add_loss(Napi::Object& exports);

}  // namespace spectrai
