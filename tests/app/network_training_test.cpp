#include "app/network_training.hpp"

#include "denoiser/random_numbers.hpp"
#include "denoiser/train.hpp"
#include "io/value_bytes.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace htdm {
namespace {

constexpr std::int64_t steps = 8;
const TrainingNames names{"training", "t", "t", "learning_rate"};

TrainingOptions short_training() {
  TrainingOptions options;
  options.hidden = {8};
  options.batch = 64;
  return options;
}

/// A training of 8 steps that goes on after `before` of them, alone on its rank, with checkpoints
/// that are due after an hour.
class NetworkTraining : public testing::Test {
 protected:
  NetworkTraining() : samples_(test::normals(500, 1)) {
    folder_ = (std::filesystem::temp_directory_path() / "htdm_XXXXXX").string();
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~NetworkTraining() override { std::filesystem::remove_all(folder_); }

  /// The step of the checkpoint at the end, or -1 where none was left.
  std::int64_t kept_after(std::optional<std::int64_t> before) {
    const Communicator world = Communicator::world();
    RunControl control({folder_, "a study", 3600}, world);
    Lookout lookout(world, 60);
    RankReport work;
    work.threads = 1;
    std::optional<TrainingState> state;
    if (before) {
      Trainer first(short_training(), samples_, 1);
      test::train(first, static_cast<int>(*before));
      state = TrainingState{first.state(), {{0, *before, 1}}};
    }
    Trainer trainer(short_training(), samples_, 1);
    const auto learned =
        train_network(trainer, steps, names, {world, 1, &control, lookout, work}, state);
    lookout.close();
    EXPECT_TRUE(learned);
    const auto bytes = control.newest_for_all(names.series);
    return bytes
               ? value_from_bytes<TrainingState>("training", *bytes, "the checkpoint").trainer.step
               : -1;
  }

 private:
  AlignedVector<float> samples_;
  std::string folder_;
};

// A run that was stopped once is likely to be stopped again before all of its training is over:
// what was left is not done again.
TEST_F(NetworkTraining, KeepsItsEndAfterAStop) {
  EXPECT_EQ(kept_after(steps - 1), steps);
}

TEST_F(NetworkTraining, KeepsNothingTwice) {
  EXPECT_EQ(kept_after(steps), -1);
}

// These 8 steps take milliseconds.
TEST_F(NetworkTraining, KeepsNoEndThatIsSoonReachedAgain) {
  EXPECT_EQ(kept_after({}), -1);
}

}  // namespace
}  // namespace htdm
