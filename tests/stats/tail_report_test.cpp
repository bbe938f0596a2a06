/// Reports on tails: the numbers of their parts, and the doubts that they raise.
#include "stats/tail_report.hpp"

#include "core/error.hpp"
#include "laws/student_t_rows.hpp"
#include "stats/pareto_sample.hpp"
#include "stats/sorting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace htdm {
namespace {

using test::pareto;

const TailSettings settings{0, {1e-1, 1e-2, 1e-3, 1e-5}};

TEST(TailReport, HoldsTheNumbersOfItsParts) {
  const std::vector<double> x = pareto(2.5, 2000, 1);
  std::vector<double> sorted = x;
  sort_ascending(std::span(sorted));
  const TailReport report = tail_report("x", x, settings);
  const ParetoTail tail(sorted, 100);
  EXPECT_EQ(report.size, 2000U);
  EXPECT_EQ(report.exceedances, 100U);
  EXPECT_EQ(report.shape.value, tail.law().shape);
  EXPECT_EQ(report.index.value, hill_index(x).alpha);
  EXPECT_EQ(report.hill_exceedances, 20U);
  ASSERT_EQ(report.return_levels.size(), 4U);
  EXPECT_FALSE(report.return_levels[0].fitted);  // inside the threshold
  EXPECT_TRUE(report.return_levels[0].counted);
  EXPECT_EQ(report.return_levels[2].fitted->value, tail.return_level(1e-3).value);
  EXPECT_NE(report.return_levels[3].fitted->doubt, "");
  // A hundredth of a draw is expected there: the largest is a lower bound.
  const TailNumber& counted = *report.return_levels[3].counted;
  EXPECT_TRUE(std::isnan(counted.value));
  EXPECT_NE(counted.doubt.find("not resolved"), std::string::npos);
  EXPECT_EQ(counted.interval.low, report.largest);
  EXPECT_TRUE(std::isinf(counted.interval.high));
  EXPECT_EQ(report.return_levels[1].fitted->doubt, "");
  EXPECT_FALSE(report.hill_plot.empty() || report.mean_excess.empty() || report.stability.empty());
  for (const SurvivalPoint& p : report.survival) {
    const auto above = std::ranges::count_if(x, [&](double v) { return v > p.threshold; });
    EXPECT_EQ(p.probability, static_cast<double>(above) / 2000);
    EXPECT_LT(p.interval.low, p.probability);
  }
}

TEST(TailReport, DoubtsClustersButNotIndependentDraws) {
  std::vector<double> x = pareto(2.5, 2000, 2);
  EXPECT_EQ(tail_report("x", x, settings).shape.doubt, "");
  sort_ascending(std::span(x));
  EXPECT_NE(tail_report("x", x, settings).shape.doubt.find("come together"), std::string::npos);
}

TEST(TailReport, DoubtsTailsThatChange) {
  std::vector<double> x = pareto(5, 20000, 3);
  for (double& value : x) value = value > 2 ? std::pow(value, 4) : value;
  EXPECT_NE(tail_report("x", x, settings).shape.doubt.find("not stable"), std::string::npos);
}

/// Two draws in a hundred are at a limit, and none beyond it: no fit to them, but a report.
TEST(TailReport, DoubtsEqualDraws) {
  std::vector<double> x = pareto(2, 20000, 5);
  for (double& value : x) value = std::min(value, 7.0);
  const TailReport report = tail_report("x", x, settings);
  EXPECT_NE(report.shape.doubt.find("largest draws are equal"), std::string::npos);
  EXPECT_EQ(report.return_levels[2].counted->value, 7);
  EXPECT_EQ(report.return_levels[2].counted->doubt, "");
}

/// Three draws in a thousand are a hundred times as large.
TEST(TailReport, DoubtsLevelsThatCountsContradict) {
  std::vector<double> x = pareto(3, 20000, 5);
  for (double& value : x) value *= value > 6.9 ? 100 : 1;
  const ReturnLevel level = tail_report("x", x, settings).return_levels[2];
  EXPECT_NE(level.fitted->doubt.find("contradict"), std::string::npos) << level.fitted->value;
  EXPECT_EQ(level.counted->doubt, "");
}

TEST(TailReport, DoubtsFewExceedances) {
  EXPECT_NE(tail_report("x", pareto(2, 40, 1), settings).shape.doubt.find("only 20"),
            std::string::npos);
  EXPECT_THROW(tail_report("x", pareto(2, 19, 1), settings), InputError);
  EXPECT_THROW(tail_report("x", std::vector<double>(30, NAN), settings), InputError);
}

/// Four large numbers of ten, three of them one after the other: two pairs, 4 x 3/10 expected.
TEST(Clustering, CountsNeighbours) {
  const std::vector<double> x{9, 0, 9, 9, 9, 0, 0, 0, 0, 0};
  const Clustering found = clustering(x, 5);
  EXPECT_EQ(found.pairs, 2U);
  EXPECT_DOUBLE_EQ(found.expected, 1.2);
  EXPECT_NEAR(found.p_value, 1 - std::exp(-1.2) * 2.2, 1e-12);
}

TEST(TailSizes, RiseToAShareOfTheSample) {
  const std::vector<std::size_t> sizes = tail_sizes(10000, 5);
  ASSERT_EQ(sizes.size(), 5U);
  EXPECT_EQ(sizes.front(), 10U);
  EXPECT_EQ(sizes.back(), 2500U);
  EXPECT_TRUE(std::ranges::is_sorted(sizes));
  EXPECT_EQ(tail_sizes(12), (std::vector<std::size_t>{3}));
}

/// The plot's point at the default k is the estimate.
TEST(HillPlot, PassesThroughTheEstimate) {
  std::vector<double> x = pareto(2, 1000, 4);
  const TailIndex index = hill_index(x);
  sort_ascending(std::span(x));
  const std::vector<std::size_t> sizes{index.k, 999, 1000};
  const std::vector<TailIndex> plot = hill_plot(x, sizes);
  ASSERT_EQ(plot.size(), 2U);  // a thousand leave no threshold
  EXPECT_NEAR(plot[0].alpha, index.alpha, 1e-12);
}

TEST(TailReport, HillIsDoubtedWithFewExceedancesAndWhereTheyComeTogether) {
  const std::vector<double> draws = pareto(2, 5000, 1);
  EXPECT_EQ(hill_doubt(draws, hill_index(draws)), "");
  EXPECT_EQ(hill_doubt(draws, hill_index(draws, 29)), "only 29 exceedances");
  std::vector<double> together = draws;
  std::ranges::sort(together);
  EXPECT_NE(hill_doubt(together, hill_index(together)).find("come together"), std::string::npos);
  EXPECT_EQ(hill_doubt(std::vector<double>{1, 2}, {}), "only 0 exceedances");
}

/// |x| of Student-t draws; nu = inf is Gaussian.
std::vector<double> sizes_of_student_t(double nu, std::size_t n) {
  std::vector<double> x = test::student_t_rows(nu, 1, n, 1);
  for (double& value : x) value = std::abs(value);
  return x;
}

/// With a fixed share of the draws, say a hundredth, the bias would stay while the interval
/// shrinks: 2.90 [2.84, 2.95] of t_3, 4.85 [4.75, 4.94] of t_6.
TEST(HillDoubt, LargeStudentTSamplesHoldTheTruthOrAreDoubted) {
  for (const double nu : {3.0, 6.0}) {
    const std::vector<double> x = sizes_of_student_t(nu, 1000000);
    const TailIndex index = hill_index(x);
    const bool holds = index.interval.low <= nu && nu <= index.interval.high;
    EXPECT_TRUE(holds || !hill_doubt(x, index).empty()) << nu << " " << index.alpha;
  }
}

TEST(HillDoubt, GaussianDrawsHaveNoTailIndex) {
  const std::vector<double> x = sizes_of_student_t(INFINITY, 100000);
  EXPECT_NE(hill_doubt(x, hill_index(x)).find("biased"), std::string::npos);
  EXPECT_NE(tail_report("x", x, settings).index.doubt.find("biased"), std::string::npos);
}

}  // namespace
}  // namespace htdm
