#include "stats/wasserstein.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "stats/moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace htdm {
namespace {

/// Neumaier's compensated sum.
class Sum {
 public:
  void add(double x) {
    const double next = sum_ + x;
    rest_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - next) + x : (x - next) + sum_;
    sum_ = next;
  }
  double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0, rest_ = 0;
};

/// Integral of |gap| with gap = F_n - G, and how much of it noise may have made: kept per
/// excursion, a maximal range on which the gap has one sign.
class GapIntegral {
 public:
  /// Add a range with a gap of `sign`, its integral of |gap|, and that of the gap's deviation.
  void add(int sign, double distance, double noise) {
    if (sign != 0 && sign != sign_) {
      close();
      sign_ = sign;
    }
    distance_.add(distance);
    excursion_ += distance;
    noise_ += noise;
  }
  double distance() const { return distance_.value(); }
  /// Largest upward bias of |gap| over excursions that noise explains; call after the last add.
  double bias() {
    close();
    return bias_;
  }

 private:
  void close() {
    // E|Z| = sqrt(2/pi); an excursion well above its noise is not biased.
    if (excursion_ < resolved * noise_) bias_ += noise_ * std::sqrt(2 / std::numbers::pi);
    excursion_ = noise_ = 0;
  }

  static constexpr double resolved = 2;
  Sum distance_;
  int sign_ = 0;
  double excursion_ = 0, noise_ = 0, bias_ = 0;
};

W1Estimate estimate(GapIntegral& gap, double variance, double confidence) {
  check_input(confidence > 0 && confidence < 1, "the confidence is not between 0 and 1",
              "An interval covers with a probability", "Use 0.95, for example");
  const StudentTLaw normal{std::numeric_limits<double>::infinity()};
  const double error = std::sqrt(variance);
  const double half_width = normal.upper_quantile((1 - confidence) / 2) * error;
  const double value = gap.distance();
  return {value, error, {std::max(0.0, value - gap.bias() - half_width), value + half_width}};
}

double variance_of_mean(MomentStream& potential) {
  const Moments& moments = potential.result();
  return moments.variance() / static_cast<double>(moments.count());
}

/// The law at one sample point: F and G(x) = integral of F up to x = x F(x) - E[X; X <= x].
struct LawAt {
  double cdf;
  double integral;
};

/// Walks a sorted sample from left to right in stretches on which the sign of F_n - F is known.
class LawWalk {
 public:
  LawWalk(std::span<const double> x, const UnivariateLaw& law) : x_(x), law_(law) {}

  W1Estimate run(double confidence) {
    const std::size_t last = x_.size() - 1;
    const LawAt left = at(x_.front());
    const LawAt right = last > 0 ? at(x_.back()) : left;
    gap_.add(-1, left.integral, 0);  // F_n = 0 up to the first point
    potential_.add(0);
    walk(0, last, left, right);
    // F_n = 1 from the last point on: integral of 1 - F is mean - x + G(x).
    gap_.add(1, std::max(0.0, law_.mean - x_.back() + right.integral), 0);
    return estimate(gap_, variance_of_mean(potential_), confidence);
  }

 private:
  LawAt at(double x) const {
    const double cdf = law_.cdf(x);
    return {cdf, x * cdf - law_.partial_expectation(x)};
  }

  /// F_n just right of point i.
  double step(std::size_t i) const {
    return static_cast<double>(i + 1) / static_cast<double>(x_.size());
  }

  /// Standard deviation of F_n right of point i.
  double noise(std::size_t i) const {
    return std::sqrt(step(i) * (1 - step(i)) / static_cast<double>(x_.size()));
  }

  /// Account for [x_i, x_j): the law is evaluated inside only while F may cross F_n there.
  void walk(std::size_t i, std::size_t j, const LawAt& left, const LawAt& right) {
    if (i == j) return;
    if (left.cdf >= step(j - 1)) {
      stretch(i, j, -1, left, right);
    } else if (right.cdf <= step(i)) {
      stretch(i, j, 1, left, right);
    } else if (j == i + 1) {
      crossing(i, left, right);
    } else {
      const std::size_t middle = i + (j - i) / 2;
      const LawAt here = at(x_[middle]);
      walk(i, middle, left, here);
      walk(middle, j, here, right);
    }
  }

  /// F_n - F has one sign on all of [x_i, x_j).
  void stretch(std::size_t i, std::size_t j, int sign, const LawAt& left, const LawAt& right) {
    Sum steps;
    double deviation = 0;
    for (std::size_t k = i; k < j; ++k) {
      const double width = x_[k + 1] - x_[k];
      steps.add(step(k) * width);
      deviation += noise(k) * width;
      height_ += sign * width;
      potential_.add(height_);
    }
    gap_.add(sign, sign * (steps.value() - (right.integral - left.integral)), deviation);
  }

  /// F goes through the level of F_n between neighbours i and i + 1.
  void crossing(std::size_t i, const LawAt& left, const LawAt& right) {
    const double level = step(i);
    const double x = std::clamp(law_.quantile(level), x_[i], x_[i + 1]);
    // Right below x the law may be lower than at x (an atom); G is continuous all the same.
    const double integral = x < x_[i + 1] ? at(x).integral : right.integral;
    const double before = x - x_[i], after = x_[i + 1] - x;
    gap_.add(1, level * before - (integral - left.integral), noise(i) * before);
    gap_.add(-1, (right.integral - integral) - level * after, noise(i) * after);
    height_ += before - after;
    potential_.add(height_);
  }

  std::span<const double> x_;
  const UnivariateLaw& law_;
  GapIntegral gap_;
  double height_ = 0;  // the potential U at the point last added
  MomentStream potential_;
};

}  // namespace

UnivariateLaw standardised(const UnivariateLaw& law, double mean, double deviation) {
  HTDM_EXPECTS(deviation > 0);
  UnivariateLaw result;
  result.cdf = [=](double z) { return law.cdf(mean + deviation * z); };
  result.quantile = [=](double p) { return (law.quantile(p) - mean) / deviation; };
  result.partial_expectation = [=](double z) {
    const double x = mean + deviation * z;
    return (law.partial_expectation(x) - mean * law.cdf(x)) / deviation;
  };
  result.mean = (law.mean - mean) / deviation;
  return result;
}

W1Estimate w1_two_samples(std::span<const double> a, std::span<const double> b, double confidence) {
  HTDM_EXPECTS(!a.empty() && !b.empty());
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  GapIntegral integral;
  MomentStream potential_a, potential_b;
  double height = 0;
  double from = std::min(a.front(), b.front());
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    const bool take_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
    const double to = take_a ? a[i] : b[j];
    const double p = static_cast<double>(i) / n, q = static_cast<double>(j) / m;
    // n m (F_a - F_b) on [from, to): exact, so equality is seen as such.
    const double gap = static_cast<double>(i) * m - static_cast<double>(j) * n;
    const int sign = (gap > 0) - (gap < 0);
    const double width = to - from;
    integral.add(sign, std::fabs(gap) / (n * m) * width,
                 std::sqrt(p * (1 - p) / n + q * (1 - q) / m) * width);
    height += sign * width;
    if (take_a) {
      potential_a.add(height);
      ++i;
    } else {
      potential_b.add(height);
      ++j;
    }
    from = to;
  }
  return estimate(integral, variance_of_mean(potential_a) + variance_of_mean(potential_b),
                  confidence);
}

W1Estimate w1_to_law(std::span<const double> sorted, const UnivariateLaw& law, double confidence) {
  HTDM_EXPECTS(!sorted.empty());
  return LawWalk(sorted, law).run(confidence);
}

}  // namespace htdm
