#include "samplers/sampler_law.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "samplers/law_kernel.hpp"
#include "samplers/ode_exponential.hpp"
#include "samplers/step_law.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// u at the nodes of one panel and, where asked for, E[|eps|^2 | x].
NodeValues gaps(const Denoiser& denoiser, double sigma, const NodeValues& x,
                NodeValues* square = nullptr) {
  static_assert(panel_nodes == padded(panel_nodes));
  NodeValues u;
  const Tile<const double> from{x.data(), panel_nodes, panel_nodes};
  const Tile<double> to{u.data(), panel_nodes, panel_nodes};
  if (square == nullptr) {
    denoiser.gap(sigma, from, to);
  } else {
    denoiser.posterior(sigma, from, {.gap = to, .square = square->data()});
  }
  return u;
}

/// What a step of a chain needs to know at the nodes of a panel: value and third of LawKernel.
class NodeSteps {
 public:
  NodeSteps(const StepLaw& law, const Denoiser& denoiser, const StepPlace& place)
      : law_(law), denoiser_(denoiser), place_(place), numbers_(kernel_numbers(law, place)) {}

  bool simple() const { return !asks_twice() && !law_.asks_square; }

  LawKernel kernel(std::span<const LawPanel> panels) const {
    if (simple()) return {numbers_, law_.noise_nu, panels};
    StepCoefficients step = numbers_;
    step.drift += step.second;
    return {step, law_.noise_nu, panels, LawKernel::Variance::third};
  }

  void fill(const NodeValues& x, LawPanel& panel) const {
    if (asks_twice()) return fill_second_point(x, panel);
    NodeValues square{};
    panel.value = gaps(denoiser_, place_.sigma, x, law_.asks_square ? &square : nullptr);
    if (law_.asks_square) panel.third = variance(panel.value, square);
  }

 private:
  bool asks_twice() const { return law_.second_point == SecondPoint::halfway; }

  void fill_second_point(const NodeValues& x, LawPanel& panel) const {
    const double m = halfway(place_.sigma, place_.s);
    const HeunStep h = heun_step(place_.process, place_.sigma, m);
    const NodeValues u = gaps(denoiser_, place_.sigma, x);
    NodeValues p, square{};
    for (int i = 0; i < panel_nodes; ++i) p[i] = h.keep_predicted * x[i] + h.predict * u[i];
    const NodeValues v = gaps(denoiser_, m, p, law_.asks_square ? &square : nullptr);
    for (int i = 0; i < panel_nodes; ++i) {
      panel.value[i] = (h.first * u[i] + h.second * v[i]) / (h.first + h.second);
    }
    panel.third = variance(v, square);
  }

  /// Of the noise, over noise^2.
  NodeValues variance(const NodeValues& w, const NodeValues& square) const {
    NodeValues result;
    for (int i = 0; i < panel_nodes; ++i) {
      const double rest = law_.asks_square ? square[i] - w[i] * w[i] : 0;
      result[i] = numbers_.constant + numbers_.quadratic * w[i] * w[i] + numbers_.spread * rest;
    }
    return result;
  }

  const StepLaw& law_;
  const Denoiser& denoiser_;
  StepPlace place_;
  StepCoefficients numbers_;
};

NodeValues log_start_density(double nu, double sigma, const NodeValues& x) {
  NodeValues result;
  for (int i = 0; i < panel_nodes; ++i) {
    result[i] = StudentTLaw{nu}.log_pdf(x[i] / sigma) - std::log(sigma);
  }
  return result;
}

std::vector<LawPanel> start_roots(double nu, double sigma_max) {
  const double end = sigma_max * StudentTLaw{nu}.upper_quantile(share_outside);
  return root_panels(std::asinh(reach_factor * end));
}

/// D(x, sigma_min) in place of u on the panels.
std::vector<LawPanel> denoised(std::vector<LawPanel> panels, double sigma) {
  for (LawPanel& panel : panels) {
    if (panel.empty()) continue;
    const PanelPoints p = points(panel);
    for (int i = 0; i < panel_nodes; ++i) panel.value[i] = p.x[i] - sigma * panel.value[i];
  }
  return panels;
}

/// The law of the state itself, from the panels of a chain.
LineLaw state_law(std::vector<LawPanel> panels) {
  for (LawPanel& panel : panels) panel.value = points(panel).x;
  return LineLaw(panels);
}

