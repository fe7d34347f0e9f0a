#include "call.h"

namespace spectrai {

void add_networks(Napi::Object&) {}

}  // namespace spectrai
