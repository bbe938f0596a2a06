#include "samplers/line_law.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace htdm {
namespace {

/// Integral of the density over t in [from, to] of a panel.
double part(const LawPanel& panel, const NodeValues& log_density, double from, double to) {
  const PanelRule& rule = PanelRule::get();
  double sum = 0;
  for (int i = 0; i < panel_nodes; ++i) {
    const double t = ((to - from) * rule.node[i] + from + to) / 2;
    sum += rule.weight[i] * std::cosh(panel.center() + panel.half_width() * t) *
           std::exp(legendre_sum(log_density, t).value);
  }
  return sum * panel.half_width() * (to - from) / 2;
}

/// Integral of |p(t)| over [-1, 1], p the polynomial through the nodes: between its changes of
/// sign.
double absolute_integral(const NodeValues& values) {
  const PanelRule& rule = PanelRule::get();
  const NodeValues c = rule.legendre(values);
  const auto at = [&](double t) { return legendre_sum(c, t).value; };
  double total = 0, start = -1, before = -1;
  const auto add = [&](double end) {
    double sum = 0;
    for (int i = 0; i < panel_nodes; ++i) {
      sum += rule.weight[i] * at(((end - start) * rule.node[i] + start + end) / 2);
    }
    total += std::abs(sum) * (end - start) / 2;
    start = end;
  };
  for (int i = 0; i <= panel_nodes; ++i) {
    double low = before, high = i < panel_nodes ? rule.node[i] : 1;
    before = high;
    const bool positive = at(low) > 0;
    if ((at(high) > 0) == positive) continue;
    for (int k = 0; k < 50; ++k) {
      const double middle = (low + high) / 2;
      ((at(middle) > 0) == positive ? low : high) = middle;
    }
    add(high);
  }
  add(1);
  return total;
}

/// A value that changes by less is constant: panels do not know it better.
constexpr double flat = 1e-9;
constexpr int most_halvings = 56;

}  // namespace

LineLaw::LineLaw(const std::vector<LawPanel>& panels) {
  std::vector<double> masses;
  for (const LawPanel& panel : panels) {
    if (panel.empty()) continue;
    masses.push_back(panel.mass);
    add(panel);
  }
  std::ranges::sort(masses);
  for (const double mass : masses) mass_ += mass;
}

void LineLaw::add(const LawPanel& panel) {
  const PanelRule& rule = PanelRule::get();
  Piece piece{panel, rule.legendre(panel.log_density), rule.legendre(panel.value)};
  const double left = legendre_sum(piece.value, -1).value;
  const double right = legendre_sum(piece.value, 1).value;
  piece.rises = left < right;
  NodeValues sorted = panel.value;
  if (!piece.rises) std::ranges::reverse(sorted);
  piece.low = std::min({left, right, sorted.front()});
  piece.high = std::max({left, right, sorted.back()});
  // Strictly so, and at the ends.
  piece.monotone = std::ranges::is_sorted(sorted, std::ranges::less_equal{}) &&
                   sorted.front() > piece.low && sorted.back() < piece.high;
  if (!piece.monotone) {
    const auto [low, high] = std::ranges::minmax(sorted);
    piece.low = low;
    piece.high = high;
  }
  const double size = std::max({1.0, std::abs(piece.low), std::abs(piece.high)});
  if (piece.monotone || piece.high - piece.low <= flat * size || panel.depth >= most_halvings) {
    pieces_.push_back(piece);
    return;
  }
  for (int side = 0; side < 2; ++side) {
    LawPanel half = half_of(panel, side);
    half.log_density = rule.half(panel.log_density, side);
    half.value = rule.half(panel.value, side);
    half.mass = part(half, rule.legendre(half.log_density), -1, 1);
    add(half);
  }
}

/// t in [-1, 1] where the value of a monotone piece is y, by Newton's method inside a bracket.
double LineLaw::crossing(const Piece& piece, double y) {
  double low = -1, high = 1, t = 0;
  for (int k = 0; k < 100; ++k) {
    const LegendreSum at = legendre_sum(piece.value, t);
    ((at.value > y) == piece.rises ? high : low) = t;
    double next = t - (at.value - y) / at.slope;
    if (!(next >= low && next <= high)) next = (low + high) / 2;
    if (std::abs(next - t) < 1e-15) return next;
    t = next;
  }
  return t;
}

