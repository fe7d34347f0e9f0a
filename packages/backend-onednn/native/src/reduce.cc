// Reductions over any dimensions, without moving what is reduced.
#include "reduce.h"

#include <algorithm>

#include "call.h"
#include "elementwise.h"

namespace spectrai {

namespace {

/// Dimensions in a row that are all reduced, or all kept.
struct Group {
  int64_t size;
  bool reduced;
};

bool is_float(Type type) { return type == Type::f32 || type == Type::bf16; }

void run(Engine& engine, Reduction op, Type type, const void* x, void* y, const std::vector<Group>& groups, size_t at,
         double scale, char* room) {
  int64_t outer = 1, inner = 1;
  for (size_t i = 0; i < at; i++) outer *= groups[i].size;
  for (size_t i = at + 1; i < groups.size(); i++) inner *= groups[i].size;
  SPECTRAI_LOOPS(reduce_loops)
      .reduce(op, type, x, y, outer, groups[at].size, inner, scale, reinterpret_cast<double*>(room), engine.threads);
}

/// Doubles that a step needs to work in.
int64_t room_of(const std::vector<Group>& groups, size_t at) {
  int64_t outer = 1, inner = 1;
  for (size_t i = 0; i < at; i++) outer = times(outer, groups[i].size);
  for (size_t i = at + 1; i < groups.size(); i++) inner = times(inner, groups[i].size);
  int64_t parts = SPECTRAI_LOOPS(reduce_loops).parts(outer, groups[at].size, inner);
  return parts > 1 ? times(times(outer, inner), parts) : 0;
}

size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

/// reduce(operation, [rank, …shape, …1 where a dimension is reduced], x, y, scale)
void reduce(Call& call) {
  Engine& engine = call.engine;
  int32_t number = call.integer(0);
  if (number < 0 || number >= static_cast<int32_t>(Reduction::count)) throw std::invalid_argument("there is no such reduction");
  Reduction op = static_cast<Reduction>(number);
  Ints v = call.ints(1);
  int rank = v[0];
  if (rank < 0 || rank > most_dimensions) throw std::invalid_argument("there are too many dimensions");
  Ints shape = v.from(1, rank), flags = v.from(1 + rank, rank);
  Buffer &x = call.buffer(2), &y = call.buffer(3);
  double scale = call.number(4);
  int64_t kept = 1, reduced = 1;
  std::vector<Group> groups;
  for (int d = 0; d < rank; d++) {
    bool now = flags[d] != 0;
    (now ? reduced : kept) = times(now ? reduced : kept, shape[d]);
    if (shape[d] == 1) continue;
    if (!groups.empty() && groups.back().reduced == now) groups.back().size = times(groups.back().size, shape[d]);
    else groups.push_back({shape[d], now});
  }
  int64_t n = times(kept, reduced);
  if (is_float(x.type)) {
    expect_floats(x, n, "the input");
    expect_type(y, Type::f32, kept, "the output");
  } else {
    expect_type(x, x.type, n, "the input");
    expect_type(y, x.type, kept, "the output");
    if (op == Reduction::product || (op == Reduction::sum && x.type == Type::u8))
      throw std::invalid_argument("there is no such reduction of this type");
  }
  if (kept == 0) return;
  if (n == 0) groups = {{kept, false}, {0, true}};
  auto largest = [&] {
    size_t at = groups.size();
    for (size_t i = 0; i < groups.size(); i++)
      if (groups[i].reduced && (at == groups.size() || groups[i].size > groups[at].size)) at = i;
    return at;
  };
  if (largest() == groups.size()) groups.push_back({1, true});

  // One group after the other, the largest first; what lies between is small.
  std::vector<Group> left = groups;
  Type type = x.type, between = is_float(x.type) ? Type::f32 : x.type;
  size_t steps = 0, room = 0, bytes = 0;
  for (const Group& group : groups) steps += group.reduced;
  for (size_t step = 0, size = n; step < steps; step++) {
    size_t at = largest();
    room = std::max(room, aligned(sizeof(double) * room_of(groups, at)));
    size = groups[at].size > 0 ? size / groups[at].size : kept;
    if (step + 1 < steps) bytes = std::max(bytes, aligned(size * bytes_of(between)));
    groups.erase(groups.begin() + at);
  }
  // A result in between is read while the next is written.
  char* scratch = engine.scratch(room + 2 * bytes + 64);
  char* rooms[2] = {scratch + room, scratch + room + bytes};
  groups = left;
  const void* from = x.data;
  for (size_t step = 0; step < steps; step++) {
    size_t at = largest();
    bool last = step + 1 == steps;
    void* to = last ? y.data : rooms[step % 2];
    run(engine, op, type, from, to, groups, at, last ? scale : 1, scratch);
    groups.erase(groups.begin() + at);
    from = to;
    type = between;
  }
}

/// position(least, outer, n, inner, x, y): where the largest or the least is along n
void position(Call& call) {
  int64_t outer = call.integer(1), n = call.integer(2), inner = call.integer(3);
  Buffer &x = call.buffer(4), &y = call.buffer(5);
  expect_type(x, x.type, times(times(outer, n), inner), "the input");
  expect_type(y, Type::i32, times(outer, inner), "the output");
  if (x.type != Type::f32 && x.type != Type::i32) throw std::invalid_argument("plain numbers are needed");
  if (n == 0) throw std::invalid_argument("there is no largest or least of no numbers");
  if (y.bytes == 0) return;
  SPECTRAI_LOOPS(reduce_loops).position(call.integer(0) != 0, x.type, x.data, y.i32(), outer, n, inner, call.engine.threads);
}

/// softmax(rows, n, x, y)
void softmax(Call& call) {
  int64_t rows = call.integer(0), n = call.integer(1);
  Buffer &x = call.buffer(2), &y = call.buffer(3);
  expect_type(x, Type::f32, times(rows, n), "the input");
  expect_type(y, Type::f32, times(rows, n), "the output");
  if (x.bytes == 0) return;
  SPECTRAI_LOOPS(reduce_loops).softmax(x.f32(), y.f32(), rows, n, call.engine.threads);
}

}  // namespace

void add_reductions(Napi::Object& exports) {
  add<reduce>(exports, "reduce");
  add<position>(exports, "position");
  add<softmax>(exports, "softmax");
}

}  // namespace spectrai
