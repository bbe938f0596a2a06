/// Tables of radial denoisers and of squares, against the denoisers behind them at other points.
#include "core/error.hpp"
#include "denoiser/exact_mixture.hpp"
#include "denoiser/posterior_at.hpp"
#include "denoiser/table.hpp"
#include "denoiser/vector_sets.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

namespace htdm {
namespace {

using test::posterior_at;
using test::PosteriorAt;
using test::Vector;
constexpr double inf = std::numeric_limits<double>::infinity();

std::shared_ptr<const Denoiser> spherical(int d, double nu_data, double nu_noise) {
  Vector center(static_cast<std::size_t>(d));
  for (std::size_t j = 0; j < center.size(); ++j) center[j] = 0.01 * static_cast<double>(j % 3);
  return std::make_shared<MixtureDenoiser>(std::vector<MixturePart>{{1, center, 0.6, nu_data}},
                                           nu_noise);
}

const Vector sigmas{80, 1, 0.002};

std::shared_ptr<const TableDenoiser> tabulated(const std::shared_ptr<const Denoiser>& denoiser) {
  const auto part = tabulated_part(denoiser);
  std::vector<LevelTable> gaps, squares;
  for (const double sigma : sigmas) {
    gaps.push_back(make_level_table(*part, sigma, 1e-6));
    squares.push_back(make_square_table(*part, sigma, 1e-6));
  }
  return std::make_shared<TableDenoiser>(denoiser, gaps, squares);
}

/// Paths in random directions; radii log-uniform in [1e-4, 1e7].
AlignedVector<float> random_states(std::size_t d, std::size_t paths, std::size_t stride) {
  AlignedVector<float> x(d * stride);
  Vector direction(d);
  for (std::size_t i = 0; i < paths; ++i) {
    const Stream stream(9, Purpose::test_data, i);
    standard_normals(stream, 0, direction);
    const Words words = stream.words(1u << 20);
    const double r = std::pow(10, 11 * open_uniform(words[0], words[1]) - 4);
    double norm = 0;
    for (const double v : direction) norm += v * v;
    for (std::size_t j = 0; j < d; ++j) {
      x[j * stride + i] = static_cast<float>(r * direction[j] / std::sqrt(norm));
    }
  }
  return x;
}

struct Law {
  int d;
  double nu_data, nu_noise;
};

/// The bound 1e-6 on the table, and what single precision does to x - center and to r.
TEST(RadialTable, MeetsItsBound) {
  constexpr std::size_t paths = 300, stride = 304;
  for (const Law& law : {Law{1, 2.5, 3}, Law{2, 3, inf}, Law{16, 3, 3}}) {
    const auto d = static_cast<std::size_t>(law.d);
    const auto denoiser = spherical(law.d, law.nu_data, law.nu_noise);
    const auto table = tabulated(denoiser);
    EXPECT_TRUE(table->knows_square());
    EXPECT_EQ(table->dimension(), law.d);
    const auto levels = table->at_levels(sigmas);
    const AlignedVector<float> x = random_states(d, paths, stride);
    AlignedVector<float> gap(d * stride), plain_gap(d * stride), square(stride);
    Scratch scratch;
    for (std::size_t level = 0; level < sigmas.size(); ++level) {
      levels->posterior(level, {x.data(), paths, stride}, {gap.data(), paths, stride},
                        square.data(), scratch);
      levels->gap(level, {x.data(), paths, stride}, {plain_gap.data(), paths, stride}, scratch);
      for (std::size_t i = 0; i < paths; ++i) {
        Vector state(d);
        for (std::size_t j = 0; j < d; ++j) state[j] = x[j * stride + i];
        const PosteriorAt p = posterior_at(*denoiser, sigmas[level], state);
        double error = 0, size = 0;
        for (std::size_t j = 0; j < d; ++j) {
          EXPECT_EQ(gap[j * stride + i], plain_gap[j * stride + i]);
          error += std::pow(gap[j * stride + i] - p.gap[j], 2);
          size += p.gap[j] * p.gap[j];
        }
        EXPECT_LE(std::sqrt(error), 1.5e-6 * std::max(1.0, std::sqrt(size)))
            << law.d << " " << law.nu_data << " " << law.nu_noise << " " << sigmas[level] << " "
            << i;
        EXPECT_NEAR(square[i], p.square, 3e-6 * (1 + p.square));
      }
    }
  }
}

/// Tiles of any size on any instruction set give equal bits; at the centre the gap is 0.
TEST(RadialTable, HasTheSameBitsInEveryTile) {
  constexpr std::size_t d = 3, paths = 50, stride = 64;
  const auto table = tabulated(spherical(d, 4, 3));
  const auto levels = table->at_levels(sigmas);
  AlignedVector<float> x = random_states(d, paths, stride);
  for (std::size_t j = 0; j < d; ++j) x[j * stride] = 0.01F * static_cast<float>(j % 3);
  AlignedVector<float> all(d * stride), square(stride), one(d * 16), one_square(16);
  Scratch scratch;
  levels->posterior(1, {x.data(), paths, stride}, {all.data(), paths, stride}, square.data(),
                    scratch);
  for (std::size_t j = 0; j < d; ++j) EXPECT_EQ(all[j * stride], 0);
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    for (std::size_t i = 0; i < paths; ++i) {
      AlignedVector<float> state(d * 16);
      for (std::size_t j = 0; j < d; ++j) state[j * 16] = x[j * stride + i];
      levels->posterior(1, {state.data(), 1, 16}, {one.data(), 1, 16}, one_square.data(), scratch);
      for (std::size_t j = 0; j < d; ++j) EXPECT_EQ(one[j * 16], all[j * stride + i]);
      EXPECT_EQ(one_square[0], square[i]);
    }
  }
}

TEST(RadialTable, WithoutSquaresRefusesThem) {
  const auto denoiser = spherical(1, 3, 3);
  const TableDenoiser table(denoiser, {make_level_table(*denoiser, 1, 1e-6)});
  EXPECT_FALSE(table.knows_square());
  const auto levels = table.at_levels(Vector{1});
  AlignedVector<float> x(16), gap(16), square(16);
  Scratch scratch;
  EXPECT_THROW(levels->posterior(0, {x.data(), 1, 16}, {gap.data(), 1, 16}, square.data(), scratch),
               InputError);
}

TEST(RadialTable, SquareOfWhatIsNotFiniteIsNot) {
  const auto denoiser = spherical(1, 3, 4);
  const LevelTable table = make_square_table(*denoiser, 1, 1e-6);
  AlignedVector<float> x(16, std::numeric_limits<float>::quiet_NaN()), square(16);
  x[1] = std::numeric_limits<float>::infinity();
  lookup_square(&table, x.data(), 2, square.data());
  EXPECT_FALSE(std::isfinite(square[0]));
  EXPECT_FALSE(std::isfinite(square[1]));
}

}  // namespace
}  // namespace htdm
