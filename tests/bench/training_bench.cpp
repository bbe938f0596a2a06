#include "bench/report.hpp"
#include "bench/team.hpp"
#include "denoiser/trainer.hpp"
#include "random/draws.hpp"

namespace htdm {
namespace {

std::vector<float> normal_samples(std::size_t n) {
  std::vector<double> z(n);
  standard_normals(Stream(1, Purpose::train_data, 0), 0, z);
  return {z.begin(), z.end()};
}

/// The paper's training, batch 1000, t noise; thread t takes the shards t, t + threads, ...
void training_steps(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  const auto samples = normal_samples(1'000'000);
  const TrainingOptions options;
  Trainer trainer(options, samples, 1);
  ShardGradients gradients(trainer.shards(), trainer.parameters());
  std::vector<Scratch> scratch(static_cast<std::size_t>(threads));
  bench::Team team(threads, [&](int t) {
    for (int shard = t; shard < trainer.shards(); shard += threads) {
      trainer.shard_gradient(shard, gradients, scratch[static_cast<std::size_t>(t)]);
    }
  });
  const double rate = bench::iterations_per_second(state, [&] {
    team.run();
    trainer.apply(gradients);
  });
  state.counters["steps/s"] = rate;
  // Forward, then two products backward; the first layer needs one of them.
  const double forward = 2.0 * (2 * 128 + 128 * 128 + 128);
  const double backward = 2.0 * (2 * (128 * 128 + 128) + 2 * 128);
  bench::report_flops(state, rate * options.batch * (forward + backward), threads);
}

BENCHMARK(training_steps)->ArgName("threads")->Arg(1)->Arg(2)->Apply([](auto* b) {
  bench::best_of_repetitions(b);
});

/// What one thread does alone in each step.
void optimiser_step(benchmark::State& state) {
  const auto samples = normal_samples(1'000'000);
  Trainer trainer(TrainingOptions{}, samples, 1);
  ShardGradients gradients(trainer.shards(), trainer.parameters());
  Scratch scratch;
  for (int shard = 0; shard < trainer.shards(); ++shard) {
    trainer.shard_gradient(shard, gradients, scratch);
  }
  for (auto _ : state) trainer.apply(gradients);
}

BENCHMARK(optimiser_step)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace htdm
