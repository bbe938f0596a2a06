/// Functions on the line by panels: Gauss-Legendre nodes that resolve them to a tolerance.
///
/// The line is x = sinh(q), |q| <= reach. Roots are one wide in q; panels are dyadic pieces of them
/// and lie side by side. On a panel a function is the polynomial through its 16 nodes; it is
/// resolved when its last Legendre coefficients are below the tolerance. A polynomial is moved to
/// either half of its panel by a 16 x 16 matrix.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace htdm {

inline constexpr int panel_nodes = 16;
using NodeValues = std::array<double, panel_nodes>;

/// The Gauss-Legendre rule on [-1, 1] and what follows from it.
struct PanelRule {
  NodeValues node, weight;
  /// What node j adds to node i of half h is to_half[h][j][i]; to coefficient k, to_legendre[j][k].
  std::array<NodeValues, panel_nodes> to_half[2], to_legendre;

  static const PanelRule& get();

  /// Values at the nodes of the left (0) or right (1) half.
  NodeValues half(const NodeValues& values, int side) const;
  /// The coefficients c of the polynomial sum_k c_k P_k(t) through the nodes.
  NodeValues legendre(const NodeValues& values) const;
  /// The polynomial at t in [-1, 1].
  double at(const NodeValues& values, double t) const;
  /// The largest of the last three Legendre coefficients.
  double unresolved(const NodeValues& values) const;
};

/// sum_k c_k P_k(t) and its derivative.
struct LegendreSum {
  double value, slope;
};
LegendreSum legendre_sum(const NodeValues& c, double t);

/// One piece: index k of 2^depth of a root that starts at q = root.
struct LawPanel {
  int root = 0, depth = 0;
  std::uint64_t index = 0;
  double mass = 0;         ///< integral of the density; 0: the panel is empty
  NodeValues log_density;  ///< ln f(x) at the nodes
  NodeValues value;        ///< a second function of x, such as (x - D)/sigma
  NodeValues third{};      ///< and another where it is needed, such as the variance of a step

  double half_width() const;
  double center() const;
  /// x at t in [-1, 1].
  double x(double t) const;
  bool empty() const { return mass <= 0; }
};

/// Nodes of a panel as points x = sinh(q), and weights of an integral over dx.
struct PanelPoints {
  NodeValues x, weight;
};
PanelPoints points(const LawPanel& panel);

/// Call body(panel) for every panel, on any threads or ranks, in any order; all ranks end up with
/// all panels as body left them.
using ForEachPanel =
    std::function<void(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body)>;

/// What decides how fine panels are.
struct PanelRules {
  double tolerance = 1e-9;    ///< of ln f and of the other functions
  double empty_mass = 1e-26;  ///< panels with less are dropped
  double faint_mass = 1e-19;  ///< panels with less are not held to the tolerance
  double largest_range = 10;  ///< of ln f on a panel
  int deepest = 24;           ///< halvings of a root
};

/// Panels that resolve the functions which `fill` writes: log_density, value and, where it does,
/// third from x at the nodes. `pending` is where to begin (panels side by side); pieces that are
/// not resolved are halved. value is held to tolerance max(1, |value|) of its panel, and so is
/// third.
std::vector<LawPanel> resolve(std::vector<LawPanel> pending, const PanelRules& rules,
                              const std::function<void(const PanelPoints&, LawPanel&)>& fill,
                              const ForEachPanel& each);

/// Roots over |q| <= reach (rounded up).
std::vector<LawPanel> root_panels(double reach);
/// Laws reach to where this share of a part of theirs lies outside, and a factor more.
inline constexpr double share_outside = 1e-20, reach_factor = 16;

/// Where a function of x is as narrow as `width`.
struct LawFeature {
  double center, width;
};
/// Roots, halved near features until their nodes are closer than features are wide.
std::vector<LawPanel> root_panels(double reach, std::span<const LawFeature> features);

/// The panel's piece `side` (0: left half).
LawPanel half_of(const LawPanel& panel, std::uint64_t side);

/// Join halves whose union still resolves all functions.
std::vector<LawPanel> coarsen(const std::vector<LawPanel>& panels, const PanelRules& rules);

}  // namespace htdm
