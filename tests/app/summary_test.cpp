#include "app/summary.hpp"

#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm {
namespace {

Plan plan_of(const std::string& statistics) {
  const Study study = parse_study(R"(
    [data]
    kind = "student_t"
    nu = 3.0
    test_samples = 50_000
    [models.point]
    kind = "point_mass"
    [samplers.t_ode]
    model = "point"
    nu = 3.0
    [statistics]
    batches = 4
    )" + statistics,
                                  "test", ".");
  return make_plan(study, {nullptr});
}

/// A sample as if the sampler drew from the target itself, z-scored by `scale`.
EntrySample sample_of_target(const Plan& plan, const Normalization& scale) {
  EntrySample sample = empty_sample(plan);
  std::vector<double> thresholds;
  for (const ThresholdPlan& t : plan.thresholds) thresholds.push_back(t.threshold);
  const auto n = static_cast<std::uint64_t>(plan.study.paths_per_sampler());
  for (std::uint64_t i = 0; i < n; ++i) {
    double x = 0;
    draw(plan.target, 11, Purpose::held_out_data, i, std::span(&x, 1));
    const auto z = static_cast<float>(scale.to_z(x, 0));
    const double value = std::abs(x);
    sample.tally.counts[0][i / (n / 4)].add(i, std::span(&value, 1), thresholds);
    sample.tally.event.add(std::span(&value, 1));
    sample.tally.first_component.add(std::span(&z, 1));
    sample.moments[i / (n / 4)].add(std::span(&x, 1));
    sample.kept[0].push_back(z);
  }
  return sample;
}

/// Every estimate of a perfect sampler must meet the law. Intervals are at 95 %, so single ones may
/// miss; the test asks of each number a deviation below five standard errors (level 6e-7 each,
/// about 60 numbers), which a sampler with one per cent too many exceedances at level 0.1 fails
/// with probability 0.5 and one with three per cent surely.
TEST(Summary, APerfectSamplerMeetsTheLaw) {
  const Plan plan = plan_of("batch_size = 100_000\nexceedance_levels = [0.1, 1e-2, 1e-3]");
  const Normalization scale{{0.02}, {1.7}};
  const Summariser summariser(plan, draw_test_data(plan, 1), 2, 1000);
  const SamplerResult r =
      summariser.summarise(plan.entries[0], sample_of_target(plan, scale), scale, 127, 2);
  EXPECT_EQ(r.paths, 400'000U);
  for (const ExceedanceResult& e : r.exceedance) {
    EXPECT_GT(test::binomial_two_sided_p(e.count, r.paths, e.level), 6e-7) << e.level;
    EXPECT_NEAR(e.batch_mean, e.probability, 1e-15);
    EXPECT_LT(e.interval.low, e.probability);
    EXPECT_GT(e.interval.high, e.probability);
  }
  for (const QuantileResult& q : r.quantiles) {
    const double half = (q.interval.high - q.interval.low) / 2;
    if (!std::isfinite(half)) continue;  // beyond the extreme order statistics
    EXPECT_LT(std::abs(q.generated - q.law), 4 * half) << q.level;
  }
  const auto tests = static_cast<std::uint64_t>(plan.study.data.test_samples);
  for (std::size_t k = 0; k < r.survival.threshold.size(); ++k) {
    EXPECT_GT(test::binomial_two_sided_p(r.survival.count[k], r.paths, r.survival.law[k]), 6e-7);
    EXPECT_GT(test::binomial_two_sided_p(r.survival.test[k], tests, r.survival.law[k]), 6e-7);
  }
  // W1 of n = 4e5 draws from the law itself: about 1e-3 for t_3.
  EXPECT_LT(r.w1_law->value[0], 0.01);
  EXPECT_LT(r.w1_test->value[0], 0.03);
  EXPECT_TRUE(r.moments[1].exists);   // variance of t_3
  EXPECT_FALSE(r.moments[2].exists);  // its skewness
  EXPECT_FALSE(r.moments[3].exists);
  EXPECT_EQ(r.qq_paths, 400'000U);
}

/// t_3 has a mean and its sampling error a variance; a variance, without; no skewness.
TEST(Summary, MomentsHaveTheIntervalsThatTheirLawAllows) {
  const Plan plan = plan_of("batch_size = 10_000");
  const Normalization scale{{0.0}, {1.7}};
  const EntrySample sample = sample_of_target(plan, scale);
  const Summariser summariser(plan, draw_test_data(plan, 1), 1, 10);
  const auto summarise = [&](EntrySample of) {
    return summariser.summarise(plan.entries[0], std::move(of), scale, 127, 1).moments;
  };
  const std::vector<MomentResult> moments = summarise(sample);
  EXPECT_LT(moments[0].interval.low, moments[0].value);
  EXPECT_GT(moments[0].interval.high, moments[0].value);
  EXPECT_EQ(moments[0].doubt, "");
  EXPECT_LT(moments[1].interval.low, moments[1].value);
  EXPECT_NE(moments[1].doubt.find("no finite variance"), std::string::npos);
  for (const std::size_t k : {2U, 3U}) {
    EXPECT_TRUE(std::isnan(moments[k].interval.low) && std::isnan(moments[k].interval.high));
    EXPECT_EQ(moments[k].doubt, "the true law has no such moment");
  }
  EntrySample one = sample;  // a part of the study
  for (std::size_t b = 1; b < 4; ++b) one.moments[b] = Moments{};
  const std::vector<MomentResult> of_one = summarise(one);
  EXPECT_TRUE(std::isnan(of_one[0].interval.low));
  EXPECT_EQ(of_one[0].doubt, "one batch only");
  EXPECT_EQ(of_one[2].doubt, "the true law has no such moment");
}

/// A sampler whose scale is a tenth too large: W1 in z-space is exactly (0.1) E|X| / deviation.
TEST(Summary, W1OfAScaledSamplerIsExact) {
  const Plan plan = plan_of("batch_size = 100_000");
  const Normalization scale{{0.0}, {1.7}};
  EntrySample sample = sample_of_target(plan, scale);
  for (float& z : sample.kept[0]) z *= 1.1F;
  const Summariser summariser(plan, draw_test_data(plan, 1), 1, 10);
  const SamplerResult r = summariser.summarise(plan.entries[0], std::move(sample), scale, 127, 1);
  const double mean_magnitude = 2 * std::sqrt(3.0) / M_PI;  // E|t_3|
  EXPECT_NEAR(r.w1_law->value[0], 0.1 * mean_magnitude / 1.7, 0.005);
  EXPECT_LT(r.w1_law->interval[0].low, 0.1 * mean_magnitude / 1.7);
  EXPECT_GT(r.w1_law->interval[0].high, 0.1 * mean_magnitude / 1.7);
}

}  // namespace
}  // namespace htdm
