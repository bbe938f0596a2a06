#include "bench/report.hpp"
#include "bench/team.hpp"
#include "core/tile.hpp"

#include <cstring>

namespace htdm {
namespace {

/// Main memory copied, read and written bytes counted; arrays far beyond any cache.
void copy_bandwidth(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  constexpr std::size_t size = std::size_t{1} << 26;  // floats, 256 MB
  const AlignedVector<float> from(size, 1.0F);
  AlignedVector<float> to(size);
  const std::size_t part = size / static_cast<std::size_t>(threads);
  bench::Team team(threads, [&](int t) {
    const std::size_t first = static_cast<std::size_t>(t) * part;
    std::memcpy(to.data() + first, from.data() + first, part * sizeof(float));
    benchmark::ClobberMemory();
  });
  const double rate = bench::iterations_per_second(state, [&] { team.run(); });
  state.counters["GB/s"] = 2.0 * rate * static_cast<double>(size * sizeof(float)) * 1e-9;
}

BENCHMARK(copy_bandwidth)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace htdm
