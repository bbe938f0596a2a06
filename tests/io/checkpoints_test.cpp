/// Checkpoints: the newest that is whole counts, and no damage passes unseen.
#include "io/checkpoints.hpp"

#include "core/error.hpp"
#include "io/folder_lock.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace htdm {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

Bytes state(int fill, std::size_t size = 100) {
  return Bytes(size, static_cast<std::byte>(fill));
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class CheckpointFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "htdm-checkpoints-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string where() const { return folder_ / "checkpoints"; }
  fs::path file(const std::string& name) const { return fs::path(where()) / name; }

  fs::path folder_;
};

TEST_F(CheckpointFolder, KeepsTheLastTwoOfEverySeries) {
  Checkpoints all(where(), "study");
  EXPECT_FALSE(all.any());
  EXPECT_EQ(all.newest("a"), std::nullopt);
  for (int k = 1; k <= 12; ++k) all.write("a", state(k));
  all.write("a-b", state(50));
  EXPECT_EQ(all.newest("a"), state(12));
  EXPECT_EQ(all.newest("a-b"), state(50));
  EXPECT_EQ(all.identity_found(), "study");
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(where())) files += entry.is_regular_file();
  EXPECT_EQ(files, 3U);
  EXPECT_TRUE(fs::exists(file("a.000011.ckpt")) && fs::exists(file("a.000012.ckpt")));
  all.remove_all();
  EXPECT_FALSE(fs::exists(where()));
}

TEST_F(CheckpointFolder, OrdersByNumberNotByTheClock) {
  Checkpoints all(where(), "study");
  all.write("a", state(1));
  all.write("a", state(2));
  // The clock went back a year between the two.
  fs::last_write_time(file("a.000002.ckpt"),
                      fs::file_time_type::clock::now() - std::chrono::hours(24 * 365));
  EXPECT_EQ(all.newest("a"), state(2));
  all.write("a", state(3));
  EXPECT_EQ(all.newest("a"), state(3));
}

TEST_F(CheckpointFolder, RefusesAnotherStudy) {
  Checkpoints(where(), "study one").write("a", state(1));
  Checkpoints other(where(), "study two");
  test::expect_input_error([&] { other.newest("a"); }, {"a.000001.ckpt", "another study"});
}

TEST_F(CheckpointFolder, TakesTheOneBeforeADamagedOne) {
  Checkpoints all(where(), "study");
  all.write("a", state(1, 40'000));
  all.write("a", state(2, 40'000));
  const std::string whole = content(file("a.000002.ckpt"));
  std::size_t damages = 0;
  const auto expect_older = [&](const std::string& what) {
    EXPECT_EQ(all.newest("a"), state(1, 40'000)) << what;
    ASSERT_EQ(all.damage().size(), ++damages) << what;
    EXPECT_NE(all.damage().back().find("a.000002.ckpt"), std::string::npos) << what;
  };
  for (std::size_t size = 0; size < whole.size(); size += 4096) {
    overwrite(file("a.000002.ckpt"), whole.substr(0, size));
    expect_older("cut to " + std::to_string(size));
  }
  const std::size_t frame = whole.size() - 40'000;  // all before the state
  for (std::size_t at = 0; at < frame; ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(~flipped[at]);
    overwrite(file("a.000002.ckpt"), flipped);
    expect_older("byte " + std::to_string(at) + " flipped");
  }
  overwrite(file("a.000002.ckpt"), whole);
  EXPECT_EQ(all.newest("a"), state(2, 40'000));
}

TEST_F(CheckpointFolder, FindsNothingWhereAllAreDamaged) {
  Checkpoints all(where(), "study");
  all.write("a", state(1));
  overwrite(file("a.000001.ckpt"), "HTDM");
  EXPECT_EQ(all.newest("a"), std::nullopt);
  EXPECT_EQ(all.identity_found(), std::nullopt);
  EXPECT_EQ(all.damage().size(), 1U);
  all.write("a", state(7));
  EXPECT_EQ(all.newest("a"), state(7));
}

TEST_F(CheckpointFolder, LeavesWhatIsThereWhenItCannotWrite) {
  Checkpoints all(where(), "study");
  all.write("a", state(1));
  fs::rename(where(), folder_ / "away");
  overwrite(where(), "a file in the way");
  test::expect_input_error([&] { all.write("a", state(2)); }, {"cannot be written"});
  fs::remove(where());
  fs::rename(folder_ / "away", where());
  EXPECT_EQ(all.newest("a"), state(1));
}

TEST_F(CheckpointFolder, IsLockedForOneProcess) {
  const FolderLock mine(folder_);
  // Locks of a process do not keep itself out: ask another.
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    try {
      const FolderLock theirs(folder_);
    } catch (const InputError& error) {
      const std::string who = "process " + std::to_string(getppid());
      _exit(std::string(error.what()).find(who) != std::string::npos ? 0 : 2);
    }
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not refused, 2: the message does not name the holder";
}

}  // namespace
}  // namespace htdm
