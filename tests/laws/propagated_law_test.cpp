/// The quadrature behind the law tests, against laws known in closed form.
#include "laws/propagated_law.hpp"

#include "core/special.hpp"
#include "laws/student_t_data.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm::test {
namespace {

TEST(PropagatedLaw, KernelsAreTheLawsTheyClaim) {
  for (double x : {-30.0, -3.0, -0.5, 0.0, 1.0, 7.0}) {
    EXPECT_NEAR(student_t4_cdf(x), StudentTLaw{4}.cdf(x), 1e-14);
    EXPECT_NEAR(normal_cdf(x), StudentTLaw{inf}.cdf(x), 1e-14);
  }
}

/// A linear Gaussian chain x -> a x + b e keeps N(0, a^2 v + b^2).
TEST(PropagatedLaw, FollowsALinearGaussianChain) {
  double variance = 400;
  PropagatedLaw law([](double x) { return normal_cdf(x / 20); }, 0.3, 1e6, 2000);
  for (double b : {12.0, 7.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.12}) {
    std::vector<double> mean = law.middles();
    for (double& m : mean) m *= 0.4;
    law.step(mean, std::vector<double>(mean.size(), b), normal_cdf);
    variance = 0.16 * variance + b * b;
  }
  for (double x : {-3.0, -1.0, -0.3, 0.0, 0.5, 1.0, 2.0}) {
    const double at = x * std::sqrt(variance);
    EXPECT_NEAR(law.cdf(at), normal_cdf(x), 1e-4) << x;
  }
}

/// Joint Student-t steps of any size keep t_3 sigma, whose tails the grid must carry.
TEST(PropagatedLaw, FollowsTheStudentTChain) {
  PropagatedLaw law([](double x) { return StudentTLaw{3}.cdf(x / 20); }, 0.3, 1e6, 2000);
  double sigma = 20;
  for (double s : {14.0, 9.0, 5.0, 2.0, 1.0, 0.4}) {
    std::vector<double> mean, scale;
    for (double x : law.middles()) {
      mean.push_back(s * s / (sigma * sigma) * x);
      scale.push_back(std::sqrt((3 + x * x / (sigma * sigma)) / 4 * (1 - s * s / (sigma * sigma))) *
                      s);
    }
    law.step(mean, scale, student_t4_cdf);
    sigma = s;
  }
  for (double x : {-20.0, -3.0, -1.0, 0.0, 0.4, 2.0, 8.0}) {
    EXPECT_NEAR(law.cdf(x * sigma), StudentTLaw{3}.cdf(x), 1e-4) << x;
  }
  EXPECT_NEAR(law.two_sided_exceedance(12.924 * sigma), 1e-3, 1e-5);
}

/// E[D | x] by quadrature over the data: integral x0 f(x0) g((x - x0)/sigma) over that without x0.
TEST(StudentTPosterior, MeanIsTheIntegral) {
  const double scale = 0.6;
  const StudentTLaw law{3};
  for (double sigma : {0.3, 1.0, 5.0}) {
    const std::vector<double> points{-9.0, -0.7, 0.0, 0.2, 3.0, 40.0};
    const auto u = gaps(StudentTDenoiser(scale), sigma, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      double weight = 0, moment = 0;
      for (int k = -40'000; k <= 40'000; ++k) {
        const double t = k * 4e-4, x0 = 0.05 * std::sinh(t);
        const double mass =
            0.05 * std::cosh(t) * law.pdf(x0 / scale) * law.pdf((points[i] - x0) / sigma);
        weight += mass;
        moment += x0 * mass;
      }
      EXPECT_NEAR(points[i] - sigma * u[i], moment / weight, 1e-7 * (1 + std::abs(points[i])));
    }
  }
}

}  // namespace
}  // namespace htdm::test
