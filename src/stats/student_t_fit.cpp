#include "stats/student_t_fit.hpp"

#include "core/error.hpp"
#include "stats/profile.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace htdm {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// ln of the factor of the density of t_d(0, I, 1/inverse_nu) in front of (1 + delta/nu)^-(nu+d)/2.
double log_factor(double inverse_nu, double d) {
  if (inverse_nu == 0) return -d / 2 * std::log(2 * std::numbers::pi);
  const double half = 1 / inverse_nu / 2;
  return -std::log(boost::math::tgamma_delta_ratio(half, d / 2)) -
         d / 2 * std::log(2 * half * std::numbers::pi);
}

/// Location and scatter at one nu after the other, each starting where the last ended.
class ScatterFit {
 public:
  ScatterFit(std::span<const double> x, int d)
      : x_(x.data(), d, static_cast<Eigen::Index>(x.size()) / d),
        location_(d),
        scatter_(MatrixXd::Zero(d, d)) {
    std::vector<double> column;
    for (Eigen::Index j = 0; j < d; ++j) {
      column.clear();
      for (Eigen::Index i = 0; i < x_.cols(); ++i) column.push_back(x_(j, i));
      const auto quantile = [&](double p) {
        const auto at = column.begin() +
                        static_cast<std::ptrdiff_t>(p * static_cast<double>(column.size() - 1));
        std::ranges::nth_element(column, at);
        return *at;
      };
      location_[j] = quantile(0.5);
      const double half = (quantile(0.75) - quantile(0.25)) / 2;
      scatter_(j, j) = half > 0 ? half * half : (x_.row(j).array() - location_[j]).square().mean();
    }
  }

  /// The largest log-likelihood at this nu.
  double maximise(double inverse_nu) {
    double last = -std::numeric_limits<double>::infinity();
    for (int k = 0; k < 1000; ++k) {
      const double now = step(inverse_nu);
      if (std::abs(now - last) <= 1e-8 + 1e-13 * std::abs(now)) return now;
      last = now;
    }
    return last;
  }

  const VectorXd& location() const { return location_; }
  const MatrixXd& scatter() const { return scatter_; }

 private:
  /// One iteration; returns the log-likelihood before it.
  double step(double inverse_nu) {
    const auto d = x_.rows();
    const double n = static_cast<double>(x_.cols());
    const Eigen::LLT<MatrixXd> root(scatter_);
    check_input(root.info() == Eigen::Success && root.matrixLLT().diagonal().minCoeff() > 0,
                "The rows lie in a plane, or half of them are equal",
                "A Student-t law with a density cannot be fitted to them",
                "Leave out columns that follow from others");
    constexpr Eigen::Index chunk = 1024;
    const double degrees = static_cast<double>(d);
    double weights = 0, log_likelihood = 0;
    VectorXd sum = VectorXd::Zero(d);
    MatrixXd products = MatrixXd::Zero(d, d), r, z;
    Eigen::ArrayXd spread, w;
    for (Eigen::Index first = 0; first < x_.cols(); first += chunk) {
      r = x_.middleCols(first, std::min(chunk, x_.cols() - first)).colwise() - location_;
      z = r;
      root.matrixL().solveInPlace(z);
      spread = z.colwise().squaredNorm().transpose().array();  // delta
      if (inverse_nu > 0) {
        spread = 1 + inverse_nu * spread;
        log_likelihood -= (1 / inverse_nu + degrees) / 2 * spread.log().sum();
        w = (1 + inverse_nu * degrees) / spread;
      } else {
        log_likelihood -= spread.sum() / 2;
        w = Eigen::ArrayXd::Ones(spread.size());
      }
      weights += w.sum();
      sum.noalias() += r * w.matrix();
      products.noalias() += r * w.matrix().asDiagonal() * r.transpose();
    }
    log_likelihood +=
        n * (log_factor(inverse_nu, degrees) - root.matrixLLT().diagonal().array().log().sum());
    const VectorXd shift = sum / weights;
    location_ += shift;
    scatter_ = products / weights - shift * shift.transpose();
    return log_likelihood;
  }

  Eigen::Map<const MatrixXd> x_;
  VectorXd location_;
  MatrixXd scatter_;
};

}  // namespace

StudentTFit fit_student_t(std::span<const double> x, int dimension) {
  const std::size_t rows = x.size() / static_cast<std::size_t>(dimension);
  check_input(rows >= static_cast<std::size_t>(dimension) + 2,
              std::to_string(rows) + " rows are too few for a Student-t law in " +
                  std::to_string(dimension) + " dimension(s)",
              "Its parameters cannot be told apart", "Give more rows");
  ScatterFit fit(x, dimension);
  const auto profile = [&fit](double inverse_nu) { return fit.maximise(inverse_nu); };
  constexpr std::array grid{0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3,
                            0.4, 0.55, 0.8,  1.2, 2.0,  4.0, 10.0};
  const Maximum best = maximise_on(grid, profile);
  const double step = std::max(0.01, best.at) / std::sqrt(static_cast<double>(rows) / 4);
  const Interval inverse = profile_interval(profile, best, step, {0, grid.back()});
  StudentTFit result;
  result.log_likelihood = fit.maximise(best.at);
  const auto to_nu = [](double inverse_nu) {
    return inverse_nu > 1e-9 ? 1 / inverse_nu : std::numeric_limits<double>::infinity();
  };
  result.nu = to_nu(best.at);
  result.nu_interval = {1 / inverse.high, to_nu(inverse.low)};
  const auto d = static_cast<std::size_t>(dimension);
  result.location.assign(fit.location().data(), fit.location().data() + d);
  result.scatter.assign(fit.scatter().data(), fit.scatter().data() + d * d);
  return result;
}

}  // namespace htdm
