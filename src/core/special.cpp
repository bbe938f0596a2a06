#include "core/special.hpp"

#include "core/error.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <numbers>
#include <string>

namespace htdm {
namespace {

namespace bm = boost::math;

// Long-double promotion doubles the cost and changes no digit that is printed.
using Policy = bm::policies::policy<bm::policies::promote_double<false>>;
using Normal = bm::normal_distribution<double, Policy>;
using StudentT = bm::students_t_distribution<double, Policy>;
using Fisher = bm::fisher_f_distribution<double, Policy>;
using ChiSquared = bm::chi_squared_distribution<double, Policy>;

/// Throws unless nu > 0; the message is only built when needed, for callers that integrate.
void check_nu(double nu) {
  if (nu > 0) return;
  fail_input("degrees of freedom nu = " + std::to_string(nu) + " is not positive",
             "The Student-t law needs nu > 0", "Use a positive number or inf");
}

/// Apply `f` to the Boost distribution of `nu`.
template <class F>
double with_law(double nu, F&& f) {
  check_nu(nu);
  return std::isinf(nu) ? f(Normal{}) : f(StudentT{nu});
}

}  // namespace

double StudentTLaw::pdf(double x) const {
  return with_law(nu, [x](const auto& law) { return bm::pdf(law, x); });
}

double StudentTLaw::log_pdf(double x) const {
  check_nu(nu);
  if (std::isinf(nu)) return -0.5 * x * x - 0.5 * std::log(2 * std::numbers::pi);
  return std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - 0.5 * std::log(nu * std::numbers::pi) -
         (nu + 1) / 2 * std::log1p(x * x / nu);
}

double StudentTLaw::cdf(double x) const {
  return with_law(nu, [x](const auto& law) { return bm::cdf(law, x); });
}

double StudentTLaw::survival(double x) const {
  return cdf(-x);
}

double StudentTLaw::quantile(double p) const {
  return with_law(nu, [p](const auto& law) { return bm::quantile(law, p); });
}

double StudentTLaw::upper_quantile(double p) const {
  return -quantile(p);
}

double StudentTLaw::partial_expectation(double x) const {
  HTDM_EXPECTS(nu > 1);
  if (std::isinf(x)) return 0;
  if (std::isinf(nu)) return -pdf(x);
  return -(nu + x * x) / (nu - 1) * pdf(x);
}

double norm_upper_quantile(int dimension, double nu, double scale, double p) {
  check_nu(nu);
  const double d = dimension;
  const double squared = std::isinf(nu) ? bm::quantile(bm::complement(ChiSquared{d}, p))
                                        : d * bm::quantile(bm::complement(Fisher{d, nu}, p));
  return scale * std::sqrt(squared);
}

double norm_survival(int dimension, double nu, double scale, double x) {
  check_nu(nu);
  const double d = dimension;
  const double squared = (x / scale) * (x / scale);
  return std::isinf(nu) ? bm::cdf(bm::complement(ChiSquared{d}, squared))
                        : bm::cdf(bm::complement(Fisher{d, nu}, squared / d));
}

double noncentral_chi_squared_survival(int dimension, double lambda, double x) {
  using NonCentral = bm::non_central_chi_squared_distribution<double, Policy>;
  const double d = dimension;
  return lambda > 0 ? bm::cdf(bm::complement(NonCentral{d, lambda}, x))
                    : bm::cdf(bm::complement(ChiSquared{d}, x));
}

}  // namespace htdm
