#include "samplers/ode_law.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace htdm {
namespace {

using Antiderivative = std::array<double, panel_nodes + 1>;

/// Legendre coefficients of the antiderivative of sum_k a_k P_k, by
/// (2k + 1) P_k = P'_{k+1} - P'_{k-1}.
Antiderivative antiderivative(const NodeValues& a) {
  Antiderivative b{};
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double share = a[k] / (2 * static_cast<double>(k) + 1);
    b[k + 1] += share;
    if (k > 0) b[k - 1] -= share;
  }
  return b;
}

double sum_at(const Antiderivative& b, double t) {
  double before = 1, now = t, sum = b[0] + b[1] * t;
  for (std::size_t k = 1; k + 1 < b.size(); ++k) {
    const double next = ((2 * k + 1.0) * t * now - k * before) / (k + 1.0);
    before = std::exchange(now, next);
    sum += b[k + 1] * now;
  }
  return sum;
}

/// c^2 of one level as a function of the state, panel by panel.
class LevelCoefficient {
 public:
  /// Panels of t_ode's start with the state at this level as their value; `u` its gaps.
  LevelCoefficient(double sigma, const std::vector<LawPanel>& panels,
                   const std::vector<NodeValues>& u)
      : sigma_(sigma) {
    const PanelRule& rule = PanelRule::get();
    std::vector<Source> sources;
    double mass = 0, sum = 0;
    for (std::size_t k = 0; k < panels.size(); ++k) {
      if (panels[k].empty()) continue;
      Source& source = sources.emplace_back(panels[k], u[k]);
      for (int i = 0; i < panel_nodes; ++i) {
        const double share = rule.weight[i] * source.density[i];
        mass += share;
        sum += share * sigma * source.u[i];
      }
    }
    mean_ = sum / mass;
    for (Source& source : sources) source.integrate(sigma, mean_);
    double below = 0, seen = 0, above = 0;
    std::vector<double> beyond(sources.size());  // of the integral, to the right of each
    for (std::size_t k = sources.size(); k-- > 0;) {
      beyond[k] = above;
      above += sources[k].total;
    }
    for (std::size_t k = 0; k < sources.size(); ++k) {
      const bool left = seen < mass / 2;
      add(sources[k], left ? -below : beyond[k], left);
      below += sources[k].total;
      seen += sources[k].mass;
    }
  }

  double mean() const { return mean_; }

  double operator()(double x) const {
    const auto after = std::ranges::upper_bound(pieces_, x, {}, &Piece::low);
    const Piece& piece = after == pieces_.begin() ? *after : *std::prev(after);
    if (x <= piece.low) return at(piece, -1) * growth(x, piece.low);
    if (x >= piece.high) {
      return at(piece, 1) * (&piece == &pieces_.back() ? growth(x, piece.high) : 1);
    }
    return at(piece, place_of(piece, x));
  }

 private:
  /// One panel: the density of its states by t, and the integral of (y - D - m) p over it.
  struct Source {
    Source(const LawPanel& panel, const NodeValues& gaps) : u(gaps), state(panel.value) {
      const PanelPoints p = points(panel);
      const PanelRule& rule = PanelRule::get();
      for (int i = 0; i < panel_nodes; ++i) {
        density[i] = std::exp(panel.log_density[i]) * p.weight[i] / rule.weight[i];
        mass += rule.weight[i] * density[i];
      }
    }
    void integrate(double sigma, double mean) {
      NodeValues integrand;
      for (int i = 0; i < panel_nodes; ++i) {
        integrand[i] = (sigma * u[i] - mean) * density[i];
      }
      integral = antiderivative(PanelRule::get().legendre(integrand));
      total = sum_at(integral, 1) - sum_at(integral, -1);
    }

    NodeValues u, state, density;  ///< density: over t
    Antiderivative integral{};
    double mass = 0, total = 0;
  };

  struct Piece {
    double low, high;               ///< of the state
    NodeValues state, coefficient;  ///< Legendre coefficients
  };

  /// `outside`: the integral from the far side of the panel to its end, for left panels from the
  /// left with its sign turned, since the whole is 0.
  void add(const Source& source, double outside, bool left) {
    const PanelRule& rule = PanelRule::get();
    Piece piece;
    piece.state = rule.legendre(source.state);
    piece.low = legendre_sum(piece.state, -1).value;
    piece.high = legendre_sum(piece.state, 1).value;
    const double end = sum_at(source.integral, left ? -1 : 1);
    NodeValues coefficient;
    for (int i = 0; i < panel_nodes; ++i) {
      const double slope = legendre_sum(piece.state, rule.node[i]).slope;
      if (!(slope > 0)) {
        throw NumericalError("The ODE's states at noise level " + std::to_string(sigma_) +
                             " are not in the order of their starts. Use more levels.");
      }
      const double inside = end - sum_at(source.integral, rule.node[i]);
      coefficient[i] = (outside + inside) * slope / (source.density[i] * sigma_ * sigma_);
    }
    piece.coefficient = rule.legendre(coefficient);
    pieces_.push_back(piece);
  }

  static double at(const Piece& piece, double t) {
    return legendre_sum(piece.coefficient, t).value;
  }
  /// t at which the state is x: Newton's method, by halves where that leaves the bracket.
  static double place_of(const Piece& piece, double x) {
    double low = -1, high = 1, t = 0, step = 1;
    for (int k = 0; k < 50 && std::abs(step) > 1e-14; ++k) {
      const LegendreSum state = legendre_sum(piece.state, t);
      (state.value < x ? low : high) = t;
      const double newton = t - (state.value - x) / state.slope;
      const double next = newton > low && newton < high ? newton : (low + high) / 2;
      step = next - std::exchange(t, next);
    }
    return t;
  }
  static double growth(double x, double end) { return x / end * (x / end); }

