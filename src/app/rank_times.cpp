#include "app/rank_times.hpp"

#include "io/value_bytes.hpp"

#include <fmt/core.h>

namespace htdm {

RunReport run_report(double seconds, const RankReport& mine, const RunControl* control,
                     const Communicator& world) {
  RunReport run;
  run.seconds = seconds;
  if (control != nullptr) {
    run.checkpoints = static_cast<std::int32_t>(world.max(std::int64_t{control->taken()}));
    run.checkpoint_interval = control->interval();
    run.checkpoint_seconds = world.max(control->seconds());
  }
  for (const Bytes& bytes : world.gather(value_to_bytes("rank", mine))) {
    run.ranks.push_back(value_from_bytes<RankReport>(
        "rank", bytes, fmt::format("the report of rank {}", run.ranks.size())));
  }
  return run;
}

}  // namespace htdm
