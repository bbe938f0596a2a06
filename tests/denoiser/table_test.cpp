/// Tables against the denoisers behind them, at points their maker did not look at.
#include "denoiser/table.hpp"

#include "core/error.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/fast_gap.hpp"
#include "denoiser/network.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/table_kernels.hpp"
#include "denoiser/vector_sets.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace htdm {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Both signs; half of them log-uniform in [1e-9, 1e12], half uniform within 6 (1 + sigma).
AlignedVector<float> random_points(std::size_t n, double sigma) {
  AlignedVector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Words words = Stream(9, Purpose::test_data, i).words(0);
    const double u = open_uniform(words[0], words[1]);
    const double size = i % 2 == 0 ? std::pow(10, 21 * u - 9) : 6 * (1 + sigma) * u;
    x[i] = static_cast<float>(words[2] % 2 == 0 ? size : -size);
  }
  return x;
}

/// The largest |table - denoiser|/max(1, |delta|) at n random points.
double worst_error(const Denoiser& denoiser, const LevelTable& table, std::size_t n) {
  const AlignedVector<float> x = random_points(n, table.sigma);
  const std::vector<double> wide(x.begin(), x.end());
  std::vector<double> gap(n);
  for (std::size_t i = 0; i < n; i += 64) {
    const std::size_t some = std::min<std::size_t>(64, n - i);
    denoiser.gap(table.sigma, {wide.data() + i, some, some}, {gap.data() + i, some, some});
  }
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::abs(lookup(table, x[i]) - gap[i]) / std::max(1.0, std::abs(gap[i]));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

struct Case {
  std::string name;
  std::shared_ptr<const Denoiser> denoiser;
  std::size_t points;  ///< at each level
  std::size_t kilobytes;
};

std::shared_ptr<const Denoiser> untrained() {
  auto model = std::make_shared<Model>();
  model->name = "untrained";
  model->nu = 3;
  model->normalization = {{0}, {1}};
  model->layers = initial_layers(1, {128, 128}, 1);
  return std::make_shared<NetworkDenoiser>(model);
}

std::vector<Case> cases() {
  using V = std::vector<double>;
  const auto network = [](const char* name) {
    return std::make_shared<NetworkDenoiser>(test::reference_model(name));
  };
  const auto two_points = [](double center, double nu) {
    return std::make_shared<TwoPointDenoiser>(V{center}, V{1.0}, nu);
  };
  return {{"t_edm_10k", network("t_edm_10k"), 15'000, 16},
          {"edm_10k", network("edm_10k"), 15'000, 16},
          {"untrained", untrained(), 5'000, 1},
          {"two_points_t3", two_points(0.1, 3), 100'000, 64},
          {"two_points_t1", two_points(0, 1), 100'000, 64},
          {"two_points_gaussian", two_points(0, INFINITY), 100'000, 200},
          {"gaussian", std::make_shared<GaussianDenoiser>(V{0.3}, V{0.8}), 100'000, 1}};
}

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

class Tables : public testing::TestWithParam<Case> {};

/// The bound holds everywhere; the error that was measured is nearly the largest there is, but for
/// the two roundings of a lookup, which differ from point to point.
TEST_P(Tables, MeetTheirBound) {
  const auto& [name, denoiser, points, kilobytes] = GetParam();
  for (const double sigma : {80.0, 9.0, 1.3, 0.3, 0.05, 0.002}) {
    const LevelTable table = make_level_table(*denoiser, sigma, 1e-6);
    const double worst = worst_error(*denoiser, table, points);
    EXPECT_LE(worst, 1e-6) << "sigma = " << sigma;
    EXPECT_LE(worst, 1.25 * table.error + 1.2e-7) << "sigma = " << sigma;
    EXPECT_LE(table.error, 0.8e-6);
    EXPECT_LE(table.cells.size() * sizeof(float), kilobytes * 1024) << "sigma = " << sigma;
  }
}

INSTANTIATE_TEST_SUITE_P(Denoisers, Tables, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

/// The check above would see an error of twice the bound, and smaller bounds cost more cells.
TEST(Table, ErrorFollowsTheBound) {
  const NetworkDenoiser denoiser(test::reference_model("t_edm_10k"));
  const LevelTable coarse = make_level_table(denoiser, 0.05, 1e-3);
  const LevelTable fine = make_level_table(denoiser, 0.05, 3e-7);
  EXPECT_GT(worst_error(denoiser, coarse, 4000), 2e-6);
  EXPECT_LE(worst_error(denoiser, coarse, 4000), 1e-3);
  EXPECT_LE(worst_error(denoiser, fine, 4000), 3e-7);
  EXPECT_LT(2 * coarse.cells.size(), fine.cells.size());
}

TEST(Table, IsAffineFarOutOnBothSides) {
  for (const char* name : {"t_edm_10k", "edm_10k"}) {
    const NetworkDenoiser denoiser(test::reference_model(name));
    for (const double sigma : {80.0, 0.7, 0.002}) {
      const LevelTable table = make_level_table(denoiser, sigma, 1e-6);
      for (const float x : {1e5F, 1e10F, 1e20F, 1e30F, -1e5F, -1e10F, -1e20F, -1e30F}) {
        const double wide = x;
        double gap = 0;
        denoiser.gap(sigma, {&wide, 1, 1}, {&gap, 1, 1});
        EXPECT_NEAR(lookup(table, x), gap, 1e-6 * std::abs(gap)) << name << " at " << x;
      }
    }
  }
}

TEST(Table, WhatIsNotFiniteStaysSo) {
  const NetworkDenoiser denoiser(test::reference_model("t_edm_10k"));
  const LevelTable table = make_level_table(denoiser, 0.3, 1e-6);
  AlignedVector<float> x(16, 0.5F), gap(16);
  x[1] = inf;
  x[2] = -inf;
  x[3] = nan;
  x[4] = -nan;
  x[5] = std::bit_cast<float>(0xffffffffU);
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    lookup(table, x.data(), 16, gap.data());
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(std::isfinite(gap[i]), std::isfinite(x[i]));
  }
  for (const float bad : {inf, -inf, nan, -nan}) EXPECT_FALSE(std::isfinite(lookup(table, bad)));
}

/// Every instruction set and every cut into tiles; numbers of all magnitudes and both zeros.
TEST(Table, VectorsEqualTheReferenceBitForBit) {
  const auto denoiser = std::make_shared<NetworkDenoiser>(test::reference_model("edm_10k"));
  const std::vector<double> sigmas{20, 0.5, 0.01};
  std::vector<LevelTable> tables;
  for (const double sigma : sigmas) tables.push_back(make_level_table(*denoiser, sigma, 1e-6));
  const TableDenoiser tabulated(denoiser, tables);
  const auto levels = tabulated.at_levels(sigmas);
  for (std::size_t n : {1, 5, 16, 31, 1000}) {
    AlignedVector<float> x = random_points(padded(n), 1);
    x[0] = n == 5 ? -0.0F : 0.0F;
    for (std::size_t level = 0; level < sigmas.size(); ++level) {
      for (const Isa isa : test::all_isas()) {
        const test::UseIsa use(isa);
        const auto gap = test::fast_gap(*levels, level, 1, x, n, padded(n));
        for (std::size_t i = 0; i < n; ++i) {
          const float plain = lookup(tables[level], x[i]);
          ASSERT_EQ(std::bit_cast<std::uint32_t>(gap[i]), std::bit_cast<std::uint32_t>(plain))
              << name(isa) << ", x = " << x[i];
        }
      }
    }
  }
  EXPECT_EQ(tabulated.error(), std::max({tables[0].error, tables[1].error, tables[2].error}));
}

/// delta = x sin(50 x^2) has no asymptote. Two points under little Gaussian noise have a step of
/// width sigma^2 between them, which the cells can only follow at the origin.
class Waves : public Denoiser {
 public:
  int dimension() const override { return 1; }
  void gap(double /*sigma*/, Tile<const double> x, Tile<double> gap) const override {
    for (std::size_t i = 0; i < x.paths; ++i) {
      gap.data[i] = x.data[i] * std::sin(50 * x.data[i] * x.data[i]);
    }
  }
};

TEST(Table, RefusesWhatItCannotHold) {
  const TwoPointDenoiser step({0.1}, {1}, INFINITY);
  const Waves waves;
  for (const Denoiser* denoiser : std::initializer_list<const Denoiser*>{&step, &waves}) {
    try {
      make_level_table(*denoiser, 0.002, 1e-6);
      FAIL() << "accepted";
    } catch (const InputError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("denoiser = \"network\""), std::string::npos) << message;
    }
  }
}

}  // namespace
}  // namespace htdm
