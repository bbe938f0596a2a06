/// From counts and kept samples to estimates with intervals.
#pragma once

#include "app/data_sets.hpp"
#include "app/entry_sample.hpp"
#include "app/plan.hpp"
#include "io/results.hpp"
#include "stats/quantiles.hpp"

#include <vector>

namespace htdm {

/// Levels of the quantile table: 1e-6 to 1 - 1e-6.
std::span<const double> quantile_levels();

/// An entry of which no path was sampled.
SamplerResult unsampled(const EntryPlan& entry);

/// Turns the samples of entries into results. Holds what all entries share: the test sample and the
/// quantiles, ranks and law values of the Q-Q grid.
class Summariser {
 public:
  /// The Q-Q grid has `grid` uniform levels in [1e-4, 1 - 1e-4], the paper's 1e5 by default.
  Summariser(const Plan& plan, TestData test, int threads, std::size_t grid = 100'000);

  /// Consumes the kept samples of `sample`. Of a part without all of them no W1 and Q-Q are made.
  SamplerResult summarise(const EntryPlan& entry, EntrySample&& sample,
                          const Normalization& normalization, int network_calls, int threads) const;

 private:
  std::vector<ExceedanceResult> exceedance(const Tally& tally) const;
  std::vector<QuantileResult> quantiles(const Tally& tally, const Normalization& scale) const;
  SurvivalCurve survival(const Tally& tally) const;
  std::vector<MomentResult> moments(const EntrySample& sample) const;
  void w1(SamplerResult& result, const std::vector<std::vector<double>>& sorted,
          const Normalization& scale, int threads) const;
  void qq(SamplerResult& result, const std::vector<double>& sorted,
          const Normalization& scale) const;

  const Plan& plan_;
  TestData test_;
  std::vector<double> grid_, grid_test_, grid_law_;  ///< raw space
  std::vector<RankInterval> grid_ranks_;
};

}  // namespace htdm
