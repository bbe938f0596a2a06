/// The fast path: equal bits for every cut into tiles and on AVX2 and AVX-512, and agreement with
/// the plain reference.
#include "core/isa.hpp"
#include "denoiser/exact.hpp"
#include "denoiser/network.hpp"
#include "denoiser/spread.hpp"
#include "diffusion/schedule.hpp"
#include "random/draws.hpp"
#include "samplers/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace htdm::test {
namespace {

struct Case {
  std::string_view kind;
  int dimension;
  Process process{};
  std::optional<Scheme> scheme{};
  double increment_nu = inf;

  SamplerOptions options(std::vector<double> levels) const {
    return {.levels = std::move(levels),
            .nu = 3,
            .process = process,
            .scheme = scheme,
            .increment_nu = increment_nu};
  }
};

constexpr Process vp{.kind = Process::Kind::vp};

class Tiles : public testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<Sampler> sampler(std::vector<double> levels) const {
    const auto d = static_cast<std::size_t>(GetParam().dimension);
    const auto data = std::make_shared<TwoPointDenoiser>(std::vector<double>(d, 0.2),
                                                         std::vector<double>(d, 1.0), 3.0);
    return make(GetParam().kind, data, GetParam().options(std::move(levels)));
  }
};

TEST_P(Tiles, EveryCutGivesEqualBits) {
  const auto all = sampler(geometric_levels(9, 40, 0.02));
  const Rows whole = sample(*all, 1000, 0, 1000);
  for (std::size_t tile : {1, 16, 64, 333}) {
    EXPECT_EQ(sample(*all, 1000, 0, tile), whole) << "tiles of " << tile;
  }
}

TEST_P(Tiles, EveryStartGivesEqualBits) {
  const auto all = sampler(geometric_levels(9, 40, 0.02));
  const std::uint64_t far = (std::uint64_t{1} << 32) - 20;  // crosses a word of the counter
  const Rows whole = sample(*all, 70, far, 70);
  for (std::size_t offset : {1, 5, 16, 31}) {
    const Rows part = sample(*all, 30, far + offset, 30);
    for (std::size_t j = 0; j < whole.size(); ++j) {
      for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(part[j][i], whole[j][offset + i]);
    }
  }
}

TEST_P(Tiles, WritesNothingBesideItsPaths) {
  const auto all = sampler({4, 2, 1});
  const auto d = static_cast<std::size_t>(GetParam().dimension);
  AlignedVector<float> buffer(d * 32, -77.0F);
  Scratch scratch;
  all->sample_tile(0, {buffer.data(), 5, 32}, scratch);
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t i = 5; i < 32; ++i) EXPECT_EQ(buffer[j * 32 + i], -77.0F);
  }
}

TEST_P(Tiles, Avx2AndAvx512GiveEqualBits) {
  if (detected_isa() < Isa::avx512) GTEST_SKIP() << "this processor lacks AVX-512";
  const auto all = sampler(geometric_levels(20, 40, 0.02));
  use_isa(Isa::avx2);
  const Rows narrow = sample(*all, 500);
  use_isa(Isa::avx512);
  const Rows wide = sample(*all, 500);
  use_isa(detected_isa());
  EXPECT_EQ(narrow, wide);
}

/// Rounding is relative to the largest state, about 40 times a heavy-tailed factor, but every step
/// towards the data shrinks it. The plane of symmetry between the points pushes paths apart, so
/// the bound is looser than single precision; a wrong formula or draw misses it by far.
TEST_P(Tiles, AgreesWithThePlainReference) {
  const auto d = static_cast<std::size_t>(GetParam().dimension);
  const auto levels = geometric_levels(20, 40, 0.4);  // ends before all outputs are +-a
  const auto all = sampler(levels);
  const std::size_t paths = 200;
  const Rows fast = sample(*all, paths);
  std::vector<double> plain(d);
  for (std::size_t i = 0; i < paths; ++i) {
    all->sample_path(i, plain);
    for (std::size_t j = 0; j < d; ++j) ASSERT_NEAR(fast[j][i], plain[j], 5e-5) << "path " << i;
  }
}

/// Small networks, the denoiser and its spread, with weights of order 1/sqrt(columns).
std::shared_ptr<const Model> random_model(int dimension) {
  auto model = std::make_shared<Model>();
  const auto d = static_cast<std::size_t>(dimension);
  model->name = "random";
  model->nu = 3;
  model->normalization = {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0)};
  model->layers = initial_layers(dimension, {24, 24}, 1);
  model->spread.layers = initial_layers(spread_widths(dimension, {24}), 1);
  std::uint32_t step = 0;
  for (std::vector<DenseLayer>* layers : {&model->layers, &model->spread.layers}) {
    for (DenseLayer& layer : *layers) {
      std::vector<double> z(layer.weight.size());
      standard_normals(Stream(5, Purpose::weight_initialisation, 0), ++step, z);
      for (std::size_t k = 0; k < z.size(); ++k) {
        layer.weight[k] = static_cast<float>(z[k] / std::sqrt(layer.columns));
      }
    }
  }
  model->spread.layers.back().bias = {-3};  // a spread that does not drive the paths away
  return model;
}

/// The network's fast path is right to 2e-6 of max(|D|, sigma) at each of 30 levels.
TEST_P(Tiles, NetworkAgreesWithThePlainReference) {
  const auto d = static_cast<std::size_t>(GetParam().dimension);
  const auto network = std::make_shared<NetworkDenoiser>(random_model(GetParam().dimension));
  const auto all = make(GetParam().kind, network, GetParam().options(noise_levels({.levels = 30})));
  const Rows fast = sample(*all, 100, 0, 64);
  std::vector<double> plain(d);
  for (std::size_t i = 0; i < 100; ++i) {
    all->sample_path(i, plain);
    for (std::size_t j = 0; j < d; ++j) {
      ASSERT_NEAR(fast[j][i], plain[j], 2e-5 * (1 + std::abs(plain[j]))) << "path " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Samplers, Tiles,
    testing::Values(
        Case{"ve_sde", 1}, Case{"ve_sde", 3}, Case{"t_ode", 1}, Case{"t_ode", 3}, Case{"t_sde", 1},
        Case{"t_sde", 3}, Case{"t_sde_ablated", 1}, Case{"t_sde_ablated", 3}, Case{"t_chain", 1},
        Case{"t_chain", 3}, Case{"t_sde", 8}, Case{"ve_sde", 3, vp}, Case{"t_ode", 3, vp},
        Case{"t_sde", 3, vp}, Case{"t_sde_exact", 1}, Case{"t_sde_exact", 3},
        Case{"t_sde_exact", 3, {}, Scheme::euler, 5}, Case{"t_sde_exact", 3, {}, Scheme::ancestral},
        Case{"t_sde_exact", 3, vp, Scheme::heun, 0}, Case{"t_sde", 3, {}, Scheme::ancestral, 0},
        Case{"t_sde", 1, {}, Scheme::heun}, Case{"t_ode", 3, {}, Scheme::exponential}),
    [](const auto& test) {
      return std::string(test.param.kind) + "_d" + std::to_string(test.param.dimension) +
             (test.param.process == vp ? "_vp" : "") +
             (test.param.scheme ? "_" + std::string(scheme_name(*test.param.scheme)) : "") +
             (std::isinf(test.param.increment_nu) ? "" : "_t");
    });

}  // namespace
}  // namespace htdm::test
