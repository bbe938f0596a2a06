#include "bench/report.hpp"
#include "bench/team.hpp"
#include "denoiser/network.hpp"
#include "denoiser/reference_model.hpp"
#include "denoiser/table.hpp"
#include "diffusion/schedule.hpp"
#include "samplers/sampler.hpp"

#include <cmath>
#include <memory>
#include <vector>

namespace htdm {
namespace {

const std::vector<double>& levels() {
  static const std::vector<double> sigmas = noise_levels({.levels = 128});
  return sigmas;
}

std::shared_ptr<const Denoiser> network() {
  static const auto denoiser =
      std::make_shared<NetworkDenoiser>(test::reference_model("t_edm_10k"));
  return denoiser;
}

std::shared_ptr<const Denoiser> tabulated() {
  static const auto denoiser = [] {
    std::vector<LevelTable> tables;
    for (const double sigma : levels()) tables.push_back(make_level_table(*network(), sigma, 1e-6));
    return std::make_shared<TableDenoiser>(network(), std::move(tables));
  }();
  return denoiser;
}

/// The table of one level of the trained network.
void table_building(benchmark::State& state) {
  const double sigma = levels()[static_cast<std::size_t>(state.range(0))];
  LevelTable table;
  for (auto _ : state) table = make_level_table(*network(), sigma, 1e-6);
  state.counters["bytes"] = static_cast<double>(table.cells.size() * sizeof(float));
  state.counters["error"] = table.error;
}

/// One lookup = one path at one level.
void table_lookups(benchmark::State& state) {
  const auto level = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t paths = 1024;
  AlignedVector<float> x(paths), gap(paths);
  for (std::size_t i = 0; i < paths; ++i) {
    const double u = (static_cast<double>(i * 619 % paths) + 0.5) / paths;
    x[i] = static_cast<float>((1 + levels()[level]) * std::tan(3.1 * (u - 0.5)));
  }
  const auto table = tabulated()->at_levels(levels());
  Scratch scratch;
  const double rate = bench::iterations_per_second(state, [&] {
    table->gap(level, Tile<const float>{x.data(), paths, paths},
               Tile<float>{gap.data(), paths, paths}, scratch);
  });
  state.counters["ns/lookup"] = 1e9 / (rate * paths);
}

/// Whole paths of t_sde (128 levels): start, normals, lookups, steps.
void table_paths(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  const auto tile = static_cast<std::size_t>(state.range(1));
  const auto sampler =
      find_sampler_kind("t_sde")->make(tabulated(), {.levels = levels(), .nu = 2.5});
  struct Worker {
    AlignedVector<float> out;
    Scratch scratch;
  };
  std::vector<Worker> workers(static_cast<std::size_t>(threads));
  for (Worker& worker : workers) worker.out.resize(padded(tile));
  bench::Team team(threads, [&](int t) {
    Worker& own = workers[static_cast<std::size_t>(t)];
    sampler->sample_tile(static_cast<std::uint64_t>(t) << 32, {own.out.data(), tile, padded(tile)},
                         own.scratch);
  });
  const double tiles = bench::iterations_per_second(state, [&] { team.run(); });
  const double steps = tiles * threads * static_cast<double>(tile * (levels().size() - 1));
  state.counters["steps/s"] = steps;
  state.counters["ns/step/thread"] = 1e9 * threads / steps;
}

BENCHMARK(table_building)->ArgName("level")->Arg(0)->Arg(64)->Arg(127);
BENCHMARK(table_lookups)->ArgName("level")->Arg(0)->Arg(64)->Arg(127);
BENCHMARK(table_paths)
    ->ArgNames({"threads", "tile"})
    ->ArgsProduct({{1, 2}, {256, 1024, 4096}})
    ->UseRealTime();

}  // namespace
}  // namespace htdm
