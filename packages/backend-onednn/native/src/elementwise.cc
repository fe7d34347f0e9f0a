// Functions of single values, of pairs with broadcasting, and sums of several tensors.
#include "elementwise.h"


#include "call.h"

namespace spectrai {

namespace {

bool is_float(Type type) { return type == Type::f32 || type == Type::bf16; }

int64_t elements_of(const Buffer& buffer) { return static_cast<int64_t>(buffer.elements()); }

/// A tensor seen over an output of that shape, both of `rank` dimensions. @throws where the sizes do not fit
Operand operand(const Buffer& buffer, Ints shape, Ints output) {
  Operand result{buffer.type, buffer.data, 0, {}, {}};
  int64_t step = 1, steps[most_dimensions];
  for (int d = output.size - 1; d >= 0; d--) {
    if (shape[d] != output[d] && shape[d] != 1) throw std::invalid_argument("the shapes cannot be broadcast");
    steps[d] = shape[d] == 1 ? 0 : step;
    step = times(step, shape[d]);
  }
  if (step != elements_of(buffer)) throw std::invalid_argument("a tensor does not have the size of its shape");
  for (int d = 0; d < output.size; d++) {
    if (output[d] == 1) continue;
    int last = result.rank - 1;
    if (last >= 0 && result.stride[last] == steps[d] * output[d]) {
      result.size[last] *= output[d];
      result.stride[last] = steps[d];
    } else {
      result.size[result.rank] = output[d];
      result.stride[result.rank++] = steps[d];
    }
  }
  return result;
}

Operand whole(const Buffer& buffer) { return {buffer.type, buffer.data, 1, {elements_of(buffer)}, {1}}; }

/// unary(operation, x, y, p, q)
void unary(Call& call) {
  int32_t number = call.integer(0);
  if (number < 0 || number >= static_cast<int32_t>(Unary::count)) throw std::invalid_argument("there is no such function");
  Unary op = static_cast<Unary>(number);
  Buffer &x = call.buffer(1), &y = call.buffer(2);
  int64_t n = elements_of(x);
  expect_floats(x, n, "the input");
  if (op >= Unary::is_nan) expect_type(y, Type::u8, n, "the output");
  else expect_floats(y, n, "the output");
  SPECTRAI_LOOPS(unary_loops)
      .map(op, x.type, x.data, y.type, y.data, n, static_cast<float>(call.number(3)), static_cast<float>(call.number(4)),
           call.engine.threads);
}

/// logicalNot(x, y)
void logical_not(Call& call) {
  Buffer &x = call.buffer(0), &y = call.buffer(1);
  int64_t n = elements_of(x);
  expect_type(x, Type::u8, n, "the input");
  expect_type(y, Type::u8, n, "the output");
  SPECTRAI_LOOPS(unary_loops).logical_not(x.u8(), y.u8(), n, call.engine.threads);
}

/// binary(operation, [rank, …shape of y, …shape of a, …shape of b], a, b, y); the shapes of a and b have 1s in front
void binary(Call& call) {
  int32_t number = call.integer(0);
  if (number < 0 || number >= static_cast<int32_t>(Binary::count)) throw std::invalid_argument("there is no such function");
  Binary op = static_cast<Binary>(number);
  Ints v = call.ints(1);
  int rank = v[0];
  if (rank < 0 || rank > most_dimensions) throw std::invalid_argument("there are too many dimensions");
  Ints shape = v.from(1, rank);
  Buffer &a = call.buffer(2), &b = call.buffer(3), &y = call.buffer(4);
  int64_t n = elements(shape);
  bool floats = is_float(a.type) && is_float(b.type);
  if (!floats && (is_float(a.type) || is_float(b.type)))
    throw std::invalid_argument("floats and integers cannot be combined");
  if (op >= Binary::equal) expect_type(y, Type::u8, n, "the output");
  else if (floats) expect_floats(y, n, "the output");
  else expect_type(y, Type::i32, n, "the output");
  bool whole_numbers = op == Binary::add || op == Binary::sub || op == Binary::multiply || op == Binary::maximum ||
                       op == Binary::minimum || op == Binary::floor_divide || op >= Binary::equal;
  if (floats ? op == Binary::floor_divide : !whole_numbers)
    throw std::invalid_argument("there is no such function of these types");
  Operand left = operand(a, v.from(1 + rank, rank), shape), right = operand(b, v.from(1 + 2 * rank, rank), shape);
  if (n == 0) return;
  // The most common power.
  if (op == Binary::pow && b.type == Type::f32 && b.elements() == 1 && b.f32()[0] == 2) op = Binary::multiply, right = left;
  SPECTRAI_LOOPS(binary_loops).map(op, left, right, y.type, y.data, n, call.engine.threads);
}

/// select(rows, inner, condition [rows], a [rows, inner], b, y)
void select(Call& call) {
  int64_t rows = call.integer(0), inner = call.integer(1), n = times(rows, inner);
  Buffer &condition = call.buffer(2), &a = call.buffer(3), &b = call.buffer(4), &y = call.buffer(5);
  expect_type(condition, Type::u8, rows, "the condition");
  for (Buffer* x : {&a, &b}) {
    if (is_float(y.type)) expect_floats(*x, n, "the input");
    else expect_type(*x, y.type, n, "the input");
  }
  expect_type(y, y.type, n, "the output");
  Operand flags{Type::u8, condition.data, 2, {rows, inner}, {1, 0}};
  if (inner == 1) flags.rank = 1;
  if (n > 0) SPECTRAI_LOOPS(binary_loops).select(flags, whole(a), whole(b), y.type, y.data, n, call.engine.threads);
}

/// addN([…terms], y)
void add_n(Call& call) {
  Ints ids = call.ints(0);
  Buffer& y = call.buffer(1);
  int64_t n = elements_of(y);
  std::vector<Operand> terms;
  for (int32_t id : ids) {
    Buffer& x = call.engine.store->at(id);
    if (y.type == Type::i32) expect_type(x, Type::i32, n, "a term");
    else expect_floats(x, n, "a term");
    terms.push_back(whole(x));
  }
  if (y.type == Type::u8 || terms.empty()) throw std::invalid_argument("a sum needs numbers");
  SPECTRAI_LOOPS(binary_loops).add_n(terms.data(), ids.size, y.type, y.data, n, call.engine.threads);
}

}  // namespace

// The neighbours of this file: reduce.cc and moves.cc.
void add_reductions(Napi::Object& exports);
void add_moves(Napi::Object& exports);

void add_elementwise(Napi::Object& exports) {
  add<unary>(exports, "unary");
  add<logical_not>(exports, "logicalNot");
  add<binary>(exports, "binary");
  add<select>(exports, "select");
  add<add_n>(exports, "addN");
  add_reductions(exports);
  add_moves(exports);
}

}  // namespace spectrai
