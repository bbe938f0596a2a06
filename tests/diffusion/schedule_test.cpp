#include "diffusion/schedule.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace htdm {
namespace {

TEST(Schedule, EndsAreExactAndLevelsDecrease) {
  for (int levels : {2, 3, 64, 128, 5000}) {
    const std::vector<double> sigmas = noise_levels({.levels = levels});
    ASSERT_EQ(sigmas.size(), static_cast<std::size_t>(levels));
    EXPECT_EQ(sigmas.front(), 80);
    EXPECT_EQ(sigmas.back(), 0.002);
    for (int i = 1; i < levels; ++i) EXPECT_LT(sigmas[i], sigmas[i - 1]);
  }
}

TEST(Schedule, MatchesFiftyDigitArithmetic) {
  EXPECT_NEAR(noise_levels({.levels = 128})[1], 76.623658080763095659, 1e-12);
  EXPECT_NEAR(noise_levels({.levels = 128})[64], 2.4279243284482371181, 1e-13);
  EXPECT_NEAR(noise_levels({.levels = 128})[126], 0.0024249459985881126422, 1e-16);
  EXPECT_NEAR(noise_levels({.levels = 64})[31], 2.6994001548477152046, 1e-13);
  EXPECT_NEAR(noise_levels({.levels = 64})[62], 0.0029336473460667879498, 1e-16);
}

TEST(Schedule, MatchesTheFormulaThroughLogarithms) {
  for (const KarrasSchedule& s :
       {KarrasSchedule{}, KarrasSchedule{40, 100, 1e-3, 3}, KarrasSchedule{33, 1, 0.5, 0.5}}) {
    const std::vector<double> sigmas = noise_levels(s);
    const long double top = std::exp(std::log(static_cast<long double>(s.sigma_max)) / s.rho);
    const long double bottom = std::exp(std::log(static_cast<long double>(s.sigma_min)) / s.rho);
    for (int i = 0; i < s.levels; ++i) {
      const long double root = ((s.levels - 1 - i) * top + i * bottom) / (s.levels - 1);
      const double expected = static_cast<double>(std::exp(s.rho * std::log(root)));
      EXPECT_NEAR(sigmas[i], expected, 1e-13 * expected) << i;
    }
  }
}

TEST(Schedule, EvenSpacingInTheRoot) {
  // rho = 1: equal steps in sigma; rho = 2: equal steps in its square root.
  EXPECT_EQ(noise_levels({3, 9, 1, 1}), (std::vector<double>{9, 5, 1}));
  EXPECT_EQ(noise_levels({3, 9, 1, 2}), (std::vector<double>{9, 4, 1}));
}

TEST(Schedule, RefusesWhatIsNotADescent) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  for (const KarrasSchedule& s :
       {KarrasSchedule{.levels = 1}, KarrasSchedule{.levels = 0}, KarrasSchedule{.levels = -5},
        KarrasSchedule{.sigma_min = 0}, KarrasSchedule{.sigma_min = -1},
        KarrasSchedule{.sigma_min = 80}, KarrasSchedule{.sigma_min = 81},
        KarrasSchedule{.sigma_max = inf}, KarrasSchedule{.sigma_max = std::nan("")},
        KarrasSchedule{.rho = 0}, KarrasSchedule{.rho = -7}, KarrasSchedule{.rho = inf},
        KarrasSchedule{.rho = std::nan("")}, KarrasSchedule{.rho = 1e-4},
        KarrasSchedule{.levels = 100, .sigma_max = 1 + 1e-15, .sigma_min = 1}}) {
    EXPECT_THROW(noise_levels(s), InputError)
        << s.levels << ' ' << s.sigma_max << ' ' << s.sigma_min << ' ' << s.rho;
  }
}

}  // namespace
}  // namespace htdm
