/// True marginals against closed forms and against integrals done in another way.
#include "samplers/marginal_law.hpp"

#include "core/special.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace htdm::test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

/// z = raw/deviation; sigma spans all that is sampled at.
const Normalization scaled{{0}, {1.7258}, {}};
constexpr double sigmas[] = {80, 3, 1, 0.3, 0.002};

LineLaw marginal(const Target& target, double nu, double sigma,
                 const Normalization& scale = scaled) {
  return marginal_law(target, scale, nu, sigma, {.tolerance = 1e-9}, in_order);
}

void expect_relative(double value, double exact, double error, const std::string& what) {
  EXPECT_NEAR(value / exact, 1, error) << what << ": " << value << " for " << exact;
}

/// Data s t_3 under t_3 noise: p = 2 w N/(pi R^3), alpha = sqrt(3) s, beta = sqrt(3) sigma, w =
/// alpha + beta, R = w^2 + x^2, N = w^2 (w^2 + alpha beta) + x^2 (alpha^2 - alpha beta + beta^2).
struct StudentTSum {
  double alpha, beta;

  double w() const { return alpha + beta; }
  double a() const { return w() * w() + alpha * beta; }
  double b() const { return alpha * alpha - alpha * beta + beta * beta; }

  double density(double x) const {
    const double r = w() * w() + x * x;
    return 2 * w() * (w() * w() * a() + x * x * b()) / (std::numbers::pi * r * r * r);
  }
  /// With x = w cot(e): 2/(pi w^2) integral from 0 to e of (a sin^4 + b sin^2 cos^2).
  double survival(double x) const {
    const double e = std::atan2(w(), x), e2 = e * e;
    double fourth = 3 * e / 8 - std::sin(2 * e) / 4 + std::sin(4 * e) / 32;
    double mixed = e / 8 - std::sin(4 * e) / 32;
    if (e < 0.05) {  // where the terms cancel
      fourth = std::pow(e, 5) * (1 / 5.0 - e2 * (2 / 21.0 - e2 * (1 / 45.0 - e2 * 34 / 10395)));
      mixed = std::pow(e, 3) * (1 / 3.0 - e2 * (4 / 15.0 - e2 * (32 / 315.0 - e2 * 64 / 2835)));
    }
    return 2 / (std::numbers::pi * w() * w()) * (a() * fourth + b() * mixed);
  }
};

TEST(MarginalLaw, OfT3DataUnderT3NoiseIsTheClosedForm) {
  for (const double sigma : sigmas) {
    const StudentTSum exact{std::sqrt(3.0) / 1.7258, std::sqrt(3.0) * sigma};
    const LineLaw law = marginal(StudentTTarget{}, 3, sigma);
    EXPECT_NEAR(law.mass(), 1, 1e-9);
    for (const double u : {0.1, 1.0, 5.0, 50.0, 1e3, 1e4}) {
      const double x = u * exact.w();
      const std::string where = std::to_string(x) + " at " + std::to_string(sigma);
      expect_relative(law.density(x), exact.density(x), 1e-8, "density, " + where);
      expect_relative(law.above(x), exact.survival(x), 1e-8, "above, " + where);
      expect_relative(law.below(-x), exact.survival(x), 1e-8, "below, " + where);
    }
  }
}

TEST(MarginalLaw, OfNormalsAndOfPointsIsASumOfLaws) {
  const Normalization shifted{{0.2}, {0.8}, {}};
  const GaussianMixtureTarget mixture = make_mixture(1, {0.25, 0.75}, {-3, 1}, {0.1, 0.01});
  for (const double sigma : sigmas) {
    const double wide = std::hypot(1.5 / 0.8, sigma);
    const LineLaw normal = marginal(GaussianTarget{1, 1.5, 0.5}, inf, sigma, shifted);
    const LineLaw points = marginal(TwoPointTarget{1, 2}, 3, sigma);
    const LineLaw mixed = marginal(mixture, inf, sigma, shifted);
    for (const double z : {0.0, 1.0, 3.0, 8.0}) {
      expect_relative(normal.above(0.375 + z * wide), StudentTLaw{inf}.survival(z), 1e-8, "Normal");
      const double a = 2 / 1.7258, x = a + z * sigma;
      const double two =
          (StudentTLaw{3}.survival(z) + StudentTLaw{3}.survival((x + a) / sigma)) / 2;
      expect_relative(points.above(x), two, 1e-8, "points");
      expect_relative(points.below(-x), two, 1e-8, "points");
      const double narrow = std::hypot(0.01 / 0.8, sigma), broad = std::hypot(0.1 / 0.8, sigma);
      const double y = 1 + z * narrow;
      expect_relative(
          mixed.above(y),
          0.75 * StudentTLaw{inf}.survival(z) + 0.25 * StudentTLaw{inf}.survival((y + 4) / broad),
          1e-8, "mixture");
    }
  }
}

