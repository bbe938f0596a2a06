/// Everything that a sample says about its upper tail, each number with what it takes to trust it.
#pragma once

#include "stats/generalized_pareto.hpp"
#include "stats/tail_index.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// An estimate with its 95 % interval, how it was made, and why it may mislead.
struct TailNumber {
  double value = 0;
  Interval interval;
  std::string method;
  std::string doubt;  ///< empty: none known
};

/// x with P(X > x) = probability. A value of NaN is not resolved: its interval is then a bound.
struct ReturnLevel {
  double probability = 0;
  std::optional<TailNumber> fitted;   ///< beyond the threshold of the fit
  std::optional<TailNumber> counted;  ///< by order statistics
  std::optional<TailNumber> law;      ///< of a known survival function
};

/// P(X > threshold), and the tail index there where it is known: of a law.
struct SurvivalPoint {
  double threshold = 0;
  double probability = 0;
  Interval interval;
  double index = std::numeric_limits<double>::quiet_NaN();  ///< -d ln P/d ln x
  Interval index_interval{index, index};
};

struct TailReport {
  std::string name;      ///< of the sample
  std::size_t size = 0;  ///< draws: what all of it cost; 0 for a law
  double seconds = 0;    ///< of estimation; of a law, of its propagation
  double largest = std::numeric_limits<double>::quiet_NaN();
  std::size_t hill_exceedances = 0;
  TailNumber index;  ///< tail index alpha, Hill; of a law its slope
  double threshold = std::numeric_limits<double>::quiet_NaN();
  std::size_t exceedances = 0;  ///< above it; 0 for a law, which is not fitted
  TailNumber shape;             ///< xi of the generalised Pareto law; 1/alpha where positive
  /// Of that law, with the shape; its error is in the return levels.
  double scale = std::numeric_limits<double>::quiet_NaN();
  std::vector<ReturnLevel> return_levels;
  std::vector<TailIndex> hill_plot;
  std::vector<MeanExcess> mean_excess;
  std::vector<ThresholdFit> stability;
  std::vector<SurvivalPoint>
      survival;  ///< counted at the thresholds of the plots; of a law, its own
};

struct TailSettings {
  std::size_t exceedances = 0;        ///< of the fit; 0: pareto_size()
  std::vector<double> probabilities;  ///< of return levels
};

/// How many neighbours, draws i and i + 1, are both above `threshold`, how many are expected of
/// independent draws, and the probability of so many or more (Poisson, which pairs of rare events
/// follow in the limit).
struct Clustering {
  std::size_t pairs = 0;
  double expected = 0;
  double p_value = 1;
};
Clustering clustering(std::span<const double> in_order, double threshold);

/// Whether a report doubts its numbers as large draws come together.
bool come_together(const TailReport& report);

/// How many of n draws the generalised Pareto law is fitted to unless told: a twentieth, at least
/// 30, at most 5000, never more than half.
std::size_t pareto_size(std::size_t n);

/// Why not to believe the interval of Hill's index of magnitudes in their order, empty for no
/// doubt: fewer than 30 exceedances; neighbours above the next draw that come together as below;
/// and a bias that shows: the upper quarter of the exceedances has another index than all (level
/// 1 %), or index and the shape of a generalised Pareto fit to pareto_size() draws lie outside each
/// other's interval (1/index against shape).
///
/// A bias that does not show is not doubted, and no finite sample excludes one: the law may turn
/// beyond its largest draw. Measured on |t_nu| (tests/laws/tail_coverage_test.cpp): of 1e5 draws or
/// more the undoubted intervals hold nu in 93 to 98 % of samples for nu up to 6, as the two
/// estimates err to opposite sides there; of 5000 draws of t_6 three quarters are undoubted, of
/// which 56 % hold 6.
std::string hill_doubt(std::span<const double> in_order, const TailIndex& index);

/// The report on draws in the order in which they were made (or observed). Doubts are raised for
/// fewer than 30 exceedances; for neighbours that are large together more often than once in a
/// thousand samples of independent draws (intervals are too narrow then); where a fit to the upper
/// quarter of the exceedances contradicts the shape, or order statistics a return level; where
/// Hill's index shows a bias (hill_doubt); and for return levels of which less than one draw is
/// expected: the fit rests on its law alone there, and order statistics say a bound only. Throws
/// InputError for fewer than 20 draws, draws that are not finite, and tails without two different
/// numbers.
TailReport tail_report(std::string name, std::span<const double> in_order,
                       const TailSettings& settings);

}  // namespace htdm
