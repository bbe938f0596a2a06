#include "samplers/law_panels.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace htdm {
namespace {

using Legendre = std::array<double, panel_nodes>;

/// P_0(t) ... P_15(t).
Legendre legendre(double t) {
  Legendre p{1, t};
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
  for (int side = 0; side < 2; ++side) {
    for (int i = 0; i < panel_nodes; ++i) {
      for (int j = 0; j < panel_nodes; ++j) {
        NodeValues basis{};
        basis[j] = 1;
        rule.to_half[side][i][j] = rule.at(basis, (rule.node[i] + (side == 0 ? -1 : 1)) / 2);
      }
    }
  }
  return rule;
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

/// Whether the nodes of a panel say enough about both functions.
bool resolved(const LawPanel& panel, const PanelRules& rules) {
  const PanelRule& rule = PanelRule::get();
  const auto [low, high] = std::ranges::minmax(panel.log_density);
  const double allowed = rules.tolerance * std::max(1.0, rules.faint_mass / panel.mass);
  if (high - low > rules.largest_range && panel.mass > rules.faint_mass) return false;
  return rule.unresolved(panel.log_density) <= allowed &&
         rule.unresolved(panel.value) <= allowed * std::max(1.0, largest_magnitude(panel.value));
}

LawPanel half_of(const LawPanel& panel, std::uint64_t side) {
  LawPanel half;
  half.root = panel.root;
  half.depth = panel.depth + 1;
  half.index = 2 * panel.index + side;
  return half;
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
  }
  return whole;
}

}  // namespace

const PanelRule& PanelRule::get() {
  static const PanelRule rule = make_rule();
  return rule;
}

NodeValues PanelRule::half(const NodeValues& values, int side) const {
  NodeValues result{};
  for (int j = 0; j < panel_nodes; ++j) {
    for (int i = 0; i < panel_nodes; ++i) result[i] += to_half[side][i][j] * values[j];
  }
  return result;
}

double PanelRule::at(const NodeValues& values, double t) const {
  double sum = 0;
  const Legendre here = legendre(t);
  for (int j = 0; j < panel_nodes; ++j) {
    if (values[j] == 0) continue;
    const Legendre there = legendre(node[j]);
    double basis = 0;
    for (int k = 0; k < panel_nodes; ++k) basis += (k + 0.5) * there[k] * here[k];
    sum += weight[j] * basis * values[j];
  }
  return sum;
}

double PanelRule::unresolved(const NodeValues& values) const {
  double last[3] = {};
  for (int j = 0; j < panel_nodes; ++j) {
    const Legendre p = legendre(node[j]);
    for (int k = 0; k < 3; ++k) {
      const int degree = panel_nodes - 3 + k;
      last[k] += (degree + 0.5) * weight[j] * p[degree] * values[j];
    }
  }
  const double largest = std::max({std::abs(last[0]), std::abs(last[1]), std::abs(last[2])});
  return std::isfinite(largest) ? largest : std::numeric_limits<double>::infinity();
}

double LawPanel::half_width() const {
  return std::ldexp(0.5, -depth);
}

double LawPanel::center() const {
  return root + (2 * static_cast<double>(index) + 1) * half_width();
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
