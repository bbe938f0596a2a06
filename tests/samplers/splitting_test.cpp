/// Splitting: unbiased for small populations too, against exact laws; the tile path equal to the
/// plain one; ties, atoms and events that nothing reaches.
#include "samplers/splitting.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "probe.hpp"
#include "samplers/importance.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace htdm {
namespace {

using test::geometric_levels;
using test::make;

/// |D|.
void norm_score(int dimension, Tile<const float> denoised, std::span<double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    double square = 0;
    for (int j = 0; j < dimension; ++j) {
      const double z = denoised.row(static_cast<std::size_t>(j))[i];
      square += z * z;
    }
    values[i] = std::sqrt(square);
  }
}

Score norm_of(int dimension) {
  return [dimension](Tile<const float> denoised, std::span<double> values) {
    norm_score(dimension, denoised, values);
  };
}

std::shared_ptr<const Denoiser> gaussian(int d) {
  const auto rows = static_cast<std::size_t>(d);
  return std::make_shared<GaussianDenoiser>(std::vector<double>(rows),
                                            std::vector<double>(rows, 1.0));
}

/// ve_sde for N(0, I_d) data and Gaussian noise, D = x/(1 + sigma^2): every step is linear, so the
/// output is N(0, s^2 I_d) with s from a recursion.
struct GaussianCase {
  explicit GaussianCase(int d, int steps = 40) : dimension(d) {
    options.levels = geometric_levels(steps, 20, 0.01);
    options.seed = rare_seed(7);
    sampler = make("ve_sde", gaussian(d), options);
    double variance = options.levels.front() * options.levels.front();
    for (std::size_t i = 0; i + 1 < options.levels.size(); ++i) {
      const double sigma = options.levels[i], s = options.levels[i + 1];
      const double keep = 1 + 2 * (s - sigma) * sigma / (1 + sigma * sigma);
      variance = keep * keep * variance + sigma * sigma - s * s;
    }
    const double last = options.levels.back();
    deviation = std::sqrt(variance) / (1 + last * last);
  }

  double threshold(double p) const {
    return norm_upper_quantile(dimension, test::inf, deviation, p);
  }
  SplittingOptions splitting(std::vector<double> thresholds, std::size_t particles) const {
    return {.thresholds = std::move(thresholds),
            .particles = particles,
            .seed = options.seed,
            .steps = options.levels.size() - 1};
  }

  int dimension;
  double deviation = 0;
  SamplerOptions options;
  std::unique_ptr<Sampler> sampler;
};

struct Averages {
  std::vector<double> mean, error;
};

Averages averages(const Sampler& sampler, int dimension, const SplittingOptions& options,
                  std::size_t replicas) {
  Scratch scratch;
  std::vector<std::vector<double>> values(options.thresholds.size());
  for (std::size_t r = 0; r < replicas; ++r) {
    const ReplicaResult result = split(sampler, norm_of(dimension), options, r, scratch);
    for (std::size_t t = 0; t < values.size(); ++t) {
      values[t].push_back(result.at[t].probability);
    }
  }
  Averages all;
  for (const std::vector<double>& v : values) {
    const double n = static_cast<double>(v.size());
    double sum = 0, squares = 0;
    for (const double p : v) sum += p;
    for (const double p : v) squares += (p - sum / n) * (p - sum / n);
    all.mean.push_back(sum / n);
    all.error.push_back(std::sqrt(squares / (n - 1) / n));
  }
  return all;
}

