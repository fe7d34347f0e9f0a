// Values moved from one tensor to another: copies in any order, constants, changes of type, and rows by index.
#include "moves.h"

#include "call.h"

namespace spectrai {

namespace {

bool is_float(Type type) { return type == Type::f32 || type == Type::bf16; }

int64_t elements_of(const Buffer& buffer) { return static_cast<int64_t>(buffer.elements()); }

/// @throws unless offset + Σ i · stride lies in the buffer for all i below the sizes
void expect_inside(const Buffer& buffer, int64_t offset, Ints sizes, Ints strides, const char* what) {
  int64_t low = offset, high = offset;
  for (int d = 0; d < sizes.size; d++) {
    int64_t stride = strides[d], reach = times(sizes[d] - 1, stride < 0 ? -stride : stride);
    if (__builtin_add_overflow(stride < 0 ? low : high, stride < 0 ? -reach : reach, stride < 0 ? &low : &high))
      throw std::invalid_argument("a size is too large");
  }
  if (low < 0 || high >= elements_of(buffer)) throw std::invalid_argument(std::string(what) + " is smaller than what is moved");
}

/// The walk without dimensions of one element, and with those as one that can be walked as one; at least one is left.
Walk walk_of(Ints sizes, Ints from, Ints to) {
  Walk walk{};
  for (int d = 0; d < sizes.size; d++) {
    if (sizes[d] == 1) continue;
    int last = walk.rank - 1;
    if (last >= 0 && walk.from[last] == int64_t(from[d]) * sizes[d] && walk.to[last] == int64_t(to[d]) * sizes[d]) {
      walk.size[last] *= sizes[d];
      walk.from[last] = from[d];
      walk.to[last] = to[d];
    } else {
      walk.size[walk.rank] = sizes[d];
      walk.from[walk.rank] = from[d];
      walk.to[walk.rank++] = to[d];
    }
  }
  if (walk.rank == 0) walk = {1, {1}, {1}, {1}};
  return walk;
}

char* shifted(const Buffer& buffer, int64_t elements) {
  return static_cast<char*>(buffer.data) + elements * static_cast<int64_t>(bytes_of(buffer.type));
}

int rank_of(Ints v) {
  int rank = v[0];
  if (rank < 0 || rank > most_steps) throw std::invalid_argument("there are too many dimensions");
  return rank;
}

bool empty(Ints sizes) {
  bool none = false;
  for (int32_t size : sizes) {
    if (size < 0) throw std::invalid_argument("a size is negative");
    none = none || size == 0;
  }
  return none;
}

/// copy([rank, first of x, first of y, …sizes, …strides in x, …strides in y], x, y)
void copy(Call& call) {
  Ints v = call.ints(0);
  int rank = rank_of(v);
  Ints sizes = v.from(3, rank), from = v.from(3 + rank, rank), to = v.from(3 + 2 * rank, rank);
  Buffer &x = call.buffer(1), &y = call.buffer(2);
  if (x.type != y.type && !(is_float(x.type) && is_float(y.type)))
    throw std::invalid_argument("tensors of different types cannot be copied into each other");
  if (empty(sizes)) return;
  expect_inside(x, v[1], sizes, from, "the input");
  expect_inside(y, v[2], sizes, to, "the output");
  SPECTRAI_LOOPS(move_loops)
      .copy(x.type, shifted(x, v[1]), y.type, shifted(y, v[2]), walk_of(sizes, from, to), call.engine.threads);
}

/// fill([rank, first, …sizes, …strides], value, y)
void fill(Call& call) {
  Ints v = call.ints(0);
  int rank = rank_of(v);
  Ints sizes = v.from(2, rank), strides = v.from(2 + rank, rank);
  Buffer& y = call.buffer(2);
  if (empty(sizes)) return;
  expect_inside(y, v[1], sizes, strides, "the output");
  SPECTRAI_LOOPS(move_loops)
      .fill(y.type, shifted(y, v[1]), walk_of(sizes, strides, strides), call.number(1), call.engine.threads);
}

/// fillAll(value, y)
void fill_all(Call& call) {
  Buffer& y = call.buffer(1);
  Walk walk{1, {elements_of(y)}, {1}, {1}};
  if (y.bytes > 0) SPECTRAI_LOOPS(move_loops).fill(y.type, y.data, walk, call.number(0), call.engine.threads);
}

/// cast(x, y): to the type of y
void cast(Call& call) {
  Buffer &x = call.buffer(0), &y = call.buffer(1);
  int64_t n = elements_of(x);
  expect_type(y, y.type, n, "the output");
  if (y.type == Type::bf16 || x.type == y.type || (is_float(x.type) && is_float(y.type)))
    throw std::invalid_argument("there is no such change of type");
  if (n > 0) SPECTRAI_LOOPS(move_loops).cast(x.type, x.data, y.type, y.data, n, call.engine.threads);
}

/// gather([batch, outer, rows, inner, count], x [batch, outer, rows, inner], indices [batch, count], y [batch, outer, count, inner])
void gather(Call& call) {
  Ints v = call.ints(0);
  int64_t batch = v[0], outer = v[1], rows = v[2], inner = v[3], count = v[4];
  Buffer &x = call.buffer(1), &index = call.buffer(2), &y = call.buffer(3);
  expect_type(x, y.type, times(times(batch, outer), times(rows, inner)), "the input");
  expect_type(index, Type::i32, times(batch, count), "the indices");
  expect_type(y, y.type, times(times(batch, outer), times(count, inner)), "the output");
  for (int64_t i = 0; i < batch * count; i++)
    if (index.i32()[i] < 0 || index.i32()[i] >= rows)
      throw std::invalid_argument("the index " + std::to_string(index.i32()[i]) + " is not in [0, " +
                                  std::to_string(rows - 1) + "]");
  if (y.bytes == 0) return;
  SPECTRAI_LOOPS(move_loops)
      .gather(x.data, index.i32(), y.data, batch, outer, rows, count, inner * static_cast<int64_t>(bytes_of(y.type)),
              call.engine.threads);
}

/// oneHot(depth, on, off, indices, y [indices, depth])
void one_hot(Call& call) {
  int64_t depth = call.integer(0);
  Buffer &index = call.buffer(3), &y = call.buffer(4);
  int64_t n = elements_of(index);
  expect_type(index, Type::i32, n, "the indices");
  expect_type(y, y.type, times(n, depth), "the output");
  double on = call.number(1), off = call.number(2);
  if (y.bytes == 0) return;
  auto set = [&](int64_t at, int64_t count, double value) {
    Walk walk{1, {count}, {1}, {1}};
    SPECTRAI_LOOPS(move_loops).fill(y.type, shifted(y, at), walk, value, call.engine.threads);
  };
  set(0, n * depth, off);
  for (int64_t i = 0; i < n; i++)
    if (int32_t at = index.i32()[i]; at >= 0 && at < depth) set(i * depth + at, 1, on);
}

}  // namespace

void add_moves(Napi::Object& exports) {
  add<copy>(exports, "copy");
  add<fill>(exports, "fill");
  add<fill_all>(exports, "fillAll");
  add<cast>(exports, "cast");
  add<gather>(exports, "gather");
  add<one_hot>(exports, "oneHot");
}

}  // namespace spectrai
