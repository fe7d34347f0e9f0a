// Losses and their gradients, each in one pass.
#include "loss.h"

#include "call.h"

namespace spectrai {

namespace {

/// What both functions of differences begin with: output, target, measure, parameter.
struct Difference {
  Buffer &output, &target;
  int64_t n;
  Measure measure;
  float parameter;

  explicit Difference(Call& call) : output(call.buffer(0)), target(call.buffer(1)) {
    n = static_cast<int64_t>(target.elements());
    expect_type(target, Type::f32, n, "the target");
    expect_floats(output, n, "the output");
    int32_t number = call.integer(2);
    if (number < 0 || number > 3) throw std::invalid_argument("there is no measure " + std::to_string(number));
    measure = static_cast<Measure>(number);
    parameter = static_cast<float>(call.number(3));
  }
};

double* room_for_sums(Engine& engine) {
  return reinterpret_cast<double*>(engine.scratch(sizeof(double) * static_cast<size_t>(engine.threads)));
}

/// meanDifference(output, target, measure, parameter, mean)
void mean_difference(Call& call) {
  Difference in(call);
  Buffer& mean = call.buffer(4);
  expect_type(mean, Type::f32, 1, "the mean");
  Engine& engine = call.engine;
  double sum = SPECTRAI_LOOPS(loss_loops).difference(in.output.data, in.output.type == Type::bf16, in.target.f32(), in.n,
                                                     in.measure, in.parameter, room_for_sums(engine), engine.threads);
  mean.f32()[0] = static_cast<float>(sum / static_cast<double>(in.n));
}

/// meanDifferenceGradient(output, target, measure, parameter, dy, d)
void mean_difference_gradient(Call& call) {
  Difference in(call);
  Buffer &dy = call.buffer(4), &d = call.buffer(5);
  expect_type(dy, Type::f32, 1, "the gradient of the mean");
  expect_type(d, in.output.type, in.n, "the gradient");
  if (in.n == 0) return;
  SPECTRAI_LOOPS(loss_loops).difference_gradient(in.output.data, in.output.type == Type::bf16, in.target.f32(), d.data,
                                                 in.n, in.measure, in.parameter, dy.f32()[0] / static_cast<float>(in.n),
                                                 call.engine.threads);
}

/// What both functions of labels begin with: logits, labels, weights, smoothing, ignored label.
struct Labelled : LabelledRows {
  Buffer& buffer;
  /// Σ of the labels' weights; 1 where that is 0, as there is nothing to divide then.
  double total = 0;

  explicit Labelled(Call& call) : buffer(call.buffer(0)) {
    Buffer &label_buffer = call.buffer(1), &weight_buffer = call.buffer(2);
    rows = static_cast<int64_t>(label_buffer.elements());
    classes = static_cast<int64_t>(weight_buffer.elements());
    if (classes < 1) throw std::invalid_argument("there are no classes");
    expect_type(label_buffer, Type::i32, rows, "the list of labels");
    expect_type(weight_buffer, Type::f32, classes, "the list of weights");
    expect_floats(buffer, times(rows, classes), "the logits");
    logits = buffer.data;
    half = buffer.type == Type::bf16;
    labels = label_buffer.i32();
    weights = weight_buffer.f32();
    smoothing = static_cast<float>(call.number(3));
    ignored = call.integer(4);
    for (int64_t i = 0; i < rows; i++)
      if (labels[i] >= 0 && labels[i] < classes && labels[i] != ignored) total += weights[labels[i]];
    if (!(total > 0)) total = 1;
  }
};

/// crossEntropy(logits, labels, weights, smoothing, ignored label, loss)
void cross_entropy(Call& call) {
  Labelled in(call);
  Buffer& loss = call.buffer(5);
  expect_type(loss, Type::f32, 1, "the loss");
  double sum = SPECTRAI_LOOPS(loss_loops).cross_entropy(in, room_for_sums(call.engine), call.engine.threads);
  loss.f32()[0] = static_cast<float>(sum / in.total);
}

/// crossEntropyGradient(logits, labels, weights, smoothing, ignored label, dy, d)
void cross_entropy_gradient(Call& call) {
  Labelled in(call);
  Buffer &dy = call.buffer(5), &d = call.buffer(6);
  expect_type(dy, Type::f32, 1, "the gradient of the loss");
  expect_type(d, in.buffer.type, times(in.rows, in.classes), "the gradient");
  float scale = static_cast<float>(dy.f32()[0] / in.total);
  SPECTRAI_LOOPS(loss_loops).cross_entropy_gradient(in, d.data, scale, call.engine.threads);
}

}  // namespace

void add_loss(Napi::Object& exports) {
  add<mean_difference>(exports, "meanDifference");
  add<mean_difference_gradient>(exports, "meanDifferenceGradient");
  add<cross_entropy>(exports, "crossEntropy");
  add<cross_entropy_gradient>(exports, "crossEntropyGradient");
}

}  // namespace spectrai
