/// Data s t_3 with the exact denoiser, at the levels of the paper's experiment.
#include "laws/student_t_data.hpp"

#include "core/special.hpp"
#include "diffusion/schedule.hpp"
#include "laws/propagated_law.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace htdm::test {
namespace {

constexpr double alpha = 1e-6;
constexpr double scale = 1 / 1.7258;  // t_3 data after z-scoring by a typical training set
constexpr std::size_t paths = 1'000'000;

const Rows& ode_samples() {
  static const Rows x = sample(*make("t_ode", std::make_shared<StudentTDenoiser>(scale),
                                     {.levels = noise_levels({.levels = 64}), .nu = 3}),
                               paths);
  return x;
}

/// Heun's map from the start to the output, written out.
double heun(const StudentTDenoiser& denoiser, const std::vector<double>& levels, double x) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double h = levels[i + 1] - levels[i];
    const double u = gaps(denoiser, levels[i], {x})[0];
    const double v = gaps(denoiser, levels[i + 1], {x + h * u})[0];
    x += h * (u + v) / 2;
  }
  return x - levels.back() * gaps(denoiser, levels.back(), {x})[0];
}

/// The map is increasing, so P(output <= map(x)) = P(start <= x): exact for 64 levels. A million
/// paths see distribution functions 0.0027 apart.
TEST(StudentTData, OdeOutputIsTheImageOfItsStart) {
  const auto levels = noise_levels({.levels = 64});
  const StudentTDenoiser denoiser(scale);
  std::vector<double> image, probability;
  for (int k = -2000; k <= 2000; ++k) {
    const double start = 5 * std::sinh(k * 0.006);
    image.push_back(heun(denoiser, levels, start));
    probability.push_back(StudentTLaw{3}.cdf(start / levels[0]));
  }
  ASSERT_TRUE(std::is_sorted(image.begin(), image.end()));
  const auto cdf = [&](double v) {
    const auto above = std::upper_bound(image.begin(), image.end(), v);
    if (above == image.begin()) return probability.front();
    if (above == image.end()) return probability.back();
    const auto k = static_cast<std::size_t>(above - image.begin());
    const double part = (v - image[k - 1]) / (image[k] - image[k - 1]);
    return probability[k - 1] + part * (probability[k] - probability[k - 1]);
  };
  EXPECT_GT(ks_p_value(ode_samples()[0], cdf), alpha);
}

/// The share of |x| > x*, P(|data| > x*) = p, is `ratio` p.
void expect_ratio(const Rows& x, double p, double ratio) {
  const double bound = scale * StudentTLaw{3}.upper_quantile(p / 2);
  double count = 0;
  for (double v : x[0]) count += std::abs(v) > bound;
  const double expected = ratio * p * paths;
  // 4.9 standard errors is level 1e-6; the stated ratios are rounded and extrapolated to 1 %.
  EXPECT_NEAR(count, expected, 4.9 * std::sqrt(expected) + 0.01 * expected) << "p = " << p;
}

/// Ratios of the tail probability to the data's, from laws by quadrature with Richardson
/// extrapolation: what exact denoising, 64 Heun or 128 Euler levels and the sampler's own nu leave.
TEST(StudentTData, OdeTailsAreNearlyExact) {
  expect_ratio(ode_samples(), 1e-2, 1.012);
  expect_ratio(ode_samples(), 1e-3, 1.013);
}

Rows euler(std::string_view kind, double nu) {
  return sample(*make(kind, std::make_shared<StudentTDenoiser>(scale),
                      {.levels = noise_levels({.levels = 128}), .nu = nu}),
                paths);
}

TEST(StudentTData, SelfRegulatedTailsDependOnTheSamplingNu) {
  const Rows matched = euler("t_sde", 3);
  expect_ratio(matched, 1e-2, 0.533);
  expect_ratio(matched, 1e-3, 0.456);
  const Rows lower = euler("t_sde", 2.5);
  expect_ratio(lower, 1e-2, 0.993);
  expect_ratio(lower, 1e-3, 1.273);
}

/// About 7e-9 of the ablated law lies beyond the 1e-3 threshold: none of a million paths.
TEST(StudentTData, AblatedTailsAreGone) {
  expect_ratio(euler("t_sde_ablated", 2.5), 1e-3, 0);
}

}  // namespace
}  // namespace htdm::test
