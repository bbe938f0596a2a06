#include "random/draws.hpp"

#include "core/error.hpp"

#include <cmath>
#include <numbers>
#include <string>

namespace htdm {
namespace {

using Uint128 = __uint128_t;

std::uint64_t join(std::uint32_t high, std::uint32_t low) {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

/// Gamma(shape, 1) for shape >= 1. Attempt k takes its normal from lane 2k and its uniform from
/// words 0 and 1 of lane 2k + 1; on return `spare` is an unused uniform, words 2 and 3.
double marsaglia_tsang(const Stream& stream, std::uint32_t step, double shape, double& spare) {
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (std::uint32_t lane = 0;; lane += 2) {
    const double x = normal_pair(stream.words(step, lane))[0];
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const Words words = stream.words(step, lane + 1);
    const double u = open_uniform(words[0], words[1]);
    spare = open_uniform(words[2], words[3]);
    const double x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2 || std::log(u) < x2 / 2 + d * (1 - v + std::log(v))) return d * v;
  }
}

}  // namespace

double open_uniform(std::uint32_t high, std::uint32_t low) {
  return (static_cast<double>(join(high, low) >> 12) + 0.5) * 0x1p-52;
}

std::uint64_t uniform_below(const Stream& stream, std::uint32_t step, std::uint64_t bound) {
  HTDM_EXPECTS(bound > 0);
  // The low word of word * bound is rejected below 2^64 mod bound, which leaves every high word
  // equally many words.
  const std::uint64_t rejected = -bound % bound;
  for (std::uint32_t lane = 0;; ++lane) {
    const Words words = stream.words(step, lane);
    const Uint128 product = static_cast<Uint128>(join(words[0], words[1])) * bound;
    if (static_cast<std::uint64_t>(product) >= rejected) {
      return static_cast<std::uint64_t>(product >> 64);
    }
  }
}

std::array<double, 2> normal_pair(const Words& words) {
  const double r = std::sqrt(-2 * std::log(open_uniform(words[0], words[1])));
  const double v = 2 * std::numbers::pi * open_uniform(words[2], words[3]);
  return {r * std::cos(v), r * std::sin(v)};
}

void standard_normals(const Stream& stream, std::uint32_t step, std::span<double> out) {
  for (std::size_t j = 0; j < out.size(); j += 2) {
    const auto pair = normal_pair(stream.words(step, static_cast<std::uint32_t>(j / 2)));
    out[j] = pair[0];
    if (j + 1 < out.size()) out[j + 1] = pair[1];
  }
}

double gamma(const Stream& stream, std::uint32_t step, double shape) {
  if (!(shape > 0 && std::isfinite(shape))) {
    fail_input("Gamma shape " + std::to_string(shape) + " is not a positive finite number",
               "The law is not defined", "Give a shape above 0");
  }
  double spare = 0;
  if (shape >= 1) return marsaglia_tsang(stream, step, shape, spare);
  // Gamma(shape) = Gamma(shape + 1) U^(1/shape).
  const double boosted = marsaglia_tsang(stream, step, shape + 1, spare);
  return boosted * std::pow(spare, 1 / shape);
}

double chi_square(const Stream& stream, std::uint32_t step, double nu) {
  return 2 * gamma(stream, step, nu / 2);
}

double student_t_mixing(const Stream& mixing, std::uint32_t step, double nu) {
  if (std::isinf(nu) && nu > 0) return 1;
  return std::sqrt(nu / chi_square(mixing, step, nu));
}

void student_t(const Stream& normals, const Stream& mixing, std::uint32_t step, double nu,
               std::span<double> out) {
  standard_normals(normals, step, out);
  const double factor = student_t_mixing(mixing, step, nu);
  for (double& component : out) component *= factor;
}

}  // namespace htdm
