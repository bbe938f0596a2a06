/// The transform of a study: fitted to its training data, travelling with its model, and invisible
/// to events in raw space.
#include "app/data_transform.hpp"

#include "app/data_sets.hpp"
#include "app/sampling.hpp"
#include "app/summary.hpp"
#include "core/special.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm {
namespace {

/// Data with nu = 1.2, which have a mean but no variance.
Plan plan_with(const std::string& transform) {
  const Study study = parse_study(R"(
    [data]
    nu = 1.2
    train_samples = 20000
    test_samples = 20000
    transform = ")" + transform + R"("
    [models.t_edm]
    noise = "student_t"
    [samplers.t_sde]
    model = "t_edm"
    levels = 4
    nu = 3
    sigma_max = 2
    sigma_min = 0.5
    [statistics]
    batches = 2
    batch_size = 5000
    w1_samples = 10000
    exceedance_levels = [0.3, 0.05, 1e-2])",
                                  "test", ".");
  return make_plan(study, {nullptr});
}

/// D = x/2: outputs that spread over all thresholds.
class HalfDenoiser : public Denoiser {
 public:
  int dimension() const override { return 1; }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    for (std::size_t i = 0; i < x.paths; ++i) gap.row(0)[i] = x.row(0)[i] / 2 / sigma;
  }
};

class DataTransform : public ::testing::TestWithParam<const char*> {};

/// z has mean 0 and deviation 1 by construction, and to_raw(z) is the drawn sample again.
TEST_P(DataTransform, TrainingSamplesAreNormalisedAndComeBack) {
  const Plan plan = plan_with(GetParam());
  const TrainingData data = draw_training_data(plan, 2);
  double sum = 0, square = 0;
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    sum += data.samples[i];
    square += data.samples[i] * data.samples[i];
    double raw = 0;
    draw(plan.target, plan.study.study.seed, Purpose::train_data, i, std::span(&raw, 1));
    EXPECT_NEAR(data.normalization.to_raw(data.samples[i], 0), raw, 1e-4 * (1 + std::abs(raw)));
  }
  const auto n = static_cast<double>(data.samples.size());
  EXPECT_NEAR(sum / n, 0, 1e-5);
  EXPECT_NEAR(square / n, 1, 1e-4);
}

/// T increases, so |x| > t where z lies outside two fixed numbers: the counts of events are those
/// found by mapping the kept z by hand.
TEST_P(DataTransform, EventsAreCountedInRawSpace) {
  const Plan plan = plan_with(GetParam());
  const Normalization scale = draw_training_data(plan, 2).normalization;
  const auto sampler = make_sampler(plan, 0, std::make_shared<HalfDenoiser>());
  const EntrySample sample = sample_entry(plan, plan.entries[0], *sampler, scale, {}, 2);
  for (std::size_t t = 0; t < plan.thresholds.size(); ++t) {
    const double threshold = plan.thresholds[t].threshold;
    const double low = scale.to_z(-threshold, 0), high = scale.to_z(threshold, 0);
    std::uint64_t beyond = 0, counted = 0;
    for (const float z : sample.kept[0]) beyond += z < low || z > high ? 1 : 0;
    for (const ExceedanceCounts& batch : sample.tally.counts[0]) counted += batch.count[t];
    EXPECT_GT(counted, 0U);
    EXPECT_EQ(counted, beyond) << "threshold " << threshold;
  }
}

/// Thresholds and survival keep the law of the data; W1 to the law is left out, not made up.
TEST_P(DataTransform, LawColumnsStayTrue) {
  const Plan plan = plan_with(GetParam());
  const Normalization scale = draw_training_data(plan, 2).normalization;
  const auto sampler = make_sampler(plan, 0, std::make_shared<HalfDenoiser>());
  const Summariser summariser(plan, draw_test_data(plan, 1), 1, 100);
  const SamplerResult r = summariser.summarise(
      plan.entries[0], sample_entry(plan, plan.entries[0], *sampler, scale, {}, 1), scale, 4, 1);
  const StudentTLaw law{1.2};
  EXPECT_NEAR(plan.thresholds[1].threshold, law.upper_quantile(0.025), 1e-9);
  for (const QuantileResult& q : r.quantiles) {
    EXPECT_NEAR(scale.to_raw(q.law, 0), law.quantile(q.level),
                1e-9 * (1 + std::abs(law.quantile(q.level))));
  }
  EXPECT_TRUE(r.w1_test.has_value());
  EXPECT_FALSE(r.w1_law.has_value());
}

INSTANTIATE_TEST_SUITE_P(Kinds, DataTransform, ::testing::Values("signed_log", "rank"));

/// The rank transform of t data with nu = 1.2 finds both tails: Hill's index is 1.2 within its own
/// error, 1/sqrt(59) at k = 59 on each side, and the bias of a t tail at its 0.6 % (below 10 %).
TEST(DataTransformFit, RankTakesTheTailIndexOfEachSide) {
  const TrainingData data = draw_training_data(plan_with("rank"), 2);
  const Transform& t = data.normalization.transforms.at(0);
  EXPECT_NEAR(t.lower_index, 1.2, 0.5);
  EXPECT_NEAR(t.upper_index, 1.2, 0.5);
}

}  // namespace
}  // namespace htdm
