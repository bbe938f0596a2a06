#include "laws/propagated_law.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace htdm::test {

PropagatedLaw::PropagatedLaw(const Cdf& start, double core, double reach, std::size_t cells)
    : core_(core), reach_parameter_(std::asinh(reach / core)) {
  for (std::size_t k = 0; k <= cells; ++k) {
    const double t = 2 * static_cast<double>(k) / static_cast<double>(cells) - 1;
    edges_.push_back(core * std::sinh(reach_parameter_ * t));
    at_edges_.push_back(start(edges_.back()));
  }
  for (std::size_t k = 0; k < cells; ++k) middles_.push_back((edges_[k] + edges_[k + 1]) / 2);
}

void PropagatedLaw::step(const std::vector<double>& mean, const std::vector<double>& scale,
                         const Cdf& kernel) {
  // What lies beyond the last edges stays there.
  std::vector<double> next(edges_.size(), at_edges_.front());
  for (std::size_t k = 0; k < middles_.size(); ++k) {
    const double mass = at_edges_[k + 1] - at_edges_[k];
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      next[e] += mass * kernel((edges_[e] - mean[k]) / scale[k]);
    }
  }
  at_edges_ = std::move(next);
}

double PropagatedLaw::cdf(double value) const {
  if (value <= edges_.front()) return at_edges_.front();
  if (value >= edges_.back()) return at_edges_.back();
  const auto above = std::upper_bound(edges_.begin(), edges_.end(), value);
  const auto e = static_cast<std::size_t>(above - edges_.begin());
  const double part = (value - edges_[e - 1]) / (edges_[e] - edges_[e - 1]);
  return at_edges_[e - 1] + part * (at_edges_[e] - at_edges_[e - 1]);
}

std::vector<double> gaps(const Denoiser& denoiser, double sigma, const std::vector<double>& x) {
  const std::size_t columns = padded(x.size());
  AlignedVector<double> points(x.begin(), x.end()), result(columns);
  points.resize(columns);
  denoiser.gap(sigma, {points.data(), x.size(), columns}, {result.data(), x.size(), columns});
  return {result.begin(), result.begin() + static_cast<std::ptrdiff_t>(x.size())};
}

double student_t4_cdf(double x) {
  const double q = 1 / (1 + x * x / 4);
  return 0.5 + 0.375 * x * std::sqrt(q) * (1 - x * x * q / 12);
}

double normal_cdf(double x) {
  if (std::abs(x) > 9) return x > 0;  // less than 2e-19 away, and most calls
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}

}  // namespace htdm::test
