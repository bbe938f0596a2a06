/// The limit of small steps, where the stochastic differential equation itself is exact.
#include "denoiser/exact.hpp"
#include "samplers/point_mass_law.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace htdm::test {
namespace {

/// With data in one point the law of u = (x - x0)/sigma is t_d(nu). At dsigma/sigma = 0.005 a
/// distribution function is still off by less than 0.005, a third of what 40,000 paths see; within
/// the four e-folds of sigma a coefficient of nu = 2.5 or 4 moves that of the norm by more than
/// 0.017.
TEST(SmallSteps, SelfRegulatedNoiseKeepsStudentT) {
  for (int d : {1, 3}) {
    const std::vector<double> x0(static_cast<std::size_t>(d), -0.4);
    const SamplerOptions options{.levels = geometric_levels(800, 80, 80 * std::exp(-4.0)), .nu = 3};
    const Rows last =
        sample_last_state("t_sde", std::make_shared<PointMassDenoiser>(x0), options, 40'000);
    expect_student_t(last, x0, options.levels.back(), options.nu);
  }
}

/// Read at the weight a of its end the coefficient leaves u the density (1 + |u|^2/nu)^-(nu + d -
/// 2 a)/2 for a point: sqrt(nu/m) t_d(m) with m = nu - 2 a, so that tail indices are nu, nu - 1 and
/// nu - 2. Neighbouring readings are 0.03 and more apart in the distribution function of the norm
/// at nu = 5, which 40,000 paths see by Kolmogorov-Smirnov at level 1e-6 from 0.014 on.
TEST(SmallSteps, ReadingsOfTheCoefficientLoseOneOfTheTailIndexEach) {
  const double nu = 5;
  const std::vector<double> x0{-0.4};
  for (const auto& [convention, index] :
       {std::pair{Convention::stratonovich, nu - 1}, {Convention::hanggi, nu - 2}}) {
    const SamplerOptions options{.levels = geometric_levels(800, 80, 80 * std::exp(-4.0)),
                                 .nu = nu,
                                 .convention = convention};
    const Rows last =
        sample_last_state("t_sde", std::make_shared<PointMassDenoiser>(x0), options, 40'000);
    const double scale = std::sqrt(nu / index);
    expect_student_t(last, x0, scale * options.levels.back(), index);
    const StudentTLaw other{index + 1};
    const double other_scale = std::sqrt(nu / (index + 1)) * options.levels.back();
    EXPECT_LT(ks_p_value(standardised(last[0], x0[0], other_scale),
                         [&](double u) { return other.cdf(u); }),
              alpha);
  }
}

}  // namespace
}  // namespace htdm::test
