/// States of a sampler beside true marginals, where both are Normal and known in closed form.
#include "app/law_levels.hpp"

#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/sampler_law.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace htdm {
namespace {

constexpr double mean = 0.3, deviation = 0.8;  // of the data in z-space

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

std::vector<LineLaw> states(const std::vector<double>& levels, double tolerance) {
  std::vector<LineLaw> laws;
  const LawRun run{.rules = {.tolerance = tolerance},
                   .each = in_order,
                   .observe = [&](std::size_t, const LineLaw& state) { laws.push_back(state); }};
  sampler_law(*find_sampler_kind("ve_sde"),
              std::make_shared<GaussianDenoiser>(std::vector{mean}, std::vector{deviation}),
              {.levels = levels, .nu = INFINITY}, run);
  return laws;
}

/// Mean and deviation of the state at each level: x - mean is multiplied by 1 + 2 (s - sigma) slope
/// and gains variance sigma^2 - s^2.
struct Normal {
  double mean, deviation;
};
std::vector<Normal> recursion(const std::vector<double>& levels) {
  double offset = -mean, variance = levels[0] * levels[0];
  std::vector<Normal> states{{0, levels[0]}};
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    const double sigma = levels[k], s = levels[k + 1];
    const double factor = 1 + 2 * (s - sigma) * sigma / (sigma * sigma + deviation * deviation);
    offset *= factor;
    variance = factor * factor * variance + sigma * sigma - s * s;
    states.push_back({mean + offset, std::sqrt(variance)});
  }
  return states;
}

double normal_pdf(const Normal& law, double x) {
  return StudentTLaw{INFINITY}.pdf((x - law.mean) / law.deviation) / law.deviation;
}

class LawLevels : public testing::Test {
 protected:
  const std::vector<double> levels_ = noise_levels({.levels = 12});
  const std::vector<LineLaw> fine_ = states(levels_, 1e-8), coarse_ = states(levels_, 1e-6);
  const LevelLaws laws_{levels_, fine_, coarse_, INFINITY};
  const std::vector<Normal> normal_ = recursion(levels_);
  const Normalization scale_{{0.5}, {2}, {}};
};

TEST_F(LawLevels, DistancesAndTailsAreThoseOfNormalLaws) {
  MarginalShelf shelf(GaussianTarget{1, 2 * deviation, 0.5 + 2 * mean}, in_order);
  ASSERT_TRUE(shelf.knows(scale_));
  const std::vector<LawMarginal> found = law_marginals(laws_, scale_, shelf);
  const StudentTLaw law{INFINITY};
  ASSERT_EQ(found.size(), levels_.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    const LawMarginal& m = found[k];
    const double width = std::hypot(deviation, levels_[k]);
    EXPECT_EQ(m.sigma, levels_[k]);
    EXPECT_NEAR(m.scale / (width * law.quantile(0.75)), 1, 1e-8);
    // Of N(a, s^2) and N(0, t^2): E|a + (s - t) z|, as quantiles differ by that.
    const double a = normal_[k].mean - mean, s = normal_[k].deviation - width;
    const double w1 =
        std::abs(s) * std::sqrt(2 / std::numbers::pi) * std::exp(-a * a / (2 * s * s)) +
        a * (1 - 2 * law.cdf(-a / std::abs(s)));
    EXPECT_NEAR(m.w1, w1, m.w1_error) << k;
    EXPECT_LT(m.w1_error, 1e-3 * m.scale);
    for (std::size_t d = 0; d < marginal_depths().size(); ++d) {
      const double threshold = width * law.upper_quantile(marginal_depths()[d] / 2);
      EXPECT_NEAR(m.threshold[d] / threshold, 1, 1e-8);
      const double p = law.survival((m.threshold[d] - a) / normal_[k].deviation) +
                       law.survival((m.threshold[d] + a) / normal_[k].deviation);
      EXPECT_NEAR(m.probability[d], p, m.error[d]) << k << ", " << d;
      EXPECT_LT(m.error[d], 1e-5 * p);
    }
  }
}

TEST_F(LawLevels, DensitiesAreThoseOfNormalLaws) {
  MarginalShelf shelf(GaussianTarget{1, 2 * deviation, 0.5 + 2 * mean}, in_order);
  const std::vector<LawDensity> found = law_densities(laws_, scale_, shelf);
  ASSERT_EQ(found.size(), levels_.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    const LawDensity& d = found[k];
    double area = 0;
    for (std::size_t i = 0; i < d.x.size(); ++i) {
      const double exact = normal_pdf(normal_[k], d.x[i]);
      if (exact > 1e-18) {
        EXPECT_NEAR(d.density[i], exact, d.error[i] + 1e-8 * exact) << k << " at " << d.x[i];
      }
      const double truth = normal_pdf({mean, std::hypot(deviation, levels_[k])}, d.x[i]);
      if (truth > 1e-18) {
        EXPECT_NEAR(d.marginal[i] / truth, 1, 1e-7);
      }
      if (i > 0) area += (d.x[i] - d.x[i - 1]) * (d.density[i] + d.density[i - 1]) / 2;
    }
    EXPECT_NEAR(area, 1, 0.01);  // by trapezoids: the points lie close enough to draw
  }
}

TEST_F(LawLevels, AreWithoutTruthForDataAndForTransformedData) {
  Normalization transformed = scale_;
  transformed.transforms.resize(1);
  EXPECT_FALSE(MarginalShelf(GaussianTarget{}, in_order).knows(transformed));
  EXPECT_FALSE(MarginalShelf(StudentTTarget{1, 0.9, 1, 0}, in_order).knows(scale_));
  MarginalShelf data(EmpiricalTarget{}, in_order);
  EXPECT_FALSE(data.knows(scale_));
  const std::vector<LawDensity> found = law_densities(laws_, scale_, data);
  EXPECT_TRUE(std::isnan(found[0].marginal[0]));
  EXPECT_GT(found[0].density[200], 0);
}

}  // namespace
}  // namespace htdm
