#include "io/estimate_text.hpp"
#include "io/results.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace htdm {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::string line_with(const std::string& text, const std::string& start) {
  for (const std::string& line : lines(text)) {
    if (line.starts_with(start)) return line;
  }
  return "";
}

TEST(ResultsText, ShowsEstimatesWithIntervals) {
  const std::string text = results_text(test::sample_results());
  const std::string line = line_with(text, "t_sde ");
  for (const char* part :
       {"2.5", "128", "0.0287 ±0.0041  0.0287 ±0.0041", "1.13 [1.02, 1.24]e-3", "1.13"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
  for (const char* part : {"P(norm > 12.9)", "law 1.00e-3", "seed 42", "1000000 paths"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
}

TEST(ResultsText, EndsOfIntervalsAreNoBareZeros) {
  EXPECT_EQ(estimate_text(3, 6.72e-6, {0, 1.954e-5}), "6.72e-6, < 1.95e-5");
  EXPECT_EQ(estimate_text(3, 6.72e-6, {1e-9, 1.954e-5}), "6.72e-6, < 1.95e-5") << "shown as 0.00";
  EXPECT_EQ(estimate_text(3, 6.72e-6, {1e-7, 1.954e-5}), "6.72 [0.10, 19.54]e-6");
  EXPECT_EQ(estimate_text(3, 0.25, {0, 0.7}), "0.250, < 0.700");
  EXPECT_EQ(interval_text("1.5", "-0.20", "inf"), "1.5 [-0.20, inf]");
  EXPECT_EQ(interval_text("-0.10", "-inf", "0.20"), "-0.10 [-inf, 0.20]");
}

TEST(ResultsText, SaysWhichSamplersUseTables) {
  const std::string line = line_with(results_text(test::sample_results()), "Tabulated denoiser");
  EXPECT_NE(line.find("2.5e-7"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with(": t_sde, ve_sde.")) << line;
}

TEST(ResultsText, ShowsLawsWithTheDigitsTheyHave) {
  const std::string text = results_text(test::sample_results());
  const std::string table = text.substr(text.find("propagated law"));
  EXPECT_NE(table.find("1.180e-3"), std::string::npos) << table;
  EXPECT_NE(table.find("< 1.0e-23"), std::string::npos) << table;
  EXPECT_NE(table.find("relative error up to 1.0e-6"), std::string::npos) << table;
  EXPECT_EQ(results_text(test::sample_results(2)).find("propagated law"), std::string::npos);
}

TEST(ResultsText, DigitsOfAValueFollowItsBound) {
  EXPECT_EQ(bounded_text(1.23456789e-3, 1e-12), "1.23457e-3");
  EXPECT_EQ(bounded_text(1.23456789e-3, 1e-12, 3), "1.23e-3");
  EXPECT_EQ(bounded_text(0.0166, 1e-4), "0.017");  // 2 digits: one unit is 1e-3
  EXPECT_EQ(bounded_text(0.82, 0.03), "0.8");
  EXPECT_EQ(bounded_text(0.82, 0.19), "0.82 ±0.19");
  EXPECT_EQ(bounded_text(0.82, 0.25), "< 1.1");
  EXPECT_EQ(bounded_text(0, 1e-23), "< 1.0e-23");
  EXPECT_EQ(bounded_text(0, 0), "< 1.0e-300");
  EXPECT_EQ(bounded_text(NAN, 1), "-");
}

/// A threshold's bound is that of its probability times the slope: x ~ 1/p has slope 1 here, and at
/// 1e-9 one unit in the third digit is allowed.
TEST(ResultsText, ShowsThresholdsOfLawsWithTheDigitsTheyHave) {
  Results results = test::sample_results();
  LawResult& law = *results.samplers[0].law;
  law.survival.clear();
  law.survival_threshold.clear();
  law.survival_error.clear();
  law.survival_law.clear();
  for (int k = 4; k <= 48; ++k) {
    const double p = std::pow(10, -k / 4.0);
    law.survival.push_back(p);
    law.survival_threshold.push_back(1.23456789 / p);
    law.survival_error.push_back(p * (k < 30 ? 2e-5 : k < 40 ? 2e-3 : 0.3));
    law.survival_law.push_back(p);
  }
  const std::string text = results_text(results);
  const std::string line = line_with(text.substr(text.find("propagated law")), "t_sde");
  EXPECT_NE(line.find("1.235e6 "), std::string::npos) << line;
  EXPECT_NE(line.find(" 1.2e9 "), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with(" -")) << line;  // at 1e-12 no digit is left
  EXPECT_NE(line.find(" 0.016600 "), std::string::npos) << line;
  EXPECT_NE(text.find("Digits shown are within the"), std::string::npos);
}

TEST(ResultsText, AZeroCountIsAnUpperBound) {
  const std::string text = results_text(test::sample_results());
  const std::string line = line_with(text, "ve_sde ");
  EXPECT_NE(line.find("< 3.0e-6 (95 %)"), std::string::npos) << line;
  EXPECT_NE(line.find("< 3.0e-3"), std::string::npos) << line;
  for (const char* bare : {" 0 ", " 0.00 ", " 0.000", " 0.0 "}) {
    EXPECT_EQ(line.find(bare), std::string::npos) << line;
  }
  EXPECT_NE(text.find("ve_sde (nu -): 2 of 1000000 paths ended in NaN"), std::string::npos);
}

TEST(ResultsText, SaysWhatNotToBuildOn) {
  Results results = test::sample_results();
  const std::string zero = line_with(results_text(results), "ve_sde (nu -), norm > ");
  EXPECT_NE(zero.find("doubtful, no path"), std::string::npos) << zero;
  ExceedanceResult& e = results.samplers[0].exceedance[0];
  for (const std::uint64_t count : {10, 11}) {
    e.count = count;
    const bool doubtful = results_text(results).find("only 10 paths") != std::string::npos;
    EXPECT_EQ(doubtful, count == 10);
  }
  EXPECT_NE(line_with(results_text(results), "law of t_sde (nu 2.5)").find("no digit"),
            std::string::npos);
}

TEST(ResultsText, FitsATerminalAndAlignsItsColumns) {
  Results results = test::sample_results(2);
  for (SamplerResult& s : results.samplers) {
    for (int i = 0; i < 5; ++i) s.exceedance.push_back(s.exceedance.back());
  }
  const std::string text = results_text(results);
  for (const std::string& line : lines(text)) {
    const auto shown = std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; });
    EXPECT_LE(shown, 120) << line;
  }
  // Seven thresholds do not fit beside each other: the samplers are named again below.
  EXPECT_GE(text.find("t_sde ", text.find("t_sde ") + 1), text.find("t_sde ") + 1);
  EXPECT_NE(text.find("worst component"), std::string::npos);
}

TEST(ResultsText, WorksWithoutSamplersOrLaw) {
  EXPECT_NE(results_text({}).find("No sampler"), std::string::npos);
  Results results = test::sample_results();
  results.samplers.erase(results.samplers.begin(), results.samplers.begin() + 2);
  EXPECT_NE(line_with(results_text(results), "t_ode ").find(" - "), std::string::npos);
}

}  // namespace
}  // namespace htdm
