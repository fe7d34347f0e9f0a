#include "call.h"

static Napi::Object start(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new spectrai::Engine());
  spectrai::add_buffers(exports);
  spectrai::add_convolution(exports);
  spectrai::add_matmul(exports);
  spectrai::add_elementwise(exports);
  spectrai::add_networks(exports);
  spectrai::add_update(exports);
  spectrai::add_loss(exports);
  return exports;
}

NODE_API_MODULE(spectrai_onednn, start)
