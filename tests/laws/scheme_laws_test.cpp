/// Laws of the schemes with exact denoisers: what each leaves to the size of its steps.
#include "core/special.hpp"
#include "denoiser/exact.hpp"
#include "diffusion/schedule.hpp"
#include "laws/student_t_data.hpp"
#include "samplers/marginal_law.hpp"
#include "samplers/probe.hpp"
#include "samplers/sampler_law.hpp"
#include "samplers/step_law.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace htdm::test {
namespace {

constexpr double scale = 1 / 1.7258;

void in_order(std::span<LawPanel> panels, const std::function<void(LawPanel&)>& body) {
  for (LawPanel& panel : panels) body(panel);
}

LineLaw law_of(const char* kind, const std::shared_ptr<const Denoiser>& denoiser,
               const SamplerOptions& options, double tolerance = 1e-6) {
  const LawRun run{.rules = {.tolerance = tolerance}, .each = in_order, .observe = {}};
  return sampler_law(*find_sampler_kind(kind), denoiser, options, run);
}

/// The law of the state at the last level.
LineLaw last_state(const char* kind, const std::shared_ptr<const Denoiser>& denoiser,
                   const SamplerOptions& options, double tolerance = 1e-8) {
  std::vector<LineLaw> last;
  LawRun run{.rules = {.tolerance = tolerance}, .each = in_order, .observe = {}};
  run.observe = [&](std::size_t level, const LineLaw& state) {
    if (level + 1 == options.levels.size()) last.push_back(state);
  };
  sampler_law(*find_sampler_kind(kind), denoiser, options, run);
  return last.front();
}

std::shared_ptr<const Denoiser> heavy_data() {
  return std::make_shared<StudentTDenoiser>(scale);
}

/// P(|x| > x*) over p, where P(|data| > x*) = p.
double tail_ratio(const LineLaw& law, double p) {
  const double bound = scale * StudentTLaw{3}.upper_quantile(p / 2);
  return (law.above(bound) + law.below(-bound)) / p;
}

/// The table of reference ratios, by independent laws (Richardson) and printed to three decimals.
TEST(SchemeLaws, HaveTheReferenceTailsOfTheExactCoefficientAndThePapers) {
  struct Row {
    const char* kind;
    double nu;
    int levels;
    Scheme scheme;
    double error;                ///< relative, of the reference beyond its rounding
    std::vector<double> ratios;  ///< at 1e-2 ... 1e-6
  };
  for (const Row& row :
       {Row{"t_sde_exact", 3, 128, Scheme::euler, 0, {1.058, 1.110, 1.162, 1.207, 1.246}},
        Row{"t_sde", 3, 128, Scheme::euler, 0.003, {0.533, 0.456, 0.450, 0.464, 0.478}},
        Row{"t_sde", 2.5, 128, Scheme::euler, 0.003, {0.993, 1.273, 1.854, 2.815, 4.29}},
        Row{"t_ode", 3, 64, Scheme::heun, 0, {1.012, 1.013, 1.014, 1.014, 1.014}}}) {
    const LineLaw law = law_of(row.kind, heavy_data(),
                               {.levels = noise_levels({.levels = row.levels}),
                                .nu = row.nu,
                                .scheme = row.scheme,
                                .increment_nu = inf});
    double p = 1e-2;
    for (const double ratio : row.ratios) {
      EXPECT_NEAR(tail_ratio(law, p), ratio, std::max(0.0011, row.error * ratio))
          << row.kind << " at " << p;
      p /= 10;
    }
  }
}

/// log2 of how the error of the tail ratio falls when levels double.
double order(const char* kind, const SamplerOptions& options, int levels, double p) {
  double error[2];
  for (const int k : {0, 1}) {
    SamplerOptions at = options;
    at.levels = noise_levels({.levels = (levels - 1) * (k + 1) + 1});
    error[k] = std::abs(tail_ratio(law_of(kind, heavy_data(), at), p) - 1);
  }
  return std::log2(error[0] / error[1]);
}

TEST(SchemeLaws, OfTheExactCoefficientReachTheTruthWithOrderOne) {
  for (const double p : {1e-2, 1e-4}) {
    const double found =
        order("t_sde_exact", {.levels = {}, .nu = 3, .scheme = Scheme::euler, .increment_nu = inf},
              129, p);
    EXPECT_NEAR(found, 1, 0.35) << "at " << p;
  }
}

/// What defaults offer on 65 levels (65 and 129 calls): 6 % of the tail at every depth to 1e-4.
TEST(SchemeLaws, OfTheDefaultsAreNearTheTruth) {
  for (const char* kind : {"t_sde_exact", "t_ode"}) {
    const LineLaw law =
        law_of(kind, heavy_data(), {.levels = noise_levels({.levels = 65}), .nu = 3});
    for (const double p : {1e-2, 1e-3, 1e-4}) {
      EXPECT_NEAR(tail_ratio(law, p), 1, 0.06) << kind << " at " << p;
    }
  }
}

/// Gaussian data under Gaussian noise: the ancestral step with the posterior variance has the law
/// of the pair, so the marginal is exact after few and uneven steps. The start misses it by 1e-8.
TEST(SchemeLaws, AncestralStepsAreExactForGaussianData) {
  const auto data = std::make_shared<GaussianDenoiser>(std::vector{0.3}, std::vector{0.8});
  const SamplerOptions options{
      .levels = {8000, 300, 7, 2, 1.5, 0.1}, .nu = inf, .scheme = Scheme::ancestral};
  const LineLaw law = last_state("t_sde_exact", data, options);
  const double width = std::sqrt(0.64 + 0.01);
  for (const double z : {0.0, 1.0, 3.0, 5.0}) {
    const double exact = StudentTLaw{inf}.survival(z);
    EXPECT_NEAR(law.above(0.3 + z * width) / exact, 1, 1e-6) << z;
    EXPECT_NEAR(law.below(0.3 - z * width) / exact, 1, 1e-6) << z;
  }
}

/// Data in a point: with increments of nu + 1 both schemes keep sigma t(nu) exactly.
TEST(SchemeLaws, StudentIncrementsAreExactForAPoint) {
  const double nu = 3;
  const auto point = std::make_shared<PointMassDenoiser>(std::vector{0.0});
  for (const Scheme scheme : {Scheme::ancestral, Scheme::heun}) {
    const SamplerOptions options{
        .levels = {80, 20, 19, 1, 0.3}, .nu = nu, .scheme = scheme, .increment_nu = 0};
    const LineLaw law = last_state("t_sde_exact", point, options);
    for (const double p : {0.2, 1e-4, 1e-9}) {
      EXPECT_NEAR(law.above(0.3 * StudentTLaw{nu}.upper_quantile(p)) / p, 1, 1e-6) << p;
    }
  }
}

/// Two points under Gaussian noise, state at sigma = 0.5 against the true marginal.
TEST(SchemeLaws, HeunIsOfOrderTwoUnderGaussianNoise) {
  const auto data = std::make_shared<TwoPointDenoiser>(std::vector{0.0}, std::vector{1.0}, inf);
  const LineLaw truth =
      marginal_law(TwoPointTarget{1, 1}, {{0.0}, {1.0}}, inf, 0.5, {.tolerance = 1e-8}, in_order);
  const double x = truth.quantile(0.99);
  const auto error = [&](int count) {
    const SamplerOptions options{
        .levels = noise_levels({.levels = count, .sigma_max = 40, .sigma_min = 0.5}),
        .scheme = Scheme::heun};
    const LineLaw law = last_state("ve_sde", data, options);
    return std::pair{w1_distance(law, truth, in_order),
                     std::abs(law.above(x) / truth.above(x) - 1)};
  };
  const auto [w1, tail] = error(33);
  const auto [finer_w1, finer_tail] = error(65);
  EXPECT_NEAR(std::log2(w1 / finer_w1), 2, 0.45);
  EXPECT_NEAR(std::log2(tail / finer_tail), 2, 0.45);
}

/// E cos(t X) of X ~ t(nu): K_{nu/2}(z) z^{nu/2}/(2^{nu/2 - 1} Gamma(nu/2)), z = sqrt(nu) t.
double characteristic(double nu, double t) {
  const double z = std::sqrt(nu) * t, a = nu / 2;
  if (std::isinf(nu)) return std::exp(-t * t / 2);
  return std::cyl_bessel_k(a, z) * std::pow(z, a) / (std::pow(2, a - 1) * std::tgamma(a));
}

/// E cos(x) of the last state of ve_sde from x = 0, N(0, 1) data: the steps are linear, so it is a
/// product over increments.
double cosine(double increment_nu, int steps) {
  const SamplerOptions options{.levels = geometric_levels(steps, 20, 0.05),
                               .increment_nu = increment_nu};
  const StepLaw law = find_sampler_kind("ve_sde")->step_law(options, 1);
  double result = 1, later = 1;
  for (int i = steps; i-- > 0;) {
    const double sigma = options.levels[i];
    const StepCoefficients step =
        kernel_numbers(law, {options.process, sigma, options.levels[i + 1], law.step_nu, 1});
    result *= characteristic(law.noise_nu, later * step.noise);
    later *= step.keep + step.drift * sigma / (sigma * sigma + 1);
  }
  return result;
}

/// Proposition 1 of Wakatsuki and Shimazaki: Student-t increments of the same variance tend to the
/// same SDE, with a weak error of order min(1, nu'/2 - 1).
TEST(SchemeLaws, StudentIncrementsTendToTheSameSde) {
  for (const double nu : {2.5, 3.0, 6.0, 9.0}) {
    const auto gap = [&](int steps) { return std::abs(cosine(nu, steps) - cosine(inf, steps)); };
    EXPECT_NEAR(std::log2(gap(4000) / gap(8000)), std::min(1.0, nu / 2 - 1), 0.05) << nu;
  }
}

}  // namespace
}  // namespace htdm::test
