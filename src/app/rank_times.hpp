/// How a rank counts what it does.
#pragma once

#include "app/run_control.hpp"
#include "core/stopwatch.hpp"
#include "io/run_report.hpp"
#include "parallel/communicator.hpp"

namespace htdm {

/// Counts what is left of a scope as waiting: its time on all threads of the rank less what was
/// counted inside it.
class RestIsWaiting {
 public:
  RestIsWaiting(RankReport& report, double RankReport::*kind)
      : report_(report), kind_(kind), before_(report.accounted()) {}
  ~RestIsWaiting() {
    const double counted = report_.accounted() - before_;
    report_.*kind_ += report_.threads * watch_.seconds() - counted;
  }
  RestIsWaiting(const RestIsWaiting&) = delete;
  RestIsWaiting& operator=(const RestIsWaiting&) = delete;

 private:
  RankReport& report_;
  double RankReport::*kind_;
  double before_;
  Stopwatch watch_;
};

/// What all ranks did in `seconds` of wall time, on rank 0; of the checkpoints what `control`,
/// where there is one, knows. Collective.
RunReport run_report(double seconds, const RankReport& mine, const RunControl* control,
                     const Communicator& world);

}  // namespace htdm
