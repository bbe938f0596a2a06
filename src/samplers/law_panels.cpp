#include "samplers/law_panels.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace htdm {
namespace {

/// P_0(t) ... P_15(t).
NodeValues legendre_polynomials(double t) {
  NodeValues p{1, t};
  for (int k = 2; k < panel_nodes; ++k) {
    p[k] = ((2 * k - 1) * t * p[k - 1] - (k - 1) * p[k - 2]) / k;
  }
  return p;
}

PanelRule make_rule() {
  using Gauss = boost::math::quadrature::gauss<double, panel_nodes>;
  PanelRule rule;
  for (int k = 0; k < panel_nodes / 2; ++k) {
    const int right = panel_nodes / 2 + k, left = panel_nodes / 2 - 1 - k;
    rule.node[right] = Gauss::abscissa()[k];
    rule.node[left] = -rule.node[right];
    rule.weight[right] = rule.weight[left] = Gauss::weights()[k];
  }
  for (int j = 0; j < panel_nodes; ++j) {
    const NodeValues p = legendre_polynomials(rule.node[j]);
    for (int k = 0; k < panel_nodes; ++k) {
      rule.to_legendre[j][k] = (k + 0.5) * rule.weight[j] * p[k];
    }
  }
  for (int side = 0; side < 2; ++side) {
    for (int i = 0; i < panel_nodes; ++i) {
      for (int j = 0; j < panel_nodes; ++j) {
        NodeValues basis{};
        basis[j] = 1;
        rule.to_half[side][j][i] = rule.at(basis, (rule.node[i] + (side == 0 ? -1 : 1)) / 2);
      }
    }
  }
  return rule;
}

/// result[i] = sum over j of matrix[j][i] values[j].
NodeValues product(const std::array<NodeValues, panel_nodes>& matrix, const NodeValues& values) {
  NodeValues result;
  for (int i = 0; i < panel_nodes; i += 2) {  // two sums stay in one vector register
    double first = 0, second = 0;
    for (int j = 0; j < panel_nodes; ++j) {
      first += matrix[j][i] * values[j];
      second += matrix[j][i + 1] * values[j];
    }
    result[i] = first;
    result[i + 1] = second;
  }
  return result;
}

double integral(const NodeValues& log_density, const NodeValues& weight) {
  double sum = 0;
  for (int i = 0; i < panel_nodes; ++i) sum += weight[i] * std::exp(log_density[i]);
  return sum;
}

double largest_magnitude(const NodeValues& values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

/// Whether the nodes of a panel say enough about all functions.
bool resolved(const LawPanel& panel, const PanelRules& rules) {
  const PanelRule& rule = PanelRule::get();
  const auto [low, high] = std::ranges::minmax(panel.log_density);
  const double allowed = rules.tolerance * std::max(1.0, rules.faint_mass / panel.mass);
  if (high - low > rules.largest_range && panel.mass > rules.faint_mass) return false;
  return rule.unresolved(panel.log_density) <= allowed &&
         rule.unresolved(panel.value) <= allowed * std::max(1.0, largest_magnitude(panel.value)) &&
         rule.unresolved(panel.third) <= allowed * std::max(1.0, largest_magnitude(panel.third));
}

/// Both halves as one panel, by their polynomials.
LawPanel joined(const LawPanel& left, const LawPanel& right) {
  const PanelRule& rule = PanelRule::get();
  LawPanel whole;
  whole.root = left.root;
  whole.depth = left.depth - 1;
  whole.index = left.index / 2;
  whole.mass = left.mass + right.mass;
  if (whole.empty()) return whole;
  for (int i = 0; i < panel_nodes; ++i) {
    const bool on_left = i < panel_nodes / 2;
    const double t = 2 * rule.node[i] + (on_left ? 1 : -1);
    const LawPanel& half = on_left ? left : right;
    whole.log_density[i] = rule.at(half.log_density, t);
    whole.value[i] = rule.at(half.value, t);
    whole.third[i] = rule.at(half.third, t);
  }
  return whole;
}

}  // namespace

const PanelRule& PanelRule::get() {
  static const PanelRule rule = make_rule();
  return rule;
}

NodeValues PanelRule::half(const NodeValues& values, int side) const {
  return product(to_half[side], values);
}

NodeValues PanelRule::legendre(const NodeValues& values) const {
  return product(to_legendre, values);
}

double PanelRule::at(const NodeValues& values, double t) const {
  return legendre_sum(legendre(values), t).value;
}

double PanelRule::unresolved(const NodeValues& values) const {
  const NodeValues c = legendre(values);
  const double largest = std::max(
      {std::abs(c[panel_nodes - 3]), std::abs(c[panel_nodes - 2]), std::abs(c[panel_nodes - 1])});
  return std::isfinite(largest) ? largest : std::numeric_limits<double>::infinity();
}

LegendreSum legendre_sum(const NodeValues& c, double t) {
  double before = 1, p = t, slope_before = 0, slope = 1;  // P_{k-1}, P_k and their derivatives
  LegendreSum sum{c[0] + c[1] * t, c[1]};
  for (int k = 1; k + 1 < panel_nodes; ++k) {
    const double next = ((2 * k + 1) * t * p - k * before) / (k + 1);
    const double next_slope = slope_before + (2 * k + 1) * p;
    before = p;
    p = next;
    slope_before = slope;
    slope = next_slope;
    sum.value += c[k + 1] * p;
    sum.slope += c[k + 1] * slope;
  }
  return sum;
}

double LawPanel::half_width() const {
  return std::ldexp(0.5, -depth);
}

double LawPanel::center() const {
  return root + (2 * static_cast<double>(index) + 1) * half_width();
}

double LawPanel::x(double t) const {
  return std::sinh(center() + half_width() * t);
}

PanelPoints points(const LawPanel& panel) {
  const PanelRule& rule = PanelRule::get();
  const double h = panel.half_width(), center = panel.center();
  PanelPoints p;
  for (int i = 0; i < panel_nodes; ++i) {
    const double q = center + h * rule.node[i];
    p.x[i] = std::sinh(q);
    p.weight[i] = h * rule.weight[i] * std::cosh(q);
  }
  return p;
}

std::vector<LawPanel> root_panels(double reach) {
  std::vector<LawPanel> roots;
  const int last = static_cast<int>(std::ceil(reach));
  for (int root = -last; root < last; ++root) {
    roots.emplace_back();
    roots.back().root = root;
  }
  return roots;
}

std::vector<LawPanel> root_panels(double reach, std::span<const LawFeature> features) {
  constexpr double far = 12, coarse = 8;  // in widths of a feature
  constexpr int deepest = 40;
  std::vector<LawPanel> pending = root_panels(reach), done;
  const auto hides = [](const LawPanel& panel, const LawFeature& f) {
    const double low = panel.x(-1), high = panel.x(1);
    return low < f.center + far * f.width && f.center - far * f.width < high &&
           high - low > coarse * f.width && panel.depth < deepest;
  };
  while (!pending.empty()) {
    const LawPanel panel = pending.back();
    pending.pop_back();
    if (std::ranges::none_of(features, [&](const LawFeature& f) { return hides(panel, f); })) {
      done.push_back(panel);
    } else {
      pending.push_back(half_of(panel, 0));
      pending.push_back(half_of(panel, 1));
    }
  }
  return done;
}

LawPanel half_of(const LawPanel& panel, std::uint64_t side) {
  LawPanel half;
  half.root = panel.root;
  half.depth = panel.depth + 1;
  half.index = 2 * panel.index + side;
  return half;
}

std::vector<LawPanel> resolve(std::vector<LawPanel> pending, const PanelRules& rules,
                              const std::function<void(const PanelPoints&, LawPanel&)>& fill,
                              const ForEachPanel& each) {
  std::vector<LawPanel> done;
  while (!pending.empty()) {
    each(pending, [&](LawPanel& panel) {
      const PanelPoints p = points(panel);
      fill(p, panel);
      panel.mass = integral(panel.log_density, p.weight);
      if (panel.mass < rules.empty_mass) panel.mass = 0;
    });
    std::vector<LawPanel> next;
    for (const LawPanel& panel : pending) {
      if (panel.empty() || panel.depth >= rules.deepest || resolved(panel, rules)) {
        done.push_back(panel);
      } else {
        next.push_back(half_of(panel, 0));
        next.push_back(half_of(panel, 1));
      }
    }
    pending = std::move(next);
  }
  std::ranges::sort(done, {}, [](const LawPanel& p) { return p.center(); });
  return done;
}

std::vector<LawPanel> coarsen(const std::vector<LawPanel>& panels, const PanelRules& rules) {
  std::vector<LawPanel> result;
  for (const LawPanel& panel : panels) {
    result.push_back(panel);
    // A right half closes its parent; so may the parent in turn.
    while (result.size() >= 2) {
      const LawPanel& right = result.back();
      const LawPanel& left = result[result.size() - 2];
      const bool halves = right.depth > 0 && left.depth == right.depth && left.root == right.root &&
                          right.index % 2 == 1 && left.index + 1 == right.index &&
                          left.empty() == right.empty();
      if (!halves) break;
      const LawPanel whole = joined(left, right);
      if (!whole.empty() && !resolved(whole, rules)) break;
      result.pop_back();
      result.back() = whole;
    }
  }
  return result;
}

}  // namespace htdm
