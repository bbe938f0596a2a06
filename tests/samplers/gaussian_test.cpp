/// Gaussian data: every step is linear, so laws and maps are known exactly.
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "random/draws.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

constexpr double alpha = 1e-6;
constexpr double mean = 0.3, deviation = 0.8;

std::shared_ptr<const Denoiser> gaussian_data() {
  return std::make_shared<GaussianDenoiser>(std::vector{mean}, std::vector{deviation});
}

/// u = slope (x - mean).
double slope(double sigma) {
  return sigma / (sigma * sigma + deviation * deviation);
}

struct Normal {
  double mean, variance;
};

/// The law of the output of Euler-Maruyama: y = x - mean goes to (1 + 2 (s - sigma) slope) y plus
/// noise of variance sigma^2 - s^2.
Normal output_law(const std::vector<double>& levels) {
  double location = -mean, variance = levels[0] * levels[0];
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double sigma = levels[i], s = levels[i + 1];
    const double factor = 1 + 2 * (s - sigma) * slope(sigma);
    location *= factor;
    variance = factor * factor * variance + sigma * sigma - s * s;
  }
  const double last = 1 - levels.back() * slope(levels.back());
  return {mean + last * location, last * last * variance};
}

/// Chi-square on the sum of squares: 40,000 paths see a variance wrong by 3.5 %; Kolmogorov-Smirnov
/// sees any other shape of the same variance. With 6, 8 and 16 levels the variance is 11.4, 3.2 and
/// 1.05 times the data's, so the test tells the recursion from its limit.
TEST(Gaussian, VeSdeOutputHasTheVarianceOfTheRecursion) {
  const int n = 40'000;
  for (int count : {6, 8, 16, 128}) {
    const auto levels = noise_levels({.levels = count});
    const Normal law = output_law(levels);
    const Rows x = sample(*make("ve_sde", gaussian_data(), {.levels = levels}), n);
    double squares = 0;
    for (double value : x[0]) squares += std::pow(value - law.mean, 2.0) / law.variance;
    const double upper = norm_survival(n, inf, 1, std::sqrt(squares));
    EXPECT_GT(2 * std::min(upper, 1 - upper), alpha) << count << " levels, " << squares / n;
    const StudentTLaw normal{inf};
    const auto cdf = [&](double v) { return normal.cdf((v - law.mean) / std::sqrt(law.variance)); };
    EXPECT_GT(ks_p_value(x[0], cdf), alpha) << count << " levels";
  }
}

/// The variance that the sampler was just shown to have is wrong by O(1/levels): exact is that of
/// D(x, sigma_min) for x of variance v^2 + sigma_min^2.
TEST(Gaussian, EulerVarianceConvergesWithOrderOne) {
  const double v2 = deviation * deviation;
  const double exact = v2 * v2 / (v2 + 0.002 * 0.002);
  const auto error = [&](int count) {
    return std::abs(output_law(noise_levels({.levels = count})).variance - exact);
  };
  EXPECT_NEAR(std::log2(error(513) / error(1025)), 1, 0.1);
  EXPECT_NEAR(std::log2(error(4097) / error(8193)), 1, 0.01);
}

/// The factor that Heun's map applies to x - mean, with the last D.
double heun_factor(const std::vector<double>& levels) {
  double factor = 1;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double h = levels[i + 1] - levels[i];
    const double first = slope(levels[i]);
    const double second = slope(levels[i + 1]) * (1 + h * first);
    factor *= 1 + h * (first + second) / 2;
  }
  return factor * (1 - levels.back() * slope(levels.back()));
}

std::vector<double> starts(double sigma_max, double nu, std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Stream normals(42, Purpose::prior_normal, i), mixing(42, Purpose::prior_mixing, i);
    student_t(normals, mixing, 0, nu, {&x[i], 1});
    x[i] *= sigma_max;
  }
  return x;
}

TEST(Gaussian, HeunMapIsItsProduct) {
  const auto levels = noise_levels({.levels = 64});
  const double factor = heun_factor(levels);
  const auto sampler = make("t_ode", gaussian_data(), {.levels = levels, .nu = 3});
  const auto start = starts(80, 3, 500);
  const Rows x = sample(*sampler, start.size());
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double expected = mean + factor * (start[i] - mean);
    EXPECT_NEAR(x[0][i], expected, 1e-5 * (1 + std::abs(expected)));
    double plain = 0;
    sampler->sample_path(i, {&plain, 1});
    EXPECT_NEAR(plain, expected, 1e-12 * (1 + std::abs(expected)));
  }
}

/// The flow multiplies x - mean by sqrt((s^2 + v^2)/(sigma^2 + v^2)); Heun's error falls by 4 when
/// the levels double. Read off sample_path, in double precision.
TEST(Gaussian, HeunConvergesWithOrderTwo) {
  const double v2 = deviation * deviation, smin = 0.002;
  const double flow = std::sqrt((smin * smin + v2) / (80.0 * 80.0 + v2)) * (1 - smin * slope(smin));
  const double start = starts(80, 3, 1)[0] - mean;
  const auto error = [&](int count) {
    double x = 0;
    make("t_ode", gaussian_data(), {.levels = noise_levels({.levels = count}), .nu = 3})
        ->sample_path(0, {&x, 1});
    return std::abs((x - mean) / start - flow);
  };
  EXPECT_NEAR(std::log2(error(129) / error(257)), 2, 0.1);
  EXPECT_NEAR(std::log2(error(513) / error(1025)), 2, 0.03);
}

}  // namespace
}  // namespace htdm::test
