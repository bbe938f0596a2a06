#include "denoiser/minibatch.hpp"

#include "core/special.hpp"
#include "denoiser/random_numbers.hpp"
#include "diffusion/preconditioning.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
/// Level of every statistical test here; all are two-sided and seeded.
constexpr double alpha = 1e-6;

TEST(EpochOrder, IsAPermutationThatDependsOnSeedAndEpoch) {
  for (const std::uint32_t n : {1, 2, 3, 1000, 1001}) {
    auto order = epoch_order(1, 0, n);
    std::sort(order.begin(), order.end());
    std::vector<std::uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(order, all);
  }
  const auto first = epoch_order(1, 0, 1000);
  EXPECT_EQ(first, epoch_order(1, 0, 1000));
  EXPECT_NE(first, epoch_order(1, 1, 1000));
  EXPECT_NE(first, epoch_order(2, 0, 1000));
}

// 24 permutations of four, 48,000 epochs. An exchange that forgets its own place (and makes cycles
// only) or draws from all four places is seen with certainty: probabilities off by a quarter.
TEST(EpochOrder, MakesAllPermutationsEquallyOften) {
  constexpr int epochs = 48'000;
  std::map<std::vector<std::uint32_t>, std::uint64_t> seen;
  for (int epoch = 0; epoch < epochs; ++epoch) ++seen[epoch_order(3, epoch, 4)];
  ASSERT_EQ(seen.size(), 24U);
  std::vector<std::uint64_t> counts;
  counts.reserve(seen.size());
  for (const auto& [order, count] : seen) counts.push_back(count);
  EXPECT_GT(test::chi_square_p_value(counts, std::vector<double>(24, epochs / 24.0)), alpha);
}

struct Noise {
  Noise(const TrainingOptions& options, int dimension, std::uint64_t first, std::size_t n)
      : memory(training_noise_rows(dimension) * padded(n)), tile{memory.data(), n, padded(n)} {
    draw_training_noise(options, dimension, first, tile);
  }
  std::vector<double> row(std::size_t r) const { return {tile.row(r), tile.row(r) + tile.paths}; }

  AlignedVector<float> memory;
  Tile<float> tile;
};

TrainingOptions noise_of(double nu) {
  TrainingOptions options;
  options.nu = nu;
  return options;
}

// 40,000 draws: a shift of 0.05 deviations, another nu (3 against 4) or one kappa per component
// instead of one per vector has a p-value below 1e-9 in the test that guards it.
TEST(TrainingNoise, HasTheStatedLaws) {
  constexpr std::size_t n = 40'000;
  for (const double nu : {3.0, inf}) {
    const Noise noise(noise_of(nu), 5, 0, n);
    const StudentTLaw law{nu};
    const StudentTLaw normal{inf};
    EXPECT_GT(test::ks_p_value(noise.row(0),
                               [&](double level) { return normal.cdf((level + 1.2) / 1.2); }),
              alpha);
    std::vector<double> norms(n);
    for (std::size_t j = 0; j < 5; ++j) {
      const auto eps = noise.row(4 + j);
      EXPECT_GT(test::ks_p_value(eps, [&](double x) { return law.cdf(x); }), alpha) << j;
      for (std::size_t i = 0; i < n; ++i) norms[i] = std::hypot(norms[i], eps[i]);
    }
    EXPECT_GT(test::ks_p_value(norms, [&](double x) { return 1 - norm_survival(5, nu, 1, x); }),
              alpha);
  }
}

// Correlation of 40,000 pairs has standard deviation 1/200: a shared word is seen with certainty.
TEST(TrainingNoise, IsIndependentOfTheLevelAndBetweenComponents) {
  constexpr std::size_t n = 40'000;
  const Noise noise(noise_of(inf), 5, 0, n);
  const std::size_t rows[] = {0, 4, 5, 6, 7, 8};
  for (const std::size_t a : rows) {
    for (const std::size_t b : rows) {
      if (a >= b) continue;
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double first = noise.tile.row(a)[i];
        sum += (a == 0 ? (first + 1.2) / 1.2 : first) * noise.tile.row(b)[i];
      }
      EXPECT_GT(test::normal_two_sided_p(sum / std::sqrt(n)), alpha) << a << ' ' << b;
    }
  }
}

TEST(TrainingNoise, OfADrawDoesNotDependOnTheTileAndItsNormalsNotOnNu) {
  const Noise all(noise_of(3), 2, 100, 64);
  const Noise part(noise_of(3), 2, 117, 20);
  const Noise gaussian(noise_of(inf), 2, 100, 64);
  for (const std::size_t row : {0, 4, 5}) {
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_EQ(part.tile.row(row)[i], all.tile.row(row)[i + 17]);
    }
  }
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_EQ(gaussian.tile.row(0)[i], all.tile.row(0)[i]);
    const double ratio = all.tile.row(4)[i] / gaussian.tile.row(4)[i];
    EXPECT_NEAR(all.tile.row(5)[i] / gaussian.tile.row(5)[i], ratio, 1e-6 * ratio);
  }
}

TEST(MakeExamples, FollowsThePreconditioning) {
  constexpr std::size_t n = 21;
  const auto samples = test::normals(200, 1);
  const auto order = epoch_order(5, 0, 100);
  for (const double nu : {2.5, inf}) {
    const Noise noise(noise_of(nu), 2, 0, n);
    AlignedVector<float> in(96, NAN);
    AlignedVector<float> out(64, NAN);
    const Tile<float> input{in.data(), n, 32};
    const Tile<float> target{out.data(), n, 32};
    make_examples(nu, samples, std::span(order).subspan(7, n), 2, noise.tile, input, target);
    for (std::size_t i = 0; i < n; ++i) {
      const double sigma = std::exp(static_cast<double>(noise.tile.row(0)[i]));
      const auto p = Preconditioning::at(sigma, nu);
      for (std::size_t j = 0; j < 2; ++j) {
        const double x0 = samples[std::size_t{order[7 + i]} * 2 + j];
        const double eps = noise.tile.row(4 + j)[i];
        const double seen = p.c_in * (x0 + sigma * eps);
        const double wanted = network_target(x0, eps, sigma, nu);
        EXPECT_NEAR(input.row(j)[i], seen, 1e-7 * std::abs(seen));
        EXPECT_NEAR(target.row(j)[i], wanted, 1e-7 * std::abs(wanted));
      }
      EXPECT_NEAR(input.row(2)[i], p.c_noise, 1e-7 * std::abs(p.c_noise));
    }
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t i = n; i < 32; ++i) EXPECT_EQ(input.row(j)[i], 0);
    }
  }
}

}  // namespace
}  // namespace htdm
