#include "diffusion/transform.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"
#include "core/special.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>

namespace htdm {
namespace {

constexpr double largest = 1e37;
constexpr std::array<std::string_view, 3> names{"none", "signed_log", "rank"};

double middle(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

/// ln P(Z > y), Z normal, for y > 0. Beyond 30 by the asymptotic series, exact to 2e-8.
double log_survival(double y) {
  if (y < 30) return std::log(StudentTLaw{inf}.survival(y));
  const double w = 1 / (y * y);
  return -y * y / 2 - std::log(y * std::sqrt(2 * std::numbers::pi)) + std::log1p(-w + 3 * w * w);
}

/// y with ln P(Z > y) = log_p, for log_p < ln(1/2).
double upper_score(double log_p) {
  if (log_p > -400) return StudentTLaw{inf}.upper_quantile(std::exp(log_p));
  double y = std::sqrt(-2 * log_p);
  for (int i = 0; i < 6; ++i) y += (log_survival(y) - log_p) / y;  // d ln P/dy is nearly -y
  return y;
}

double between(std::span<const double> from, std::span<const double> to, double at) {
  const auto inner = from.subspan(1, from.size() - 2);
  const auto right = std::ranges::upper_bound(inner, at) - inner.begin();
  const auto k = static_cast<std::size_t>(right) + 1;
  const double share = (at - from[k - 1]) / (from[k] - from[k - 1]);
  return to[k - 1] + share * (to[k] - to[k - 1]);
}

/// Score and distance from the center along one outer side, both counted positive.
struct Side {
  double distance, score, index;
};

Side side(const Transform& t, bool upper) {
  if (upper) return {t.value.back() - t.center, t.score.back(), t.upper_index};
  return {t.center - t.value.front(), -t.score.front(), t.lower_index};
}

double outer_score(const Side& edge, double distance) {
  if (std::isinf(edge.index)) return edge.score;
  return upper_score(log_survival(edge.score) - edge.index * std::log(distance / edge.distance));
}

double outer_distance(const Side& edge, double score) {
  if (std::isinf(edge.index)) return edge.distance;
  return edge.distance * std::exp((log_survival(edge.score) - log_survival(score)) / edge.index);
}

/// P(X <= knot) is where the knots take their values from: the sample quantile of that share.
double quantile(std::span<const double> sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto k = std::min(static_cast<std::size_t>(position), sorted.size() - 2);
  return std::lerp(sorted[k], sorted[k + 1], position - static_cast<double>(k));
}

/// Equal values become one knot at the middle of their scores.
void add_knots(Transform& t, const std::vector<double>& values, const std::vector<double>& scores) {
  for (std::size_t k = 0; k < values.size();) {
    std::size_t next = k + 1;
    while (next < values.size() && values[next] <= values[k]) ++next;
    t.value.push_back(values[k]);
    t.score.push_back((scores[k] + scores[next - 1]) / 2);
    k = next;
  }
}

}  // namespace

std::string_view name(TransformKind kind) {
  return names[static_cast<std::size_t>(kind)];
}

TransformKind parse_transform(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  check_input(found != names.end(), "\"" + std::string(name) + "\" is not a transform",
              "Data are read as they are, or through signed_log or rank",
              "Use none, signed_log or rank");
  return static_cast<TransformKind>(found - names.begin());
}

double Transform::forward(double x) const {
  if (kind == TransformKind::none) return x;
  if (kind == TransformKind::signed_log) {
    return std::copysign(std::log1p(std::abs(x - center) / scale), x - center);
  }
  if (x > value.back()) return outer_score(side(*this, true), x - center);
  if (x < value.front()) return -outer_score(side(*this, false), center - x);
  return between(value, score, x);
}

double Transform::inverse(double y) const {
  if (kind == TransformKind::none || std::isnan(y)) return y;
  double x = 0;
  if (kind == TransformKind::signed_log) {
    x = center + std::copysign(scale * std::expm1(std::abs(y)), y);
  } else if (y > score.back()) {
    x = center + outer_distance(side(*this, true), y);
  } else if (y < score.front()) {
    x = center - outer_distance(side(*this, false), -y);
  } else {
    x = between(score, value, y);
  }
  return std::clamp(x, -largest, largest);
}

Transform fit_signed_log(std::span<const double> sorted) {
  HTDM_EXPECTS(!sorted.empty());
  Transform t;
  t.kind = TransformKind::signed_log;
  t.center = middle(sorted);
  std::vector<double> distance;
  double sum = 0;
  for (const double x : sorted) sum += distance.emplace_back(std::abs(x - t.center));
  std::ranges::sort(distance);
  const double mean = sum / static_cast<double>(sorted.size());
  const double median = middle(distance);
  t.scale = median > 0 ? median : mean > 0 ? mean : 1;
  return t;
}

Transform fit_rank(std::span<const double> sorted, PowerTail lower, PowerTail upper) {
  HTDM_EXPECTS(sorted.size() >= 2 && lower.share > 0 && upper.share > 0);
  HTDM_EXPECTS(lower.share < 0.5 && upper.share < 0.5);
  constexpr std::size_t knots = 513;
  const StudentTLaw normal{inf};
  const double from = normal.quantile(lower.share), to = normal.upper_quantile(upper.share);
  std::vector<double> values, scores;
  for (std::size_t k = 0; k < knots; ++k) {
    scores.push_back(std::lerp(from, to, static_cast<double>(k) / (knots - 1)));
    values.push_back(quantile(sorted, normal.cdf(scores.back())));
  }
  Transform t;
  t.kind = TransformKind::rank;
  t.center = middle(sorted);
  add_knots(t, values, scores);
  check_input(t.value.size() >= 2, "nearly all training data are one value",
              "Ranks of equal values do not differ", "Use data.transform = \"none\"");
  // A side whose tail starts at the median has no power law to follow.
  t.lower_index = t.value.front() < t.center && t.score.front() < 0 ? lower.index : inf;
  t.upper_index = t.value.back() > t.center && t.score.back() > 0 ? upper.index : inf;
  return t;
}

}  // namespace htdm
