/// The laws of samplers at several nu, as probabilities of bins.
#pragma once

#include "app/plan.hpp"
#include "app/tables.hpp"
#include "diffusion/normalization.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"
#include "samplers/line_law.hpp"
#include "stats/nu_choice.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// Bins of the distance |z| of a row from the centre of the training sample, z its components after
/// data.transform less their means, over their standard deviations.
struct DistanceBins {
  Normalization scale;        ///< of the training sample
  std::vector<double> edges;  ///< ascending: bins lie below, between and beyond them

  std::size_t size() const { return edges.size() + 1; }
  std::size_t bin(double distance) const;
  /// Distances of rows in raw space.
  std::vector<double> distances(std::span<const double> rows) const;
  std::vector<std::uint64_t> counts(std::span<const double> rows) const;
  /// Probabilities of the bins under the law of a model's output, in one dimension.
  std::vector<double> probabilities(const LineLaw& law, const Normalization& model) const;
};

/// Edges that the distances in `sorted` exceed with probability tail, tail/2, tail/4, ... as long
/// as ten of `held_out` rows, and of those in `sorted`, are expected beyond.
std::vector<double> halving_edges(std::span<const double> sorted, std::uint64_t held_out,
                                  double tail);

/// What probabilities are computed of: entries with the denoiser of each.
struct NuFamily {
  std::vector<EntryPlan> entries;
  std::vector<std::shared_ptr<const Denoiser>> denoisers;
  const Normalization& model;
  const DistanceBins& bins;
};

/// Counts in bins of paths on common random numbers, block by block, so that a bootstrap over
/// blocks says how sure the laws are.
class CountedLaws {
 public:
  static constexpr std::size_t block_paths = 512;

  CountedLaws(std::size_t laws, std::size_t bins, std::vector<std::uint32_t> counts);

  std::uint64_t paths() const { return blocks_ * block_paths; }
  /// (count + 1/2)/(n + bins/2), n the finite paths.
  BinLaws laws() const;
  /// Of as many blocks, drawn with replacement: block k is number floor(uniform(k) blocks).
  BinLaws redrawn(const std::function<double(std::uint64_t)>& uniform) const;
  /// Share of the paths of the law with the most that are not finite.
  double nonfinite_rate() const;

 private:
  BinLaws laws_of(std::span<const std::uint64_t> counts) const;

  std::size_t laws_, bins_, blocks_;
  std::vector<std::uint32_t> counts_;  ///< [block][law][bin]
};

/// Where samplers run.
struct NuSite {
  const Communicator& world;
  int threads;
  BlockDealer& dealer;
  TableShelf& tables;
};

/// At least `paths` paths of every entry, each with the noise of the same addresses, which `htdm
/// run` does not use. Collective; the same on all ranks, for any layout.
CountedLaws count_laws(const NuFamily& family, std::uint64_t seed, std::uint64_t paths,
                       const NuSite& site);

}  // namespace htdm
