/// Laws on the line as a density over panels and a function on them.
#pragma once

#include "samplers/law_panels.hpp"

#include <vector>

namespace htdm {

/// The law of y(x), x with the density of the panels; y is their value.
class LineLaw {
 public:
  explicit LineLaw(const std::vector<LawPanel>& panels);

  /// P(y > threshold) and P(y <= threshold), each summed from its own side: small ones keep their
  /// relative accuracy.
  double above(double threshold) const { return tail(threshold, 1); }
  double below(double threshold) const { return tail(threshold, -1); }
  /// Sum over all panels: 1 but for what quadrature and truncation lost.
  double mass() const { return mass_; }
  /// y with P(y <= value) = p, 0 < p < 1, by bisection.
  double quantile(double p) const;
  /// The density of y: sum of f(x)/|y'(x)| over all x with y(x) = y, but for values y at the ends
  /// of panels, which one of two panels may miss.
  double density(double y) const;
  /// `count` values of y in order, equally many from every panel, so dense where the law is narrow.
  std::vector<double> spread(int count) const;

  /// The largest |y|.
  double reach() const;
  /// Whether [low, high] holds a whole panel's values, and these in less than 3/4 of it.
  bool finer_inside(double low, double high) const;

 private:
  /// A panel, or a part of one whose value rises and falls.
  struct Piece {
    LawPanel panel;
    NodeValues log_density, value;  ///< Legendre coefficients
    double low = 0, high = 0;       ///< of the value
    bool rises = false;
    bool monotone = false;  ///< else the value is taken as constant
  };

  void add(const LawPanel& panel);
  double tail(double threshold, int side) const;
  static double crossing(const Piece& piece, double y);

  std::vector<Piece> pieces_;
  double mass_ = 0;
};

/// integral |F - G| dy, the Wasserstein-1 distance of two laws, over panels about as narrow as
/// those of either and between the changes of sign in them.
double w1_distance(const LineLaw& f, const LineLaw& g, const ForEachPanel& each);

}  // namespace htdm