LineLaw chain_law(const StepLaw& law, const Denoiser& denoiser, const SamplerOptions& options,
                  const LawRun& run) {
  const std::vector<double>& levels = options.levels;
  const PanelRules& rules = run.rules;
  const ForEachPanel& each = run.each;
  const std::size_t last = levels.size() - 1;
  std::vector<NodeSteps> steps;
  for (std::size_t k = 0; k < last; ++k) {
    steps.emplace_back(law, denoiser,
                       StepPlace{options.process, levels[k], levels[k + 1], law.step_nu, 1});
  }
  std::vector<LawPanel> panels = resolve(
      start_roots(law.prior_nu, levels[0]), rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        panel.log_density = log_start_density(law.prior_nu, levels[0], p.x);
        steps[0].fill(p.x, panel);
      },
      each);
  if (run.observe) run.observe(0, state_law(panels));
  for (std::size_t k = 0; k < last; ++k) {
    const LawKernel kernel = steps[k].kernel(panels);
    panels = resolve(
        coarsen(panels, rules), rules,
        [&](const PanelPoints& p, LawPanel& panel) {
          for (int i = 0; i < panel_nodes; ++i) {
            panel.log_density[i] = std::log(std::max(1e-300, kernel.density(p.x[i])));
          }
          if (k + 1 < last) {
            steps[k + 1].fill(p.x, panel);
          } else {
            panel.value = gaps(denoiser, levels[last], p.x);
            panel.third = {};
          }
        },
        each);
    if (run.observe) run.observe(k + 1, state_law(panels));
  }
  return LineLaw(denoised(std::move(panels), levels.back()));
}

/// One step of Heun's method (t_ode.cpp).
NodeValues heun_map(const Denoiser& denoiser, const Process& process, double sigma, double s,
                    NodeValues x) {
  const HeunStep h = heun_step(process, sigma, s);
  const NodeValues u = gaps(denoiser, sigma, x);
  NodeValues p;
  for (int i = 0; i < panel_nodes; ++i) p[i] = h.keep_predicted * x[i] + h.predict * u[i];
  const NodeValues v = gaps(denoiser, s, p);
  for (int i = 0; i < panel_nodes; ++i) x[i] = h.keep * x[i] + h.first * u[i] + h.second * v[i];
  return x;
}

/// Step i of t_ode as a map of nodes; what the exponential scheme remembers is in `before`.
NodeValues ode_map(const Denoiser& denoiser, const SamplerOptions& options, Scheme scheme,
                   std::size_t i, NodeValues x, NodeValues& before) {
  const double sigma = options.levels[i], s = options.levels[i + 1];
  if (scheme == Scheme::heun) return heun_map(denoiser, options.process, sigma, s, x);
  const NodeValues u = gaps(denoiser, sigma, x);
  const double bend = exponential_bend(options.levels, i);
  for (int k = 0; k < panel_nodes; ++k) {
    const double denoised = x[k] - sigma * u[k];
    x[k] += (s - sigma) * u[k] + bend * (denoised - before[k]);
    before[k] = denoised;
  }
  return x;
}

/// The start on panels that resolve the output; the states in between are taken on the same.
LineLaw map_law(const SamplerKind& kind, const Denoiser& denoiser, const SamplerOptions& options,
                const LawRun& run) {
  const std::vector<double>& levels = options.levels;
  const Scheme scheme = scheme_of(kind, options);
  std::vector<LawPanel> panels = resolve(
      start_roots(options.nu, levels[0]), run.rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        panel.log_density = log_start_density(options.nu, levels[0], p.x);
        NodeValues x = p.x, before{};
        for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
          x = ode_map(denoiser, options, scheme, k, x, before);
        }
        const NodeValues u = gaps(denoiser, levels.back(), x);
        for (int i = 0; i < panel_nodes; ++i) panel.value[i] = x[i] - levels.back() * u[i];
      },
      run.each);
  LineLaw output(panels);
  if (!run.observe && !run.observe_map) return output;
  const auto observe = [&](std::size_t level) {
    if (run.observe) run.observe(level, LineLaw(panels));
    if (run.observe_map) run.observe_map(level, panels);
  };
  for (LawPanel& panel : panels) panel.value = points(panel).x;
  observe(0);
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    run.each(panels, [&](LawPanel& panel) {
      panel.value = ode_map(denoiser, options, scheme, k, panel.value, panel.third);
    });
    observe(k + 1);
  }
  return output;
}

}  // namespace

LineLaw sampler_law(const SamplerKind& kind, const std::shared_ptr<const Denoiser>& denoiser,
                    const SamplerOptions& options, const LawRun& run) {
  check_input(denoiser->dimension() == 1,
              "a law was asked for in " + std::to_string(denoiser->dimension()) + " dimensions",
              "Laws are propagated on the line", "Sample instead, or use a one-dimensional study");
  kind.make(denoiser, options);  // refuses what sampling would refuse
  check_input(options.convention == Convention::ito,
              "a law was asked for under another convention than ito",
              "The coefficient then depends on the noise, and a step is no Gaussian kernel",
              "Sample instead, or use the Ito convention");
  if (kind.step_law == nullptr) return map_law(kind, *denoiser, options, run);
  return chain_law(kind.step_law(options, 1), *denoiser, options, run);
}

}  // namespace htdm
