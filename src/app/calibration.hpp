/// What a run will take on the layout that is there, from short pieces of its own work.
#pragma once

#include "app/cost.hpp"
#include "app/data_sets.hpp"
#include "app/plan.hpp"
#include "app/training.hpp"
#include "parallel/communicator.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace htdm {

/// Seconds of wall time, as the repeats of a timing say.
struct Spread {
  double mean = 0, fastest = 0, slowest = 0;

  Spread& operator+=(const Spread& other);
  Spread operator*(double factor) const;
};

/// Times steps of the training by groups, tables, and blocks through the dealer with counting and
/// folding, a few repeats of a fraction of a second each. What is of the same shape (cost.hpp) is
/// timed once. All members are collective and give the same on every rank.
class Calibration {
 public:
  Calibration(const Communicator& world, int threads) : world_(world), threads_(threads) {}

  /// Drawing the data of all jobs, and training them in groups.
  Spread training(const std::vector<TrainingJob>& jobs);

  /// Tables and sampling of all entries.
  Spread sampling(const Plan& plan);

  /// Test data and estimates; what one thread does beside the sampling of the next entry counts as
  /// its share of all threads.
  Spread statistics(const Plan& plan);

 private:
  const Spread& step(const TrainingJob& job, int groups);
  const Spread& path(const Plan& plan, std::size_t entry);
  double table(const Plan& plan, std::size_t entry);
  double data_seconds(const Plan& plan, bool training);
  std::shared_ptr<const Denoiser> denoiser(const Plan& plan, std::size_t entry);

  const Communicator world_;
  int threads_;
  std::map<std::string, Spread> steps_, paths_;  ///< seconds per step, per path
  std::map<std::string, TrainedModel> weights_;  ///< that pieces of training left, by shape
  std::map<std::string, std::shared_ptr<const Denoiser>> tables_;
  TimingCache timings_;
  std::map<std::string, double> seconds_;  ///< of tables, data and estimates, timed once
};

}  // namespace htdm
