#include "../elementwise.h"
#include "staging.h"

SPECTRAI_LOOPS_BEGIN

template <class T, class Y, class F>
static inline void each(const T* __restrict a, const T* __restrict b, Y* __restrict y, int64_t n, F f) {
  for (int64_t i = 0; i < n; i++) y[i] = f(a[i], b[i]);
}

// As JavaScript's: the sign of the divisor, and NaN for a divisor of 0.
static float modulo(float a, float b) {
  double rest = fmod(double(a), double(b));
  return float((a < 0) == (b < 0) ? rest : fmod(rest + double(b), double(b)));
}

static float power(float a, float b) {
  // The C library gives 1 here, JavaScript NaN.
  if (b != b || ((a == 1 || a == -1) && (b == INFINITY || b == -INFINITY))) return NAN;
  return powf(a, b);
}

static void floats(Binary op, const float* a, const float* b, float* y, int64_t n) {
  switch (op) {
    case Binary::add: return each(a, b, y, n, [](float u, float v) { return u + v; });
    case Binary::sub: return each(a, b, y, n, [](float u, float v) { return u - v; });
    case Binary::multiply: return each(a, b, y, n, [](float u, float v) { return u * v; });
    case Binary::divide: return each(a, b, y, n, [](float u, float v) { return u / v; });
    case Binary::maximum: return each(a, b, y, n, [](float u, float v) { return ((u > v) | (u != u)) ? u : v; });
    case Binary::minimum: return each(a, b, y, n, [](float u, float v) { return ((u < v) | (u != u)) ? u : v; });
    case Binary::squared_difference: return each(a, b, y, n, [](float u, float v) { return (u - v) * (u - v); });
    case Binary::pow: return each(a, b, y, n, power);
    case Binary::mod: return each(a, b, y, n, modulo);
    case Binary::atan2: return each(a, b, y, n, [](float u, float v) { return atan2f(u, v); });
    case Binary::prelu: return each(a, b, y, n, [](float u, float v) { return u < 0 ? v * u : u; });
    // dy and y of the exponential linear unit.
    case Binary::elu_gradient: return each(a, b, y, n, [](float u, float v) { return v >= 0 ? u : u * (v + 1); });
    default: return;
  }
}

// Integers wrap around, as JavaScript's arrays of them do.
static int32_t wrapped(uint32_t value) { return int32_t(value); }
static int32_t floor_quotient(int32_t a, int32_t b) {
  if (b == 0) return 0;
  int64_t quotient = int64_t(a) / b, rest = int64_t(a) % b;
  return wrapped(uint32_t(quotient - (rest != 0 && (rest < 0) != (b < 0) ? 1 : 0)));
}

static void integers(Binary op, const int32_t* a, const int32_t* b, int32_t* y, int64_t n) {
  using U = uint32_t;
  switch (op) {
    case Binary::add: return each(a, b, y, n, [](int32_t u, int32_t v) { return wrapped(U(u) + U(v)); });
    case Binary::sub: return each(a, b, y, n, [](int32_t u, int32_t v) { return wrapped(U(u) - U(v)); });
    case Binary::multiply: return each(a, b, y, n, [](int32_t u, int32_t v) { return wrapped(U(u) * U(v)); });
    case Binary::maximum: return each(a, b, y, n, [](int32_t u, int32_t v) { return u > v ? u : v; });
    case Binary::minimum: return each(a, b, y, n, [](int32_t u, int32_t v) { return u < v ? u : v; });
    case Binary::floor_divide: return each(a, b, y, n, floor_quotient);
    default: return;
  }
}

template <class T>
static void tests(Binary op, const T* a, const T* b, uint8_t* y, int64_t n) {
  switch (op) {
    case Binary::equal: return each(a, b, y, n, [](T u, T v) { return uint8_t(u == v); });
    case Binary::not_equal: return each(a, b, y, n, [](T u, T v) { return uint8_t(u != v); });
    case Binary::greater: return each(a, b, y, n, [](T u, T v) { return uint8_t(u > v); });
    case Binary::greater_equal: return each(a, b, y, n, [](T u, T v) { return uint8_t(u >= v); });
    case Binary::less: return each(a, b, y, n, [](T u, T v) { return uint8_t(u < v); });
    case Binary::less_equal: return each(a, b, y, n, [](T u, T v) { return uint8_t(u <= v); });
    case Binary::logical_and: return each(a, b, y, n, [](T u, T v) { return uint8_t((u != 0) & (v != 0)); });
    case Binary::logical_or: return each(a, b, y, n, [](T u, T v) { return uint8_t((u != 0) | (v != 0)); });
    default: return;
  }
}

