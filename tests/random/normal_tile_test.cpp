#include "random/normal_tile.hpp"

#include "core/isa.hpp"
#include "core/special.hpp"
#include "core/tile.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace htdm {
namespace {

constexpr double alpha = 1e-6;
constexpr double inf = std::numeric_limits<double>::infinity();

struct TileCase {
  std::uint64_t seed;
  std::uint64_t first_path;
  std::uint32_t step;
  std::size_t n;
};

// Starts on both sides of 2^32, 2^33 and the wrap at 2^64, at odd and even offsets in a vector.
const std::vector<TileCase> tile_cases{
    {1, 0, 0, 16},
    {42, 5, 1, 1},
    {42, (1ULL << 32) - 7, 3, 17},
    {~0ULL, (1ULL << 32) - 16, 127, 100},
    {0x8000000100000002, (1ULL << 33) - 1, ~0U, 64},
    {7, ~0ULL - 20, 9, 50},
    {3, 1ULL << 63, 1U << 31, 33},
};

/// Run `check` on every instruction set that this processor has.
template <class Check>
void on_every_isa(Check&& check) {
  const Isa original = current_isa();
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) continue;
    SCOPED_TRACE(name(isa));
    use_isa(isa);
    check();
  }
  use_isa(original);
}

/// The first column of a tile that differs in any bit from the scalar reference, or n.
std::size_t first_difference(const TileCase& tile, std::size_t stride, const float* out) {
  for (std::size_t i = 0; i < padded(tile.n); ++i) {
    const Stream stream(tile.seed, Purpose::wiener, tile.first_path + i);
    const auto quad = normal_quad(stream.words(tile.step));
    for (std::size_t k = 0; k < 4; ++k) {
      const float value = out[k * stride + i];
      if (std::bit_cast<std::uint32_t>(value) != std::bit_cast<std::uint32_t>(quad[k])) return i;
    }
  }
  return padded(tile.n);
}

/// Normals k of many paths and steps: result[k] has paths * steps entries, steps outermost.
std::array<std::vector<float>, 4> many_normals(std::size_t paths, std::uint32_t steps) {
  std::array<std::vector<float>, 4> rows;
  std::vector<float> out(4 * padded(paths));
  for (std::uint32_t step = 0; step < steps; ++step) {
    normal_tile(2024, Purpose::wiener, 0, step, paths, padded(paths), out.data());
    for (std::size_t k = 0; k < 4; ++k) {
      const float* row = out.data() + k * padded(paths);
      rows[k].insert(rows[k].end(), row, row + paths);
    }
  }
  return rows;
}

TEST(NormalTile, HasTheBitsOfTheScalarReference) {
  on_every_isa([] {
    for (const TileCase& tile : tile_cases) {
      const std::size_t stride = padded(tile.n) + 16;
      std::vector<float> out(4 * stride);
      normal_tile(tile.seed, Purpose::wiener, tile.first_path, tile.step, tile.n, stride,
                  out.data());
      EXPECT_EQ(first_difference(tile, stride, out.data()), padded(tile.n)) << tile.first_path;
    }
  });
}

// Two million normals, so that every branch of the rounding is met.
TEST(NormalTile, HasTheBitsOfTheScalarReferenceOverALongRun) {
  const TileCase tile{99, 12345, 6, 1 << 19};
  std::vector<float> out(4 * tile.n);
  on_every_isa([&] {
    if (current_isa() == Isa::baseline) return;
    std::fill(out.begin(), out.end(), 0.0F);
    normal_tile(tile.seed, Purpose::wiener, tile.first_path, tile.step, tile.n, tile.n, out.data());
    EXPECT_EQ(first_difference(tile, tile.n, out.data()), tile.n);
  });
}

TEST(NormalTile, DoesNotDependOnWhereItStartsOrEnds) {
  constexpr std::size_t whole = 96;
  std::vector<float> all(4 * whole);
  normal_tile(5, Purpose::prior_normal, 1000, 2, whole, whole, all.data());
  for (const std::size_t start : {0, 1, 13, 16, 47}) {
    for (const std::size_t n : {1, 15, 16, 31, 48}) {
      std::vector<float> part(4 * 48);
      normal_tile(5, Purpose::prior_normal, 1000 + start, 2, n, 48, part.data());
      for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_TRUE(std::equal(&part[k * 48], &part[k * 48] + n, all.begin() + k * whole + start))
            << start << " " << n;
      }
    }
  }
}

TEST(NormalTile, WritesWholeVectorsAndNothingElse) {
  on_every_isa([] {
    constexpr std::size_t stride = 80;
    std::vector<float> out(4 * stride, 99.0F);
    normal_tile(5, Purpose::wiener, 3, 0, 17, stride, out.data());
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t i = 0; i < stride; ++i) {
        EXPECT_EQ(out[k * stride + i] == 99.0F, i >= 32) << k << " " << i;
      }
    }
  });
}

