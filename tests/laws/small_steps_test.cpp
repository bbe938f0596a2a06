/// The limit of small steps, where the stochastic differential equation itself is exact.
#include "denoiser/exact.hpp"
#include "samplers/point_mass_law.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace htdm::test
