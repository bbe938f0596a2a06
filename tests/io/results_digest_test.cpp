#include "io/results.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <utility>

namespace htdm {
namespace {

// The digest must see every estimate, and nothing of when and where the run was.
using Change = std::function<void(Results&)>;

TEST(ResultsDigest, ChangesWithEveryCountAndEstimate) {
  const std::vector<Change> changes{
      [](Results& r) { r.study_no_paths += " "; },
      [](Results& r) { r.models[0].weights_sha256 = "ab13"; },
      [](Results& r) { r.models[0].normalization.mean[0] += 1e-16; },
      [](Results& r) { r.models[0].normalization.deviation[0] *= 2; },
      [](Results& r) { r.models[0].nu = 4; },
      [](Results& r) { r.models[0].spread->limits[0].mean *= 2; },
      [](Results& r) { r.samplers[0].name = "x"; },
      [](Results& r) { r.samplers[0].nu.reset(); },
      [](Results& r) { r.samplers[1].nu = 0; },
      [](Results& r) { ++r.samplers[0].paths; },
      [](Results& r) { ++r.samplers[0].nonfinite; },
      [](Results& r) { r.samplers[0].denoiser = "network"; },
      [](Results& r) { r.samplers[0].table_error *= 2; },
      [](Results& r) { ++r.samplers[0].levels; },
      [](Results& r) { ++r.samplers[0].network_calls_per_path; },
      [](Results& r) { r.samplers[0].w1_test->value[0] *= 1 + 1e-15; },
      [](Results& r) { r.samplers[0].w1_test->interval[0].low = 0; },
      [](Results& r) { r.samplers[0].w1_test.reset(); },
      [](Results& r) { r.samplers[0].w1_law->value[0] *= 1 + 1e-15; },
      [](Results& r) { ++r.samplers[2].exceedance[1].count; },
      [](Results& r) { r.samplers[0].exceedance[0].probability *= 1 + 1e-15; },
      [](Results& r) { r.samplers[0].exceedance[0].threshold *= 1 + 1e-15; },
      [](Results& r) { r.samplers[0].exceedance[0].batch_mean = 0; },
      [](Results& r) { r.samplers[0].exceedance[0].batch_std = 0; },
      [](Results& r) { r.samplers[0].exceedance[0].interval.high = 1; },
      [](Results& r) { r.samplers[0].exceedance[0].batch_interval.low = -1; },
      [](Results& r) { ++r.samplers[0].exceedance[0].batch_counts[1]; },
      [](Results& r) { r.samplers[0].exceedance.pop_back(); },
      [](Results& r) { r.samplers[0].quantiles[1].generated += 1e-16; },
      [](Results& r) { r.samplers[0].quantiles[1].interval.low = 0; },
      [](Results& r) { r.samplers[0].quantiles[1].test = 0; },
      [](Results& r) { r.samplers[0].quantiles[1].law = 1; },
      [](Results& r) { r.samplers[0].qq_generated[2] = 0; },
      [](Results& r) { r.samplers[0].qq_low[2] = 0; },
      [](Results& r) { r.samplers[0].qq_high[2] = 0; },
      [](Results& r) { r.samplers[0].qq_test[2] = 0; },
      [](Results& r) { r.samplers[0].qq_law[2] = 0; },
      [](Results& r) { ++r.samplers[0].survival.count[2]; },
      [](Results& r) { r.samplers[0].survival.interval[2].high = 1; },
      [](Results& r) { ++r.samplers[0].survival.test[1]; },
      [](Results& r) { ++r.test_samples; },
      [](Results& r) { r.samplers[0].survival.law.clear(); },
      [](Results& r) { r.samplers[0].moments[1].value = 3; },
      [](Results& r) { r.samplers[0].moments[1].exists = false; },
      [](Results& r) { r.samplers[0].law.reset(); },
      [](Results& r) { r.samplers[0].law->tolerance = 1e-9; },
      [](Results& r) { r.samplers[0].law->relative_error = 0; },
      [](Results& r) { r.samplers[0].law->lost_mass = 0; },
      [](Results& r) { r.samplers[0].law->w1 = 0.0167; },
      [](Results& r) { r.samplers[0].law->w1_error = 0; },
      [](Results& r) { r.samplers[0].law->exceedance[0].probability = 1; },
      [](Results& r) { r.samplers[0].law->exceedance[1].interval.high = 1; },
      [](Results& r) { r.samplers[0].law->survival_threshold[1] = 1; },
      [](Results& r) { r.samplers[0].law->survival[1] = 1; },
      [](Results& r) { r.samplers[0].law->survival_error[1] = 1; },
      [](Results& r) { r.samplers[0].law->survival_law[1] = 1; },
      [](Results& r) { r.samplers[0].law->quantile_level[1] = 1; },
      [](Results& r) { r.samplers[0].law->quantile[1] = 1; },
      [](Results& r) { r.samplers[0].law->quantile_error[1] = 1; },
      [](Results& r) { r.samplers[0].law->marginal_depth[1] = 1e-4; },
      [](Results& r) { r.samplers[0].law->marginals[1].sigma = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].scale = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].w1 = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].w1_error = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].threshold[1] = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].probability[1] = 1; },
      [](Results& r) { r.samplers[0].law->marginals[1].error[1] = 1; },
      [](Results& r) { r.samplers[0].law->densities[1].sigma = 1; },
      [](Results& r) { r.samplers[0].law->densities[1].x[1] = 0.1; },
      [](Results& r) { r.samplers[0].law->densities[1].density[1] = 1; },
      [](Results& r) { r.samplers[0].law->densities[1].error[1] = 1; },
      [](Results& r) { r.samplers[0].law->densities[0].marginal[1] = 1; },
      [](Results& r) { r.samplers[0].law->densities.clear(); },
      [](Results& r) { std::swap(r.samplers[0], r.samplers[1]); },
      [](Results& r) { r.samplers.pop_back(); },
  };
  const Results results = test::sample_results();
  const std::string before = results_digest(results);
  EXPECT_EQ(before.size(), 64U);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Results changed = results;
    changes[i](changed);
    EXPECT_NE(results_digest(changed), before) << "change " << i;
  }
}

