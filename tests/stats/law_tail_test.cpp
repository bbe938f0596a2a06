/// Return levels and local indices of laws known at points, against closed forms.
#include "stats/law_tail.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

/// P(X > x) = x^-3 (1 + 1/x)/2 for x >= 1: a power law that is approached slowly.
double survival(double x) {
  return std::pow(x, -3) * (1 + 1 / x) / 2;
}

double index_at(double x) {
  return 3 + 1 / (x + 1);
}

double threshold_of(double p) {
  double low = 0, high = 60;  // of ln x
  for (int k = 0; k < 200; ++k) {
    const double middle = (low + high) / 2;
    (survival(std::exp(middle)) > p ? low : high) = middle;
  }
  return std::exp(low);
}

/// Four to a decade, as in results.h5, each probability off by up to `error` of it.
std::vector<LawPoint> points(double error) {
  std::vector<LawPoint> found;
  for (int k = 4; k <= 60; ++k) {
    const double p = std::pow(10, -k / 4.0);
    found.push_back({threshold_of(p), p * (1 + error * std::sin(3 * k)), error * p});
  }
  return found;
}

constexpr std::array probabilities{0.05, 1e-2, 3e-4, 1e-7};

TEST(LawTail, BoundsHoldTheTruth) {
  for (const double error : {0.0, 1e-6, 1e-3}) {
    const TailReport report = law_tail_report("x", points(error), probabilities, "law");
    ASSERT_EQ(report.return_levels.size(), probabilities.size());
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      const TailNumber& level = *report.return_levels[i].law;
      const double x = threshold_of(probabilities[i]);
      EXPECT_LE(level.interval.low, x * (1 + 1e-9)) << error << " " << probabilities[i];
      EXPECT_GE(level.interval.high, x * (1 - 1e-9)) << error << " " << probabilities[i];
      EXPECT_LE(level.interval.high - level.interval.low, (2e-4 + 2 * error) * x);
      EXPECT_EQ(level.doubt, "");
    }
    for (const SurvivalPoint& p : report.survival) {
      EXPECT_LE(p.index_interval.low, index_at(p.threshold) + 1e-6) << error << " " << p.threshold;
      EXPECT_GE(p.index_interval.high, index_at(p.threshold) - 1e-6) << error << " " << p.threshold;
      EXPECT_NEAR(p.index, index_at(p.threshold), 0.01 + 40 * error);
    }
    EXPECT_NEAR(report.index.value, index_at(threshold_of(1e-7)), 1e-3 + 40 * error);
    EXPECT_DOUBLE_EQ(report.shape.value, 1 / report.index.value);
  }
}

TEST(LawTail, SaysWhatItDoesNotKnow) {
  constexpr std::array far{0.5, 1e-20};
  const TailReport report = law_tail_report("x", points(0), far, "law");
  const TailNumber& shallow = *report.return_levels[0].law;
  const TailNumber& deep = *report.return_levels[1].law;
  EXPECT_TRUE(std::isnan(shallow.value) && std::isnan(deep.value));
  EXPECT_NE(shallow.doubt.find("not resolved"), std::string::npos);
  EXPECT_NEAR(shallow.interval.high, threshold_of(0.1), 1e-9);
  EXPECT_NEAR(deep.interval.low / threshold_of(1e-15), 1, 1e-9);
  EXPECT_EQ(deep.interval.high, std::numeric_limits<double>::infinity());
}

/// What has no logarithm or no digit takes no part.
TEST(LawTail, LeavesOutPointsThatAreNotResolved) {
  std::vector<LawPoint> with = points(0);
  with.push_back({-1, 0.4, 0});
  with.push_back({1e9, 1e-16, 1e-16});
  with.push_back({2e9, 0, 0});
  const TailReport report = law_tail_report("x", with, probabilities, "law");
  EXPECT_EQ(report.survival.size(), points(0).size());
  EXPECT_EQ(report.return_levels[3].law->value,
            law_tail_report("x", points(0), probabilities, "law").return_levels[3].law->value);
  with.resize(3);
  EXPECT_THROW(law_tail_report("x", with, probabilities, "law"), InputError);
}

}  // namespace
}  // namespace htdm
