/// Exceedance counts against counting by hand.
#include "stats/exceedance.hpp"

#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// A tile of `paths` columns and `rows` rows of heavy-tailed numbers.
struct Sample {
  Sample(std::size_t rows, std::size_t paths)
      : numbers(rows * padded(paths)), tile{numbers.data(), paths, padded(paths)} {
    std::vector<double> x(rows);
    for (std::size_t i = 0; i < paths; ++i) {
      student_t(Stream(3, Purpose::test_data, i), Stream(4, Purpose::test_data, i), 0, 3.0, x);
      for (std::size_t j = 0; j < rows; ++j) tile.row(j)[i] = x[j];
    }
  }
  AlignedVector<double> numbers;
  Tile<double> tile;
};

TEST(EventValues, AreDistancesOrOneTail) {
  Sample sample(3, 100);
  std::vector<double> norms(100), firsts(100), upper(100), lower(100), sums(100);
  event_values(sample.tile, 3, {3, 0.5, 0}, norms);
  event_values(sample.tile, 3, {1, 0.5, 0}, firsts);
  event_values(sample.tile, 3, {1, 0.5, 1}, upper);
  event_values(sample.tile, 3, {1, 0.5, -1}, lower);
  event_values(sample.tile, 3, {1, 0.5, 0, {2, 0, -1}}, sums);
  for (std::size_t i = 0; i < 100; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      squares += (sample.tile.row(j)[i] - 0.5) * (sample.tile.row(j)[i] - 0.5);
    }
    EXPECT_NEAR(norms[i], std::sqrt(squares), 1e-14 * norms[i]);
    EXPECT_DOUBLE_EQ(firsts[i], std::fabs(sample.tile.row(0)[i] - 0.5));
    EXPECT_EQ(upper[i], sample.tile.row(0)[i] - 0.5);
    EXPECT_EQ(lower[i], 0.5 - sample.tile.row(0)[i]);
    EXPECT_DOUBLE_EQ(sums[i], 2 * (sample.tile.row(0)[i] - 0.5) - (sample.tile.row(2)[i] - 0.5));
  }
}

TEST(EventValues, AreNaNWhereAnyComponentIsNotFinite) {
  Sample sample(2, 20);
  sample.tile.row(0)[3] = nan_value;
  sample.tile.row(1)[5] = inf;
  sample.tile.row(1)[7] = -inf;
  sample.tile.row(0)[9] = 1e300;
  for (const EventValue& event : {EventValue{1, 0, 0}, EventValue{1, 0, 1}, EventValue{1, 0, -1},
                                  EventValue{1, 0, 0, {0, 1}}}) {
    std::vector<double> values(20);
    event_values(sample.tile, 2, event, values);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_EQ(std::isnan(values[i]), i == 3 || i == 5 || i == 7) << i;
    }
  }
}

TEST(ExceedanceCounts, AreStrictAndSetNonfiniteApart) {
  const std::vector<double> thresholds{1.0, 10.0, 0.5};
  ExceedanceCounts counts(3);
  counts.add(100, std::vector<double>{0.5, 1.0, nan_value, 1.5, nan_value, 20.0}, thresholds);
  EXPECT_EQ(counts.count, (std::vector<std::uint64_t>{2, 1, 3}));
  EXPECT_EQ(counts.paths, 6u);
  EXPECT_EQ(counts.nonfinite, 2u);
  EXPECT_EQ(counts.first_nonfinite, 102u);
}

TEST(ExceedanceCounts, DoNotDependOnHowPathsAreCut) {
  Sample sample(1, 1000);
  sample.tile.row(0)[777] = nan_value;
  sample.tile.row(0)[333] = nan_value;
  std::vector<double> values(1000);
  event_values(sample.tile, 1, {1, 0, 0}, values);
  const std::vector<double> thresholds{1, 3, 9};
  ExceedanceCounts whole(3), forwards(3), backwards(3);
  whole.add(0, values, thresholds);
  std::vector<ExceedanceCounts> parts;
  for (std::size_t i = 0; i < 1000; i += 128) {
    parts.emplace_back(3);
    const std::size_t n = std::min<std::size_t>(128, 1000 - i);
    parts.back().add(i, std::span(values).subspan(i, n), thresholds);
  }
  for (std::size_t k = 0; k < parts.size(); ++k) {
    forwards.merge(parts[k]);
    backwards.merge(parts[parts.size() - 1 - k]);
  }
  EXPECT_EQ(forwards, whole);
  EXPECT_EQ(backwards, whole);
  EXPECT_EQ(whole.first_nonfinite, 333u);
  EXPECT_EQ(ExceedanceCounts{}.first_nonfinite, ExceedanceCounts::none);
}

}  // namespace
}  // namespace htdm
