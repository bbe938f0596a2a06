/// Rates that the benchmarks share.
#pragma once

#include "bench/sgemm.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace htdm::bench {

/// On a machine with other work the best of several repetitions says most: for the counters, which
/// are rates, that is the row "max".
inline benchmark::internal::Benchmark* best_of_repetitions(benchmark::internal::Benchmark* b) {
  return b->UseRealTime()->Repetitions(7)->ReportAggregatesOnly()->ComputeStatistics(
      "max", [](const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); });
}

/// Runs `body` once per iteration and returns iterations per second.
template <class Body>
double iterations_per_second(benchmark::State& state, const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) body();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return static_cast<double>(state.iterations()) / time.count();
}

/// Floating-point operations per second, and their share of the SGEMM rate of as many threads.
inline void report_flops(benchmark::State& state, double flops, int threads) {
  state.counters["gflops"] = flops * 1e-9;
  if (sgemm_rate(threads) > 0) state.counters["share_of_sgemm"] = flops / sgemm_rate(threads);
}

}  // namespace htdm::bench
