#include "stats/generalized_pareto.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"
#include "stats/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace htdm {
namespace {

constexpr Interval shapes{-0.95, 10};

bool is_exponential(double shape) {
  return std::abs(shape) < 1e-9;
}

/// scale of a ParetoLaw of this shape with upper quantile y at exp(-depth).
double scale_through(double shape, double y, double depth) {
  return is_exponential(shape) ? y / depth : shape * y / std::expm1(shape * depth);
}

}  // namespace

double ParetoLaw::survival(double y) const {
  if (is_exponential(shape)) return std::exp(-y / scale);
  const double inside = 1 + shape * y / scale;
  return inside > 0 ? std::exp(-std::log1p(shape * y / scale) / shape) : 0;
}

double ParetoLaw::upper_quantile(double p) const {
  const double depth = -std::log(p);
  return is_exponential(shape) ? scale * depth : scale / shape * std::expm1(shape * depth);
}

ParetoTail::ParetoTail(std::span<const double> sorted, std::size_t k) : n_(sorted.size()) {
  check_input(
      k >= 2 && k < sorted.size(),
      std::to_string(k) + " of " + std::to_string(sorted.size()) + " numbers do not make a tail",
      "It is fitted to the largest numbers above the next one",
      "Take at least 2, fewer than there are");
  threshold_ = sorted[n_ - k - 1];
  double sum = 0;
  for (const double x : sorted.last(k)) {
    excesses_.push_back(x - threshold_);
    sum += excesses_.back();
  }
  unit_ = sum / static_cast<double>(k);
  check_input(unit_ > 0 && std::isfinite(unit_),
              "The " + std::to_string(k + 1) + " largest numbers are equal or not finite",
              "They have no excesses that a law could be fitted to",
              "Take more of them, or look at the data");
  for (double& y : excesses_) y /= unit_;
  constexpr std::array grid{shapes.low, -0.7, -0.4, -0.2, 0.0, 0.2, 0.4,        0.6,
                            0.9,        1.3,  1.8,  2.5,  4.0, 6.0, shapes.high};
  const Maximum best = maximise_on(grid, [this](double shape) { return profile(shape); });
  law_ = {best.at, scale_at(best.at)};
  best_ = best.value;
}

/// The root in t = 1/scale of mean(t y/(1 + shape t y)) = 1/(1 + shape), whose left side increases.
double ParetoTail::scale_at(double shape) const {
  if (is_exponential(shape)) return 1;
  const double wanted = 1 / (1 + shape);
  double low = 0, high = shape < 0 ? -1 / (shape * excesses_.back()) : inf;
  double t = std::min(1.0, high / 2);
  for (int k = 0; k < 200; ++k) {
    double value = 0, slope = 0;
    for (const double y : excesses_) {
      const double inverse = 1 / (1 + shape * t * y);
      value += t * y * inverse;
      slope += y * inverse * inverse;
    }
    value = value / static_cast<double>(excesses_.size()) - wanted;
    slope /= static_cast<double>(excesses_.size());
    (value < 0 ? low : high) = t;
    double next = t - value / slope;
    if (!(next > low && next < high)) next = std::isfinite(high) ? low + (high - low) / 2 : 2 * t;
    const bool done = std::abs(next - t) <= 1e-13 * t;
    t = next;
    if (done) break;
  }
  return 1 / t;
}

double ParetoTail::log_likelihood(const ParetoLaw& law) const {
  const double k = static_cast<double>(excesses_.size());
  if (!(law.scale > 0)) return -inf;
  if (is_exponential(law.shape)) return -k * (std::log(law.scale) + 1 / law.scale);
  const double slope = law.shape / law.scale;
  if (1 + slope * excesses_.back() <= 0) return -inf;
  double sum = 0;
  for (const double y : excesses_) sum += std::log1p(slope * y);
  return -k * std::log(law.scale) - (1 + 1 / law.shape) * sum;
}

double ParetoTail::log_likelihood() const {
  return best_ - static_cast<double>(excesses_.size()) * std::log(unit_);
}

double ParetoTail::profile(double shape) const {
  return log_likelihood({shape, scale_at(shape)});
}

/// About the standard error of the shape, (1 + shape)/sqrt(k).
double ParetoTail::shape_step() const {
  return std::max(0.1, 1 + law_.shape) / std::sqrt(static_cast<double>(excesses_.size()));
}

