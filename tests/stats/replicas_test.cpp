/// Means over replicas: worked numbers, coverage of the interval, and doubt where one value rules.
#include "stats/replicas.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace htdm {
namespace {

TEST(Replicas, WorkedNumbers) {
  const std::vector<double> values{1, 2, 3, 6};
  const ReplicaMean r = over_replicas(values);
  EXPECT_DOUBLE_EQ(r.mean, 3);
  EXPECT_DOUBLE_EQ(r.standard_error, std::sqrt(14.0 / 3 / 4));
  EXPECT_DOUBLE_EQ(r.variance_of_variance, (16.0 + 1 + 0 + 81) / (14.0 * 14) - 0.25);
  EXPECT_EQ(r.interval.low, 0) << "cut: no probability is negative";
  EXPECT_NEAR(r.interval.high, 3 + 3.182446305284263 * std::sqrt(14.0 / 12), 1e-9);
  EXPECT_NEAR(r.relative_error(), (r.interval.high - 3) / 3, 1e-15);
}

TEST(Replicas, OneValueOrEqualOnesAreDoubtful) {
  EXPECT_TRUE(over_replicas(std::vector<double>{1}).doubtful());
  EXPECT_TRUE(over_replicas(std::vector<double>{1, 1, 1}).doubtful());
  EXPECT_TRUE(std::isinf(over_replicas(std::vector<double>{0, 0}).relative_error()));
  EXPECT_THROW(over_replicas({}), InputError);
  std::vector<double> ruled(100, 1e-12);
  ruled[7] = 1;
  EXPECT_TRUE(over_replicas(ruled).doubtful());
}

/// 4000 means of 40 Normal values with a mean of ten deviations: the interval is exact. Level 1e-6
/// (a coverage of 93.3 % or 96.5 % would be seen with probability 1/2), and few are doubted.
TEST(Replicas, CoversAndDoubtsLittleWhereValuesAreNormal) {
  constexpr std::uint64_t means = 4000;
  std::uint64_t covered = 0, doubted = 0;
  std::vector<double> values(40);
  for (std::uint64_t k = 0; k < means; ++k) {
    standard_normals(Stream(5, Purpose::test_data, k), 0, values);
    for (double& value : values) value += 10;
    const ReplicaMean r = over_replicas(values);
    covered += r.interval.low <= 10 && 10 <= r.interval.high ? 1U : 0U;
    doubted += r.doubtful() ? 1U : 0U;
  }
  EXPECT_GT(test::binomial_two_sided_p(covered, means, 0.95), 1e-6) << covered;
  EXPECT_LT(doubted, means / 20);
}

}  // namespace
}  // namespace htdm
