#include "app/exact_model.hpp"

#include "core/infinity.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/exact_mixture.hpp"
#include "io/study_rules.hpp"
#include "samplers/step_law.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace htdm {
namespace {

/// What `center` (d numbers, or one for all components) is in z-space.
std::vector<double> z_scored(std::span<const double> center, const Normalization& scale) {
  std::vector<double> z(scale.mean.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    z[j] = scale.to_z(center[center.size() == 1 ? 0 : j], static_cast<int>(j));
  }
  return z;
}

std::shared_ptr<const Denoiser> spherical(double location, double width, double nu_data,
                                          const Normalization& scale, double nu) {
  const std::vector<double> center = z_scored({&location, 1}, scale);
  const double z_width = width / scale.deviation[0];
  if (std::isinf(nu_data) && std::isinf(nu)) {
    return std::make_shared<GaussianDenoiser>(center, std::vector<double>(center.size(), z_width));
  }
  return std::make_shared<MixtureDenoiser>(std::vector<MixturePart>{{1, center, z_width, nu_data}},
                                           nu);
}

std::shared_ptr<const Denoiser> mixture(const GaussianMixtureTarget& target,
                                        const Normalization& scale, double nu) {
  const auto d = scale.deviation.size();
  std::vector<MixturePart> parts;
  for (std::size_t k = 0; k < target.size(); ++k) {
    const std::vector<double> center = z_scored(std::span(target.means).subspan(k * d, d), scale);
    parts.push_back({target.weights[k], center, target.deviations[k] / scale.deviation[0], inf});
  }
  return std::make_shared<MixtureDenoiser>(std::move(parts), nu);
}

}  // namespace

bool is_empirical(const DataSection& data, const ModelSection& model) {
  return model.kind == "empirical" || (model.kind == "exact" && data.kind == "file");
}

bool best_tabulated(const DataSection& data, const ModelSection& model) {
  if (model.kind == "network") return data.dimension == 1;
  if (model.kind != "exact" || is_empirical(data, model) || data.kind == "two_point") return false;
  const bool gaussian_data = data.kind != "student_t" || std::isinf(data.nu);
  if (gaussian_data && std::isinf(model.nu)) return false;
  return data.dimension == 1 || is_radial(data, model);
}

Normalization exact_normalization(const DataSection& data, const ModelSection& model,
                                  const Normalization& sample) {
  if (model.kind != "exact" || is_empirical(data, model)) return sample;
  Normalization result = sample;
  double squares = 0;
  for (const double deviation : sample.deviation) squares += deviation * deviation;
  const auto d = static_cast<double>(sample.deviation.size());
  if (d > 1) result.deviation.assign(sample.deviation.size(), std::sqrt(squares / d));
  return result;
}

double TwoPoints::radius() const {
  return std::sqrt(squared_norm(a));
}

std::optional<TwoPoints> two_points(const Target& target, const Normalization& scale) {
  const auto* law = std::get_if<TwoPointTarget>(&target);
  if (law == nullptr) return std::nullopt;
  const double origin = 0, atom = law->separation / std::sqrt(static_cast<double>(law->dimension));
  TwoPoints points{z_scored({&origin, 1}, scale), {}};
  for (const double deviation : scale.deviation) points.a.push_back(atom / deviation);
  return points;
}

std::shared_ptr<const Denoiser> exact_denoiser(const Target& target, const Normalization& scale,
                                               double nu) {
  if (const auto points = two_points(target, scale)) {
    return std::make_shared<TwoPointDenoiser>(points->center, points->a, nu);
  }
  if (const auto* parts = std::get_if<GaussianMixtureTarget>(&target)) {
    return mixture(*parts, scale, nu);
  }
  if (const auto* g = std::get_if<GaussianTarget>(&target)) {
    return spherical(g->location, g->scale, inf, scale, nu);
  }
  const auto& t = std::get<StudentTTarget>(target);
  return spherical(t.location, t.scale, t.nu, scale, nu);
}

}  // namespace htdm
