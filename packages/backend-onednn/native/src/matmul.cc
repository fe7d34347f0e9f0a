// Batched matrix products.
#include <cstring>

#include "call.h"
#include "convert.h"

namespace spectrai {

namespace {

using dnnl::memory;

/// Multiplications below which the library's own bookkeeping takes longer than the work.
constexpr int64_t small_product = 65536;

/// A product of matrices with a bias over the columns and an activation.
struct MatmulPlan : Plan {
  dnnl::primitive primitive;
  memory::desc a, b, c, bias, scratchpad;
};

using onednn::data_type;

/// matmul([batchA, batchB, m, k, n, transposeA, transposeB, activation], a, b, bias or -1, c, slope)
/// a [batchA, m, k] (or [k, m]), b [batchB, k, n] (or [n, k]); a batch of 1 is used for all of the other.
void matmul(Call& call) {
  Engine& engine = call.engine;
  Ints v = call.ints(0);
  int64_t batch_a = v[0], batch_b = v[1], m = v[2], k = v[3], n = v[4];
  bool ta = v[5] != 0, tb = v[6] != 0;
  Buffer &a = call.buffer(1), &b = call.buffer(2), &c = call.buffer(4);
  Buffer* bias = call.optional(3);
  if (batch_a < 1 || batch_b < 1 || m < 1 || k < 1 || n < 1 || (batch_a != batch_b && batch_a != 1 && batch_b != 1))
    throw std::invalid_argument("the sizes of the product do not fit together");
  int64_t batch = batch_a > batch_b ? batch_a : batch_b;
  expect_floats(a, times(batch_a, times(m, k)), "the left matrix");
  expect_floats(b, times(batch_b, times(k, n)), "the right matrix");
  expect_type(c, Type::f32, times(batch, times(m, n)), "the product");
  if (bias) expect_type(*bias, Type::f32, n, "the bias");
  int32_t activation = v[7];
  if (activation < 0 || activation > 5) throw std::invalid_argument("there is no activation " + std::to_string(activation));
  float slope = static_cast<float>(call.number(5));
  int32_t slope_bits;
  std::memcpy(&slope_bits, &slope, sizeof slope_bits);

  // Where one matrix serves for all, and the other's rows follow each other, the batch is only more rows.
  int64_t rows = m, times_done = batch;
  if (batch_b == 1 && !ta) rows = m * batch_a, times_done = 1;
  if (batch * m * k * n <= small_product && a.type == Type::f32 && b.type == Type::f32) {
    SPECTRAI_LOOPS(product_loops)
        .small(a.f32(), b.f32(), bias ? bias->f32() : nullptr, c.f32(), batch, batch_a == 1 ? 0 : m * k,
               batch_b == 1 ? 0 : k * n, m, k, n, ta, tb, static_cast<Activation>(activation), slope);
    return;
  }

  // In bf16 the factors are rounded, and the sums stay float32: a product may be the gradient of weights.
  Type factors = engine.bf16 ? Type::bf16 : Type::f32;
  if (!engine.bf16 && (a.type != Type::f32 || b.type != Type::f32))
    throw std::invalid_argument("a product in float32 was given bf16");
  Key key(v.begin(), v.end());
  key.insert(key.end(), {-1, static_cast<int32_t>(factors), bias ? 1 : 0, slope_bits});
  auto& plan = engine.plan<MatmulPlan>(key, [&] {
    auto p = std::make_unique<MatmulPlan>();
    int64_t ba = times_done == 1 ? 1 : batch_a, bb = batch_b;
    p->a = memory::desc({ba, rows, k}, data_type(factors), ta ? memory::dims{m * k, 1, m} : memory::dims{rows * k, k, 1});
    p->b = memory::desc({bb, k, n}, data_type(factors), tb ? memory::dims{k * n, 1, k} : memory::dims{k * n, n, 1});
    p->c = memory::desc({times_done, rows, n}, memory::data_type::f32, memory::dims{rows * n, n, 1});
    if (bias) p->bias = memory::desc({1, 1, n}, memory::data_type::f32, memory::dims{n, n, 1});
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops ops;
    onednn::append_activation(ops, static_cast<Activation>(activation), slope);
    attr.set_post_ops(ops);
    auto pd = onednn::describe<dnnl::matmul>(engine.cpu, attr, p->a, p->b, p->bias, p->c);
    if (!onednn::exists(pd)) throw std::runtime_error("oneDNN has no implementation of this matrix product");
    p->scratchpad = pd.scratchpad_desc();
    p->primitive = dnnl::matmul(pd);
    return p;
  });
  auto room = [](size_t bytes) { return (bytes + 63) / 64 * 64; };
  size_t narrow_a = factors == a.type ? 0 : room(a.elements() * 2), narrow_b = factors == b.type ? 0 : room(b.elements() * 2);
  char* scratch = engine.scratch(narrow_a + narrow_b + plan.scratchpad.get_size() + 64);
  const void* left = narrow_a ? as_bf16(engine, a, scratch) : a.data;
  const void* right = narrow_b ? as_bf16(engine, b, scratch + narrow_a) : b.data;
  scratch += narrow_a + narrow_b;
  std::unordered_map<int, memory> args{{DNNL_ARG_SRC, memory(plan.a, engine.cpu, const_cast<void*>(left))},
                                       {DNNL_ARG_WEIGHTS, memory(plan.b, engine.cpu, const_cast<void*>(right))},
                                       {DNNL_ARG_DST, memory(plan.c, engine.cpu, c.data)},
                                       {DNNL_ARG_SCRATCHPAD, memory(plan.scratchpad, engine.cpu, scratch)}};
  if (bias) args.emplace(DNNL_ARG_BIAS, memory(plan.bias, engine.cpu, bias->data));
  plan.primitive.execute(engine.stream, args);
}

}  // namespace

void add_matmul(Napi::Object& exports) { add<matmul>(exports, "matmul"); }

}  // namespace spectrai
