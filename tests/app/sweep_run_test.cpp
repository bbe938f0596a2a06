// Which models the points of a sweep share, and what a calibration of its pieces says.
#include "app/sweep_run.hpp"

#include "app/calibration.hpp"

#include <gtest/gtest.h>

namespace htdm {
namespace {

Study study_with(const std::string& sweep) {
  return parse_study(R"(
[data]
train_samples = 500
test_samples = 500
[models.a]
steps = 4
batch = 32
hidden = [8]
[models.b]
noise = "gaussian"
steps = 4
batch = 32
hidden = [8]
[samplers.t_ode]
model = "a"
levels = 4
[samplers.ve_sde]
model = "b"
levels = 4
[statistics]
batches = 1
batch_size = 300
w1_samples = 300
[sweep]
)" + sweep,
                     "swept.toml", "");
}

std::vector<std::string> labels(const std::string& sweep) {
  std::vector<std::string> labels;
  const SweepRun run(study_with(sweep), "test", Communicator());
  for (const TrainingJob& job : run.jobs()) labels.push_back(job.label);
  return labels;
}

using Labels = std::vector<std::string>;

TEST(SweepRun, TrainsEqualModelsOnce) {
  // What changes no weights, what changes those of one model, and what changes all.
  EXPECT_EQ(labels("\"statistics.batches\" = [1, 2, 3]"), (Labels{"000-a", "000-b"}));
  EXPECT_EQ(labels("\"samplers.t_ode.levels\" = [4, 5]"), (Labels{"000-a", "000-b"}));
  EXPECT_EQ(labels("\"models.a.nu\" = [3, 4]"), (Labels{"000-a", "000-b", "001-a"}));
  EXPECT_EQ(labels("\"data.nu\" = [3, 4]"), (Labels{"000-a", "000-b", "001-a", "001-b"}));
  EXPECT_EQ(labels("\"study.seed\" = [3, 4]"), (Labels{"000-a", "000-b", "001-a", "001-b"}));
  EXPECT_EQ(labels("\"models.a.nu\" = [3, 4]\n\"statistics.batches\" = [1, 2]"),
            (Labels{"000-a", "000-b", "002-a"}));
}

TEST(SweepRun, ChecksEveryPointWithItsPart) {
  const auto make = [](const Part& part) {
    return SweepRun(study_with("\"statistics.batches\" = [2, 1]"), "test", Communicator(), part);
  };
  EXPECT_NO_THROW(make({0, 2}));
  try {
    make({0, 3});  // the second point has two units only
    FAIL() << "three parts of two units";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("point 001"), std::string::npos) << error.what();
  }
}

TEST(Calibration, TimesScaleWithTheWork) {
  SweepRun run(study_with("\"statistics.batches\" = [1, 3]\n\"models.a.steps\" = [4]"), "test",
               Communicator());
  Calibration calibration(Communicator(), 1);
  const Spread training = calibration.training(run.jobs());
  const Spread one = calibration.sampling(run.plan(0)), three = calibration.sampling(run.plan(1));
  for (const Spread& s : {training, one, three, calibration.statistics(run.plan(0))}) {
    EXPECT_GT(s.fastest, 0);
    EXPECT_LE(s.fastest, s.mean * 1.0000001);
    EXPECT_LE(s.mean, s.slowest * 1.0000001);
  }
  // The same timings, three times the paths; tables are made once either way.
  EXPECT_GT(three.mean, one.mean);
  EXPECT_LE(three.mean, 3.0000001 * one.mean);
}

}  // namespace
}  // namespace htdm
