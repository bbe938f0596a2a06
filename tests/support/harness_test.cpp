/// The harness itself: the mains of test programs report what they must.
#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdlib>
#include <string>

namespace {

TEST(Harness, HasTheRanksItWasPromised) {
  const char* promised = std::getenv("HTDM_PROMISED_RANKS");
  int ranks = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  ASSERT_NE(promised, nullptr);
  EXPECT_EQ(std::to_string(ranks), promised);
}

/// Run only by harness_last_rank_fails, which expects the failure.
TEST(Harness, DISABLED_FailsOnTheLastRank) {
  int rank = 0, ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  EXPECT_NE(rank, ranks - 1);
}

}  // namespace
