#include "denoiser/exact_empirical.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace htdm {
namespace {

/// Gaussian weights below exp(-this) of the largest are left out: 1e-26 each.
constexpr double negligible = 60;

}  // namespace

EmpiricalDenoiser::EmpiricalDenoiser(std::span<const float> points, int dimension, double nu)
    : points_(points.size() / static_cast<std::size_t>(dimension)),
      dimension_(static_cast<std::size_t>(dimension)),
      nu_(nu) {
  HTDM_EXPECTS(points_ > 0 && points.size() == points_ * dimension_);
  check_input(nu > 0, "degrees of freedom nu = " + std::to_string(nu) + " is not positive",
              "The noise of the posterior is a Student-t law", "Use a number > 0 or inf");
  blocks_.resize((points_ + lanes - 1) / lanes * lanes * dimension_);
  for (std::size_t i = 0; i < blocks_.size() / dimension_; ++i) {
    const std::size_t point = std::min(i, points_ - 1), first = i / lanes * lanes;
    for (std::size_t j = 0; j < dimension_; ++j) {
      blocks_[first * dimension_ + j * lanes + i % lanes] = points[point * dimension_ + j];
    }
  }
}

EmpiricalDenoiser::View EmpiricalDenoiser::view(std::span<const double> x) const {
  std::size_t best = 0;
  double least = inf;
  for (std::size_t first = 0; first < points_; first += lanes) {
    std::array<double, lanes> square{};
    for (std::size_t j = 0; j < dimension_; ++j) {
      const float* p = block(first, j);
      for (std::size_t i = 0; i < lanes; ++i) square[i] += (x[j] - p[i]) * (x[j] - p[i]);
    }
    const auto closest = std::ranges::min_element(square);
    if (*closest < least) {
      least = *closest;
      best = first + static_cast<std::size_t>(closest - square.begin());
    }
  }
  View result;
  for (std::size_t j = 0; j < dimension_; ++j) {
    const double p = block(best / lanes * lanes, j)[best % lanes];
    result.nearest.push_back(p);
    result.offset.push_back(x[j] - p);
    result.square += (x[j] - p) * (x[j] - p);
  }
  return result;
}

EmpiricalDenoiser::Sums EmpiricalDenoiser::weigh(const View& x, double variance) const {
  Sums sums;
  sums.away.assign(dimension_, 0);
  const double power = -(nu_ + dimension()) / 2;
  std::vector<std::array<double, lanes>> away(dimension_);
  for (std::size_t first = 0; first < points_; first += lanes) {
    std::array<double, lanes> more{};
    for (std::size_t j = 0; j < dimension_; ++j) {
      const float* p = block(first, j);
      for (std::size_t i = 0; i < lanes; ++i) {
        const double a = x.nearest[j] - p[i];
        away[j][i] = a;
        more[i] += a * (2 * x.offset[j] + a);
      }
    }
    if (std::isinf(nu_) && std::ranges::min(more) > 2 * variance * negligible) continue;
    const std::size_t n = std::min(lanes, points_ - first);
    for (std::size_t i = 0; i < n; ++i) {
      const double weight =
          std::isinf(nu_) ? std::exp(-more[i] / (2 * variance))
                          : std::exp(power * std::log1p(more[i] / (nu_ * variance + x.square)));
      sums.mass += weight;
      sums.more += weight * more[i];
      for (std::size_t j = 0; j < dimension_; ++j) sums.away[j] += weight * away[j][i];
    }
  }
  return sums;
}

void EmpiricalDenoiser::posterior(double sigma, Tile<const double> x,
                                  const PosteriorTiles& out) const {
  std::vector<double> state(dimension_);
  for (std::size_t i = 0; i < x.paths; ++i) {
    for (std::size_t j = 0; j < dimension_; ++j) state[j] = x.row(j)[i];
    const View near = view(state);
    const Sums sums = weigh(near, sigma * sigma);
    if (out.square != nullptr) {
      out.square[i] = (near.square + sums.more / sums.mass) / (sigma * sigma);
    }
    for (std::size_t j = 0; j < dimension_; ++j) {
      const double shift = sums.away[j] / sums.mass;
      if (out.gap.data != nullptr) out.gap.row(j)[i] = (near.offset[j] + shift) / sigma;
      if (out.mean.data != nullptr) out.mean.row(j)[i] = near.nearest[j] - shift;
    }
  }
}

}  // namespace htdm
