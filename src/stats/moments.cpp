#include "stats/moments.hpp"

#include <cmath>
#include <limits>

namespace htdm {

void Moments::add(double x) {
  const double before = static_cast<double>(n_);
  const double n = static_cast<double>(++n_);
  const double delta = x - mean_;
  const double step = delta / n;
  const double step2 = step * step;
  const double growth = delta * step * before;
  mean_ += step;
  m4_ += growth * step2 * (n * n - 3 * n + 3) + 6 * step2 * m2_ - 4 * step * m3_;
  m3_ += growth * step * (n - 2) - 3 * step * m2_;
  m2_ += growth;
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
