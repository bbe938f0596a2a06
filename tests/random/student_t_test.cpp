#include "core/error.hpp"
#include "core/special.hpp"
#include "random/draws.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

// Level alpha. With n = 100000 draws the Kolmogorov-Smirnov test finds a distribution function that
// is off by 0.015 with probability above 0.99; the counts beyond the quantiles of `tail` find a
// tail too heavy by 60 % or too light by half as surely.

namespace htdm {
namespace {

constexpr double alpha = 1e-6;
constexpr std::uint64_t n = 100000;
constexpr double tail = 2e-3;
constexpr double inf = std::numeric_limits<double>::infinity();

/// Stands in for a wrong sampler: every component with a kappa of its own.
void independent_kappas(const Stream& normals, const Stream& mixing, double nu,
                        std::span<double> out) {
  standard_normals(normals, 0, out);
  for (std::uint32_t j = 0; j < out.size(); ++j) out[j] *= student_t_mixing(mixing, j, nu);
}

template <class Draw>
std::vector<double> norms(std::size_t dimension, Draw&& draw) {
  std::vector<double> values(n);
  std::vector<double> x(dimension);
  for (std::uint64_t path = 0; path < n; ++path) {
    draw(Stream(8, Purpose::prior_normal, path), Stream(8, Purpose::prior_mixing, path),
         std::span<double>(x));
    double sum = 0;
    for (const double component : x) sum += component * component;
    values[path] = std::sqrt(sum);
  }
  return values;
}

/// p-value of |X| against s = 1, that is |X|^2 / d ~ Fisher(d, nu).
double norm_p_value(std::size_t dimension, double nu, std::vector<double> values) {
  return test::ks_p_value(std::move(values), [=](double x) {
    return 1 - norm_survival(static_cast<int>(dimension), nu, 1, x);
  });
}

TEST(StudentT, HasItsLawInOneDimension) {
  for (const double nu : {2.1, 3.0, 10.0, inf}) {
    SCOPED_TRACE(nu);
    std::vector<double> values(n);
    for (std::uint64_t path = 0; path < n; ++path) {
      student_t(Stream(8, Purpose::train_data, path), Stream(8, Purpose::prior_mixing, path), 1, nu,
                std::span<double>(&values[path], 1));
    }
    const StudentTLaw law{nu};
    EXPECT_GT(test::ks_p_value(values, [&](double x) { return law.cdf(x); }), alpha);
    const double threshold = law.upper_quantile(tail / 2);
    const auto extreme = static_cast<std::uint64_t>(std::count_if(
        values.begin(), values.end(), [=](double x) { return std::abs(x) > threshold; }));
    EXPECT_GT(test::binomial_two_sided_p(extreme, n, tail), alpha) << extreme;
  }
}

TEST(StudentT, SharesOneKappaPerVector) {
  for (const double nu : {2.1, 3.0, 10.0, inf}) {
    SCOPED_TRACE(nu);
    const auto values = norms(3, [nu](const Stream& z, const Stream& kappa, std::span<double> x) {
      student_t(z, kappa, 0, nu, x);
    });
    EXPECT_GT(norm_p_value(3, nu, values), alpha);
    const double threshold = norm_upper_quantile(3, nu, 1, tail);
    const auto extreme = static_cast<std::uint64_t>(
        std::count_if(values.begin(), values.end(), [=](double x) { return x > threshold; }));
    EXPECT_GT(test::binomial_two_sided_p(extreme, n, tail), alpha) << extreme;
  }
}

// The power of the test above: it rejects components with independent kappas.
TEST(StudentT, TheNormTellsIndependentKappasApart) {
  for (const double nu : {2.1, 3.0, 10.0}) {
    const auto values = norms(3, [nu](const Stream& z, const Stream& kappa, std::span<double> x) {
      independent_kappas(z, kappa, nu, x);
    });
    EXPECT_LT(norm_p_value(3, nu, values), alpha) << nu;
  }
}

TEST(StudentT, ItsNormalsDoNotDependOnNu) {
  for (std::uint64_t path = 0; path < 100; ++path) {
    const Stream normals(8, Purpose::prior_normal, path);
    const Stream mixing(8, Purpose::prior_mixing, path);
    std::array<double, 4> gaussian{};
    std::array<double, 4> heavy{};
    student_t(normals, mixing, 2, inf, gaussian);
    student_t(normals, mixing, 2, 2.5, heavy);
    const double factor = student_t_mixing(mixing, 2, 2.5);
    for (std::size_t j = 0; j < 4; ++j) EXPECT_EQ(heavy[j], gaussian[j] * factor);
  }
}

TEST(StudentTMixing, IsOneForTheGaussian) {
  EXPECT_EQ(student_t_mixing(Stream(8, Purpose::prior_mixing, 0), 0, inf), 1);
}

TEST(StudentTMixing, RefusesNuWithoutALaw) {
  const Stream stream(8, Purpose::prior_mixing, 0);
  for (const double nu : {0.0, -2.0, -inf, std::nan("")}) {
    EXPECT_THROW(student_t_mixing(stream, 0, nu), InputError) << nu;
  }
}

}  // namespace
}  // namespace htdm
