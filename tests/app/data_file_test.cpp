/// The user's own data: split, thinning and refusals.
#include "app/data_file.hpp"

#include "app/plan.hpp"
#include "core/error.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace htdm {
namespace {

/// A CSV file that goes with the test.
class CsvFile {
 public:
  explicit CsvFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("htdm_data_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
               "_" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv")) {
    std::ofstream(path_) << text;
  }
  ~CsvFile() { std::filesystem::remove(path_); }
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  DataSection section() const {
    DataSection data;
    data.kind = "file";
    data.path = path_.string();
    return data;
  }

 private:
  std::filesystem::path path_;
};

std::string numbers(int n) {
  std::string text = "x\n";
  for (int i = 0; i < n; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::string complaint(const DataSection& data) {
  try {
    read_data_file(data, 1);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(DataFile, TimeSplitHoldsOutTheLastRows) {
  const CsvFile file(numbers(10));
  DataSection data = file.section();
  data.split = "time";
  data.test_fraction = 0.3;
  const EmpiricalTarget rows = read_data_file(data, 1);
  EXPECT_EQ(*rows.train, (std::vector<double>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(*rows.test, (std::vector<double>{7, 8, 9}));
}

/// Every row is on one side, and the sizes are binomial (level 1e-6: 4.9 standard deviations, so a
/// share of 0.33 for 0.3 is seen surely).
TEST(DataFile, RandomSplitTakesEveryRowOnce) {
  const CsvFile file(numbers(10'000));
  DataSection data = file.section();
  data.test_fraction = 0.3;
  const EmpiricalTarget rows = read_data_file(data, 1);
  std::vector<double> all(*rows.train);
  all.insert(all.end(), rows.test->begin(), rows.test->end());
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), 10'000U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<double>(i));
  EXPECT_GT(test::binomial_two_sided_p(rows.test->size(), 10'000, 0.3), 1e-6);
  EXPECT_NE(*read_data_file(data, 2).test, *rows.test);
}

TEST(DataFile, KeepsAtMostTheSamplesAskedForEvenlySpread) {
  const CsvFile file(numbers(1000));
  DataSection data = file.section();
  data.split = "time";
  data.test_fraction = 0.5;
  data.train_samples = 50;
  const EmpiricalTarget rows = read_data_file(data, 1);
  ASSERT_EQ(rows.train->size(), 50U);
  for (std::size_t k = 0; k < 50; ++k)
    EXPECT_EQ((*rows.train)[k], 10.0 * static_cast<double>(k) + 9);
  EXPECT_EQ(rows.test->size(), 500U);
}

TEST(DataFile, LevelsAreThoseOfTheTestSample) {
  const CsvFile file(numbers(2000));
  Study study = parse_study("[data]\nkind = \"file\"\npath = \"" + file.section().path +
                                "\"\nsplit = \"time\"\n[models.m]\nbatch = 10\n[samplers.t_ode]\n"
                                "model = \"m\"\n[statistics]\nexceedance_levels = [0.1]\n"
                                "separate_tails = true",
                            "test", ".");
  const Plan plan = make_plan(study, {nullptr}, read_data_file(study.data, 1));
  ASSERT_EQ(plan.thresholds.size(), 3U);
  // The test rows are 1000 ... 1999 and positive: norm and upper tail agree, the lower mirrors.
  EXPECT_NEAR(plan.thresholds[0].threshold, 1000 + 0.9 * 999, 1e-9);
  EXPECT_EQ(plan.thresholds[1].event, Event::upper);
  EXPECT_NEAR(plan.thresholds[1].threshold, 1000 + 0.9 * 999, 1e-9);
  EXPECT_NEAR(plan.thresholds[2].threshold, -(1000 + 0.1 * 999), 1e-9);
  EXPECT_EQ(plan.study.data.train_samples, 1000);
}

TEST(DataFile, RefusesWhatCannotBeLearnt) {
  const CsvFile two_columns("a,b\n1,5\n2,5\n3,5\n4,5\n");
  DataSection data = two_columns.section();
  EXPECT_NE(complaint(data).find("data.dimension = 2"), std::string::npos) << complaint(data);
  data.columns = {"b"};
  EXPECT_NE(complaint(data).find("Column b"), std::string::npos) << complaint(data);
  EXPECT_NE(complaint(data).find("one value only"), std::string::npos) << complaint(data);
  data.columns = {"a"};
  data.split = "time";
  data.test_fraction = 0.01;
  EXPECT_NE(complaint(data).find("data.test_fraction"), std::string::npos) << complaint(data);
}

}  // namespace
}  // namespace htdm