/// Eight particles, 8,000 replicas, level 1e-5 each. Cloned at the end of the first excursion above
/// the level instead of at its start, paths give means that are found off with p-values of 1e-232,
/// 1e-40 and 1e-6 at the three levels.
TEST(Splitting, IsUnbiasedWithFewParticles) {
  const GaussianCase data(1);
  const std::vector<double> levels{0.2, 1e-2, 1e-3};
  std::vector<double> thresholds;
  for (const double p : levels) thresholds.push_back(data.threshold(p));
  for (const double killed : {0.1, 0.5}) {
    SplittingOptions options = data.splitting(thresholds, 8);
    options.killed = killed;
    const Averages found = averages(*data.sampler, 1, options, 8'000);
    for (std::size_t t = 0; t < levels.size(); ++t) {
      const double z = (found.mean[t] - levels[t]) / found.error[t];
      EXPECT_GT(test::normal_two_sided_p(z), 1e-5) << levels[t] << " " << found.mean[t];
      EXPECT_LT(found.error[t], 0.1 * levels[t]) << "or the test sees little";
    }
  }
}

/// t_sde_exact knows E[|eps|^2 | x], by which scores are stretched: 4,000 replicas of eight
/// particles against 2e5 counted paths, level 1e-5 each.
TEST(Splitting, IsUnbiasedWithStretchedScores) {
  SamplerOptions options;
  options.levels = geometric_levels(20, 20, 0.01);
  options.seed = rare_seed(11);
  const auto sampler = make("t_sde_exact", gaussian(3), options);
  const ImportanceOptions counting{
      .thresholds = {2.5, 4}, .points = 200'000, .seed = options.seed, .sigma_max = 20};
  Scratch scratch;
  // A replica of its own, far from those that are split.
  const ReplicaResult counted = sample_counting(*sampler, norm_of(3), counting, 1 << 20, scratch);
  const Averages found = averages(
      *sampler, 3,
      {.thresholds = counting.thresholds, .particles = 8, .seed = options.seed, .steps = 20},
      4'000);
  for (std::size_t t = 0; t < 2; ++t) {
    const double p = counted.at[t].probability;
    EXPECT_GT(p, 1e-3);
    const double error = std::hypot(found.error[t], std::sqrt(p / 200'000));
    EXPECT_GT(test::normal_two_sided_p((found.mean[t] - p) / error), 1e-5)
        << p << " " << found.mean[t] << " +- " << found.error[t];
    EXPECT_LT(error, 0.1 * p) << "or the test sees little";
  }
}

TEST(Splitting, ReachesDeepTails) {
  for (const int d : {1, 3}) {
    const GaussianCase data(d);
    const std::vector<double> levels{1e-3, 1e-5};
    std::vector<double> thresholds;
    for (const double p : levels) thresholds.push_back(data.threshold(p));
    const Averages found = averages(*data.sampler, d, data.splitting(thresholds, 500), 24);
    for (std::size_t t = 0; t < levels.size(); ++t) {
      EXPECT_LT(std::abs(found.mean[t] - levels[t]), 5 * found.error[t])
          << levels[t] << " " << found.mean[t];
      EXPECT_LT(found.error[t], 0.3 * levels[t]);
    }
  }
}

void expect_equal(const ReplicaResult& a, const ReplicaResult& b, double tolerance) {
  EXPECT_EQ(a.paths, b.paths);
  EXPECT_EQ(a.calls, b.calls);
  EXPECT_EQ(a.nonfinite, b.nonfinite);
  ASSERT_EQ(a.at.size(), b.at.size());
  for (std::size_t t = 0; t < a.at.size(); ++t) {
    EXPECT_NEAR(a.at[t].probability, b.at[t].probability, tolerance * a.at[t].probability);
    EXPECT_NEAR(a.at[t].bound, b.at[t].bound, tolerance * a.at[t].bound);
    EXPECT_NEAR(a.at[t].weights.squares, b.at[t].weights.squares,
                tolerance * a.at[t].weights.squares);
  }
}

/// Scores that rounding leaves in another order would part the two: none do in these replicas.
TEST(Splitting, TilesEqualThePlainReference) {
  const std::vector<std::pair<const char*, std::optional<Scheme>>> samplers{
      {"ve_sde", {}}, {"t_sde", {}}, {"t_chain", {}}, {"t_sde_exact", {}}, {"t_sde", Scheme::heun}};
  for (const auto& [kind, scheme] : samplers) {
    for (const int d : {1, 3}) {
      SamplerOptions options;
      options.levels = geometric_levels(20, 20, 0.01);
      options.seed = rare_seed(3);
      options.scheme = scheme;
      const auto sampler = make(kind, gaussian(d), options);
      const SplittingOptions splitting{.thresholds = {0.9, 4},
                                       .particles = 40,
                                       .killed = 0.2,
                                       .seed = options.seed,
                                       .steps = 20,
                                       .tile = 16};
      Scratch scratch;
      for (std::uint64_t r = 0; r < 5; ++r) {
        const ReplicaResult fast = split(*sampler, norm_of(d), splitting, r, scratch);
        EXPECT_GT(fast.paths, 40U) << kind;
        expect_equal(fast, plain_split(*sampler, norm_of(d), splitting, r), 1e-12);
      }
    }
  }
}

TEST(Splitting, DoesNotDependOnTheTile) {
  const GaussianCase data(2);
  SplittingOptions options = data.splitting({data.threshold(1e-4)}, 70);
  Scratch scratch;
  const ReplicaResult expected = split(*data.sampler, norm_of(2), options, 4, scratch);
  EXPECT_GT(expected.at[0].probability, 0);
  for (const std::size_t tile : {16, 33, 64}) {
    options.tile = tile;
    expect_equal(split(*data.sampler, norm_of(2), options, 4, scratch), expected, 0);
  }
}

/// Data in a point: every score is the same, all particles are killed at once.
TEST(Splitting, TiesEndInZeroOrOne) {
  SamplerOptions options;
  options.levels = geometric_levels(10, 20, 0.01);
  const auto sampler =
      make("t_sde", std::make_shared<PointMassDenoiser>(std::vector<double>{0}), options);
  const Score score = [](Tile<const float>, std::span<double> values) {
    std::ranges::fill(values, 1.0);
  };
  Scratch scratch;
  const SplittingOptions splitting{.thresholds = {0.5, 1.0, 2.0}, .particles = 10, .steps = 10};
  const ReplicaResult result = split(*sampler, score, splitting, 0, scratch);
  EXPECT_EQ(result.at[0].probability, 1);
  EXPECT_EQ(result.at[1].probability, 0) << "none is strictly above";
  EXPECT_EQ(result.at[2].probability, 0);
  EXPECT_EQ(result.paths, 10U);
}

/// Scores rounded to halves: ties everywhere, and still unbiased. The estimate of P(|X| > t) with
/// t on the grid is that of the next step.
TEST(Splitting, IsUnbiasedWithTies) {
  const GaussianCase data(1);
  const Score rounded = [](Tile<const float> denoised, std::span<double> values) {
    norm_score(1, denoised, values);
    for (double& value : values) value = std::floor(2 * value) / 2;
  };
  const SplittingOptions options = data.splitting({2.0}, 10);
  Scratch scratch;
  constexpr std::size_t replicas = 10'000;
  double sum = 0, squares = 0;
  for (std::size_t r = 0; r < replicas; ++r) {
    const double p = split(*data.sampler, rounded, options, r, scratch).at[0].probability;
    sum += p;
    squares += p * p;
  }
  const double n = replicas, mean = sum / n;
  const double error = std::sqrt((squares / n - mean * mean) / (n - 1));
  const double exact = norm_survival(1, test::inf, data.deviation, 2.5);
  EXPECT_GT(test::normal_two_sided_p((mean - exact) / error), 1e-5) << mean << " " << exact;
  EXPECT_LT(error, 0.05 * exact);
}

TEST(Splitting, RefusesWhatHasNoNoise) {
  SamplerOptions options;
  options.levels = geometric_levels(10, 20, 0.01);
  const auto sampler =
      make("t_ode", std::make_shared<PointMassDenoiser>(std::vector<double>{0}), options);
  Scratch scratch;
  EXPECT_THROW(split(*sampler, norm_of(1), {.thresholds = {1}, .steps = 10}, 0, scratch),
               InputError);
  const GaussianCase data(1);
  EXPECT_THROW(split(*data.sampler, norm_of(1), data.splitting({1}, 1), 0, scratch), InputError);
}

}  // namespace
}  // namespace htdm
