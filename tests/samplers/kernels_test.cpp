/// The vector kernels against their formulas in double precision.
#include "core/isa.hpp"
#include "random/draws.hpp"
#include "samplers/step_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace htdm::test {
namespace {

constexpr std::size_t paths = 37;  // two full vectors of the widest kind and a part
constexpr std::size_t columns = padded(paths);

/// Reproducible numbers, different in every row.
AlignedVector<float> numbers(std::size_t rows, std::uint64_t seed) {
  AlignedVector<float> values(rows * columns);
  std::vector<double> draws(values.size());
  standard_normals(Stream(seed, Purpose::wiener, 0), 0, draws);
  for (std::size_t i = 0; i < draws.size(); ++i) values[i] = static_cast<float>(draws[i]);
  return values;
}

class Kernels : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (GetParam() > detected_isa()) GTEST_SKIP() << "this processor lacks it";
    use_isa(GetParam());
  }
  void TearDown() override { use_isa(detected_isa()); }
};

TEST_P(Kernels, StochasticStepIsItsFormula) {
  const StepCoefficients step{-0.7F, 1.3F, 0.4F, 0.6F, 0.9F, 0.25F, 0.3F};
  for (std::size_t d : {1, 2, 3, 5}) {
    for (const auto& [mixed, second, known] : {std::tuple{false, false, false},
                                               {true, false, false},
                                               {false, false, true},
                                               {false, true, false},
                                               {true, true, true}}) {
      const std::size_t rows = (d + 6) / 4 * 4;
      const std::size_t first = rows - 1;  // the ring wraps after the first component
      auto x = numbers(d, 1);
      const auto before = x, u = numbers(d, 2), z = numbers(rows, 3), factor = numbers(1, 4);
      const auto v = numbers(d, 5), given = numbers(1, 6);
      stochastic_step(step, static_cast<int>(d),
                      {{x.data(), paths, columns},
                       {u.data(), paths, columns},
                       {second ? v.data() : nullptr, paths, columns},
                       known ? given.data() : nullptr,
                       {z.data(), columns, rows, first},
                       mixed ? factor.data() : nullptr});
      for (std::size_t i = 0; i < paths; ++i) {
        double square = 0;
        for (std::size_t j = 0; j < d; ++j)
          square += std::pow((second ? v : u)[j * columns + i], 2.0);
        const double rest = known ? given[i] - square : 0.0;
        const double variance = std::max(0.0, 0.4 + 0.6 * square + 0.3 * rest);
        const double scale = 1.3 * std::sqrt(variance) * (mixed ? factor[i] : 1.0);
        for (std::size_t j = 0; j < d; ++j) {
          const std::size_t k = j * columns + i;
          const double noise = scale * z[(first + j) % rows * columns + i];
          const double drift = -0.7 * u[k] + (second ? 0.25 * v[k] : 0.0);
          EXPECT_NEAR(x[k], 0.9 * before[k] + drift + noise, 1e-6 * (1 + std::abs(noise)));
        }
      }
    }
  }
}

TEST_P(Kernels, AddScaledAndAddPairAreTheirFormulas) {
  const auto u = numbers(2, 2), v = numbers(2, 3);
  const auto x = numbers(2, 1);
  auto sum = x, pair = x;
  add_scaled(2, {x.data(), paths, columns}, 0.9, -0.3, {u.data(), paths, columns},
             {sum.data(), paths, columns});
  add_pair(2, {pair.data(), paths, columns}, 0.9, -0.1, {u.data(), paths, columns}, -0.2,
           {v.data(), paths, columns});
  for (std::size_t j : {0, 1}) {
    for (std::size_t i = 0; i < paths; ++i) {
      const std::size_t k = j * columns + i;
      EXPECT_NEAR(sum[k], 0.9 * x[k] - 0.3 * u[k], 1e-6);
      EXPECT_NEAR(pair[k], 0.9 * x[k] - 0.1 * u[k] - 0.2 * v[k], 1e-6);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, Kernels, testing::Values(Isa::baseline, Isa::avx2, Isa::avx512),
                         [](const auto& test) { return std::string(name(test.param)); });

}  // namespace
}  // namespace htdm::test
