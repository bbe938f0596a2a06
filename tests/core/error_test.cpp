#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace htdm {
namespace {

template <class Error, class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(InputErrors, SayWhatWhyAndRemedy) {
  EXPECT_EQ(
      message_of<InputError>([] { fail_input("levels = 0", "A path needs two", "Raise it"); }),
      "levels = 0. A path needs two. Raise it.");
}

TEST(InputErrors, LeaveOutEmptySentences) {
  EXPECT_EQ(message_of<InputError>([] { fail_input("levels = 0", "", "Raise it"); }),
            "levels = 0. Raise it.");
  EXPECT_EQ(message_of<InputError>([] { fail_input("levels = 0", "", ""); }), "levels = 0.");
}

TEST(InputErrors, AreThrownOnlyWhenTheConditionFails) {
  EXPECT_NO_THROW(check_input(true, "a", "b", "c"));
  EXPECT_THROW(check_input(false, "a", "b", "c"), InputError);
}

TEST(Contracts, NameTheConditionAndThePlace) {
  const std::string message =
      message_of<ContractError>([] { fail_contract("n > 0", "tile.cpp", 7); });
  EXPECT_NE(message.find("n > 0"), std::string::npos) << message;
  EXPECT_NE(message.find("tile.cpp:7"), std::string::npos) << message;
}

TEST(Contracts, AreCheckedInAuditBuildsOnly) {
  int evaluations = 0;
  const auto condition = [&evaluations](bool holds) {
    ++evaluations;
    return holds;
  };
#ifdef HTDM_CONTRACTS
  EXPECT_NO_THROW(HTDM_EXPECTS(condition(true)));
  EXPECT_THROW(HTDM_EXPECTS(condition(false)), ContractError);
  EXPECT_EQ(evaluations, 2);
#else
  (void)condition;
  HTDM_EXPECTS(condition(false));
  EXPECT_EQ(evaluations, 0);
#endif
}

TEST(Errors, FamiliesAreDistinct) {
  EXPECT_FALSE((std::is_base_of_v<InputError, NumericalError>));
  EXPECT_FALSE((std::is_base_of_v<std::runtime_error, ContractError>));
}

}  // namespace
}  // namespace htdm