TEST(ResultsDigest, IgnoresTimeHostAndLayout) {
  const std::vector<Change> changes{
      [](Results& r) { r.provenance = {}; },
      [](Results& r) { r.provenance.ranks = 17; },
      [](Results& r) { r.provenance.threads = 17; },
      [](Results& r) { r.provenance.isa = "avx512"; },
      [](Results& r) { r.provenance.tile = 1; },
      [](Results& r) { r.provenance.host = "elsewhere"; },
      [](Results& r) { r.provenance.seconds_total = 1e9; },
      [](Results& r) { r.samplers[0].seconds = 1e9; },
      [](Results& r) { r.models[0].seconds = 1e9; },
      [](Results& r) { r.study = "[models.t]\nfile = \"/elsewhere\"\n"; },
      [](Results& r) { std::swap(r.models[0], r.models[1]); },
      // What is known since schema 1.10 only, and follows from the rest and the batches.
      [](Results& r) { r.samplers[0].moments[0].interval.low = 7; },
      [](Results& r) { r.samplers[0].moments[0].doubt = "a doubt"; },
      [](Results& r) { r.samplers[0].qq_paths = 7; },
      [](Results& r) { r.samplers[2].qq_law[0] = -std::numeric_limits<double>::quiet_NaN(); },
  };
  const Results results = test::sample_results();
  const std::string before = results_digest(results);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Results changed = results;
    changes[i](changed);
    EXPECT_EQ(results_digest(changed), before) << "change " << i;
  }
}

}  // namespace
}  // namespace htdm
