/// Rows of draws against the draws one by one.
#include "random/draw_tile.hpp"

#include "core/isa.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr std::uint64_t starts[] = {0, (1ULL << 32) - 1001, ~0ULL - 5000};

class DrawTiles : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (GetParam() > detected_isa()) GTEST_SKIP() << "this processor lacks it";
    use_isa(GetParam());
  }
  void TearDown() override { use_isa(detected_isa()); }
};

TEST_P(DrawTiles, NormalPairsAreThoseOfTheStreams) {
  const std::size_t n = 4003;
  std::vector<double> first(n + 1, 7), second(n + 1, 7);
  for (const std::uint64_t start : starts) {
    normal_pair_tile(5, Purpose::prior_normal, start, 2, 3, n, first.data(), second.data());
    for (std::size_t i = 0; i < n; ++i) {
      const auto pair = normal_pair(Stream(5, Purpose::prior_normal, start + i).words(2, 3));
      // An angle of 2 pi rounded is off by 4e-16, which matters where the cosine is near 0.
      ASSERT_NEAR(first[i], pair[0], 4e-15) << i;
      ASSERT_NEAR(second[i], pair[1], 4e-15) << i;
    }
    EXPECT_EQ(first[n], 7);
    EXPECT_EQ(second[n], 7);
  }
}

/// nu < 2 and inf go another way, and so do the few rejected first attempts, most of them near 2.
TEST_P(DrawTiles, MixingsAreThoseOfTheStreams) {
  const std::size_t n = 4003;
  std::vector<double> mixing(n + 1, 7);
  for (const double nu : {0.5, 2.0, 2.5, 3.0, 40.0, 1e9, inf}) {
    for (const std::uint64_t start : starts) {
      student_t_mixing_tile(5, Purpose::prior_mixing, start, 9, nu, n, mixing.data());
      for (std::size_t i = 0; i < n; ++i) {
        const double one = student_t_mixing(Stream(5, Purpose::prior_mixing, start + i), 9, nu);
        // Where 1 + c x is near 0, rounding of x is amplified.
        ASSERT_NEAR(mixing[i] / one, 1, 1e-15 * (8 + 8 * std::pow(one, 2.0 / 3))) << nu << " " << i;
      }
      EXPECT_EQ(mixing[n], 7);
    }
  }
}

TEST_P(DrawTiles, EveryCutGivesEqualBits) {
  const std::size_t n = 100;
  std::vector<double> whole(n), part(n), unused(n);
  student_t_mixing_tile(5, Purpose::prior_mixing, 70, 1, 2.5, n, whole.data());
  for (const std::size_t cut : {1, 3, 4, 17}) {
    for (std::size_t i = 0; i < n; i += cut) {
      const std::size_t some = std::min(cut, n - i);
      student_t_mixing_tile(5, Purpose::prior_mixing, 70 + i, 1, 2.5, some, part.data() + i);
    }
    EXPECT_EQ(part, whole) << cut;
  }
  normal_pair_tile(5, Purpose::prior_normal, 70, 1, 0, n, whole.data(), unused.data());
  for (std::size_t i = 0; i < n; i += 3) {
    normal_pair_tile(5, Purpose::prior_normal, 70 + i, 1, 0, std::min<std::size_t>(3, n - i),
                     part.data() + i, unused.data() + i);
  }
  EXPECT_EQ(part, whole);
}

INSTANTIATE_TEST_SUITE_P(Isa, DrawTiles, testing::Values(Isa::baseline, Isa::avx2, Isa::avx512),
                         [](const auto& test) { return std::string(name(test.param)); });

TEST(DrawTile, Avx2AndAvx512GiveEqualBits) {
  if (detected_isa() < Isa::avx512) GTEST_SKIP() << "this processor lacks AVX-512";
  const std::size_t n = 20'000;
  std::vector<double> row[2][3];
  for (const int wide : {0, 1}) {
    use_isa(wide == 0 ? Isa::avx2 : Isa::avx512);
    for (std::vector<double>& values : row[wide]) values.resize(n);
    normal_pair_tile(5, Purpose::prior_normal, 0, 0, 0, n, row[wide][0].data(),
                     row[wide][1].data());
    student_t_mixing_tile(5, Purpose::prior_mixing, 0, 0, 2.1, n, row[wide][2].data());
  }
  use_isa(detected_isa());
  for (int k = 0; k < 3; ++k) EXPECT_EQ(row[0][k], row[1][k]);
}

}  // namespace
}  // namespace htdm