Interval ParetoTail::shape_interval(double confidence) const {
  return profile_interval([this](double shape) { return profile(shape); }, {law_.shape, best_},
                          shape_step(), shapes, confidence);
}

/// The largest log-likelihood of (shape, rate) where P(X - u > y) = p. Both are searched in
/// standard errors, in which the likelihood is flat at its maximum: ten bits give it to 1e-5.
double ParetoTail::constrained(double y, double p) const {
  constexpr int bits = 10;
  const double k = static_cast<double>(excesses_.size());
  const double rest = static_cast<double>(n_) - k;
  const double centre = std::log(rate()), error = 1 / std::sqrt(k), step = shape_step();
  const double low = std::max(-6.0, (std::log(p) - centre) / error + 1e-6);
  const double high = std::min(6.0, -centre / error - 1e-9);
  const auto over_rate = [&](double shape) {
    const auto f = [&](double offset) {
      const double log_rate = centre + error * offset;
      const ParetoLaw law{shape, scale_through(shape, y, log_rate - std::log(p))};
      return log_likelihood(law) + k * log_rate + rest * std::log(-std::expm1(log_rate));
    };
    return maximise(f, low, std::max(low, high), bits).value;
  };
  return maximise([&](double offset) { return over_rate(law_.shape + step * offset); },
                  std::max(-8.0, (shapes.low - law_.shape) / step),
                  std::min(8.0, (shapes.high - law_.shape) / step), bits)
      .value;
}

QuantileEstimate ParetoTail::return_level(double p, double confidence) const {
  check_input(p > 0 && p < rate(),
              "probability " + std::to_string(p) + " is not below " + std::to_string(rate()),
              "The fitted tail begins at its threshold", "Ask for rarer events");
  const double y = law_.upper_quantile(p / rate());
  const auto f = [&](double log_y) { return constrained(std::exp(log_y), p); };
  const Interval log_y = profile_interval(f, {std::log(y), f(std::log(y))},
                                          1 / std::sqrt(static_cast<double>(excesses_.size())),
                                          {-inf, inf}, confidence);
  return {threshold_ + unit_ * y,
          {threshold_ + unit_ * std::exp(log_y.low), threshold_ + unit_ * std::exp(log_y.high)}};
}

QuantileEstimate ParetoTail::exceedance(double x, double confidence) const {
  check_input(x > threshold_, std::to_string(x) + " is not beyond the threshold",
              "The fitted tail begins there", "Count the numbers beyond it instead");
  const double y = (x - threshold_) / unit_;
  const double p = rate() * law_.survival(y);
  const auto f = [&](double log_p) { return constrained(y, std::exp(log_p)); };
  // A fitted law that ends before x says p = 0; a likelihood does not.
  const double start = std::log(std::max(p, 1e-3 / static_cast<double>(n_)));
  const Maximum best = p > 0 ? Maximum{start, f(start)} : maximise(f, start - 40, start);
  const Interval log_p =
      profile_interval(f, best, 1 / std::sqrt(static_cast<double>(excesses_.size())),
                       {std::log(1e-300), std::log(rate())}, confidence);
  return {p, {std::exp(log_p.low), std::exp(log_p.high)}};
}

std::vector<MeanExcess> mean_excess(std::span<const double> sorted,
                                    std::span<const std::size_t> exceedances) {
  std::vector<MeanExcess> points;
  std::vector<double> excesses;
  for (const std::size_t k : exceedances) {
    const double threshold = sorted[sorted.size() - k - 1];
    excesses.clear();
    for (const double x : sorted.last(k)) excesses.push_back(x - threshold);
    const BatchStatistics mean = over_batches(excesses);
    points.push_back({threshold, k, mean.mean, mean.interval});
  }
  return points;
}

std::vector<ThresholdFit> threshold_fits(std::span<const double> sorted,
                                         std::span<const std::size_t> exceedances) {
  std::vector<ThresholdFit> fits;
  for (const std::size_t k : exceedances) {
    const ParetoTail tail(sorted, k);
    fits.push_back({tail.threshold(), k, tail.law(), tail.shape_interval()});
  }
  return fits;
}

}  // namespace htdm
