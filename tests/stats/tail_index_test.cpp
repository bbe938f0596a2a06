/// Hill's estimate on exact Pareto tails, where its law is known.
#include "stats/tail_index.hpp"

#include "stats/pareto_sample.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

using test::pareto;

/// For Pareto data k alpha/alpha_hat ~ Gamma(k, 1) exactly. Coverage of the 95 % interval over 1000
/// repeats is Binomial(1000, c) with c = 0.948 at k = 100; asked within 0.92 .. 0.97 (level below
/// 1e-3 each side), which an interval too narrow by a fifth (coverage 0.88) fails surely.
TEST(Hill, CoversTheIndexOfParetoTails) {
  for (const double alpha : {1.5, 3.0}) {
    int covered = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      const TailIndex index = hill_index(pareto(alpha, 400, seed), 100);
      ASSERT_EQ(index.k, 100U);
      covered += index.interval.low <= alpha && alpha <= index.interval.high ? 1 : 0;
    }
    EXPECT_GE(covered, 920);
    EXPECT_LE(covered, 970);
  }
}

/// The mean of k alpha/alpha_hat is k with standard deviation sqrt(k): two-sided level 1e-6.
TEST(Hill, HasTheMeanOfItsGammaLaw) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sum += 50 * 2.0 / hill_index(pareto(2, 300, seed), 50).alpha;
  }
  EXPECT_GT(test::normal_two_sided_p((sum - 200 * 50) / std::sqrt(200.0 * 50)), 1e-6);
}

TEST(Hill, ChoosesItsOrderStatistics) {
  EXPECT_EQ(hill_index(pareto(2, 100, 1)).k, 10U);
  EXPECT_EQ(hill_index(pareto(2, 5000, 1)).k, 50U);
  EXPECT_EQ(hill_index(pareto(2, 12, 1)).k, 6U);
  EXPECT_EQ(hill_size(80000), 100U);  // 50 times the fourth root of 16
  EXPECT_EQ(hill_size(1000000), 188U);
}

/// Its p-value is uniform on Pareto tails: of 1000, 100 +- 9.5 are below a tenth (asked within four
/// standard errors, level 6e-5); and it is small where the upper quarter is of another tail.
TEST(Hill, UpperQuarterHasAnExactLawOnParetoTails) {
  int small = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::vector<double> x = pareto(3, 400, seed);
    std::ranges::sort(x);
    small += upper_quarter_p_value(x, 40) < 0.1 ? 1 : 0;
  }
  EXPECT_GE(small, 62);
  EXPECT_LE(small, 138);
  std::vector<double> x = pareto(3, 4000, 1);
  std::ranges::sort(x);
  const double turn = x[x.size() - 100];
  for (double& value : x) value = value > turn ? turn * std::pow(value / turn, 0.2) : value;
  EXPECT_LT(upper_quarter_p_value(x, 400), 1e-3);
  EXPECT_EQ(upper_quarter_p_value(x, 7), 1);
}

TEST(Hill, SaysNothingAboutTooFewOrEqualNumbers) {
  for (const std::vector<double>& sample :
       {std::vector<double>{}, {1, 2, 3}, {-1, -2, -3, -4, 0}, std::vector<double>(100, 7.0)}) {
    const TailIndex index = hill_index(sample);
    EXPECT_TRUE(std::isinf(index.alpha));
    EXPECT_EQ(index.interval.low, 0);
  }
}

}  // namespace
}  // namespace htdm
