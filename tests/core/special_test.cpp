#include "core/special.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace htdm {
namespace {

using std::numbers::pi;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double tolerance = 2e-13;  // relative, everywhere

void expect_relative(double value, double exact, double limit = tolerance) {
  EXPECT_NEAR(value, exact, limit * std::abs(exact));
}

/// Closed forms of P(X > x) and of its inverse; each keeps relative accuracy in the upper tail.
struct ClosedForm {
  double nu;
  double (*pdf)(double x);
  double (*survival)(double x);
};

double cauchy_pdf(double x) {
  return 1 / (pi * (1 + x * x));
}

double cauchy_survival(double x) {
  return std::atan2(1.0, x) / pi;
}

double t2_pdf(double x) {
  return std::pow(2 + x * x, -1.5);
}

double t2_survival(double x) {
  const double root = std::sqrt(2 + x * x);
  return x > 0 ? 1 / (root * (root + x)) : (root - x) / (2 * root);
}

double t3_pdf(double x) {
  const double s = 1 + x * x / 3;
  return 2 / (pi * std::sqrt(3.0) * s * s);
}

/// (atan(y) - y / (1 + y^2)) / pi, y = sqrt(3) / x; its power series where that cancels.
double t3_survival(double x) {
  const double y = std::sqrt(3.0) / x;
  if (x < 0) return 1 - t3_survival(-x);
  if (y > 0.1) return (std::atan2(std::sqrt(3.0), x) - x * std::sqrt(3.0) / (x * x + 3)) / pi;
  double sum = 0;
  for (int k = 12; k >= 1; --k) {
    sum += (k % 2 == 1 ? 2.0 : -2.0) * k / (2 * k + 1) * std::pow(y, 2 * k + 1);
  }
  return sum / pi;
}

double normal_pdf(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * pi);
}

double normal_survival(double x) {
  return std::erfc(x / std::numbers::sqrt2) / 2;
}

const std::vector<ClosedForm> closed_forms{{1, cauchy_pdf, cauchy_survival},
                                           {2, t2_pdf, t2_survival},
                                           {3, t3_pdf, t3_survival},
                                           {inf, normal_pdf, normal_survival}};

TEST(StudentTLaw, AgreesWithClosedForms) {
  for (const auto& exact : closed_forms) {
    SCOPED_TRACE(exact.nu);
    const StudentTLaw law{exact.nu};
    for (const double x : {1e-3, 0.3, 1.0, 2.5, 7.0, 12.924, 37.0}) {
      SCOPED_TRACE(x);
      expect_relative(law.pdf(x), exact.pdf(x));
      expect_relative(law.pdf(-x), exact.pdf(x));
      expect_relative(law.survival(x), exact.survival(x), 1e-12);
      expect_relative(law.cdf(-x), exact.survival(x), 1e-12);
      expect_relative(law.cdf(x), 1 - exact.survival(x));
    }
  }
}

// The Student-t tail at 1e5 scales is 1e-5 (nu = 1) to 1e-15 (nu = 3).
TEST(StudentTLaw, KeepsRelativeAccuracyFarInTheTail) {
  for (const auto& exact : closed_forms) {
    if (std::isinf(exact.nu)) continue;
    for (const double x : {1e3, 1e5, 1e7}) {
      expect_relative(StudentTLaw{exact.nu}.survival(x), exact.survival(x), 1e-12);
    }
  }
}

// P(X > x) = I_{nu / (nu + x^2)}(nu/2, 1/2) / 2, evaluated to 40 digits with mpmath.
TEST(StudentTLaw, HasALogDensityWhereTheDensityUnderflows) {
  for (const double nu : {0.7, 2.5, 30.0, inf}) {
    const StudentTLaw law{nu};
    for (const double x : {-9.0, 0.0, 0.4, 3.0}) {
      EXPECT_NEAR(law.log_pdf(x), std::log(law.pdf(x)), 1e-13);
    }
  }
  expect_relative(StudentTLaw{inf}.log_pdf(100), -5000 - 0.5 * std::log(2 * pi));
  // 6 sqrt(3)/(pi x^4) far out.
  const double far = std::log(6 * std::sqrt(3) / pi) - 360 * std::log(10);
  expect_relative(StudentTLaw{3}.log_pdf(1e90), far);
}

TEST(StudentTLaw, AgreesWithTheIncompleteBetaFunction) {
  struct Value {
    double nu;
    double x;
    double survival;
  };
  for (const auto& [nu, x, survival] : std::vector<Value>{{2.1, 0.5, 0.33228751622179306},
                                                          {2.1, 40, 0.00023081146031478968},
                                                          {2.1, 1e5, 1.6905795489137705e-11},
                                                          {2.5, 3, 0.036288047774515922},
                                                          {2.5, 1e5, 2.2747519231756221e-13},
                                                          {10, 3, 0.0066718275112847886},
                                                          {10, 40, 1.1404288715428773e-12},
                                                          {50, 40, 6.2062118921863528e-40}}) {
    expect_relative(StudentTLaw{nu}.survival(x), survival, 1e-12);
  }
}

