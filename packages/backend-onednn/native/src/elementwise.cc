#include "call.h"

namespace spectrai {

void add_elementwise(Napi::Object&) {}

}  // namespace spectrai
