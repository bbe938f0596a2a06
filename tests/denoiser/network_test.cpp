#include "denoiser/network.hpp"

#include "core/error.hpp"
#include "denoiser/fast_gap.hpp"
#include "denoiser/random_numbers.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/vector_sets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Weights of size 1/sqrt(columns), as in trained networks: activations of order one.
std::shared_ptr<const Model> random_model(int dimension, const std::vector<int>& hidden,
                                          double nu) {
  auto model = std::make_shared<Model>();
  model->name = "random";
  model->nu = nu;
  model->normalization.mean.assign(dimension, 0);
  model->normalization.deviation.assign(dimension, 1);
  model->layers = initial_layers(dimension, hidden, 7);
  std::uint64_t which = 10;
  for (DenseLayer& layer : model->layers) {
    const auto weight = test::normals(layer.weight.size(), ++which, 1 / std::sqrt(layer.columns));
    const auto bias = test::normals(layer.bias.size(), ++which, 0.3);
    layer.weight.assign(weight.begin(), weight.end());
    layer.bias.assign(bias.begin(), bias.end());
  }
  return model;
}

/// d rows of heavy-tailed numbers about the size of x0 + sigma eps.
AlignedVector<float> inputs(int dimension, std::size_t paths, std::size_t stride, double sigma) {
  const auto z = test::normals(static_cast<std::size_t>(dimension) * stride, 3, 1);
  AlignedVector<float> x(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    const bool padding = i % stride >= paths;
    const auto tail = static_cast<float>(i % 17 == 0 ? 30 : 1);
    x[i] = padding ? std::numeric_limits<float>::quiet_NaN()
                   : z[i] * tail * static_cast<float>(std::sqrt(1 + sigma * sigma));
  }
  return x;
}

/// The largest error of D over max(|D|, sigma), fast against reference.
double worst_error(const NetworkDenoiser& denoiser, double sigma, std::size_t paths) {
  const int d = denoiser.dimension();
  const std::size_t stride = padded(paths) + 16;
  const auto x = inputs(d, paths, stride, sigma);
  const auto gap =
      test::fast_gap(*denoiser.at_levels(std::vector{1.0, sigma}), 1, d, x, paths, stride);
  const std::vector<double> wide(x.begin(), x.end());
  std::vector<double> reference(wide.size());
  denoiser.gap(sigma, Tile<const double>{wide.data(), paths, stride},
               Tile<double>{reference.data(), paths, stride});
  double worst = 0;
  for (std::size_t i = 0; i < paths; ++i) {
    double size = 0;
    double error = 0;
    for (std::size_t at = i; at < wide.size(); at += stride) {
      size = std::hypot(size, wide[at] - sigma * reference[at]);
      error = std::hypot(error, test::error_of_d(sigma, gap[at], reference[at]));
    }
    if (!std::isfinite(error)) return inf;
    worst = std::max(worst, error / std::max(size, sigma));
  }
  return worst;
}

TEST(Network, FastPathAgreesWithTheReferenceInEveryShape) {
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    for (const int dimension : {1, 2, 16}) {
      for (const std::vector<int>& hidden : {std::vector<int>{}, {7}, {128, 128}, {33, 64, 20}}) {
        for (const double nu : {3.0, inf}) {
          const NetworkDenoiser denoiser(random_model(dimension, hidden, nu));
          for (const double sigma : {0.002, 0.7, 80.0}) {
            EXPECT_LE(worst_error(denoiser, sigma, 83), 2e-6)
                << name(isa) << " d = " << dimension << " layers = " << hidden.size()
                << " sigma = " << sigma << " nu = " << nu;
          }
        }
      }
    }
  }
}

// Cutting a tile, widening its stride or changing the set of instructions may not change a bit.
TEST(Network, BitsDependOnNothingButThePath) {
  constexpr std::size_t paths = 1000;
  constexpr std::size_t stride = padded(paths);
  for (const int dimension : {1, 3}) {
    const NetworkDenoiser denoiser(random_model(dimension, {33, 64, 20}, 3));
    const auto levels = denoiser.at_levels(std::vector{80.0, 0.5});
    const auto x = inputs(dimension, paths, stride, 0.5);
    const auto whole = test::fast_gap(*levels, 1, dimension, x, paths, stride);
    const auto same_as_whole = [&](std::size_t first, std::size_t n,
                                   const AlignedVector<float>& gap, std::size_t gap_stride) {
      for (int j = 0; j < dimension; ++j) {
        if (!std::equal(&gap[j * gap_stride], &gap[j * gap_stride] + n,
                        &whole[j * stride + first])) {
          return false;
        }
      }
      return true;
    };
    for (const Isa isa : test::fused_isas()) {
      const test::UseIsa use(isa);
      for (const std::size_t tile : {16, 32, 48, 64, 80, 96, 112, 496, 1000}) {
        for (std::size_t first = 0; first < paths; first += tile) {
          const std::size_t n = std::min(tile, paths - first);
          const std::size_t narrow = padded(n) + 16;
          AlignedVector<float> piece(dimension * narrow, 1e30F);
          for (int j = 0; j < dimension; ++j) {
            std::copy_n(&x[j * stride + first], n, &piece[j * narrow]);
          }
          const auto gap = test::fast_gap(*levels, 1, dimension, piece, n, narrow);
          EXPECT_TRUE(same_as_whole(first, n, gap, narrow)) << name(isa) << ' ' << tile;
        }
      }
    }
  }
}

TEST(Network, UsesTheLevelItIsAskedFor) {
  const NetworkDenoiser denoiser(test::reference_model("t_edm_10k"));
  const std::vector<double> sigmas{80, 1, 0.002};
  const auto levels = denoiser.at_levels(sigmas);
  const AlignedVector<float> x(16, 2.0F);
  for (std::size_t level = 0; level < sigmas.size(); ++level) {
    const std::vector<double> wide(16, 2.0);
    std::vector<double> gap(16);
    denoiser.gap(sigmas[level], Tile<const double>{wide.data(), 16, 16},
                 Tile<double>{gap.data(), 16, 16});
    EXPECT_NEAR(test::fast_gap(*levels, level, 1, x, 16, 16)[0], gap[0],
                1e-6 * std::max(1.0, 2 / sigmas[level]));
  }
}

TEST(Network, RefusesAModelThatCannotBeEvaluated) {
  auto model = std::make_shared<Model>(*random_model(1, {4}, 3));
  model->layers[1].columns = 5;
  EXPECT_THROW(NetworkDenoiser{model}, InputError);
}

}  // namespace
}  // namespace htdm