// Against the formula in double precision, with u rounded as in single precision: a few units in
// the last place of r.
TEST(NormalQuad, IsBoxMullerToSinglePrecision) {
  std::vector<Words> cases;
  for (std::uint64_t path = 0; path < 100000; ++path) {
    cases.push_back(Stream(4, Purpose::wiener, path).words(0));
  }
  const std::vector<std::uint32_t> corners{
      0U,          1U,          2U,          0x1fffffffU, 0x20000000U, 0x20000001U,
      0x3fffffffU, 0x40000000U, 0x5fffffffU, 0x60000000U, 0x7fffffffU, 0x80000000U,
      0x9fffffffU, 0xa0000000U, 0xc0000000U, 0xe0000000U, 0xfffffffeU, 0xffffffffU};
  for (const std::uint32_t a : corners) {
    for (const std::uint32_t b : corners) cases.push_back({a, b, b, a});
  }
  for (const Words& words : cases) {
    const auto quad = normal_quad(words);
    for (std::size_t k = 0; k < 4; k += 2) {
      const double count = static_cast<float>(words[k] >> 1);
      const double u = static_cast<float>(count * 0x1p-31 + 0x1p-32);
      const double r = std::sqrt(-2 * std::log(u));
      const double v = std::numbers::pi * 0x1p-31 * static_cast<std::int32_t>(words[k + 1]);
      ASSERT_NEAR(quad[k], r * std::cos(v), 4e-7 * r) << words[k] << " " << words[k + 1];
      ASSERT_NEAR(quad[k + 1], r * std::sin(v), 4e-7 * r) << words[k] << " " << words[k + 1];
    }
  }
}

TEST(NormalQuad, IsBoundedByItsSmallestUniform) {
  const double bound = std::sqrt(64 * std::numbers::ln2);
  EXPECT_NEAR(normal_quad({0, 0, 0, 0})[0], bound, 1e-6);
  EXPECT_NEAR(normal_quad({0, 0x80000000U, 0, 0})[0], -bound, 1e-6);
  EXPECT_NEAR(normal_quad({0, 0x40000000U, 0, 0})[1], bound, 1e-6);
  EXPECT_EQ(normal_quad({~0U, 0, 0, 0})[0], 0);
}

// Two million normals per word. Level alpha for each check; Kolmogorov-Smirnov finds a distance of
// 0.006, the moments a mean off by 0.006 or a variance off by 0.009, the count
// beyond 4 sigma (133 expected) a tail 75 % too heavy or 55 % too light, all with probability above
// 0.99.
TEST(NormalTile, DrawsStandardNormals) {
  const StudentTLaw normal{inf};
  const auto rows = many_normals(1 << 18, 8);
  for (const auto& row : rows) {
    const double n = static_cast<double>(row.size());
    std::array<double, 4> moments{};
    std::uint64_t far = 0;
    for (const float value : row) {
      const double z = value;
      moments[0] += z;
      moments[1] += z * z - 1;
      moments[2] += z * z * z;
      moments[3] += z * z * z * z - 3;
      far += std::abs(z) > 4 ? 1 : 0;
    }
    constexpr std::array<double, 4> variances{1, 2, 15, 96};
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_GT(test::normal_two_sided_p(moments[k] / std::sqrt(variances[k] * n)), alpha) << k;
    }
    EXPECT_GT(test::binomial_two_sided_p(far, row.size(), 2 * normal.survival(4)), alpha) << far;
    std::vector<double> sample(row.begin(), row.begin() + (1 << 19));
    EXPECT_GT(test::ks_p_value(std::move(sample), [&](double x) { return normal.cdf(x); }), alpha);
  }
}

/// z-scores of the correlations of x and y and of their squares.
std::array<double, 2> correlations(const float* x, const float* y, std::size_t n) {
  double product = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = x[i];
    const double b = y[i];
    product += a * b;
    squares += (a * a - 1) * (b * b - 1) / 2;
  }
  const double root = std::sqrt(static_cast<double>(n));
  return {product / root, squares / root};
}

// Correlations of values and of squares, between the words of a step, neighbouring paths and
// successive steps; level alpha each, a correlation of 0.006 is found with probability above 0.99.
TEST(NormalTile, DrawsAreUncorrelated) {
  constexpr std::size_t paths = 1 << 18;
  const auto rows = many_normals(paths, 8);
  const std::size_t total = rows[0].size();
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t k = 0; k < 4; ++k) {
      for (const std::size_t shift : {std::size_t{0}, std::size_t{1}, paths}) {
        if (shift == 0 && k <= j) continue;
        for (const double z : correlations(rows[j].data(), rows[k].data() + shift, total - shift)) {
          EXPECT_GT(test::normal_two_sided_p(z), alpha) << j << " " << k << " " << shift;
        }
      }
    }
  }
}

}  // namespace
}  // namespace htdm
