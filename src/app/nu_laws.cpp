#include "app/nu_laws.hpp"

#include "app/environment.hpp"
#include "core/error.hpp"
#include "parallel/ordered_fold.hpp"
#include "random/stream.hpp"
#include "stats/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <numeric>

namespace htdm {
namespace {

/// Samples blocks of all entries on one thread.
class NuWorker {
 public:
  NuWorker(const NuFamily& family, std::span<const std::unique_ptr<Sampler>> samplers)
      : family_(family),
        samplers_(samplers),
        d_(static_cast<std::size_t>(samplers.front()->dimension())),
        tile_(std::min(tile_size(static_cast<int>(d_)), CountedLaws::block_paths)),
        stride_(padded(tile_)),
        z_(stride_ * d_) {}

  /// [law][bin].
  Bytes run(std::uint64_t block) {
    const std::size_t bins = family_.bins.size();
    std::vector<std::uint32_t> counts(samplers_.size() * bins);
    for (std::size_t law = 0; law < samplers_.size(); ++law) {
      const std::span mine = std::span(counts).subspan(law * bins, bins);
      for (std::size_t done = 0; done < CountedLaws::block_paths; done += tile_) {
        const Tile<float> z{z_.data(), std::min(tile_, CountedLaws::block_paths - done), stride_};
        samplers_[law]->sample_tile(block * CountedLaws::block_paths + done, z, scratch_);
        count(z, mine);
      }
    }
    const auto bytes = std::as_bytes(std::span(counts));
    return {bytes.begin(), bytes.end()};
  }

 private:
  void count(Tile<const float> z, std::span<std::uint32_t> counts) const {
    for (std::size_t i = 0; i < z.paths; ++i) {
      double square = 0;
      for (std::size_t j = 0; j < d_; ++j) {
        const auto component = static_cast<int>(j);
        const double x = family_.model.to_raw(z.row(j)[i], component);
        const double y = family_.bins.scale.to_z(x, component);
        square += y * y;
      }
      // Too large to be squared is not finite, either.
      if (std::isfinite(square)) ++counts[family_.bins.bin(std::sqrt(square))];
    }
  }

  const NuFamily& family_;
  std::span<const std::unique_ptr<Sampler>> samplers_;
  std::size_t d_, tile_, stride_;
  AlignedVector<float> z_;
  Scratch scratch_;
};

std::uint64_t salted(std::uint64_t seed) {
  const Words salt = Stream(seed, Purpose::bootstrap, ~std::uint64_t{0}).words(0);
  return std::uint64_t{salt[0]} << 32 | salt[1];
}

}  // namespace

std::size_t DistanceBins::bin(double distance) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(edges, distance) - edges.begin());
}

std::vector<double> DistanceBins::distances(std::span<const double> rows) const {
  const auto d = static_cast<std::size_t>(scale.dimension());
  std::vector<double> found(rows.size() / d);
  for (std::size_t i = 0; i < found.size(); ++i) {
    double square = 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double z = scale.to_z(rows[i * d + j], static_cast<int>(j));
      square += z * z;
    }
    found[i] = std::sqrt(square);
  }
  return found;
}

std::vector<std::uint64_t> DistanceBins::counts(std::span<const double> rows) const {
  std::vector<std::uint64_t> counts(size());
  for (const double distance : distances(rows)) ++counts[bin(distance)];
  return counts;
}

std::vector<double> DistanceBins::probabilities(const LineLaw& law,
                                                const Normalization& model) const {
  std::vector<double> p;
  double before = law.mass();
  for (const double edge : edges) {
    const double beyond = law.above(model.to_z(scale.to_raw(edge, 0), 0)) +
                          law.below(model.to_z(scale.to_raw(-edge, 0), 0));
    p.push_back(before - beyond);
    before = beyond;
  }
  p.push_back(before);
  return p;
}

