/// Importance sampling of the start: weights against the law of the start, and the tail of t_ode
/// against its closed law for Gaussian data.
#include "samplers/importance.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm {
namespace {

using test::geometric_levels;
using test::make;

const Score norm = [](Tile<const float> denoised, std::span<double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    double square = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      square += static_cast<double>(denoised.row(j)[i]) * denoised.row(j)[i];
    }
    values[i] = std::sqrt(square);
  }
};

/// t_ode under Gaussian noise for N(0, I_3) data, from a Student-t start: the map of the start is
/// linear, x -> scale x, so the output is scale sigma_max t_3(nu).
struct LinearCase {
  explicit LinearCase(double nu) {
    options.levels = geometric_levels(30, 20, 0.01);
    options.nu = nu;
    options.seed = rare_seed(5);
    sampler = make(
        "t_ode",
        std::make_shared<GaussianDenoiser>(std::vector<double>(3), std::vector<double>(3, 1.0)),
        options);
    for (std::size_t i = 0; i + 1 < options.levels.size(); ++i) {
      const double sigma = options.levels[i], s = options.levels[i + 1], h = s - sigma;
      const double a = sigma / (1 + sigma * sigma), b = s / (1 + s * s);
      scale *= 1 + h * (a + b * (1 + h * a)) / 2;
    }
    scale *= options.levels.front() / (1 + options.levels.back() * options.levels.back());
  }

  ImportanceOptions importance(const std::vector<double>& levels, std::size_t points) const {
    ImportanceOptions result{
        .points = points, .seed = options.seed, .sigma_max = 20, .nu = options.nu};
    for (const double p : levels) {
      result.thresholds.push_back(norm_upper_quantile(3, options.nu, scale, p));
    }
    return result;
  }

  SamplerOptions options;
  std::unique_ptr<Sampler> sampler;
  double scale = 1;
};

/// Level 1e-5 each.
TEST(Importance, ReachesTheTailOfALinearMap) {
  const std::vector<double> levels{0.3, 1e-3, 1e-9, 1e-15};
  for (const double nu : {2.5, 3.0, test::inf}) {
    const LinearCase data(nu);
    const ImportanceOptions options = data.importance(levels, 300);
    Scratch scratch;
    constexpr int replicas = 40;
    for (std::size_t t = 0; t < levels.size(); ++t) {
      double sum = 0, squares = 0;
      for (std::uint64_t r = 0; r < replicas; ++r) {
        const double p =
            sample_importance(*data.sampler, norm, options, r, scratch).at[t].probability;
        sum += p;
        squares += p * p;
      }
      const double mean = sum / replicas;
      const double error = std::sqrt((squares / replicas - mean * mean) / (replicas - 1));
      EXPECT_GT(test::normal_two_sided_p((mean - levels[t]) / error), 1e-5) << nu << " " << mean;
      EXPECT_LT(error, 0.03 * levels[t]);
    }
  }
}

TEST(Importance, PointsAreThoseOfTheStart) {
  const ImportanceOptions options{.thresholds = {1}, .points = 200, .seed = 3, .nu = 2.5};
  double total = 0, least = 1;
  for (std::size_t k = 0; k < options.points; ++k) {
    const WeightedRadius point = weighted_radius(options, 3, 0, k);
    const double survival = norm_survival(3, 2.5, 1, point.radius);
    if (k + 1 < options.points) {
      EXPECT_LE(survival, least) << "strata are in order";
      EXPECT_NEAR(point.weight, survival * 20 * std::log(10.0) / 199, 1e-9 * point.weight);
    } else {
      EXPECT_LT(survival, 1e-20);
      EXPECT_NEAR(point.weight, 1e-20, 1e-33);
    }
    least = survival;
    total += point.weight;
  }
  EXPECT_NEAR(total, 1, 0.15) << "within strata weights vary by 26 %";
}

TEST(Importance, SaysFromWhichStartsAnEstimateComes) {
  const LinearCase data(3);
  const ImportanceOptions options = data.importance({1e-3, 1e-9}, 400);
  Scratch scratch;
  const ReplicaResult found = sample_importance(*data.sampler, norm, options, 0, scratch);
  for (std::size_t t = 0; t < 2; ++t) {
    double sum = 0;
    for (const double part : found.at[t].of_decade) sum += part;
    EXPECT_NEAR(sum, found.at[t].probability, 1e-12 * sum);
    // The map of the start is monotone: all starts beyond the level, and no others, lead there.
    const std::size_t first = t == 0 ? 3 : 9;
    for (std::size_t k = 0; k + 1 < first; ++k) EXPECT_EQ(found.at[t].of_decade[k], 0) << k;
    EXPECT_NEAR(found.at[t].of_decade[first] / sum, 0.9, 0.1);
  }
}

TEST(Importance, LeastRareShare) {
  EXPECT_EQ(least_rare_share(std::vector<double>{0, 0, 0}), 0) << "no estimate";
  EXPECT_EQ(least_rare_share(std::vector<double>{3, 1, 0}), 0) << "nothing is more common";
  EXPECT_EQ(least_rare_share(std::vector<double>{0, 1, 3}), 0.25);
}

TEST(Importance, DoesNotDependOnTheTileAndCountingIsSampling) {
  const LinearCase data(3);
  ImportanceOptions options = data.importance({0.2, 1e-2}, 101);
  Scratch scratch;
  const ReplicaResult weighted = sample_importance(*data.sampler, norm, options, 2, scratch);
  const ReplicaResult counted = sample_counting(*data.sampler, norm, options, 2, scratch);
  EXPECT_EQ(weighted.paths, 101U);
  EXPECT_EQ(weighted.calls, 101U * static_cast<unsigned>(data.sampler->network_calls_per_path()));
  const test::Rows rows = test::sample(*data.sampler, 101, std::uint64_t{2} << replica_shift);
  std::size_t beyond = 0;
  for (std::size_t i = 0; i < 101; ++i) {
    const double square =
        rows[0][i] * rows[0][i] + rows[1][i] * rows[1][i] + rows[2][i] * rows[2][i];
    beyond += std::sqrt(square) > options.thresholds[0] ? 1U : 0U;
  }
  EXPECT_NEAR(counted.at[0].probability, static_cast<double>(beyond) / 101, 1e-14);
  for (const std::size_t tile : {16, 33}) {
    options.tile = tile;
    for (const auto sample : {sample_importance, sample_counting}) {
      const ReplicaResult& expected = sample == sample_counting ? counted : weighted;
      const ReplicaResult found = sample(*data.sampler, norm, options, 2, scratch);
      for (std::size_t t = 0; t < 2; ++t) {
        EXPECT_EQ(found.at[t].probability, expected.at[t].probability);
        EXPECT_EQ(found.at[t].weights.squares, expected.at[t].weights.squares);
      }
    }
  }
}

TEST(Importance, WeighsWhatItSees) {
  WeightSums sums;
  for (const double weight : {1.0, 1.0, 2.0}) sums.add(weight);
  WeightSums other;
  other.add(4);
  sums.merge(other);
  EXPECT_DOUBLE_EQ(sums.effective_size(), 64.0 / 22);
  EXPECT_DOUBLE_EQ(sums.largest_share(), 0.5);
  EXPECT_EQ(WeightSums{}.effective_size(), 0);
  EXPECT_EQ(WeightSums{}.largest_share(), 0);
}

TEST(Importance, SharesNoDrawsWithRuns) {
  EXPECT_NE(rare_seed(42), 42U);
  EXPECT_NE(rare_seed(42), rare_seed(43));
}

}  // namespace
}  // namespace htdm
