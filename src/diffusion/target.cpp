#include "diffusion/target.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "random/draws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

double total(std::span<const double> weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

/// The largest value of an event on two points.
double largest_event_value(const TwoPointTarget& t, Event event, std::span<const double> weights) {
  if (event == Event::linear) return std::abs(atom(t) * total(weights));
  return event == Event::norm ? t.separation : atom(t);
}

bool one_sided(Event event) {
  return event == Event::upper || event == Event::lower || event == Event::linear;
}

bool looks_at_one_component(int dimension, Event event) {
  return dimension == 1 || event != Event::norm;
}

/// By how much the spread of a one-sided event exceeds that of a component of an isotropic law.
double stretch(Event event, std::span<const double> weights) {
  if (event != Event::linear) return 1;
  return std::sqrt(std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0));
}

/// x in [low, high] with the decreasing function f(x) = p.
template <class F>
double solve_decreasing(F&& f, double p, double low, double high) {
  while (f(high) > p) high = 2 * high + 1;
  for (int k = 0; k < 200 && std::nextafter(low, high) < high; ++k) {
    const double middle = low + (high - low) / 2;
    (f(middle) > p ? low : high) = middle;
  }
  return high;
}

}  // namespace

int dimension(const Target& target) {
  return std::visit([](const auto& t) { return t.dimension; }, target);
}

double location(const Target& target) {
  const bool centred = std::holds_alternative<StudentTTarget>(target) ||
                       std::holds_alternative<GaussianTarget>(target);
  return centred ? as_student_t(target).location : 0;
}

bool has_law(const Target& target) {
  return !std::holds_alternative<EmpiricalTarget>(target);
}

double event_value(Event event, double location, std::span<const double> x,
                   std::span<const double> weights) {
  HTDM_EXPECTS(event != Event::linear || weights.size() == x.size());
  double sum = 0;
  switch (event) {
    case Event::linear:
      for (std::size_t j = 0; j < x.size(); ++j) sum += weights[j] * (x[j] - location);
      return sum;
    case Event::upper:
      return x[0] - location;
    case Event::lower:
      return location - x[0];
    case Event::coordinate:
      return std::abs(x[0] - location);
    case Event::norm:
      break;
  }
  double squares = 0;
  for (const double component : x) squares += (component - location) * (component - location);
  return std::sqrt(squares);
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
  if (const auto* mixture = std::get_if<GaussianMixtureTarget>(&target)) {
    const Words words = stream.words(mixing_step);
    const std::size_t k = mixture->choose(open_uniform(words[0], words[1]));
    standard_normals(stream, normal_step, x);
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] = mixture->mean(k, static_cast<int>(j)) + mixture->deviations[k] * x[j];
    }
    return;
  }
  if (const auto* data = std::get_if<EmpiricalTarget>(&target)) {
    std::ranges::copy(data->row(purpose == Purpose::train_data, index), x.begin());
    return;
  }
  const StudentTTarget t = as_student_t(target);
  standard_normals(stream, normal_step, x);
  const double scale = t.scale * student_t_mixing(stream, mixing_step, t.nu);
  for (double& component : x) component = t.location + scale * component;
}

double coordinate_cdf(const Target& target, double x, int j) {
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) return m->cdf(x, j);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return x < -atom(*points) ? 0 : x < atom(*points) ? 0.5 : 1;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.cdf(standardised(t, x));
}

double coordinate_survival(const Target& target, double x, int j) {
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) return m->survival(x, j);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return x < -atom(*points) ? 1 : x < atom(*points) ? 0.5 : 0;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.survival(standardised(t, x));
}

bool is_symmetric(const Target& target) {
  return std::holds_alternative<StudentTTarget>(target) ||
         std::holds_alternative<GaussianTarget>(target) ||
         std::holds_alternative<TwoPointTarget>(target);
}

double coordinate_quantile(const Target& target, double p, int j) {
  HTDM_EXPECTS(p > 0 && p < 1);
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) return m->quantile(p, j);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return p <= 0.5 ? -atom(*points) : atom(*points);
  }
  const StudentTTarget t = as_student_t(target);
  return t.location + t.scale * StudentTLaw{t.nu}.quantile(p);
}

double coordinate_partial_expectation(const Target& target, double x, int j) {
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target))
    return m->partial_expectation(x, j);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return std::abs(x) < atom(*points) || x == -atom(*points) ? -0.5 * atom(*points) : 0;
  }
  const StudentTTarget t = as_student_t(target);
  if (t.nu <= 1) return -std::numeric_limits<double>::infinity();
  const StudentTLaw law{t.nu};
  const double u = standardised(t, x);
  return t.location * law.cdf(u) + t.scale * law.partial_expectation(u);
}

double coordinate_mean(const Target& target, int j) {
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) return m->mean(j);
  const auto* student = std::get_if<StudentTTarget>(&target);
  if (student != nullptr && student->nu <= 1) return std::numeric_limits<double>::quiet_NaN();
  return location(target);
}

double coordinate_density(const Target& target, double x, int j) {
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) return m->density(x, j);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return std::abs(x) == atom(*points) ? std::numeric_limits<double>::infinity() : 0;
  }
  const StudentTTarget t = as_student_t(target);
  return StudentTLaw{t.nu}.pdf(standardised(t, x)) / t.scale;
}

double threshold(const Target& target, Event event, double p, std::span<const double> weights) {
  HTDM_EXPECTS(p > 0 && p < 1);
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    return largest_event_value(*points, event, weights);
  }
  if (std::holds_alternative<GaussianMixtureTarget>(target)) {
    // Event values of one tail may be negative; those of a distance are not.
    const auto beyond = [&](double x) { return exceedance(target, event, x, weights); };
    double low = 0;
    while (one_sided(event) && beyond(low) <= p) low = 2 * low - 1;
    return solve_decreasing(beyond, p, low, std::max(low, 0.0) + 1);
  }
  const StudentTTarget t = as_student_t(target);
  if (one_sided(event))
    return t.scale * stretch(event, weights) * StudentTLaw{t.nu}.upper_quantile(p);
  if (looks_at_one_component(t.dimension, event)) {
    return t.scale * StudentTLaw{t.nu}.upper_quantile(p / 2);
  }
  return norm_upper_quantile(t.dimension, t.nu, t.scale, p);
}

double exceedance(const Target& target, Event event, double x, std::span<const double> weights) {
  if (const auto* points = std::get_if<TwoPointTarget>(&target)) {
    const double largest = largest_event_value(*points, event, weights);
    if (largest <= x) return 0;
    return one_sided(event) && x >= -largest ? 0.5 : 1;
  }
  if (const auto* m = std::get_if<GaussianMixtureTarget>(&target)) {
    if (event == Event::linear) return m->linear_survival(x, weights);
    if (event == Event::upper) return m->survival(x, 0);
    if (event == Event::lower) return m->cdf(-x, 0);
    if (x <= 0) return 1;
    if (looks_at_one_component(m->dimension, event)) return m->survival(x, 0) + m->cdf(-x, 0);
    return m->norm_survival(x);
  }
  const StudentTTarget t = as_student_t(target);
  if (one_sided(event)) return StudentTLaw{t.nu}.survival(x / (t.scale * stretch(event, weights)));
  if (x <= 0) return 1;
  if (looks_at_one_component(t.dimension, event)) {
    return 2 * StudentTLaw{t.nu}.survival(x / t.scale);
  }
  return norm_survival(t.dimension, t.nu, t.scale, x);
}

}  // namespace htdm
