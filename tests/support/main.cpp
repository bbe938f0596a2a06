/// Main of a test program without MPI: like GoogleTest's, but no test run is a failure.
#include <gtest/gtest.h>

#include <iostream>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  const auto& unit_test = *testing::UnitTest::GetInstance();
  if (unit_test.test_to_run_count() == 0 && !testing::GTEST_FLAG(list_tests)) {
    std::cerr << "No test ran: the filter matches none or the program has none.\n";
    return 1;
  }
  return failed;
}
