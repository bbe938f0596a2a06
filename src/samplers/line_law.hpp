/// The law of a one-dimensional sampler without Monte Carlo.
///
/// A step x -> m(x) + s(x) e of an SDE sampler is a Markov kernel, so the density of the state is
/// carried from level to level by quadrature (law_kernel.hpp) on panels that follow it
/// (law_panels.hpp). An ODE sampler maps its start; its law is that of the start under the map.
/// Either way the law is left as a density over panels and the output as a function on them.
#pragma once

#include "samplers/law_panels.hpp"
#include "samplers/sampler.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace htdm {

/// The law of y(x), x with the density of the panels; y is their value.
class LineLaw {
 public:
  explicit LineLaw(std::vector<LawPanel> panels);

  /// P(y > threshold) and P(y <= threshold), each summed from its own side: small ones keep their
  /// relative accuracy.
  double above(double threshold) const { return tail(threshold, 1); }
  double below(double threshold) const { return tail(threshold, -1); }
  /// Sum over all panels: 1 but for what quadrature and truncation lost.
  double mass() const { return mass_; }
  /// y with P(y <= value) = p, 0 < p < 1, by bisection.
  double quantile(double p) const;

  const std::vector<LawPanel>& panels() const { return panels_; }

 private:
  double tail(double threshold, int side) const;

  std::vector<LawPanel> panels_;
  double mass_ = 0;
};

/// How a law is computed.
struct LawRun {
  PanelRules rules;
  ForEachPanel each;  ///< results have the same bits for any
  /// Called, where there is one, with the law of the state x at every level.
  std::function<void(std::size_t level, const LineLaw& state)> observe;
};

/// The law of the output D(x, sigma_min) of a sampler kind, z-space, d = 1. The denoiser answers in
/// double precision (of a table: the denoiser behind it), and so do the steps.
/// Throws InputError as the sampler's make() does, and in other dimensions.
LineLaw sampler_law(const SamplerKind& kind, const std::shared_ptr<const Denoiser>& denoiser,
                    const SamplerOptions& options, const LawRun& run);

}  // namespace htdm
