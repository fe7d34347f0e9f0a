#include "networks.h"

namespace spectrai {

void add_networks(Napi::Object& exports) {
  add_pooling(exports);
  add_resampling(exports);
  add_norms(exports);
  add_channels(exports);
  add_shuffles(exports);
}

}  // namespace spectrai
