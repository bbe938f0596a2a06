/// Checkpoints: the newest that is whole counts, and no damage passes unseen.
#include "io/checkpoints.hpp"

#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/folder_lock.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

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

TEST_F(CheckpointFolder, RefusesALargeFileByItsStartAlone) {
  Checkpoints all(where(), "study");
  all.write("a", state(1));
  all.write("a", state(2));
  // Zeros, and a whole frame with a tail: of a terabyte no disk has, nor memory.
  overwrite(file("a.000003.ckpt"), "");
  fs::copy(file("a.000002.ckpt"), file("a.000004.ckpt"));
  for (const char* name : {"a.000003.ckpt", "a.000004.ckpt"}) {
    std::error_code error;
    fs::resize_file(file(name), std::uintmax_t{1} << 40, error);
    if (error) GTEST_SKIP() << "no file of a terabyte can be made here: " << error.message();
  }
  EXPECT_EQ(all.newest("a"), state(2));
  EXPECT_EQ(all.damage().size(), 2U);
}

/// What `body` returns in a process of its own: locks of a process do not keep itself out.
template <class Body>
int in_another_process(Body&& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

/// 0 where `action` is refused with `words`, 1 where it is not refused, 2 with other words.
template <class Action>
int refused_with(const std::string& words, Action&& action) {
  try {
    action();
  } catch (const InputError& error) {
    return std::string(error.what()).find(words) != std::string::npos ? 0 : 2;
  }
  return 1;
}

TEST_F(CheckpointFolder, IsLockedForOneProcess) {
  const FolderLock mine(folder_);
  EXPECT_EQ(in_another_process([&] {
              return refused_with("in use by process " + std::to_string(getppid()),
                                  [&] { const FolderLock theirs(folder_); });
            }),
            0);
}

TEST_F(CheckpointFolder, IsLockedWhileAnyOfARunIsThere) {
  std::string holder;
  std::array<int, 2> to_member{}, to_test{};
  ASSERT_EQ(pipe(to_member.data()) + pipe(to_test.data()), 0);
  char signal = 0;
  auto mine = std::make_unique<FolderLock>(folder_);
  holder = mine->holder();
  EXPECT_NE(holder.find("process " + std::to_string(getpid())), std::string::npos);
  const pid_t member = fork();
  if (member == 0) {
    const auto lock = std::make_unique<FolderLock>(folder_, holder);
    if (write(to_test[1], &signal, 1) != 1 || read(to_member[0], &signal, 1) != 1) _exit(1);
    _exit(0);  // as if killed: nobody removes the file
  }
  ASSERT_EQ(read(to_test[0], &signal, 1), 1);
  mine.reset();
  const std::string words = "in use by ranks left behind by " + holder;
  EXPECT_EQ(refused_with(words, [&] { const FolderLock next(folder_); }), 0);
  EXPECT_TRUE(fs::exists(folder_ / ".htdm-lock"));
  ASSERT_EQ(write(to_member[1], &signal, 1), 1);
  int status = 0;
  waitpid(member, &status, 0);
  EXPECT_EQ(status, 0);
  {
    const FolderLock next(folder_);
    // A late member of the run before.
    EXPECT_EQ(in_another_process([&] {
                return refused_with("taken over by", [&] {
                  const FolderLock late(folder_, "process 1 on another");
                });
              }),
              0);
  }
  EXPECT_FALSE(fs::exists(folder_ / ".htdm-lock"));
  for (const int end : {to_member[0], to_member[1], to_test[0], to_test[1]}) close(end);
}

TEST_F(CheckpointFolder, LosesWhatAKilledProcessLeftHalfWritten) {
  Checkpoints all(where(), "study");
  all.write("a", state(1));
  overwrite(file("a.000002.ckpt.partial-123-0"), "half");
  remove_partials(where());
  remove_partials(folder_ / "none");
  EXPECT_FALSE(fs::exists(file("a.000002.ckpt.partial-123-0")));
  EXPECT_EQ(all.newest("a"), state(1));
}

}  // namespace
}  // namespace htdm
