#include "samplers/splitting.hpp"

#include "core/error.hpp"
#include "random/draws.hpp"
#include "samplers/step_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace htdm {
namespace {

constexpr double least_weight = 1e-30;
constexpr double minus_inf = -std::numeric_limits<double>::infinity();

/// What D is stretched by to the length sqrt(E[|x0|^2 | x]), with E[|x0|^2 | x] = |D|^2 + sigma^2
/// (E[|eps|^2 | x] - |u|^2).
double stretch(double denoised_squared, double sigma, double square, double u_squared) {
  const double variance = sigma * sigma * std::max(0.0, square - u_squared);
  return denoised_squared > 0 ? std::sqrt(1 + variance / denoised_squared) : 1;
}

/// A particle to be walked: from level `start` of its parent, or from the prior.
struct Walk {
  std::size_t particle = 0, parent = 0, start = 0;
  bool from_prior = false;
};

/// What both ways of walking share: the scores of all particles, and who is killed.
class Population {
 public:
  Population(const SplittingOptions& options, int calls_per_path, std::uint64_t replica)
      : options_(options),
        replica_(replica),
        calls_per_step_((static_cast<std::uint64_t>(calls_per_path) - 1) / options.steps),
        scores_((options.steps + 1) * options.particles, minus_inf),
        largest_(options.particles, minus_inf),
        family_(options.particles) {
    check_input(options.particles >= 2 && options.killed > 0 && options.killed < 1,
                "splitting got " + std::to_string(options.particles) + " particles, of which " +
                    std::to_string(options.killed) + " are killed at a time",
                "Some must survive and some must not", "Use two particles or more, and 0.1");
    for (std::size_t k = 0; k < options.particles; ++k) family_[k] = k;
  }

  std::size_t size() const { return options_.particles; }
  std::size_t last() const { return options_.steps; }

  std::vector<Walk> first_walks() {
    std::vector<Walk> walks;
    for (std::size_t k = 0; k < size(); ++k) walks.push_back({k, k, 0, true});
    return walks;
  }

  /// The id of the path whose noise the first of `walks` takes; the others take those after it.
  std::uint64_t take_ids(std::span<const Walk> walks) {
    const std::uint64_t first = (replica_ << replica_shift) + result_.paths;
    result_.paths += walks.size();
    for (const Walk& walk : walks) result_.calls += (last() - walk.start) * calls_per_step_ + 1;
    return first;
  }

  void see(const Walk& walk, std::size_t level, double score) {
    if (level == walk.start) largest_[walk.particle] = minus_inf;
    scores_[level * size() + walk.particle] = score;
    if (score > largest_[walk.particle]) largest_[walk.particle] = score;
  }
  void count_nonfinite(std::size_t paths) { result_.nonfinite += paths; }

  /// Kill, and say what is to be walked instead, by increasing start; nothing when all is known.
  std::vector<Walk> next() {
    const auto k = static_cast<std::size_t>(options_.killed * static_cast<double>(size()));
    std::vector<double> sorted = largest_;
    const auto place =
        sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(k, 1) - 1);
    std::ranges::nth_element(sorted, place);
    const double reached = *place;
    while (result_.at.size() < options_.thresholds.size() &&
           reached >= options_.thresholds[result_.at.size()]) {
      estimate(options_.thresholds[result_.at.size()]);
    }
    if (result_.at.size() == options_.thresholds.size()) return {};
    std::vector<Walk> walks;
    std::vector<std::size_t> survivors;
    for (std::size_t i = 0; i < size(); ++i) {
      if (largest_[i] > reached) {
        survivors.push_back(i);
      } else {
        walks.push_back({i, 0, 0, false});
      }
    }
    weight_ *= static_cast<double>(survivors.size()) / static_cast<double>(size());
    if (!(weight_ >= least_weight)) {  // extinct
      result_.at.resize(options_.thresholds.size());
      return {};
    }
    choose_parents(walks, survivors, reached);
    return walks;
  }

  ReplicaResult result() const { return result_; }

