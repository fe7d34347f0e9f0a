// oneDNN, and all that differs between its versions 2.6 and 3.x.
#pragma once
#include <oneapi/dnnl/dnnl.hpp>
#include <oneapi/dnnl/dnnl_version.h>

#include <type_traits>
#include <utility>

#include "loops.h"

namespace spectrai::onednn {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::primitive_attr;
using dnnl::prop_kind;
using dims = memory::dims;

/// 3.x makes a primitive's description from its arguments, 2.x from an operation's description made of the same arguments.
template <class Primitive, class... Args>
typename Primitive::primitive_desc describe(const dnnl::engine& engine, const primitive_attr& attr, Args&&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine, std::forward<Args>(args)..., attr, true);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(std::forward<Args>(args)...), attr, engine, true);
#endif
}

/// The same for a backward primitive, which wants to know the forward one.
template <class Primitive, class Forward, class... Args>
typename Primitive::primitive_desc describe_backward(const dnnl::engine& engine, const primitive_attr& attr,
                                                     const Forward& forward, Args&&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine, std::forward<Args>(args)..., forward, attr, true);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(std::forward<Args>(args)...), attr, engine,
                                            forward, true);
#endif
}

inline void append_eltwise(dnnl::post_ops& ops, algorithm alg, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(alg, alpha, beta);
#else
  ops.append_eltwise(1.f, alg, alpha, beta);
#endif
}

inline void append_activation(dnnl::post_ops& ops, Activation activation, float slope) {
  switch (activation) {
    case Activation::linear: return;
    case Activation::relu: return append_eltwise(ops, algorithm::eltwise_relu, 0, 0);
    case Activation::relu6: return append_eltwise(ops, algorithm::eltwise_clip, 0, 6);
    case Activation::sigmoid: return append_eltwise(ops, algorithm::eltwise_logistic, 0, 0);
    case Activation::elu: return append_eltwise(ops, algorithm::eltwise_elu, 1, 0);
    case Activation::leaky_relu: return append_eltwise(ops, algorithm::eltwise_relu, slope, 0);
  }
}

inline memory::data_type data_type(Type type) {
  return type == Type::bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

/// False where describe() found no implementation.
template <class Description>
bool exists(const Description& d) {
  return d.get(true) != nullptr;
}

/// Winograd's algorithm on x86 left the library with 3.0.
constexpr bool has_winograd = DNNL_VERSION_MAJOR < 3;

}  // namespace spectrai::onednn