std::vector<double> halving_edges(std::span<const double> sorted, std::uint64_t held_out,
                                  double tail) {
  constexpr double least = 10;
  const auto rows = static_cast<double>(std::min<std::uint64_t>(held_out, sorted.size()));
  std::vector<double> edges;
  for (double p = tail; rows * p >= least; p /= 2) {
    const double edge = sample_quantile(sorted, 1 - p);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  check_input(edges.size() >= 3,
              std::to_string(held_out) + " held-out rows give " + std::to_string(edges.size() + 1) +
                  " bins with ten of them or more",
              "A choice of nu needs the shape of a tail",
              "Hold out more (data.validation_fraction, data.train_samples), or let bins begin "
              "nearer to the centre (--tail)");
  return edges;
}

CountedLaws::CountedLaws(std::size_t laws, std::size_t bins, std::vector<std::uint32_t> counts)
    : laws_(laws),
      bins_(bins),
      blocks_(counts.size() / (laws * bins)),
      counts_(std::move(counts)) {}

BinLaws CountedLaws::laws_of(std::span<const std::uint64_t> counts) const {
  BinLaws laws(laws_);
  for (std::size_t c = 0; c < laws_; ++c) {
    const auto mine = counts.subspan(c * bins_, bins_);
    const double n =
        static_cast<double>(std::accumulate(mine.begin(), mine.end(), std::uint64_t{}));
    for (const std::uint64_t count : mine) {
      laws[c].push_back((static_cast<double>(count) + 0.5) / (n + static_cast<double>(bins_) / 2));
    }
  }
  return laws;
}

BinLaws CountedLaws::laws() const {
  std::vector<std::uint64_t> sums(laws_ * bins_);
  for (std::size_t k = 0; k < counts_.size(); ++k) sums[k % sums.size()] += counts_[k];
  return laws_of(sums);
}

BinLaws CountedLaws::redrawn(const std::function<double(std::uint64_t)>& uniform) const {
  std::vector<std::uint64_t> sums(laws_ * bins_);
  for (std::size_t k = 0; k < blocks_; ++k) {
    const auto block = static_cast<std::size_t>(uniform(k) * static_cast<double>(blocks_));
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts_[block * sums.size() + i];
  }
  return laws_of(sums);
}

double CountedLaws::nonfinite_rate() const {
  std::vector<std::uint64_t> finite(laws_);
  for (std::size_t k = 0; k < counts_.size(); ++k) finite[k / bins_ % laws_] += counts_[k];
  const auto all = static_cast<double>(paths());
  return 1 - static_cast<double>(std::ranges::min(finite)) / all;
}

CountedLaws count_laws(const NuFamily& family, std::uint64_t seed, std::uint64_t paths,
                       const NuSite& site) {
  std::vector<std::unique_ptr<Sampler>> samplers;
  for (std::size_t c = 0; c < family.entries.size(); ++c) {
    const EntryPlan& entry = family.entries[c];
    std::shared_ptr<const Denoiser> denoiser = family.denoisers[c];
    if (entry.table) denoiser = site.tables.table(entry, denoiser, site.world, site.threads);
    SamplerOptions options = sampler_options(entry);
    options.seed = salted(seed);
    samplers.push_back(entry.kind->make(std::move(denoiser), options));
  }
  std::vector<NuWorker> workers;
  for (int t = 0; t < site.threads; ++t) workers.emplace_back(family, samplers);
  std::mutex mutex;
  std::vector<BlockResult> mine;
  const std::uint64_t blocks = (paths + CountedLaws::block_paths - 1) / CountedLaws::block_paths;
  site.dealer.deal(0, blocks, [&](std::uint64_t block, int thread) {
    Bytes bytes = workers[static_cast<std::size_t>(thread)].run(block);
    const std::lock_guard lock(mutex);
    mine.push_back({block, std::move(bytes)});
  });
  Bytes all;
  fold_in_block_order(site.world, 0, blocks, mine,
                      [&](std::uint64_t, std::span<const std::byte> bytes) {
                        all.insert(all.end(), bytes.begin(), bytes.end());
                      });
  site.world.broadcast(all);
  std::vector<std::uint32_t> counts(all.size() / sizeof(std::uint32_t));
  std::memcpy(counts.data(), all.data(), all.size());
  return {samplers.size(), family.bins.size(), std::move(counts)};
}

}  // namespace htdm
