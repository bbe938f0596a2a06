#include "bench/report.hpp"
#include "bench/team.hpp"
#include "denoiser/network.hpp"
#include "random/draws.hpp"

#include <limits>
#include <memory>

namespace htdm {
namespace {

/// The paper's network with arbitrary weights in every layer.
std::shared_ptr<const Model> paper_network() {
  auto model = std::make_shared<Model>();
  model->name = "bench";
  model->nu = 3;
  model->normalization = {{0}, {1}};
  model->layers = initial_layers(1, {128, 128}, 1);
  model->layers.back().weight.assign(128, 0.05F);
  return model;
}

/// Two operations per weight.
double flops_per_call(const Model& model) {
  double flops = 0;
  for (const DenseLayer& layer : model.layers)
    flops += 2.0 * static_cast<double>(layer.weight.size());
  return flops;
}

struct Paths {
  explicit Paths(std::size_t n) : x(n), gap(n) {
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i % 64) / 16 - 2;
  }
  AlignedVector<float> x, gap;
  Scratch scratch;
};

/// One call of the network = one path at one level.
void network_calls(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  const auto tile = static_cast<std::size_t>(state.range(1));
  const NetworkDenoiser denoiser(paper_network());
  const auto levels = denoiser.at_levels(std::vector{80.0, 1.0, 0.002});
  std::vector<Paths> paths(static_cast<std::size_t>(threads), Paths(tile));
  constexpr int calls = 64;
  bench::Team team(threads, [&](int t) {
    Paths& own = paths[static_cast<std::size_t>(t)];
    for (std::size_t call = 0; call < calls; ++call) {
      levels->gap(call % 3, Tile<const float>{own.x.data(), tile, tile},
                  Tile<float>{own.gap.data(), tile, tile}, own.scratch);
    }
  });
  const double done = static_cast<double>(threads) * calls * static_cast<double>(tile);
  const double rate = done * bench::iterations_per_second(state, [&] { team.run(); });
  state.counters["calls/s"] = rate;
  bench::report_flops(state, rate * flops_per_call(denoiser.model()), threads);
}

BENCHMARK(network_calls)
    ->ArgNames({"threads", "tile"})
    ->ArgsProduct({{1, 2}, {64, 512}})
    ->Apply([](auto* b) { bench::best_of_repetitions(b); });

}  // namespace
}  // namespace htdm
