#include "loops.h"

#include <cstdlib>
#include <cstring>

namespace spectrai {

static LoopSet detect() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // A way to test the lesser sets on a machine that has them all.
  const char* most = std::getenv("SPECTRAI_LOOPS");
  bool up_to_avx2 = most && !std::strcmp(most, "avx2"), base = most && !std::strcmp(most, "base");
  if (!base && !up_to_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return LoopSet::avx512;
  if (!base && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LoopSet::avx2;
#endif
  return LoopSet::base;
}

LoopSet best_loops() {
  static const LoopSet best = detect();
  return best;
}

const char* best_loops_name() {
  static const char* names[] = {"base", "avx2", "avx512"};
  return names[static_cast<int>(best_loops())];
}

}  // namespace spectrai
