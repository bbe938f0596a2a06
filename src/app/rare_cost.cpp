#include "app/rare_cost.hpp"

#include "app/exact_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace htdm {
namespace {

constexpr double ns = 1e-9;

/// Of splitting: per call and component; of the stretch by E[|eps|^2 | x]; by how much of the calls
/// more are made than counted.
constexpr double clone_seconds = 10 * ns, clone_component_seconds = 7 * ns;
constexpr double stretch_seconds = 10 * ns, part_filled_tiles = 1.65;
/// Of a weighted start.
constexpr double start_seconds = 250 * ns, start_component_seconds = 35 * ns;
/// Of a law, per level: kernels and marginals, and calls of the denoiser behind a table.
constexpr double law_level_seconds = 0.065, law_level_calls = 8e4;

constexpr double weights_per_second = 45e9;  ///< of a network in single precision
constexpr double lookup_seconds = 1 * ns;
/// Of a posterior by special functions on the line, and by quadrature in more dimensions.
constexpr double line_posterior_seconds = 40 * ns, quadrature_seconds = 5000 * ns;
/// Of a closed form per component, and of a mixture or a training sample besides per part or point.
constexpr double component_seconds = 1 * ns, part_seconds = 35 * ns, point_seconds = 10 * ns;

/// The multiplications of (d+1) -> hidden ... -> d.
double network_weights(const ModelPlan& model, double dimension) {
  double weights = 0, width = dimension + 1;
  if (model.file) {
    for (const DenseLayer& layer : model.file->layers) {
      weights += static_cast<double>(layer.rows) * layer.columns;
    }
    return weights;
  }
  for (const std::int64_t next : model.section.hidden) {
    weights += width * static_cast<double>(next);
    width = static_cast<double>(next);
  }
  return weights + width * dimension;
}

/// Whether a Student-t law is in the posterior.
bool heavy(const DataSection& data, const ModelPlan& model) {
  const bool heavy_data = data.kind == "student_t" && std::isfinite(data.nu);
  return data.kind != "two_point" && (heavy_data || std::isfinite(model.nu));
}

/// One call of the model, in no table.
double model_seconds(const Plan& plan, const EntryPlan& entry) {
  const ModelPlan& model = plan.models[entry.model];
  const DataSection& data = plan.study.data;
  if (model.section.kind == "network") {
    const double networks = needs_square(entry) ? 2 : 1;
    return networks * network_weights(model, data.dimension) / weights_per_second;
  }
  if (is_empirical(data, model.section)) {
    return point_seconds * static_cast<double>(data.trained_samples());
  }
  if (model.section.kind != "exact" || !heavy(data, model)) {
    const bool mixture = model.section.kind == "exact" && data.kind == "gaussian_mixture";
    const double parts = mixture ? static_cast<double>(data.weights.size()) : 0;
    return component_seconds * data.dimension * std::max(1.0, parts) + part_seconds * parts;
  }
  return data.dimension == 1 ? line_posterior_seconds : quadrature_seconds;
}

bool has_noise(const EntryPlan& entry) {
  return entry.kind->step_law != nullptr;
}

}  // namespace

double call_seconds(const Plan& plan, const EntryPlan& entry) {
  const double component = has_noise(entry) ? 1.5 * ns : 0.5 * ns;
  return (entry.table ? lookup_seconds : model_seconds(plan, entry)) +
         component * plan.study.data.dimension;
}

double sampling_seconds(const Plan& plan, const EntryPlan& entry, RareMethod method,
                        const RareWorkload& work) {
  const double dimension = plan.study.data.dimension;
  const double call = call_seconds(plan, entry);
  if (method == RareMethod::splitting) {
    const double clones = clone_seconds + clone_component_seconds * dimension +
                          (needs_square(entry) ? stretch_seconds : 0);
    return work.calls * (part_filled_tiles * call + clones);
  }
  const double start =
      method == RareMethod::importance ? start_seconds + start_component_seconds * dimension : 0;
  return work.calls * call + work.paths * start;
}

double law_seconds(const Plan& plan, const EntryPlan& entry) {
  return (law_level_seconds + law_level_calls * model_seconds(plan, entry)) *
         static_cast<double>(entry.levels.size());
}

}  // namespace htdm
