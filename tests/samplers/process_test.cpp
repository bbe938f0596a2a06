/// Steps of the variance-preserving process, against its formulas in x and t written out here.
#include "denoiser/exact.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace htdm::test {
namespace {

constexpr double mean = 0.25, deviation = 0.8;
constexpr Process vp{.kind = Process::Kind::vp};

double mu(double t) {
  return std::exp(-(0.1 * t + 9.95 * t * t) / 2);
}
double sigma(double t) {
  return std::sqrt(-std::expm1(-(0.1 * t + 9.95 * t * t)));
}
double beta(double t) {
  return 0.1 + 19.9 * t;
}

/// E[x0 | x] for N(mean, deviation^2) data, x = mu x0 + sigma z.
double denoised(double t, double x) {
  const double m = mu(t), s2 = sigma(t) * sigma(t), v2 = deviation * deviation;
  return mean + m * v2 / (m * m * v2 + s2) * (x - m * mean);
}

std::vector<double> times() {
  std::vector<double> t;
  for (int i = 0; i <= 12; ++i) t.push_back(0.9 - 0.07 * i);
  return t;
}

std::vector<double> levels() {
  std::vector<double> result;
  for (const double t : times()) result.push_back(sigma(t) / mu(t));
  return result;
}

std::shared_ptr<const Denoiser> data() {
  return std::make_shared<GaussianDenoiser>(std::vector{mean}, std::vector{deviation});
}

double normal(std::uint64_t path, std::size_t step) {
  const Stream stream(42, Purpose::wiener, path);
  return normal_quad(stream.words(static_cast<std::uint32_t>(step / 4)))[step % 4];
}

/// x = sigma(t) times a draw of t(nu) at the first time.
double start(std::uint64_t path, double nu) {
  double x = 0;
  student_t(Stream(42, Purpose::prior_normal, path), Stream(42, Purpose::prior_mixing, path), 0, nu,
            {&x, 1});
  return sigma(times()[0]) * x;
}

/// x <- x + [f x + g^2 (x - mu D)/sigma^2] dt + g c sqrt(|dt|) z.
double sde_output(std::uint64_t path, double prior_nu, double nu) {
  double x = start(path, prior_nu);
  const auto t = times();
  for (std::size_t i = 0; i + 1 < t.size(); ++i) {
    const double dt = t[i + 1] - t[i], b = beta(t[i]);
    const double gap = x - mu(t[i]) * denoised(t[i], x), s = sigma(t[i]);
    const double c = std::isinf(nu) ? 1 : std::sqrt((nu + gap * gap / (s * s)) / (nu - 1));
    x += (-b / 2 * x + b * gap / (s * s)) * dt + std::sqrt(b * -dt) * c * normal(path, i);
  }
  return denoised(t.back(), x);
}

/// Heun's method on dx/dt = mu' D + (sigma'/sigma)(x - mu D).
double ode_output(std::uint64_t path, double nu) {
  double x = start(path, nu);
  const auto t = times();
  const auto velocity = [](double at, double state) {
    const double d = denoised(at, state), m = mu(at), s = sigma(at), b = beta(at);
    return -b / 2 * m * d + b * m * m / (2 * s) / s * (state - m * d);
  };
  for (std::size_t i = 0; i + 1 < t.size(); ++i) {
    const double dt = t[i + 1] - t[i], first = velocity(t[i], x);
    x += dt * (first + velocity(t[i + 1], x + dt * first)) / 2;
  }
  return denoised(t.back(), x);
}

void expect_outputs(std::string_view kind, double nu, const std::function<double(int)>& expected) {
  const auto sampler = make(kind, data(), {.levels = levels(), .nu = nu, .process = vp});
  const Rows fast = sample(*sampler, 40);
  for (int path = 0; path < 40; ++path) {
    double plain = 0;
    sampler->sample_path(static_cast<std::uint64_t>(path), {&plain, 1});
    const double exact = expected(path);
    EXPECT_NEAR(plain, exact, 1e-11 * (1 + std::abs(exact))) << kind << " path " << path;
    EXPECT_NEAR(fast[0][path], exact, 2e-5 * (1 + std::abs(exact))) << kind << " path " << path;
  }
}

TEST(VariancePreserving, StepsAreTheFormulasInXAndT) {
  expect_outputs("ve_sde", inf, [](int path) { return sde_output(path, inf, inf); });
  expect_outputs("t_sde", 2.5, [](int path) { return sde_output(path, 2.5, 2.5); });
  expect_outputs("t_sde_ablated", 2.5, [](int path) { return sde_output(path, 2.5, inf); });
  expect_outputs("t_ode", 3, [](int path) { return ode_output(path, 3); });
}

/// The chain is the conditional law of a pair of levels, which y = x/mu shares among processes.
TEST(VariancePreserving, ChainIsThatOfTheOtherProcess) {
  const SamplerOptions ve{.levels = levels(), .nu = 3};
  SamplerOptions preserving = ve;
  preserving.process = vp;
  EXPECT_EQ(sample(*make("t_chain", data(), ve), 50),
            sample(*make("t_chain", data(), preserving), 50));
}

/// Data in one point and c = 1: u = (x - mu x0)/sigma goes to a u + b z, so its variance is that of
/// this recursion.
TEST(VariancePreserving, PointMassVarianceIsTheRecursion) {
  const auto at = even_time_levels(vp, 40, 80, 0.1);
  double variance = 1;
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const double t = time_of(vp, at[i]), next = time_of(vp, at[i + 1]);
    const double dt = next - t, b = beta(t), ratio = sigma(t) / sigma(next);
    const double a = ratio * (1 - b / 2 * dt) + b * dt / (sigma(t) * sigma(next));
    variance = a * a * variance - b * dt / (sigma(next) * sigma(next));
  }
  EXPECT_GT(std::abs(variance - 1), 0.1);  // the steps are coarse enough to tell
  const auto point = std::make_shared<PointMassDenoiser>(std::vector{0.0});
  const Rows x = sample_last_state("ve_sde", point, {.levels = at, .process = vp}, 40'000);
  double sum = 0;
  for (const double v : x[0]) sum += v * v;
  // Five standard errors, level 6e-7; a variance off by 3.6 % is found.
  const double found = sum / 40'000 / (at.back() * at.back());
  EXPECT_NEAR(found / variance, 1, 5 * std::sqrt(2.0 / 40'000));
}

}  // namespace
}  // namespace htdm::test
