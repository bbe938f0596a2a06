/// Processors, threads and memory of this process.
#include "parallel/binding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace htdm {
namespace {

/// Sets OMP_NUM_THREADS for a scope.
class ThreadsVariable {
 public:
  explicit ThreadsVariable(const char* value) {
    if (const char* old = std::getenv(name)) before_ = old;
    value ? setenv(name, value, 1) : unsetenv(name);
  }
  ~ThreadsVariable() { before_ ? setenv(name, before_->c_str(), 1) : unsetenv(name); }

 private:
  static constexpr const char* name = "OMP_NUM_THREADS";
  std::optional<std::string> before_;
};

TEST(CompactList, JoinsRuns) {
  EXPECT_EQ(compact_list({}), "");
  EXPECT_EQ(compact_list({3}), "3");
  EXPECT_EQ(compact_list({0, 1, 4}), "0-1,4");
  EXPECT_EQ(compact_list({0, 2, 3, 4, 9, 10}), "0,2-4,9-10");
}

TEST(BoundProcessors, AreIncreasingAndSome) {
  const auto processors = bound_processors();
  EXPECT_FALSE(processors.empty());
  EXPECT_TRUE(std::is_sorted(processors.begin(), processors.end()));
}

TEST(DefaultThreads, FollowTheVariableOrTheBinding) {
  const int bound = static_cast<int>(bound_processors().size());
  const auto threads_with = [](const char* value) {
    const ThreadsVariable variable(value);
    return default_threads();
  };
  EXPECT_EQ(threads_with(nullptr), bound);
  EXPECT_EQ(threads_with("7"), 7);
  EXPECT_EQ(threads_with("5,2"), 5);
  for (const char* nonsense : {"", "0", "-3", "many", "3x", "99999999999"}) {
    EXPECT_EQ(threads_with(nonsense), bound) << nonsense;
  }
}

TEST(PeakMemory, FollowsWhatIsTouched) {
  if (HTDM_THREAD_SANITIZER) GTEST_SKIP() << "the sanitizer's own memory is counted, too";
  const double before = peak_memory_bytes();
  std::vector<char> block(std::size_t{64} << 20, 1);
  const double after = peak_memory_bytes();
  EXPECT_GT(before, 1e6);
  EXPECT_GE(after, static_cast<double>(block.size()));
}

}  // namespace
}  // namespace htdm
