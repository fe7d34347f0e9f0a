#include "conv.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

#include "call.h"

namespace spectrai {

ConvShape::ConvShape(Ints v) {
  n = v[0], channels = v[1], filters = v[2], groups = v[3];
  int at = 4;
  for (auto* list : {in, out, kernel, stride, dilation, before, after})
    for (int i = 0; i < 3; i++) list[i] = v[at++];
  bool fits = n >= 1 && channels >= 1 && filters >= 1 && groups >= 1 && channels % groups == 0 && filters % groups == 0;
  for (int i = 0; i < 3 && fits; i++) {
    fits = in[i] >= 1 && out[i] >= 1 && kernel[i] >= 1 && stride[i] >= 1 && dilation[i] >= 1 && before[i] >= 0 &&
           after[i] >= 0;
    int64_t reach = (kernel[i] - 1) * dilation[i] + 1;
    fits = fits && in[i] + before[i] + after[i] >= reach &&
           out[i] == (in[i] + before[i] + after[i] - reach) / stride[i] + 1;
  }
  if (!fits) throw std::invalid_argument("the sizes of the convolution do not fit together");
  for (auto* list : {in, out, kernel}) times(times(times(n, times(list[0], list[1])), list[2]), times(channels, filters));
}

int ConvShape::spatial() const {
  for (int i = 0; i < 2; i++)
    if (in[i] != 1 || out[i] != 1 || kernel[i] != 1) return 3 - i;
  return 1;
}

double ConvShape::multiplications() const {
  return double(out_elements()) * double(kernel[0] * kernel[1] * kernel[2] * (channels / groups));
}

namespace {

using onednn::dims;
using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

using onednn::data_type;

/// [n, …spatial, c] as oneDNN sees it: n, c, …spatial with strides.
memory::desc plain_tensor(int64_t n, int64_t c, const int64_t* size, int spatial, Type type) {
  dims shape{n, c}, strides(2 + spatial);
  for (int i = 3 - spatial; i < 3; i++) shape.push_back(size[i]);
  int64_t step = c;
  for (int i = 2 + spatial - 1; i >= 2; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  strides[0] = step;
  strides[1] = 1;
  return {shape, data_type(type), strides};
}

/// The same as the primitive should want it: as it is, or in the library's choice of layout.
memory::desc wanted(OneDnnWay way, int64_t n, int64_t c, const int64_t* size, int spatial, memory::data_type type) {
  if (way == OneDnnWay::plain)
    return plain_tensor(n, c, size, spatial, type == memory::data_type::bf16 ? Type::bf16 : Type::f32);
  dims shape{n, c};
  shape.insert(shape.end(), size + 3 - spatial, size + 3);
  return {shape, type, memory::format_tag::any};
}

dims weight_dims(const ConvShape& s, int spatial) {
  dims shape;
  if (s.groups > 1) shape.push_back(s.groups);
  shape.push_back(s.filters / s.groups);
  shape.push_back(s.channels / s.groups);
  for (int i = 3 - spatial; i < 3; i++) shape.push_back(s.kernel[i]);
  return shape;
}

/// […kernel, channels / groups, filters] with the filters of a group next to each other.
memory::desc plain_weights(const ConvShape& s, int spatial) {
  dims shape = weight_dims(s, spatial), strides(shape.size());
  int first = s.groups > 1 ? 1 : 0;
  if (first) strides[0] = s.filters / s.groups;
  strides[first] = 1;
  strides[first + 1] = s.filters;
  int64_t step = s.filters * (s.channels / s.groups);
  for (int i = int(shape.size()) - 1; i >= first + 2; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return {shape, memory::data_type::f32, strides};
}

/// One of the three tensors of a convolution: as we have it, and as the primitive wants it.
struct Side {
  memory::desc ours, theirs;
  dnnl::reorder reorder;  // in the direction that is needed
  bool same = true;
  size_t room = 0;  // where in the scratch the other form lies
};

size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

class OneDnnConv final : public ConvWay {
 public:
  bool make(Engine& engine, OneDnnWay way, Direction direction, const ConvShape& s, const ConvArgs& args) {
    direction_ = direction;
    int spatial = s.spatial();
    x_.ours = plain_tensor(s.n, s.channels, s.in, spatial, args.x->type);
    y_.ours = plain_tensor(s.n, s.filters, s.out, spatial, args.y->type);
    w_.ours = plain_weights(s, spatial);
    auto compute = engine.bf16 ? memory::data_type::bf16 : memory::data_type::f32;
    // A tensor that is an output keeps its own type; sums of products come as float32 anyway.
    auto x_type = direction == Direction::input_gradient ? data_type(args.x->type) : compute;
    auto y_type = direction == Direction::forward ? data_type(args.y->type) : compute;
    auto w_type = direction == Direction::weight_gradient ? memory::data_type::f32 : compute;
    auto weights = [&](memory::data_type type) { return memory::desc(weight_dims(s, spatial), type, memory::format_tag::any); };
    memory::desc x = wanted(way, s.n, s.channels, s.in, spatial, x_type), w = weights(w_type);
    memory::desc y = wanted(way, s.n, s.filters, s.out, spatial, y_type);
    memory::desc bias = args.bias ? memory::desc({s.filters}, memory::data_type::f32, memory::format_tag::x) : memory::desc();
    dims stride, dilation, before, after;
    for (int i = 3 - spatial; i < 3; i++) {
      stride.push_back(s.stride[i]);
      dilation.push_back(s.dilation[i] - 1);
      before.push_back(s.before[i]);
      after.push_back(s.after[i]);
    }
    auto algorithm = way == OneDnnWay::winograd ? dnnl::algorithm::convolution_winograd : dnnl::algorithm::convolution_direct;
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (direction == Direction::forward) {
      dnnl::post_ops ops;
      onednn::append_activation(ops, args.activation, args.slope);
      attr.set_post_ops(ops);
      auto pd = onednn::describe<dnnl::convolution_forward>(engine.cpu, attr, dnnl::prop_kind::forward_training,
                                                            algorithm, x, w, bias, y, stride, dilation, before, after);
      if (!onednn::exists(pd)) return false;
      primitive_ = dnnl::convolution_forward(pd);
      return layouts(engine, pd.src_desc(), pd.weights_desc(), pd.dst_desc(), pd.scratchpad_desc());
    }
    auto forward = onednn::describe<dnnl::convolution_forward>(
        engine.cpu, dnnl::primitive_attr(), dnnl::prop_kind::forward_training, algorithm,
        wanted(way, s.n, s.channels, s.in, spatial, compute), weights(compute), y, stride, dilation, before, after);
    if (!onednn::exists(forward)) return false;
    if (direction == Direction::input_gradient) {
      auto pd = onednn::describe_backward<dnnl::convolution_backward_data>(engine.cpu, attr, forward, algorithm, x, w, y,
                                                                           stride, dilation, before, after);
      if (!onednn::exists(pd)) return false;
      primitive_ = dnnl::convolution_backward_data(pd);
      return layouts(engine, pd.diff_src_desc(), pd.weights_desc(), pd.diff_dst_desc(), pd.scratchpad_desc());
    }
    auto pd = onednn::describe_backward<dnnl::convolution_backward_weights>(engine.cpu, attr, forward, algorithm, x, w, y,
                                                                            stride, dilation, before, after);
    if (!onednn::exists(pd)) return false;
    primitive_ = dnnl::convolution_backward_weights(pd);
    return layouts(engine, pd.src_desc(), pd.diff_weights_desc(), pd.diff_dst_desc(), pd.scratchpad_desc());
  }

  void run(Engine& engine, const ConvArgs& a) override {
    char* scratch = engine.scratch(scratch_bytes_);
    switch (direction_) {
      case Direction::forward: {
        Arguments args{{DNNL_ARG_SRC, in(engine, x_, a.x->data, scratch)},
                       {DNNL_ARG_WEIGHTS, prepared(engine, *a.weights, scratch)},
                       {DNNL_ARG_DST, room_for(engine, y_, a.y->data, scratch)},
                       {DNNL_ARG_SCRATCHPAD, memory(scratchpad_, engine.cpu, scratch)}};
        if (a.bias)
          args.emplace(DNNL_ARG_BIAS, memory({{int64_t(a.bias->elements())}, memory::data_type::f32, memory::format_tag::x},
                                             engine.cpu, a.bias->data));
        primitive_.execute(engine.stream, args);
        out(engine, y_, a.y->data, scratch);
        return;
      }
      case Direction::input_gradient:
        primitive_.execute(engine.stream, {{DNNL_ARG_DIFF_DST, in(engine, y_, a.y->data, scratch)},
                                           {DNNL_ARG_WEIGHTS, prepared(engine, *a.weights, scratch)},
                                           {DNNL_ARG_DIFF_SRC, room_for(engine, x_, a.x->data, scratch)},
                                           {DNNL_ARG_SCRATCHPAD, memory(scratchpad_, engine.cpu, scratch)}});
        out(engine, x_, a.x->data, scratch);
        return;
      case Direction::weight_gradient:
        primitive_.execute(engine.stream, {{DNNL_ARG_SRC, in(engine, x_, a.x->data, scratch)},
                                           {DNNL_ARG_DIFF_DST, in(engine, y_, a.y->data, scratch)},
                                           {DNNL_ARG_DIFF_WEIGHTS, room_for(engine, w_, a.weights->data, scratch)},
                                           {DNNL_ARG_SCRATCHPAD, memory(scratchpad_, engine.cpu, scratch)}});
        out(engine, w_, a.weights->data, scratch);
        return;
    }
  }

 private:
  bool layouts(Engine& engine, memory::desc x, memory::desc w, memory::desc y, memory::desc scratchpad) {
    x_.theirs = x, w_.theirs = w, y_.theirs = y, scratchpad_ = scratchpad;
    size_t at = aligned(scratchpad.get_size());
    for (Side* side : {&x_, &w_, &y_}) {
      side->same = side->ours == side->theirs;
      if (side->same) continue;
      bool output = side == (direction_ == Direction::forward ? &y_ : direction_ == Direction::input_gradient ? &x_ : &w_);
      auto pd = output ? dnnl::reorder::primitive_desc(engine.cpu, side->theirs, engine.cpu, side->ours)
                       : dnnl::reorder::primitive_desc(engine.cpu, side->ours, engine.cpu, side->theirs);
      side->reorder = dnnl::reorder(pd);
      side->room = at;
      at += aligned(side->theirs.get_size());
    }
    scratch_bytes_ = at;
    return true;
  }

  memory in(Engine& engine, const Side& side, void* data, char* scratch) {
    memory ours(side.ours, engine.cpu, data);
    if (side.same) return ours;
    memory theirs(side.theirs, engine.cpu, scratch + side.room);
    side.reorder.execute(engine.stream, {{DNNL_ARG_FROM, ours}, {DNNL_ARG_TO, theirs}});
    return theirs;
  }
  memory room_for(Engine& engine, const Side& side, void* data, char* scratch) {
    return side.same ? memory(side.ours, engine.cpu, data) : memory(side.theirs, engine.cpu, scratch + side.room);
  }
  void out(Engine& engine, const Side& side, void* data, char* scratch) {
    if (side.same) return;
    memory theirs(side.theirs, engine.cpu, scratch + side.room), ours(side.ours, engine.cpu, data);
    side.reorder.execute(engine.stream, {{DNNL_ARG_FROM, theirs}, {DNNL_ARG_TO, ours}});
  }
  /// The weights in the primitive's layout.
  memory prepared(Engine& engine, Buffer& weights, char* scratch) {
    if (w_.same) return memory(w_.ours, engine.cpu, weights.data);
    void* data = engine.prepared(weights, this, w_.theirs.get_size(), scratch + w_.room, [&](void* to) {
      memory ours(w_.ours, engine.cpu, weights.data), theirs(w_.theirs, engine.cpu, to);
      w_.reorder.execute(engine.stream, {{DNNL_ARG_FROM, ours}, {DNNL_ARG_TO, theirs}});
    });
    return memory(w_.theirs, engine.cpu, data);
  }

  Direction direction_ = Direction::forward;
  dnnl::primitive primitive_;
  memory::desc scratchpad_;
  Side x_, w_, y_;
  size_t scratch_bytes_ = 0;
};

}  // namespace

std::unique_ptr<ConvWay> onednn_way(Engine& engine, OneDnnWay way, Direction direction, const ConvShape& shape,
                                    const ConvArgs& args) {
  if (way == OneDnnWay::winograd && (!onednn::has_winograd || engine.bf16)) return nullptr;
  auto result = std::make_unique<OneDnnConv>();
  try {
    if (result->make(engine, way, direction, shape, args)) return result;
  } catch (const dnnl::error&) {
    // Some combinations are refused by an exception, others by an empty description.
  }
  return nullptr;
}

namespace {

/// The way chosen for a shape.
struct ConvPlan : Plan {
  std::unique_ptr<ConvWay> way;
};

constexpr int ways = 4;

std::unique_ptr<ConvWay> make_way(int number, Engine& engine, Direction direction, const ConvShape& shape,
                                  const ConvArgs& args) {
  if (number < 3) return onednn_way(engine, static_cast<OneDnnWay>(number), direction, shape, args);
  return winograd_way(engine, direction, shape, args);
}

/// Times every way in turns, so that a disturbance of the machine does not fall on one of them alone, and keeps the best.
int fastest(std::unique_ptr<ConvWay> (&candidates)[ways], Engine& engine, const ConvArgs& args) {
  constexpr int rounds = 5;
  constexpr double long_enough = 0.02, hopeless = 1.5;
  double best[ways];
  std::fill(best, best + ways, std::numeric_limits<double>::infinity());
  double overall = std::numeric_limits<double>::infinity(), spent = 0;
  for (int round = 0; round < rounds && (round < 3 || spent < ways * long_enough); round++)
    for (int i = 0; i < ways; i++) {
      // The first run of each pays for cold caches and prepared weights.
      if (!candidates[i] || (round > 1 && best[i] > hopeless * overall)) continue;
      auto start = std::chrono::steady_clock::now();
      candidates[i]->run(engine, args);
      double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (round == 0) continue;
      spent += seconds;
      best[i] = std::min(best[i], seconds);
      overall = std::min(overall, best[i]);
    }
  return static_cast<int>(std::min_element(best, best + ways) - best);
}

std::unique_ptr<ConvPlan> choose(Engine& engine, const std::string& name, Direction direction, const ConvShape& shape,
                                 const ConvArgs& args) {
  auto plan = std::make_unique<ConvPlan>();
  auto known = engine.choices.find(name);
  if (known != engine.choices.end()) {
    if (known->second >= 0 && known->second < ways)
      plan->way = make_way(known->second, engine, direction, shape, args);
    if (plan->way) return plan;
  }
  std::unique_ptr<ConvWay> candidates[ways];
  int found = 0, last = -1;
  for (int i = 0; i < ways; i++)
    if ((candidates[i] = make_way(i, engine, direction, shape, args))) found++, last = i;
  if (!found) throw std::runtime_error("oneDNN has no implementation of this convolution");
  int chosen = last;
  if (found > 1) {
    chosen = fastest(candidates, engine, args);
    engine.choices[name] = chosen;
    // The room that the other ways needed.
    engine.free_scratch();
  }
  // What was prepared for the ways that are not taken would only take up room, and point at what is gone.
  engine.store->drop_prepared(*args.weights);
  plan->way = std::move(candidates[chosen]);
  return plan;
}

void run(Call& call, Direction direction, const ConvArgs& args) {
  Engine& engine = call.engine;
  Ints numbers = call.ints(0);
  ConvShape shape(numbers);
  expect_floats(*args.x, shape.in_elements(), "the input of the convolution");
  expect_floats(*args.y, shape.out_elements(), "the output of the convolution");
  expect_type(*args.weights, Type::f32, shape.weight_elements(), "the filter");
  if (args.bias) expect_type(*args.bias, Type::f32, shape.filters, "the bias");
  Key key(numbers.begin(), numbers.end());
  key.insert(key.end(), {static_cast<int32_t>(direction), static_cast<int32_t>(args.x->type),
                         static_cast<int32_t>(args.y->type), engine.bf16, args.bias ? 1 : 0,
                         static_cast<int32_t>(args.activation)});
  // The slope of a leaky ReLU is compiled into the primitive.
  int32_t slope_bits;
  std::memcpy(&slope_bits, &args.slope, sizeof slope_bits);
  key.push_back(slope_bits);
  auto& plan = engine.plan<ConvPlan>(key, [&] {
    // The number changes with the meaning of the numbers of ways.
    std::string name = "conv1";
    for (int32_t number : key) name += " " + std::to_string(number);
    name += " t" + std::to_string(engine.threads);
    return choose(engine, name, direction, shape, args);
  });
  plan.way->run(engine, args);
}

Activation activation_of(int32_t number) {
  if (number < 0 || number > static_cast<int32_t>(Activation::leaky_relu))
    throw std::invalid_argument("there is no activation " + std::to_string(number));
  return static_cast<Activation>(number);
}

/// convForward(shape, x, filter, bias or -1, y, activation, slope)
void conv_forward(Call& call) {
  run(call, Direction::forward,
      {&call.buffer(1), &call.buffer(2), &call.buffer(4), call.optional(3), activation_of(call.integer(5)),
       static_cast<float>(call.number(6))});
}

/// convInputGradient(shape, dy, filter, dx)
void conv_input_gradient(Call& call) {
  run(call, Direction::input_gradient,
      {&call.buffer(3), &call.buffer(2), &call.buffer(1), nullptr, Activation::linear, 0});
}

/// convWeightGradient(shape, x, dy, dw)
void conv_weight_gradient(Call& call) {
  run(call, Direction::weight_gradient,
      {&call.buffer(1), &call.buffer(3), &call.buffer(2), nullptr, Activation::linear, 0});
}

/// activationGradient(rows, channels, activation, slope, dy, y or -1, d or -1, sums or -1): d = dy · f′, sums over rows
void activation_gradient(Call& call) {
  Engine& engine = call.engine;
  int64_t rows = call.integer(0), channels = call.integer(1), count = times(rows, channels);
  Activation activation = activation_of(call.integer(2));
  float slope = static_cast<float>(call.number(3));
  Buffer &dy = call.buffer(4), *y = call.optional(5), *d = call.optional(6), *sums = call.optional(7);
  expect_floats(dy, count, "the gradient");
  if (activation != Activation::linear && !y) throw std::invalid_argument("the output is needed for the gradient");
  if (y) expect_floats(*y, count, "the output");
  if (d) expect_floats(*d, count, "the result");
  if (sums) expect_type(*sums, Type::f32, channels, "the sums");
  float* partial = reinterpret_cast<float*>(engine.scratch(sizeof(float) * engine.threads * (channels + 1)));
  const Buffer& other = y ? *y : dy;
  SPECTRAI_LOOPS(activation_loops)
      .gradient(dy.type, dy.data, other.type, other.data, d ? d->type : Type::f32, d ? d->data : nullptr,
                sums ? sums->f32() : nullptr, partial, rows, channels, activation, slope, engine.threads);
}

}  // namespace

void add_convolution(Napi::Object& exports) {
  add<conv_forward>(exports, "convForward");
  add<conv_input_gradient>(exports, "convInputGradient");
  add<conv_weight_gradient>(exports, "convWeightGradient");
  add<activation_gradient>(exports, "activationGradient");
}

}  // namespace spectrai