/// P(x0 + sigma e > x) as the integral of g(e) P(x0 > x - sigma e): trapezoids in q, e = sinh(q).
double survival_by_trapezoids(const Target& target, double nu, double sigma, double x) {
  constexpr double h = 5e-4;
  double sum = 0;
  for (int k = -40'000; k <= 40'000; ++k) {
    const double e = std::sinh(k * h);
    const double noise = std::exp(StudentTLaw{nu}.log_pdf(e));
    if (noise == 0) continue;
    sum +=
        h * std::cosh(k * h) * noise * coordinate_survival(target, scaled.to_raw(x - sigma * e, 0));
  }
  return sum;
}

TEST(MarginalLaw, WithoutAClosedFormIsTheIntegral) {
  const Target student = StudentTTarget{1, 2.7, 0.9, 0.2}, normal = GaussianTarget{1, 1, 0};
  const Target mixture = make_mixture(1, {0.25, 0.75}, {-3, 1}, {0.5, 0.2});
  const std::pair<const Target&, double> pairs[] = {
      {student, inf}, {student, 4}, {normal, 3}, {mixture, 2.5}};
  for (const auto& [target, nu] : pairs) {
    for (const double sigma : {2.0, 0.4}) {
      const LineLaw law = marginal(target, nu, sigma);
      EXPECT_NEAR(law.mass(), 1, 1e-9);
      for (const double x : {0.0, 1.5, 8.0, 40.0}) {
        expect_relative(law.above(x), survival_by_trapezoids(target, nu, sigma, x), 1e-8,
                        std::to_string(x) + " at " + std::to_string(sigma));
      }
    }
  }
}

// Between laws that differ by a shift, and by a scale: |shift| and |scale - 1| E|x|.
TEST(W1Distance, OfShiftedAndScaledLaws) {
  const LineLaw law = marginal(GaussianTarget{1, 1.7258, 0}, inf, 1);
  const LineLaw shifted = marginal(GaussianTarget{1, 1.7258, 0.3 * 1.7258}, inf, 1);
  const LineLaw wider = marginal(GaussianTarget{1, 1.7258, 0}, inf, 1.5);
  EXPECT_NEAR(w1_distance(law, shifted, in_order), 0.3, 1e-8);
  EXPECT_NEAR(w1_distance(shifted, law, in_order), 0.3, 1e-8);
  const double mean = std::sqrt(2 / std::numbers::pi);
  EXPECT_NEAR(w1_distance(law, wider, in_order), (std::sqrt(3.25) - std::sqrt(2.0)) * mean, 1e-8);
  EXPECT_EQ(w1_distance(law, law, in_order), 0);
  // Far apart, with nothing in between: half of the mass travels 2 a further.
  const LineLaw near = marginal(TwoPointTarget{1, 1}, inf, 0.002);
  const LineLaw far = marginal(TwoPointTarget{1, 500}, inf, 0.002);
  EXPECT_NEAR(w1_distance(near, far, in_order), 499 / 1.7258, 1e-6);
}

/// A value that rises, falls and rises again: x^3 - 3 x of N(0, 1), which is 0 at 0 and +-sqrt(3).
TEST(LineLaw, FollowsValuesThatRiseAndFall) {
  std::vector<LawPanel> panels = resolve(
      root_panels(4), {.tolerance = 1e-10},
      [](const PanelPoints& p, LawPanel& panel) {
        for (int i = 0; i < panel_nodes; ++i) {
          panel.log_density[i] = StudentTLaw{inf}.log_pdf(p.x[i]);
          panel.value[i] = p.x[i] * (p.x[i] * p.x[i] - 3);
        }
      },
      in_order);
  const LineLaw law(panels);
  const StudentTLaw normal{inf};
  const double root = std::sqrt(3.0);
  EXPECT_NEAR(law.above(0), 0.5, 1e-9);
  EXPECT_NEAR(law.above(1e-9), normal.cdf(0) - normal.cdf(-root) + normal.survival(root), 1e-8);
  expect_relative(law.above(52), normal.survival(4), 1e-8, "beyond 4");
  // Three x have y = 0.5; only -2.0536... has -2.5, beyond the turning points.
  double density = 0;
  for (const double x : {-1.64178353, -0.16825440, 1.81003793}) {
    density += normal.pdf(x) / std::abs(3 * x * x - 3);
  }
  expect_relative(law.density(0.5), density, 1e-6, "density");
  expect_relative(law.below(-2.5), normal.cdf(-2.05362158), 1e-7, "below");
}

}  // namespace
}  // namespace htdm::test