template <class T, class F>
static void over_blocks(const Operand& a, const Operand& b, int64_t n, int64_t least, int threads, F work) {
  int64_t unit = unit_for(a, b);
  parallel(
      threads, n, least,
      [&](int64_t from, int64_t to) {
        Blocks<T> left(a, unit), right(b, unit);
        for (int64_t i = from; i < to; i += unit) {
          int64_t count = to - i < unit ? to - i : unit;
          work(left.at(i, count), right.at(i, count), i, count);
        }
      },
      unit);
}

static void map(Binary op, const Operand& a, const Operand& b, Type y_type, void* y, int64_t n, int threads) {
  bool costly = op == Binary::pow || op == Binary::mod || op == Binary::atan2;
  int64_t least = costly ? least_elements / 8 : least_elements;
  bool whole = a.type == Type::i32 || a.type == Type::u8;
  if (y_type == Type::u8) {
    uint8_t* to = static_cast<uint8_t*>(y);
    auto work = [=](auto* u, auto* v, int64_t i, int64_t count) { tests(op, u, v, to + i, count); };
    return whole ? over_blocks<int32_t>(a, b, n, least, threads, work) : over_blocks<float>(a, b, n, least, threads, work);
  }
  if (whole)
    return over_blocks<int32_t>(a, b, n, least, threads, [=](const int32_t* u, const int32_t* v, int64_t i, int64_t count) {
      integers(op, u, v, static_cast<int32_t*>(y) + i, count);
    });
  over_blocks<float>(a, b, n, least, threads, [=](const float* u, const float* v, int64_t i, int64_t count) {
    Target out(y_type, y);
    floats(op, u, v, out.at(i), count);
    out.done(i, count);
  });
}

template <class T, class F>
static void select_of(const Operand& condition, const Operand& a, const Operand& b, int64_t n, int threads, F target) {
  parallel(
      threads, n, least_elements,
      [&](int64_t from, int64_t to) {
        Blocks<uint8_t> flags(condition, block_size);
        Blocks<T> left(a, block_size), right(b, block_size);
        for (int64_t i = from; i < to; i += block_size) {
          int64_t count = to - i < block_size ? to - i : block_size;
          const uint8_t* flag = flags.at(i, count);
          const T *u = left.at(i, count), *v = right.at(i, count);
          target(i, count, [=](T* __restrict y) {
            for (int64_t j = 0; j < count; j++) y[j] = flag[j] == 1 ? u[j] : v[j];
          });
        }
      },
      block_size);
}

static void select(const Operand& condition, const Operand& a, const Operand& b, Type y_type, void* y, int64_t n,
                   int threads) {
  if (y_type == Type::i32)
    return select_of<int32_t>(condition, a, b, n, threads,
                              [=](int64_t i, int64_t, auto fill) { fill(static_cast<int32_t*>(y) + i); });
  if (y_type == Type::u8)
    return select_of<uint8_t>(condition, a, b, n, threads,
                              [=](int64_t i, int64_t, auto fill) { fill(static_cast<uint8_t*>(y) + i); });
  select_of<float>(condition, a, b, n, threads, [=](int64_t i, int64_t count, auto fill) {
    Target out(y_type, y);
    fill(out.at(i));
    out.done(i, count);
  });
}

static void add_n(const Operand* terms, int count, Type y_type, void* y, int64_t n, int threads) {
  parallel(
      threads, n, least_elements,
      [=](int64_t from, int64_t to) {
        Target out(y_type, y);
        alignas(64) float room[block_size];
        for (int64_t i = from; i < to; i += block_size) {
          int64_t size = to - i < block_size ? to - i : block_size;
          if (y_type == Type::i32) {
            int32_t* sum = static_cast<int32_t*>(y) + i;
            spread(terms[0], i, size, sum);
            for (int t = 1; t < count; t++) {
              const int32_t* add = static_cast<const int32_t*>(terms[t].data) + i;
              for (int64_t j = 0; j < size; j++) sum[j] = wrapped(uint32_t(sum[j]) + uint32_t(add[j]));
            }
            continue;
          }
          float* sum = out.at(i);
          auto term = [&](int t) -> const float* {
            if (terms[t].type == Type::f32) return static_cast<const float*>(terms[t].data) + i;
            spread(terms[t], i, size, room);
            return room;
          };
          spread(terms[0], i, size, sum);
          for (int t = 1; t < count; t++) {
            const float* add = term(t);
            for (int64_t j = 0; j < size; j++) sum[j] += add[j];
          }
          out.done(i, size);
        }
      },
      block_size);
}

extern const BinaryLoops binary_loops = {map, select, add_n};

SPECTRAI_LOOPS_END
