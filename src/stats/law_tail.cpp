#include "stats/law_tail.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace htdm {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A point with both axes logarithmic.
struct LogPoint {
  double depth = 0;  ///< -ln P
  double log_x = 0;
  double error = 0;  ///< of the depth
};

/// A value and its slope.
struct Curve {
  double value = 0;
  double slope = 0;
};

/// The polynomial through all points, at `depth`: Neville's scheme, carried with its derivative.
Curve polynomial(std::span<const LogPoint> points, double depth) {
  std::vector<Curve> row;
  for (const LogPoint& p : points) row.push_back({p.log_x, 0});
  for (std::size_t order = 1; order < points.size(); ++order) {
    for (std::size_t i = 0; i + order < points.size(); ++i) {
      const double width = points[i + order].depth - points[i].depth;
      const double left = (depth - points[i].depth) / width;
      const Curve a = row[i], b = row[i + 1];
      row[i] = {a.value + left * (b.value - a.value),
                a.slope + left * (b.slope - a.slope) + (b.value - a.value) / width};
    }
  }
  return row.front();
}

/// ln x at a depth, and the slope there, with bounds on their errors.
struct LogAnswer {
  Curve curve;
  double value_error = 0;
  double slope_error = 0;
};

class LogLaw {
 public:
  explicit LogLaw(std::span<const LawPoint> points) {
    for (const LawPoint& p : points) {
      if (!(p.threshold > 0 && std::isfinite(p.threshold) && p.probability > 0)) continue;
      if (!(p.error <= p.probability / 10)) continue;
      points_.push_back({-std::log(p.probability), std::log(p.threshold), p.error / p.probability});
    }
    std::ranges::sort(points_, {}, &LogPoint::depth);
    const auto same_depth = [](const LogPoint& a, const LogPoint& b) { return a.depth == b.depth; };
    points_.erase(std::unique(points_.begin(), points_.end(), same_depth), points_.end());
    check_input(points_.size() >= 4,
                std::to_string(points_.size()) + " points of a survival function are too few",
                "Its tail is read between four of them that are resolved",
                "Choose an event whose thresholds are positive, or a finer law");
  }

  std::span<const LogPoint> points() const { return points_; }
  bool holds(double depth) const {
    return depth >= points_.front().depth - 1e-9 && depth <= points_.back().depth + 1e-9;
  }

  LogAnswer at(double depth) const {
    const std::size_t n = points_.size();
    const auto above = std::ranges::lower_bound(points_, depth, {}, &LogPoint::depth);
    const auto next = static_cast<std::size_t>(above - points_.begin());
    const std::size_t first = std::clamp<std::size_t>(next, 2, n - 2) - 2;
    const std::span<const LogPoint> four = std::span(points_).subspan(first, 4);
    const bool right = depth - four.front().depth > four.back().depth - depth;
    const Curve cubic = polynomial(four, depth);
    const Curve parabola = polynomial(right ? four.last(3) : four.first(3), depth);
    LogAnswer answer{cubic, std::abs(cubic.value - parabola.value),
                     std::abs(cubic.slope - parabola.slope)};
    for (std::size_t i = 0; i < four.size(); ++i) {  // each point moved by its error
      std::vector<LogPoint> unit(four.begin(), four.end());
      for (std::size_t k = 0; k < unit.size(); ++k) unit[k].log_x = k == i ? 1 : 0;
      const Curve weight = polynomial(unit, depth);
      const double moved = std::abs(cubic.slope) * four[i].error;
      answer.value_error += std::abs(weight.value) * moved;
      answer.slope_error += std::abs(weight.slope) * moved;
    }
    return answer;
  }

 private:
  std::vector<LogPoint> points_;
};

/// -d ln P/d ln x = 1/slope.
Interval index_interval(const LogAnswer& answer) {
  const double low = answer.curve.slope - answer.slope_error;
  const double high = answer.curve.slope + answer.slope_error;
  return {high > 0 ? 1 / high : 0, low > 0 ? 1 / low : inf};
}

/// What is known of a probability that no point encloses.
TailNumber unresolved(const LogLaw& law, double depth, const std::string& method) {
  const bool beyond = depth > law.points().back().depth;
  const double edge = std::exp(beyond ? law.points().back().log_x : law.points().front().log_x);
  return {nan, beyond ? Interval{edge, inf} : Interval{-inf, edge}, method,
          "not resolved: outside the probabilities at which the law is known"};
}

}  // namespace

TailReport law_tail_report(std::string name, std::span<const LawPoint> points,
                           std::span<const double> probabilities, const std::string& method) {
  const LogLaw law(points);
  TailReport report;
  report.name = std::move(name);
  double deepest = law.points().front().depth;
  for (const double p : probabilities) {
    const double depth = -std::log(p);
    ReturnLevel level{p, {}, {}, {}};
    if (law.holds(depth)) {
      const LogAnswer found = law.at(depth);
      const double x = std::exp(found.curve.value);
      level.law = {
          x, {x * std::exp(-found.value_error), x * std::exp(found.value_error)}, method, ""};
      deepest = std::max(deepest, depth);
    } else {
      level.law = unresolved(law, depth, method);
    }
    report.return_levels.push_back(level);
  }
  for (const LogPoint& p : law.points()) {
    const double probability = std::exp(-p.depth);
    const LogAnswer found = law.at(p.depth);
    report.survival.push_back({std::exp(p.log_x),
                               probability,
                               {probability * (1 - p.error), probability * (1 + p.error)},
                               1 / found.curve.slope,
                               index_interval(found)});
  }
  const LogAnswer found = law.at(deepest);
  const Interval index = index_interval(found);
  report.index = {1 / found.curve.slope, index, "slope of the " + method, ""};
  report.shape = {found.curve.slope, {1 / index.high, 1 / index.low}, report.index.method, ""};
  return report;
}

}  // namespace htdm