double LineLaw::tail(double threshold, int side) const {
  double sum = 0;
  for (const Piece& piece : pieces_) {
    if (piece.monotone && piece.low <= threshold && threshold < piece.high) {
      const double t = crossing(piece, threshold);
      const bool right = piece.rises == (side > 0);
      sum += part(piece.panel, piece.log_density, right ? t : -1, right ? 1 : t);
    } else if (((piece.low + piece.high) / 2 > threshold) == (side > 0)) {
      sum += piece.panel.mass;
    }
  }
  return sum;
}

double LineLaw::quantile(double p) const {
  HTDM_EXPECTS(p > 0 && p < 1);
  double low = 0, high = 0;
  for (const Piece& piece : pieces_) {
    low = std::min(low, piece.low);
    high = std::max(high, piece.high);
  }
  const auto too_low = [&](double y) {
    return p < 0.5 ? below(y) < p * mass_ : above(y) > (1 - p) * mass_;
  };
  // Halving in asinh(y) treats near and far alike.
  double a = std::asinh(low), b = std::asinh(high);
  for (int k = 0; k < 60; ++k) {
    const double middle = (a + b) / 2;
    (too_low(std::sinh(middle)) ? a : b) = middle;
  }
  return std::sinh((a + b) / 2);
}

double LineLaw::density(double y) const {
  double sum = 0;
  for (const Piece& piece : pieces_) {
    if (!piece.monotone || y < piece.low || y >= piece.high) continue;
    const double t = crossing(piece, y), h = piece.panel.half_width();
    const double dx = std::cosh(piece.panel.center() + h * t) * h;
    sum += std::exp(legendre_sum(piece.log_density, t).value) * dx /
           std::abs(legendre_sum(piece.value, t).slope);
  }
  return sum;
}

std::vector<double> LineLaw::spread(int count) const {
  // An irrational shift keeps the points off the ends of any panels.
  constexpr double shift = 0.38196601125;
  std::vector<double> values;
  for (int k = 0; k < count; ++k) {
    const double at = (k + shift) * static_cast<double>(pieces_.size()) / count;
    const auto i = static_cast<std::size_t>(at);
    values.push_back(legendre_sum(pieces_[i].value, 2 * (at - static_cast<double>(i)) - 1).value);
  }
  std::ranges::sort(values);
  return values;
}

bool LineLaw::finer_inside(double low, double high) const {
  return std::ranges::any_of(pieces_, [&](const Piece& piece) {
    return low <= piece.low && piece.high <= high && piece.high - piece.low < 0.75 * (high - low);
  });
}

double LineLaw::reach() const {
  double reach = 0;
  for (const Piece& piece : pieces_) reach = std::max({reach, -piece.low, piece.high});
  return reach;
}

double w1_distance(const LineLaw& f, const LineLaw& g, const ForEachPanel& each) {
  std::vector<LawPanel> pending = root_panels(std::asinh(std::max(f.reach(), g.reach()))), panels;
  while (!pending.empty()) {
    const LawPanel panel = pending.back();
    pending.pop_back();
    const double low = panel.x(-1), high = panel.x(1);
    if (f.finer_inside(low, high) || g.finer_inside(low, high)) {
      pending.push_back(half_of(panel, 0));
      pending.push_back(half_of(panel, 1));
    } else {
      panels.push_back(panel);
    }
  }
  each(panels, [&](LawPanel& panel) {
    const PanelPoints p = points(panel);
    NodeValues gap;
    for (int i = 0; i < panel_nodes; ++i) {
      const double x = p.x[i];
      gap[i] = (x < 0 ? f.below(x) - g.below(x) : f.above(x) - g.above(x)) * p.weight[i] /
               PanelRule::get().weight[i];
    }
    panel.mass = absolute_integral(gap);
  });
  double sum = 0;
  for (const LawPanel& panel : panels) sum += panel.mass;
  return sum;
}

}  // namespace htdm
