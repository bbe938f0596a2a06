#include "samplers/importance.hpp"

#include "core/error.hpp"
#include "core/special.hpp"
#include "random/draws.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace htdm {
namespace {

constexpr double depth = start_decades * std::numbers::ln10;

std::uint64_t path_id(std::uint64_t replica, std::size_t k) {
  return (replica << replica_shift) + k;
}

/// Points k, k + 1, ... as starts of a tile, zeros in the padding, with their weights.
void draw_starts(const ImportanceOptions& options, std::uint64_t replica, std::size_t first,
                 Tile<float> x, int dimension, std::span<double> weights) {
  std::vector<double> direction(static_cast<std::size_t>(dimension));
  for (std::size_t i = 0; i < padded(x.paths); ++i) {
    if (i >= x.paths) {
      for (std::size_t j = 0; j < direction.size(); ++j) x.row(j)[i] = 0;
      continue;
    }
    const WeightedRadius point = weighted_radius(options, dimension, replica, first + i);
    standard_normals(Stream(options.seed, Purpose::prior_normal, path_id(replica, first + i)), 0,
                     direction);
    double square = 0;
    for (const double e : direction) square += e * e;
    const double scale = options.sigma_max * point.radius / std::sqrt(square);
    for (std::size_t j = 0; j < direction.size(); ++j) {
      x.row(j)[i] = static_cast<float>(scale * direction[j]);
    }
    weights[i] = point.weight;
  }
}

/// The decade of the start's tail that point k of a replica is in.
std::size_t decade_of(const ImportanceOptions& options, std::size_t k) {
  return std::min(k * start_decades / (options.points - 1), std::size_t{start_decades - 1});
}

/// Tiles of weighted paths; `start` fills a tile and its weights.
template <class Start>
ReplicaResult run(const Sampler& sampler, const Score& score, const ImportanceOptions& options,
                  std::uint64_t replica, Scratch& scratch, Start start) {
  check_input(options.points >= 2, "a replica got " + std::to_string(options.points) + " paths",
              "It needs one for the start's far tail and others for the rest", "Use two or more");
  const auto rows = static_cast<std::size_t>(sampler.dimension());
  const std::size_t stride = padded(options.tile);
  AlignedVector<float> x_memory(rows * stride), out_memory(rows * stride);
  std::vector<double> weights(options.tile), values(options.tile);
  ReplicaResult result;
  result.at.resize(options.thresholds.size());
  for (std::size_t done = 0; done < options.points; done += options.tile) {
    const std::size_t n = std::min(options.tile, options.points - done);
    const Tile<float> x{x_memory.data(), n, stride}, out{out_memory.data(), n, stride};
    start(done, x, std::span(weights));
    sampler.sample_from(path_id(replica, done), x, out, scratch);
    score(out, std::span(values).first(n));
    for (std::size_t i = 0; i < n; ++i) {
      result.nonfinite += std::isnan(values[i]) ? 1U : 0U;
      for (std::size_t t = 0; t < result.at.size(); ++t) {
        if (!(values[i] > options.thresholds[t])) continue;
        result.at[t].weights.add(weights[i]);
        result.at[t].of_decade[decade_of(options, done + i)] += weights[i];
      }
    }
  }
  for (ThresholdEstimate& e : result.at) e.probability = e.weights.sum;
  result.paths = options.points;
  result.calls = options.points * static_cast<std::uint64_t>(sampler.network_calls_per_path());
  return result;
}

}  // namespace

double least_rare_share(std::span<const double> of_decade) {
  const auto first = std::ranges::find_if(of_decade, [](double part) { return part > 0; });
  if (first == of_decade.begin() || first == of_decade.end()) return 0;
  return *first / std::accumulate(first, of_decade.end(), 0.0);
}

WeightedRadius weighted_radius(const ImportanceOptions& options, int dimension,
                               std::uint64_t replica, std::size_t k) {
  const Words words = Stream(options.seed, Purpose::rare_event, path_id(replica, k)).words(1);
  const double u = open_uniform(words[0], words[1]);
  const auto parts = static_cast<double>(options.points - 1);
  if (k + 1 == options.points) {
    const double least = std::exp(-depth);
    return {norm_upper_quantile(dimension, options.nu, 1, least * u), least};
  }
  const double survival = std::exp(-depth * (static_cast<double>(k) + u) / parts);
  return {norm_upper_quantile(dimension, options.nu, 1, survival), survival * depth / parts};
}

ReplicaResult sample_importance(const Sampler& sampler, const Score& score,
                                const ImportanceOptions& options, std::uint64_t replica,
                                Scratch& scratch) {
  ReplicaResult result =
      run(sampler, score, options, replica, scratch,
          [&](std::size_t first, Tile<float> x, std::span<double> weights) {
            draw_starts(options, replica, first, x, sampler.dimension(), weights);
          });
  const double largest = depth / static_cast<double>(options.points - 1);
  for (ThresholdEstimate& e : result.at) e.bound = largest;
  return result;
}

ReplicaResult sample_counting(const Sampler& sampler, const Score& score,
                              const ImportanceOptions& options, std::uint64_t replica,
                              Scratch& scratch) {
  const double weight = 1 / static_cast<double>(options.points);
  ReplicaResult result = run(sampler, score, options, replica, scratch,
                             [&](std::size_t first, Tile<float> x, std::span<double> weights) {
                               sampler.start_tile(path_id(replica, first), x);
                               std::ranges::fill(weights, weight);
                             });
  for (ThresholdEstimate& e : result.at) {
    e.bound = weight;
    e.of_decade = {};
  }
  return result;
}

}  // namespace htdm
