#include "stats/moments.hpp"

#include <cmath>
#include <limits>

namespace htdm {
namespace {

/// Sum of f over x in eight interleaved partial sums, which a compiler keeps in vector registers:
/// the order is fixed, and the same for every instruction set.
template <class F>
double lane_sum(std::span<const double> x, F f) {
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= x.size(); i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) sums[k] += f(x[i + k]);
  }
  for (std::size_t k = 0; i + k < x.size(); ++k) sums[k] += f(x[i + k]);
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace

void Moments::add(std::span<const double> x) {
  if (x.empty()) return;
  const double n = static_cast<double>(x.size());
  const double centre = lane_sum(x, [](double v) { return v; }) / n;
  const auto power = [&](auto of) { return lane_sum(x, [=](double v) { return of(v - centre); }); };
  // About `centre`, which rounding keeps off the mean by `off`.
  const double s2 = power([](double d) { return d * d; });
  const double s3 = power([](double d) { return d * d * d; });
  const double s4 = power([](double d) { return (d * d) * (d * d); });
  const double off = power([](double d) { return d; }) / n;
  Moments part;
  part.n_ = x.size();
  part.mean_ = centre + off;
  part.m2_ = s2 - n * off * off;
  part.m3_ = s3 - 3 * off * s2 + 2 * n * off * off * off;
  part.m4_ = s4 - 4 * off * s3 + 6 * off * off * s2 - 3 * n * off * off * off * off;
  merge(part);
}

void Moments::merge(const Moments& later) {
  if (later.n_ == 0) return;
  if (n_ == 0) {
    *this = later;
    return;
  }
  const double a = static_cast<double>(n_);
  const double b = static_cast<double>(later.n_);
  const double n = a + b;
  const double delta = later.mean_ - mean_;
  const double step = delta / n;
  const double step2 = step * step;
  const double growth = delta * step * a * b;
  m4_ += later.m4_ + growth * step2 * (a * a - a * b + b * b) +
         6 * step2 * (a * a * later.m2_ + b * b * m2_) + 4 * step * (a * later.m3_ - b * m3_);
  m3_ += later.m3_ + growth * step * (a - b) + 3 * step * (a * later.m2_ - b * m2_);
  m2_ += later.m2_ + growth;
  mean_ += step * b;
  n_ += later.n_;
}

double Moments::variance() const {
  return n_ > 0 ? m2_ / static_cast<double>(n_) : std::numeric_limits<double>::quiet_NaN();
}

double Moments::standard_deviation() const {
  return std::sqrt(variance());
}

double Moments::skewness() const {
  const double n = static_cast<double>(n_);
  return m3_ / n / std::pow(variance(), 1.5);
}

double Moments::kurtosis() const {
  const double n = static_cast<double>(n_);
  return m4_ / n / (variance() * variance());
}

}  // namespace htdm