TEST(StudentTLaw, QuantilesInvertTheTails) {
  for (const double nu : {1.0, 2.1, 2.5, 3.0, 6.0, 50.0, 1e6, inf}) {
    const StudentTLaw law{nu};
    for (const double p : {0.3, 0.05, 1e-3, 5e-4, 1e-6, 1e-10, 1e-15}) {
      SCOPED_TRACE(testing::Message() << "nu " << nu << " p " << p);
      expect_relative(law.survival(law.upper_quantile(p)), p, 1e-11);
      expect_relative(law.cdf(law.quantile(p)), p, 1e-11);
      EXPECT_EQ(law.quantile(p), -law.upper_quantile(p));
    }
    EXPECT_NEAR(law.quantile(0.5), 0, 1e-15);
  }
}

TEST(StudentTLaw, QuantilesAgreeWithClosedForms) {
  for (const double p : {0.3, 1e-3, 1e-8, 1e-15}) {
    expect_relative(StudentTLaw{1}.upper_quantile(p), 1 / std::tan(pi * p), 1e-12);
    expect_relative(StudentTLaw{2}.upper_quantile(p), (1 - 2 * p) / std::sqrt(2 * p * (1 - p)),
                    1e-12);
  }
  EXPECT_NEAR(StudentTLaw{3}.upper_quantile(5e-4), 12.924, 5e-4);
  EXPECT_NEAR(StudentTLaw{3}.upper_quantile(2.5e-3), 7.4533, 5e-5);
}

TEST(StudentTLaw, ApproachesTheNormalLaw) {
  for (const double x : {0.1, 1.0, 3.0, 6.0}) {
    // The leading correction of the density is (x^4 - 2 x^2 - 1) / (4 nu).
    const double nu = 1e7;
    const double correction = (x * x * x * x - 2 * x * x - 1) / (4 * nu);
    expect_relative(StudentTLaw{nu}.pdf(x), normal_pdf(x) * (1 + correction), 1e-9);
  }
}

TEST(StudentTLaw, HandlesInfiniteArguments) {
  for (const double nu : {1.5, 3.0, inf}) {
    const StudentTLaw law{nu};
    EXPECT_EQ(law.pdf(inf), 0);
    EXPECT_EQ(law.pdf(-inf), 0);
    EXPECT_EQ(law.cdf(inf), 1);
    EXPECT_EQ(law.cdf(-inf), 0);
    EXPECT_EQ(law.survival(inf), 0);
    EXPECT_EQ(law.partial_expectation(inf), 0);
    EXPECT_EQ(law.partial_expectation(-inf), 0);
  }
}

// Integration by parts: E[X; a < X <= b] = b F(b) - a F(a) - integral of F. Simpson's rule on F.
TEST(StudentTLaw, PartialExpectationIntegratesTheDensity) {
  for (const double nu : {1.5, 2.5, 3.0, 30.0, inf}) {
    const StudentTLaw law{nu};
    for (const auto& [a, b] : {std::pair{-3.0, -1.0}, std::pair{-1.0, 2.0}, std::pair{4.0, 9.0}}) {
      constexpr int panels = 400;
      const double h = (b - a) / panels;
      double integral = law.cdf(a) + law.cdf(b);
      for (int i = 1; i < panels; ++i) integral += (i % 2 == 1 ? 4 : 2) * law.cdf(a + i * h);
      integral *= h / 3;
      EXPECT_NEAR(law.partial_expectation(b) - law.partial_expectation(a),
                  b * law.cdf(b) - a * law.cdf(a) - integral, 1e-9)
          << "nu " << nu << " from " << a << " to " << b;
    }
  }
}

TEST(StudentTLaw, RefusesNuThatIsNotPositive) {
  for (const double nu : {0.0, -1.0, -inf, std::nan("")}) {
    EXPECT_THROW(StudentTLaw{nu}.pdf(0), InputError) << nu;
    EXPECT_THROW(StudentTLaw{nu}.quantile(0.1), InputError) << nu;
    EXPECT_THROW(norm_survival(2, nu, 1, 1), InputError) << nu;
    EXPECT_THROW(norm_upper_quantile(2, nu, 1, 0.1), InputError) << nu;
  }
}

// d = 1 is the two-sided tail; d = 2 has P(|X| > x) = (1 + x^2 / (nu s^2))^(-nu/2), and
// exp(-x^2 / (2 s^2)) at nu = inf.
TEST(NormLaw, AgreesWithClosedForms) {
  const double s = 1.7;
  for (const double nu : {2.1, 3.0, 10.0, inf}) {
    for (const double x : {0.5, 3.0, 11.0}) {
      SCOPED_TRACE(testing::Message() << "nu " << nu << " x " << x);
      const double ratio = x * x / (s * s);
      const double planar =
          std::isinf(nu) ? std::exp(-ratio / 2) : std::pow(1 + ratio / nu, -nu / 2);
      expect_relative(norm_survival(1, nu, s, x), 2 * StudentTLaw{nu}.survival(x / s), 1e-11);
      expect_relative(norm_survival(2, nu, s, x), planar, 1e-11);
    }
  }
}

TEST(NormLaw, QuantileInvertsTheTail) {
  for (const int dimension : {1, 2, 3, 10}) {
    for (const double nu : {2.1, 3.0, 10.0, inf}) {
      for (const double p : {0.5, 5e-3, 1e-3, 1e-6, 1e-12}) {
        SCOPED_TRACE(testing::Message() << dimension << " " << nu << " " << p);
        const double x = norm_upper_quantile(dimension, nu, 0.4, p);
        expect_relative(norm_survival(dimension, nu, 0.4, x), p, 1e-10);
        expect_relative(x, 0.4 * norm_upper_quantile(dimension, nu, 1, p), 1e-12);
      }
    }
  }
}

}  // namespace
}  // namespace htdm
