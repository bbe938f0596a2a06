#include "diffusion/target.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "random/draws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace htdm {
namespace {

// Steps of a sample's stream: its normals (or the sign of a two-point draw), then its mixing
// variable, so that the normals do not depend on nu.
constexpr std::uint32_t normal_step = 0;
constexpr std::uint32_t mixing_step = 1;

/// The target as a Student-t law, nu = inf for the Gaussian; not for two points.
StudentTTarget as_student_t(const Target& target) {
  if (const auto* gaussian = std::get_if<GaussianTarget>(&target)) {
    return {gaussian->dimension, std::numeric_limits<double>::infinity(), gaussian->scale,
            gaussian->location};
  }
  return std::get<StudentTTarget>(target);
}

double standardised(const StudentTTarget& t, double x) {
  return (x - t.location) / t.scale;
}

/// The positive atom of one component.
double atom(const TwoPointTarget& t) {
  return t.separation / std::sqrt(static_cast<double>(t.dimension));
}

/// The one value that |x| or |x_1| takes.
double event_value(const TwoPointTarget& t, Event event) {
  return event == Event::norm ? t.separation : atom(t);
}

bool looks_at_one_component(int dimension, Event event) {
  return dimension == 1 || event == Event::coordinate;
}

}  // namespace

int dimension(const Target& target) {
  return std::visit([](const auto& t) { return t.dimension; }, target);
}

double location(const Target& target) {
  if (std::holds_alternative<TwoPointTarget>(target)) return 0;
  return as_student_t(target).location;
}

void draw(const Target& target, std::uint64_t seed, Purpose purpose, std::uint64_t index,
          std::span<double> x) {
  HTDM_EXPECTS(purpose == Purpose::train_data || purpose == Purpose::test_data ||
               purpose == Purpose::held_out_data);
  HTDM_EXPECTS(x.size() == static_cast<std::size_t>(dimension(target)));
  const Stream stream(seed, purpose, index);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    const bool negative = (stream.words(normal_step)[0] >> 31) != 0;
    std::ranges::fill(x, negative ? -atom(*points) : atom(*points));
    return;
  }
  const StudentTTarget t = as_student_t(target);
  standard_normals(stream, normal_step, x);
  const double scale = t.scale * student_t_mixing(stream, mixing_step, t.nu);
  for (double& component : x) component = t.location + scale * component;
}

double coordinate_cdf(const Target& target, double x) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return x < -atom(*points) ? 0 : x < atom(*points) ? 0.5 : 1;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.cdf(standardised(t, x));
}

double coordinate_survival(const Target& target, double x) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return x < -atom(*points) ? 1 : x < atom(*points) ? 0.5 : 0;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.survival(standardised(t, x));
}

double coordinate_quantile(const Target& target, double p) {
  HTDM_EXPECTS(p > 0 && p < 1);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return p <= 0.5 ? -atom(*points) : atom(*points);
  }
  const StudentTTarget t = as_student_t(target);
  return t.location + t.scale * StudentTLaw{t.nu}.quantile(p);
}

double coordinate_partial_expectation(const Target& target, double x) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return std::abs(x) < atom(*points) || x == -atom(*points) ? -0.5 * atom(*points) : 0;
  }
  const StudentTTarget t = as_student_t(target);
  if (t.nu <= 1) return -std::numeric_limits<double>::infinity();
  const StudentTLaw law{t.nu};
  const double u = standardised(t, x);
  return t.location * law.cdf(u) + t.scale * law.partial_expectation(u);
}

double coordinate_density(const Target& target, double x) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return std::abs(x) == atom(*points) ? std::numeric_limits<double>::infinity() : 0;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.pdf(standardised(t, x)) / t.scale;
}

double threshold(const Target& target, Event event, double p) {
  HTDM_EXPECTS(p > 0 && p < 1);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return event_value(*points, event);
  }
  const StudentTTarget t = as_student_t(target);
  if (looks_at_one_component(t.dimension, event)) {
    return t.scale * StudentTLaw{t.nu}.upper_quantile(p / 2);
  }
  return norm_upper_quantile(t.dimension, t.nu, t.scale, p);
}

double exceedance(const Target& target, Event event, double x) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return event_value(*points, event) > x ? 1 : 0;
  }
  if (x <= 0) return 1;
  const StudentTTarget t = as_student_t(target);
  if (looks_at_one_component(t.dimension, event)) {
    return 2 * StudentTLaw{t.nu}.survival(x / t.scale);
  }
  return norm_survival(t.dimension, t.nu, t.scale, x);
}

}  // namespace htdm