 private:
  /// The estimate at a threshold that the killed ones have just reached.
  void estimate(double threshold) {
    ThresholdEstimate estimate;
    std::map<std::size_t, std::size_t> families;
    std::size_t came = 0, beyond = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      came += largest_[i] > threshold ? 1U : 0U;
      if (!(scores_[last() * size() + i] > threshold)) continue;
      ++beyond;
      ++families[family_[i]];
    }
    const auto number = static_cast<double>(size());
    estimate.bound = weight_ * static_cast<double>(came) / number;
    estimate.probability = weight_ * static_cast<double>(beyond) / number;
    for (const auto& [family, members] : families) {
      estimate.weights.add(weight_ * static_cast<double>(members) / number);
    }
    result_.at.push_back(estimate);
  }

  void choose_parents(std::vector<Walk>& walks, std::span<const std::size_t> survivors,
                      double reached) {
    for (std::size_t j = 0; j < walks.size(); ++j) {
      const Stream stream(options_.seed, Purpose::rare_event,
                          (replica_ << replica_shift) + result_.paths + j);
      Walk& walk = walks[j];
      walk.parent = survivors[uniform_below(stream, 0, survivors.size())];
      while (!(scores_[walk.start * size() + walk.parent] > reached)) ++walk.start;
      family_[walk.particle] = family_[walk.parent];
    }
    std::ranges::stable_sort(walks, {}, &Walk::start);
  }

  const SplittingOptions& options_;
  std::uint64_t replica_, calls_per_step_;
  std::vector<double> scores_;  ///< [level][particle]; before a particle's last start those of one
                                ///< that was killed, which no later level Z is below
  std::vector<double> largest_;
  std::vector<std::size_t> family_;  ///< the first particle that it comes from
  double weight_ = 1;
  ReplicaResult result_;
};

/// Walks tiles of particles and keeps their states.
class TileWalker : public LevelWatch {
 public:
  TileWalker(const Sampler& sampler, const Score& score, Population& population, std::size_t tile,
             Scratch& scratch)
      : sampler_(sampler),
        score_(score),
        population_(population),
        rows_(static_cast<std::size_t>(sampler.dimension())),
        tile_(tile),
        states_((population.last() + 1) * rows_ * population.size()),
        x_(rows_ * padded(tile)),
        denoised_(x_.size()),
        values_(tile),
        scratch_(scratch) {}

  void walk(std::span<const Walk> walks) {
    const std::uint64_t first_id = population_.take_ids(walks);
    for (std::size_t done = 0; done < walks.size(); done += tile_) {
      walks_ = walks.subspan(done, std::min(tile_, walks.size() - done));
      nonfinite_.assign(walks_.size(), false);
      const Tile<float> x{x_.data(), walks_.size(), padded(tile_)};
      std::ranges::fill(x_, 0.0F);
      if (walks_.front().from_prior) sampler_.start_tile(first_id + done, x);
      sampler_.walk_tile(first_id + done, walks_.front().start, x, *this, scratch_);
      population_.count_nonfinite(static_cast<std::size_t>(std::ranges::count(nonfinite_, true)));
    }
  }