  double sigma_, mean_ = 0;
  std::vector<Piece> pieces_;
};

/// (x - D - m/2)/sigma where there is noise, else half of (x - D)/sigma, from u = (x - D)/sigma.
double step_gap(double u, double c2, double mean, double sigma) {
  return c2 > 0 ? u - mean / (2 * sigma) : u / 2;
}

/// The coefficient in double precision beside the gaps of the denoiser's own fast path.
class OdeLawLevels : public LevelDenoiser {
 public:
  /// A level without a coefficient (null) has no noise and the gap of the denoiser.
  OdeLawLevels(std::unique_ptr<LevelDenoiser> denoiser, std::vector<double> sigmas,
               std::vector<const LevelCoefficient*> coefficients)
      : denoiser_(std::move(denoiser)),
        sigmas_(std::move(sigmas)),
        coefficients_(std::move(coefficients)) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    denoiser_->gap(level, x, gap, scratch);
    adjust(level, x, gap, nullptr);
  }

  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    denoiser_->gap(level, x, gap, scratch);
    adjust(level, x, gap, square);
  }

 private:
  void adjust(std::size_t level, Tile<const float> x, Tile<float> gap, float* square) const {
    const LevelCoefficient* const coefficient = coefficients_[level];
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double c2 = coefficient != nullptr ? (*coefficient)(x.data[i]) : 0;
      if (square != nullptr) square[i] = static_cast<float>(std::max(c2, 0.0));
      if (coefficient == nullptr) continue;
      gap.data[i] =
          static_cast<float>(step_gap(gap.data[i], c2, coefficient->mean(), sigmas_[level]));
    }
  }

  std::unique_ptr<LevelDenoiser> denoiser_;
  std::vector<double> sigmas_;
  std::vector<const LevelCoefficient*> coefficients_;
};

class OdeLawDenoiser : public Denoiser {
 public:
  OdeLawDenoiser(std::shared_ptr<const Denoiser> denoiser,
                 const std::shared_ptr<const Denoiser>& flow, const SamplerOptions& options,
                 const ForEachPanel& each)
      : denoiser_(std::move(denoiser)), levels_(options.levels) {
    const LawRun run{.rules = {.tolerance = 1e-8},
                     .each = each,
                     .observe = {},
                     .observe_map = [&](std::size_t level, const std::vector<LawPanel>& panels) {
                       if (level + 1 < levels_.size()) add(*flow, level, panels, each);
                     }};
    SamplerOptions ode{.levels = options.levels, .nu = options.nu, .seed = 0};
    sampler_law(*find_sampler_kind("t_ode"), flow, ode, run);
  }

  int dimension() const override { return 1; }
  bool knows_square() const override { return true; }

  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    std::vector<double> square(x.paths);
    posterior(sigma, x, {.gap = gap, .square = square.data()});
  }

  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    std::vector<double> u(padded(x.paths));
    denoiser_->gap(sigma, x, {u.data(), x.paths, padded(x.paths)});
    const LevelCoefficient* const level = find(sigma);
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double c2 = level != nullptr ? (*level)(x.data[i]) : 0;
      if (level != nullptr) u[i] = step_gap(u[i], c2, level->mean(), sigma);
      if (out.gap.data != nullptr) out.gap.data[i] = u[i];
      if (out.square != nullptr) out.square[i] = std::max(c2, 0.0);
      if (out.mean.data != nullptr) out.mean.data[i] = x.data[i] - sigma * u[i];
    }
  }

  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override {
    std::vector<const LevelCoefficient*> coefficients;
    for (const double sigma : sigmas) coefficients.push_back(find(sigma));
    return std::make_unique<OdeLawLevels>(denoiser_->at_levels(sigmas),
                                          std::vector<double>(sigmas.begin(), sigmas.end()),
                                          std::move(coefficients));
  }

 private:
  void add(const Denoiser& flow, std::size_t level, std::vector<LawPanel> panels,
           const ForEachPanel& each) {
    const double sigma = levels_[level];
    each(panels, [&](LawPanel& panel) {
      flow.gap(sigma, {panel.value.data(), panel_nodes, panel_nodes},
               {panel.third.data(), panel_nodes, panel_nodes});
    });
    std::vector<NodeValues> u;
    for (const LawPanel& panel : panels) u.push_back(panel.third);
    coefficients_.emplace_back(sigma, panels, u);
  }

  const LevelCoefficient* find(double sigma) const {
    const auto level = std::ranges::find(levels_, sigma);
    const auto k = static_cast<std::size_t>(level - levels_.begin());
    return k < coefficients_.size() ? &coefficients_[k] : nullptr;
  }

  std::shared_ptr<const Denoiser> denoiser_;
  std::vector<double> levels_;
  std::vector<LevelCoefficient> coefficients_;
};

}  // namespace

std::shared_ptr<const Denoiser> ode_law_denoiser(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options,
                                                 const ForEachPanel& each) {
  auto flow = denoiser;
  return ode_law_denoiser(std::move(denoiser), std::move(flow), options, each);
}

std::shared_ptr<const Denoiser> ode_law_denoiser(std::shared_ptr<const Denoiser> denoiser,
                                                 std::shared_ptr<const Denoiser> flow,
                                                 const SamplerOptions& options,
                                                 const ForEachPanel& each) {
  return std::make_shared<OdeLawDenoiser>(std::move(denoiser), flow, options, each);
}

}  // namespace htdm
