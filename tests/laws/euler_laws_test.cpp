/// The law of x at the last level of each stochastic sampler, at few and coarse levels, against the
/// law of the same chain by quadrature: exact in its step size, its coefficient and its tails.
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "laws/propagated_law.hpp"
#include "laws/student_t_data.hpp"
#include "samplers/probe.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

// Kolmogorov-Smirnov and binomial tests, each at this level. At a million paths they see
// distribution functions 0.0027 apart and tail probabilities of 1e-2 and 1e-3 that are wrong by
// 5 % and 16 %.
constexpr double alpha = 1e-6;
constexpr std::size_t paths = 1'000'000;
constexpr double nu = 3;

/// Mean and scale of the next state given u, in one dimension.
struct Transition {
  double (*mean)(double x, double u, double sigma, double s);
  double (*scale)(double u, double sigma, double s);
  double (*kernel)(double e);
};

double sde_mean(double x, double u, double sigma, double s) {
  return x + 2 * (s - sigma) * u;
}
double plain_scale(double /*u*/, double sigma, double s) {
  return std::sqrt(sigma * sigma - s * s);
}
double regulated_scale(double u, double sigma, double s) {
  return std::sqrt((sigma * sigma - s * s) * (nu + u * u) / (nu - 1));
}
double chain_mean(double x, double u, double sigma, double s) {
  return x - sigma * u + s * s / sigma * u;
}
double chain_scale(double u, double sigma, double s) {
  return s * std::sqrt((1 - s * s / (sigma * sigma)) * (nu + u * u) / (nu + 1));
}

PropagatedLaw law_at_last_level(const Transition& transition, double prior_nu,
                                const Denoiser& denoiser, const std::vector<double>& levels) {
  const StudentTLaw prior{prior_nu};
  PropagatedLaw law([&](double x) { return prior.cdf(x / levels[0]); }, 0.3, 1e6, 2000);
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double sigma = levels[i], s = levels[i + 1];
    const auto u = gaps(denoiser, sigma, law.middles());
    std::vector<double> mean, scale;
    for (std::size_t k = 0; k < u.size(); ++k) {
      mean.push_back(transition.mean(law.middles()[k], u[k], sigma, s));
      scale.push_back(transition.scale(u[k], sigma, s));
    }
    law.step(mean, scale, transition.kernel);
  }
  return law;
}

void expect_law(std::string_view kind, const Transition& transition, double prior_nu,
                const std::shared_ptr<const Denoiser>& data) {
  const auto levels = geometric_levels(11, 20, 0.12);
  const auto law = law_at_last_level(transition, prior_nu, *data, levels);
  const Rows x = sample_last_state(kind, data, {.levels = levels, .nu = nu}, paths);
  EXPECT_GT(ks_p_value(x[0], [&](double v) { return law.cdf(v); }), alpha) << kind;
  for (double p : {1e-2, 1e-3}) {
    double low = 0, high = 1e6;  // the bound that a share p of the law exceeds
    for (int k = 0; k < 100; ++k) {
      const double middle = (low + high) / 2;
      (law.two_sided_exceedance(middle) > p ? low : high) = middle;
    }
    std::uint64_t count = 0;
    for (double v : x[0]) count += std::abs(v) > high;
    EXPECT_GT(binomial_two_sided_p(count, paths, law.two_sided_exceedance(high)), alpha)
        << kind << " beyond " << high << ": " << count;
  }
}

std::shared_ptr<const Denoiser> two_points(double noise_nu) {
  return std::make_shared<TwoPointDenoiser>(std::vector{0.0}, std::vector{1.0}, noise_nu);
}

std::shared_ptr<const Denoiser> heavy_data() {
  return std::make_shared<StudentTDenoiser>(0.58);
}

TEST(EulerLaws, VeSde) {
  const Transition transition{sde_mean, plain_scale, normal_cdf};
  expect_law("ve_sde", transition, inf, two_points(inf));
  expect_law("ve_sde", transition, inf, heavy_data());
}

TEST(EulerLaws, TSde) {
  const Transition transition{sde_mean, regulated_scale, normal_cdf};
  expect_law("t_sde", transition, nu, two_points(nu));
  expect_law("t_sde", transition, nu, heavy_data());
}

TEST(EulerLaws, AblatedSde) {
  const Transition transition{sde_mean, plain_scale, normal_cdf};
  expect_law("t_sde_ablated", transition, nu, two_points(nu));
  expect_law("t_sde_ablated", transition, nu, heavy_data());
}

TEST(EulerLaws, TChain) {
  const Transition transition{chain_mean, chain_scale, student_t4_cdf};
  expect_law("t_chain", transition, nu, two_points(nu));
  expect_law("t_chain", transition, nu, heavy_data());
}

}  // namespace
}  // namespace htdm::test
