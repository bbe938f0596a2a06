#include "core/tile.hpp"
#include "random/draw_tile.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"

#include <benchmark/benchmark.h>

namespace htdm {
namespace {

/// Nanoseconds per draw.
benchmark::Counter per_draw(const benchmark::State& state, double draws) {
  return {draws * static_cast<double>(state.iterations()) * 1e-9,
          benchmark::Counter::kIsRate | benchmark::Counter::kInvert};
}

void normals_of_a_tile(benchmark::State& state) {
  constexpr std::size_t paths = 512;
  AlignedVector<float> out(4 * paths);
  std::uint32_t step = 0;
  for (auto _ : state) {
    normal_tile(1, Purpose::wiener, 0, step++, paths, paths, out.data());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.counters["ns/normal"] = per_draw(state, 4 * paths);
}

void student_t_mixings(benchmark::State& state) {
  std::uint64_t path = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(student_t_mixing(Stream(1, Purpose::prior_mixing, path++), 0, 3));
  }
  state.counters["ns/draw"] = per_draw(state, 1);
}

void student_t_mixings_of_a_tile(benchmark::State& state) {
  constexpr std::size_t paths = 64;
  double out[paths];
  std::uint64_t path = 0;
  for (auto _ : state) {
    student_t_mixing_tile(1, Purpose::prior_mixing, path += paths, 0, 3, paths, out);
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
  state.counters["ns/draw"] = per_draw(state, paths);
}

BENCHMARK(normals_of_a_tile);
BENCHMARK(student_t_mixings);
BENCHMARK(student_t_mixings_of_a_tile);

}  // namespace
}  // namespace htdm
