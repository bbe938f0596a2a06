/// Main of a test program under mpirun: every rank runs every test and all end with one exit code.
/// Ranks other than 0 are quiet unless a check fails; no test run is a failure.
#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdlib>
#include <iostream>

namespace {

/// Prints what failed on this rank and nothing else.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : rank_(rank) {}

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::cerr << "[rank " << rank_ << "] " << (result.file_name() ? result.file_name() : "unknown")
              << ":" << result.line_number() << ": " << result.message() << std::endl;
  }

  void OnTestEnd(const testing::TestInfo& test) override {
    if (!test.result()->Failed()) return;
    std::cerr << "[rank " << rank_ << "] failed: " << test.test_suite_name() << "." << test.name()
              << std::endl;
  }

 private:
  int rank_;
};

int run_tests(int rank) {
  auto& unit_test = *testing::UnitTest::GetInstance();
  if (rank != 0) {
    auto& listeners = unit_test.listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailurePrinter(rank));
  }
  const int failed = RUN_ALL_TESTS();
  if (unit_test.test_to_run_count() > 0 || testing::GTEST_FLAG(list_tests)) return failed;
  if (rank == 0) std::cerr << "No test ran: the filter matches none or the program has none.\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  testing::InitGoogleTest(&argc, argv);

  const int mine = run_tests(rank);
  int worst = 0;
  MPI_Allreduce(&mine, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  MPI_Finalize();
  return worst;
}
