// Between float32 and its private bf16 form.
#pragma once
#include "engine.h"
#include "loops.h"

namespace spectrai {

const char* best_loops_name();

/// The buffer's floats as float32; a bf16 buffer is converted for good.
float* as_f32(Engine& engine, Buffer& buffer);
/// The floats as bf16: the buffer's own, or converted into `room` (of that many elements).
const uint16_t* as_bf16(Engine& engine, Buffer& buffer, void* room);

}  // namespace spectrai