  void enter(std::size_t level, Tile<float> x) override {
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      const Walk& walk = walks_[i];
      if (walk.start != level || walk.from_prior) continue;
      for (std::size_t j = 0; j < rows_; ++j) x.row(j)[i] = *state(level, j, walk.parent);
    }
  }

  void see(std::size_t level, double sigma, Tile<const float> x, Tile<const float> u,
           const float* square) override {
    const Tile<float> denoised{denoised_.data(), x.paths, padded(tile_)};
    add_scaled(static_cast<int>(rows_), x, 1, -sigma, u, denoised);
    if (square != nullptr) stretch_all(denoised, u, sigma, square);
    score_(denoised, std::span(values_).first(x.paths));
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      const Walk& walk = walks_[i];
      if (walk.start > level) break;  // and so do all that follow
      for (std::size_t j = 0; j < rows_; ++j) *state(level, j, walk.particle) = x.row(j)[i];
      population_.see(walk, level, values_[i]);
      if (std::isnan(values_[i])) nonfinite_[i] = true;
    }
  }

 private:
  void stretch_all(Tile<float> denoised, Tile<const float> u, double sigma, const float* square) {
    for (std::size_t i = 0; i < denoised.paths; ++i) {
      double of_denoised = 0, of_u = 0;
      for (std::size_t j = 0; j < rows_; ++j) {
        of_denoised += double{denoised.row(j)[i]} * denoised.row(j)[i];
        of_u += double{u.row(j)[i]} * u.row(j)[i];
      }
      const double factor = stretch(of_denoised, sigma, square[i], of_u);
      for (std::size_t j = 0; j < rows_; ++j) {
        denoised.row(j)[i] = static_cast<float>(factor * denoised.row(j)[i]);
      }
    }
  }

  float* state(std::size_t level, std::size_t component, std::size_t particle) {
    return states_.data() + (level * rows_ + component) * population_.size() + particle;
  }

  const Sampler& sampler_;
  const Score& score_;
  Population& population_;
  std::size_t rows_, tile_;
  std::vector<float> states_;  ///< [level][component][particle]
  AlignedVector<float> x_, denoised_;
  std::vector<double> values_;
  std::vector<bool> nonfinite_;
  std::span<const Walk> walks_;
  Scratch& scratch_;
};

/// The same, one particle after the other.
class PlainWalker {
 public:
  PlainWalker(const Sampler& sampler, const Score& score, Population& population)
      : sampler_(sampler),
        score_(score),
        population_(population),
        states_((population.last() + 1) * population.size()) {}

  void walk(std::span<const Walk> walks) {
    std::uint64_t id = population_.take_ids(walks);
    for (const Walk& walk : walks) {
      std::vector<double> x(static_cast<std::size_t>(sampler_.dimension()));
      if (walk.from_prior) {
        sampler_.start_path(id, x);
      } else {
        x = states_[walk.start * population_.size() + walk.parent];
      }
      bool finite = true;
      sampler_.walk_path(id++, walk.start, x,
                         [&](std::size_t level, double sigma, std::span<const double> at,
                             std::span<const double> u, double square) {
                           states_[level * population_.size() + walk.particle].assign(at.begin(),
                                                                                      at.end());
                           const double value = score(sigma, at, u, square);
                           finite = finite && !std::isnan(value);
                           population_.see(walk, level, value);
                         });
      population_.count_nonfinite(finite ? 0 : 1);
    }
  }

 private:
  double score(double sigma, std::span<const double> x, std::span<const double> u,
               double square) const {
    AlignedVector<float> denoised(x.size() * lane_multiple);
    double of_denoised = 0, of_u = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      of_denoised += (x[j] - sigma * u[j]) * (x[j] - sigma * u[j]);
      of_u += u[j] * u[j];
    }
    const double factor = square > 0 ? stretch(of_denoised, sigma, square, of_u) : 1;
    for (std::size_t j = 0; j < x.size(); ++j) {
      denoised[j * lane_multiple] = static_cast<float>(factor * (x[j] - sigma * u[j]));
    }
    double value = 0;
    score_(Tile<const float>{denoised.data(), 1, lane_multiple}, std::span(&value, 1));
    return value;
  }

  const Sampler& sampler_;
  const Score& score_;
  Population& population_;
  std::vector<std::vector<double>> states_;  ///< [level][particle]
};

template <class Walker>
ReplicaResult run(Population& population, Walker& walker) {
  for (std::vector<Walk> walks = population.first_walks(); !walks.empty();
       walks = population.next()) {
    walker.walk(walks);
  }
  return population.result();
}

}  // namespace

ReplicaResult split(const Sampler& sampler, const Score& score, const SplittingOptions& options,
                    std::uint64_t replica, Scratch& scratch) {
  Population population(options, sampler.network_calls_per_path(), replica);
  TileWalker walker(sampler, score, population, options.tile, scratch);
  return run(population, walker);
}

ReplicaResult plain_split(const Sampler& sampler, const Score& score,
                          const SplittingOptions& options, std::uint64_t replica) {
  Population population(options, sampler.network_calls_per_path(), replica);
  PlainWalker walker(sampler, score, population);
  return run(population, walker);
}

}  // namespace htdm
