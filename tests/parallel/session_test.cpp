/// Agreement on errors between ranks; whole-program endings are in endings_test.sh.
#include "parallel/session.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace htdm {
namespace {

/// What this rank learns when the ranks in [first, last] fail, and how.
template <class Error>
std::optional<AgreedError> agreed(int first, int last) {
  const auto world = Communicator::world();
  try {
    agree_on_errors(world, [&] {
      const int rank = world.rank();
      if (first <= rank && rank <= last) throw Error("rank " + std::to_string(rank));
    });
  } catch (const AgreedError& error) {
    return error;
  }
  return std::nullopt;
}

TEST(AgreeOnErrors, LetsSuccessPass) {
  EXPECT_FALSE(agreed<InputError>(100, 100).has_value());
}

TEST(AgreeOnErrors, TellsEveryRankOfTheLowestFailure) {
  const int last = Communicator::world().size() - 1;
  for (int first = 0; first <= last; ++first) {
    const auto input = agreed<InputError>(first, last);
    ASSERT_TRUE(input.has_value());
    EXPECT_EQ(input->code(), ExitCode::bad_input);
    EXPECT_EQ(input->speaker(), first);
    EXPECT_EQ(input->what(), "rank " + std::to_string(first));
    const auto other = agreed<std::runtime_error>(first, first);
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(other->code(), ExitCode::failure);
    EXPECT_EQ(other->speaker(), first);
  }
}

TEST(AgreeOnErrors, WorksWithoutMpi) {
  try {
    agree_on_errors(Communicator{}, [] { throw InputError("alone"); });
    FAIL() << "nothing was thrown";
  } catch (const AgreedError& error) {
    EXPECT_STREQ(error.what(), "alone");
    EXPECT_EQ(error.speaker(), 0);
  }
}

TEST(Session, JoinsAnMpiThatRunsAlready) {
  int argc = 0;
  char** argv = nullptr;
  {
    Session session(argc, argv);
    EXPECT_EQ(session.world().size(), Communicator::world().size());
    EXPECT_EQ(session.run([](const Communicator& world) { return world.size(); }),
              Communicator::world().size());
  }
  Communicator::world().barrier();  // still running
}

}  // namespace
}  // namespace htdm
