#include "io/results.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace htdm {
namespace {

using Json = nlohmann::json;

Json json_of(const Results& results) {
  return Json::parse(results_json(results));
}

TEST(ResultsJson, HasTheTopLevel) {
  const Json j = json_of(test::sample_results());
  EXPECT_EQ(j.at("kind"), "results");
  EXPECT_EQ(j.at("schema"), Json::array({1, 11}));
  EXPECT_EQ(j.at("study").at("study").at("seed"), 42);
  EXPECT_EQ(j.at("study").at("models").at("edm").at("nu"), "inf");
  EXPECT_EQ(j.at("study_toml"), test::sample_results().study);
  EXPECT_EQ(j.at("provenance").at("ranks"), 2);
  EXPECT_EQ(j.at("provenance").at("seed"), 42);
  EXPECT_EQ(j.at("samplers").size(), 3U);
  EXPECT_EQ(j.at("models").at(0).at("name"), "t_edm");
  EXPECT_EQ(j.at("models").at(0).at("loss").at(0).at("loss"), 0.6);
  EXPECT_EQ(j.at("models").at(1).at("nu"), "inf");
  EXPECT_TRUE(j.at("models").at(1).at("weights_sha256").is_null());
}

TEST(ResultsJson, NuIsANumberInfOrNull) {
  const Json samplers = json_of(test::sample_results()).at("samplers");
  EXPECT_EQ(samplers.at(0).at("nu"), 2.5);
  EXPECT_TRUE(samplers.at(1).at("nu").is_null());
  EXPECT_EQ(samplers.at(2).at("nu"), "inf");
}

TEST(ResultsJson, NumbersReadBackEqual) {
  const Results results = test::sample_results();
  const Json s = json_of(results).at("samplers").at(0);
  EXPECT_EQ(s.at("name"), "t_sde");
  EXPECT_EQ(s.at("kind"), "t_sde");
  EXPECT_EQ(s.at("model"), "t_edm");
  EXPECT_EQ(s.at("paths"), 1'000'000);
  EXPECT_EQ(s.at("network_calls_per_path"), 128);
  EXPECT_EQ(s.at("w1_test"), 0.0287);
  EXPECT_EQ(s.at("w1_law"), 0.0287);
  EXPECT_EQ(s.at("w1_test_interval"), Json::array({0.0251, 0.0333}));
  const ExceedanceResult& e = results.samplers[0].exceedance[1];
  const Json x = s.at("exceedance").at(1);
  EXPECT_EQ(x.at("level"), 1e-3);
  EXPECT_EQ(x.at("threshold"), 12.923979);
  EXPECT_EQ(x.at("event"), "norm");
  EXPECT_EQ(x.at("method"), "count");
  EXPECT_EQ(x.at("count"), 1131);
  EXPECT_EQ(x.at("probability"), e.probability);
  EXPECT_EQ(x.at("batch_mean"), e.batch_mean);
  EXPECT_EQ(x.at("batch_std"), e.batch_std);
  EXPECT_EQ(x.at("interval"), Json::array({e.interval.low, e.interval.high}));
  EXPECT_EQ(x.at("batch_interval"), Json::array({e.batch_interval.low, e.batch_interval.high}));
  EXPECT_DOUBLE_EQ(x.at("relative_error"), 0.1);
  EXPECT_DOUBLE_EQ(x.at("ratio"), 1.131);
  EXPECT_EQ(s.at("quantiles").at(1).at("generated"), 1.0 / 3);
  EXPECT_EQ(s.at("quantiles").at(0).at("law"), -2.47);
  EXPECT_EQ(s.at("survival").at("count"), Json::array({400'000, 1131, 0}));
  EXPECT_EQ(s.at("survival").at("test"), Json::array({41'000, 213, 1}));
  EXPECT_EQ(s.at("moments").at(2).at("exists"), false);
}

/// Interval, method and doubt of everything that is estimated; cost is that of the sampler.
TEST(ResultsJson, EveryEstimateSaysWhatToThinkOfIt) {
  Results results = test::sample_results();
  results.samplers[0].quantiles[0].level = 1e-5;  // ten of a million paths
  const Json s = json_of(results).at("samplers").at(0);
  EXPECT_EQ(s.at("survival").at("method"), "count");
  EXPECT_EQ(s.at("survival").at("doubtful"), Json::array({false, false, true}));
  for (const bool first : {true, false}) {
    const Json quantile = s.at("quantiles").at(first ? 0 : 1);
    EXPECT_EQ(quantile.at("method"), "count");
    EXPECT_EQ(quantile.at("doubtful"), first);
  }
  const Json moments = s.at("moments");
  EXPECT_EQ(moments.at(0).at("interval"), Json::array({-0.002, 1.0 / 3}));
  EXPECT_EQ(moments.at(0).at("doubtful"), false);
  EXPECT_EQ(moments.at(1).at("doubt"), "no finite variance");
  EXPECT_TRUE(moments.at(2).at("interval").at(0).is_null());
  EXPECT_EQ(moments.at(2).at("doubtful"), true);
  const Json law = s.at("propagated_law");
  EXPECT_EQ(law.at("survival").at("method"), "law");
  EXPECT_EQ(law.at("survival").at("doubtful"), Json::array({false, false, false}));
  EXPECT_EQ(law.at("quantiles").at("method"), "law");
  EXPECT_EQ(law.at("quantiles").at("doubtful"), Json::array({false, false}));
}

TEST(ResultsJson, LawsStandBesideCounts) {
  const Results results = test::sample_results();
  const Json samplers = json_of(results).at("samplers");
  const Json all = samplers.at(0).at("exceedance");
  const std::size_t counted = results.samplers[0].exceedance.size();
  ASSERT_EQ(all.size(), counted + 2);
  const Json law = all.at(counted);
  EXPECT_EQ(law.at("method"), "law");
  EXPECT_EQ(law.at("probability"), 1.18e-3);
  EXPECT_EQ(law.at("interval"), Json::array({1.1799e-3, 1.1801e-3}));
  EXPECT_TRUE(law.at("count").is_null());
  EXPECT_DOUBLE_EQ(law.at("ratio"), 1.18);
  EXPECT_TRUE(all.at(counted + 1).at("relative_error").is_null());
  const Json rest = samplers.at(0).at("propagated_law");
  EXPECT_EQ(rest.at("w1"), 0.0166);
  EXPECT_EQ(rest.at("survival").at("probability").at(1), 0.05623);
  EXPECT_TRUE(rest.at("survival").at("law").at(2).is_null());
  EXPECT_EQ(rest.at("marginals").at("depth"), Json::array({1e-2, 1e-5}));
  EXPECT_EQ(rest.at("marginals").at("w1"), Json::array({8.27, 0.0225}));
  EXPECT_EQ(rest.at("marginals").at("probability").at(1), Json::array({0.01, 3.4e-5}));
  EXPECT_EQ(rest.at("quantiles").at("value").at(0), -2.5);
  EXPECT_TRUE(samplers.at(1).at("propagated_law").is_null());
}

TEST(ResultsJson, SaysWhereTheTimeWent) {
  Results results = test::sample_results();
  const Json run = json_of(results).at("run");
  EXPECT_EQ(run.at("ranks").size(), 2U);
  EXPECT_EQ(run.at("ranks").at(1).at("host"), "node2");
  EXPECT_EQ(run.at("ranks").at(1).at("blocks"), 900);
  EXPECT_EQ(run.at("ranks").at(0).at("sampling_waiting"), 20.0);
  EXPECT_DOUBLE_EQ(run.at("imbalance").at("training"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(run.at("shares").at("waiting"), 80.0 / 522);
  EXPECT_EQ(run.at("checkpoints").at("count"), 3);
  EXPECT_DOUBLE_EQ(run.at("checkpoints").at("overhead"), 0.75 / 130.5);
  results.run.reset();
  EXPECT_TRUE(json_of(results).at("run").is_null());
}

TEST(ResultsJson, ZeroCountsAndWhatIsNotKnown) {
  const Json samplers = json_of(test::sample_results()).at("samplers");
  const Json zero = samplers.at(1).at("exceedance").at(1);
  EXPECT_EQ(zero.at("probability"), 0.0);
  EXPECT_TRUE(zero.at("relative_error").is_null());
  EXPECT_EQ(zero.at("interval"), Json::array({0.0, 3e-6}));
  EXPECT_EQ(zero.at("ratio"), 0.0);
  EXPECT_EQ(zero.at("doubtful"), true);
  EXPECT_EQ(zero.at("cost").at("paths"), samplers.at(1).at("paths"));
  const Json lawless = samplers.at(2);
  EXPECT_TRUE(lawless.at("exceedance").at(0).at("level").is_null());
  EXPECT_TRUE(lawless.at("exceedance").at(0).at("ratio").is_null());
  EXPECT_TRUE(lawless.at("w1_law").is_null());
  EXPECT_TRUE(lawless.at("w1_law_interval").is_null());
  EXPECT_TRUE(lawless.at("quantiles").at(0).at("law").is_null());
  EXPECT_TRUE(lawless.at("survival").at("law").is_null());
}

TEST(ResultsJson, DistancesAreListsInMoreDimensions) {
  const Json s = json_of(test::sample_results(3)).at("samplers").at(0);
  EXPECT_EQ(s.at("w1_test").size(), 3U);
  EXPECT_EQ(s.at("w1_test").at(1), 0.0287 + 0.001);
  EXPECT_EQ(s.at("w1_law_interval").at(2), Json::array({0.0251, 0.0333}));
}

TEST(ResultsJson, SurvivesOddTexts) {
  Results results = test::sample_results();
  results.provenance.host = "\xff\xfe";
  results.study = "not [toml";
  const Json j = json_of(results);
  EXPECT_TRUE(j.at("study").is_null());
  EXPECT_EQ(j.at("study_toml"), "not [toml");
}

}  // namespace
}  // namespace htdm
