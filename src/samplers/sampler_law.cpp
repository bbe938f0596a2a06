#include "samplers/sampler_law.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "samplers/law_kernel.hpp"
#include "samplers/step_law.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// Panels reach to where this share of the start lies beyond, and a factor more.
constexpr double start_beyond = 1e-20, reach_factor = 16;

/// u at the nodes of one panel.
NodeValues gaps(const Denoiser& denoiser, double sigma, const NodeValues& x) {
  static_assert(panel_nodes == padded(panel_nodes));
  NodeValues u;
  denoiser.gap(sigma, {x.data(), panel_nodes, panel_nodes}, {u.data(), panel_nodes, panel_nodes});
  return u;
}

NodeValues log_start_density(double nu, double sigma, const NodeValues& x) {
  NodeValues result;
  for (int i = 0; i < panel_nodes; ++i) {
    result[i] = StudentTLaw{nu}.log_pdf(x[i] / sigma) - std::log(sigma);
  }
  return result;
}

std::vector<LawPanel> start_roots(double nu, double sigma_max) {
  const double end = sigma_max * StudentTLaw{nu}.upper_quantile(start_beyond);
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
  std::vector<LawPanel> panels = resolve(
      start_roots(law.prior_nu, levels[0]), rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        panel.log_density = log_start_density(law.prior_nu, levels[0], p.x);
        panel.value = gaps(denoiser, levels[0], p.x);
      },
      each);
  if (run.observe) run.observe(0, state_law(panels));
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    const StepPlace place{options.process, levels[k], levels[k + 1], law.step_nu, 1};
    const LawKernel kernel(law.coefficients(place), law.noise_nu, panels);
    panels = resolve(
        coarsen(panels, rules), rules,
        [&](const PanelPoints& p, LawPanel& panel) {
          for (int i = 0; i < panel_nodes; ++i) {
            panel.log_density[i] = std::log(std::max(1e-300, kernel.density(p.x[i])));
          }
          panel.value = gaps(denoiser, levels[k + 1], p.x);
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

/// The start on panels that resolve the output; the states in between are taken on the same.
LineLaw map_law(const Denoiser& denoiser, const SamplerOptions& options, const LawRun& run) {
  const std::vector<double>& levels = options.levels;
  const double nu = options.nu;
  std::vector<LawPanel> panels = resolve(
      start_roots(nu, levels[0]), run.rules,
      [&](const PanelPoints& p, LawPanel& panel) {
        panel.log_density = log_start_density(nu, levels[0], p.x);
        NodeValues x = p.x;
        for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
          x = heun_map(denoiser, options.process, levels[k], levels[k + 1], x);
        }
        const NodeValues u = gaps(denoiser, levels.back(), x);
        for (int i = 0; i < panel_nodes; ++i) panel.value[i] = x[i] - levels.back() * u[i];
      },
      run.each);
  LineLaw output(panels);
  if (!run.observe) return output;
  for (LawPanel& panel : panels) panel.value = points(panel).x;
  run.observe(0, LineLaw(panels));
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    run.each(panels, [&](LawPanel& panel) {
      panel.value = heun_map(denoiser, options.process, levels[k], levels[k + 1], panel.value);
    });
    run.observe(k + 1, LineLaw(panels));
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
  if (kind.step_law == nullptr) return map_law(*denoiser, options, run);
  return chain_law(kind.step_law(options, 1), *denoiser, options, run);
}

}  // namespace htdm
