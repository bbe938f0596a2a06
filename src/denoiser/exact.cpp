#include "denoiser/exact.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// Zeroes of `square`, if it is wanted, to add components to.
void clear(double* square, std::size_t paths) {
  if (square != nullptr) std::fill_n(square, paths, 0.0);
}

/// log of the odds of the nearer point of +-a: 2 p artanh(B/A) for a.y = `dot` >= 0 and
/// |y - a|^2 = `nearer`. Everything is divided by sigma^2 so that huge finite nu runs into the
/// Gaussian limit 2 a.y/sigma^2 instead of overflowing.
double log_odds(double dot, double nearer, double sigma, double nu, int dimension) {
  const double variance = sigma * sigma;
  if (std::isinf(nu)) return 2 * dot / variance;
  return (nu + dimension) / 2 * std::log1p(4 * dot / variance / (nu + nearer / variance));
}

}  // namespace

void PointMassDenoiser::posterior(double sigma, Tile<const double> x,
                                  const PosteriorTiles& out) const {
  clear(out.square, x.paths);
  for (std::size_t j = 0; j < x0_.size(); ++j) {
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double gap = (x.row(j)[i] - x0_[j]) / sigma;
      if (out.gap.data != nullptr) out.gap.row(j)[i] = gap;
      if (out.square != nullptr) out.square[i] += gap * gap;
      if (out.mean.data != nullptr) out.mean.row(j)[i] = x0_[j];
    }
  }
}

GaussianDenoiser::GaussianDenoiser(std::vector<double> mean, std::vector<double> deviation)
    : mean_(std::move(mean)), deviation_(std::move(deviation)) {
  HTDM_EXPECTS(mean_.size() == deviation_.size());
  for (double s : deviation_) {
    check_input(s > 0, "standard deviation " + std::to_string(s) + " is not positive",
                "The Gaussian law of the data has no density", "Use a positive number");
  }
}

void GaussianDenoiser::posterior(double sigma, Tile<const double> x,
                                 const PosteriorTiles& out) const {
  clear(out.square, x.paths);
  for (std::size_t j = 0; j < mean_.size(); ++j) {
    const double variance = deviation_[j] * deviation_[j], total = sigma * sigma + variance;
    const double slope = sigma / total, share = variance / total;
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double y = x.row(j)[i] - mean_[j], gap = slope * y;
      if (out.gap.data != nullptr) out.gap.row(j)[i] = gap;
      if (out.square != nullptr) out.square[i] += gap * gap + share;
      if (out.mean.data != nullptr) out.mean.row(j)[i] = mean_[j] + share * y;
    }
  }
}

TwoPointDenoiser::TwoPointDenoiser(std::vector<double> center, std::vector<double> a, double nu)
    : center_(std::move(center)), a_(std::move(a)), nu_(nu) {
  HTDM_EXPECTS(center_.size() == a_.size());
  check_input(nu > 0, "degrees of freedom nu = " + std::to_string(nu) + " is not positive",
              "The noise of a two-point posterior is a Student-t law", "Use a number > 0 or inf");
}

void TwoPointDenoiser::posterior(double sigma, Tile<const double> x,
                                 const PosteriorTiles& out) const {
  const std::size_t d = a_.size();
  for (std::size_t i = 0; i < x.paths; ++i) {
    double dot = 0;
    for (std::size_t j = 0; j < d; ++j) dot += a_[j] * (x.row(j)[i] - center_[j]);
    const double side = dot < 0 ? -1 : 1;
    double nearer = 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double offset = x.row(j)[i] - center_[j] - side * a_[j];
      nearer += offset * offset;
    }
    // With odds e : 1 for the nearer point, D - center = a (e - 1)/(e + 1) = a (1 - 2/(e + 1)).
    const double odds_less_one = std::expm1(log_odds(side * dot, nearer, sigma, nu_, dimension()));
    const double doubt = 2 / (odds_less_one + 2);
    if (out.square != nullptr) {
      out.square[i] = (nearer + 2 * doubt * side * dot) / (sigma * sigma);
    }
    for (std::size_t j = 0; j < d; ++j) {
      const double y = x.row(j)[i] - center_[j];
      const double a = side * a_[j];
      // D and y - D by whichever of two forms subtracts nothing large: the second near a point,
      // where D saturates; the first elsewhere.
      const bool between = doubt > 0.5;
      const double d0 = between ? a * (0.5 * doubt * odds_less_one) : a - a * doubt;
      const double difference = between ? y - d0 : (y - a) + a * doubt;
      if (out.gap.data != nullptr) out.gap.row(j)[i] = difference / sigma;
      if (out.mean.data != nullptr) out.mean.row(j)[i] = center_[j] + d0;
    }
  }
}

}  // namespace htdm
