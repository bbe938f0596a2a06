/// What the samplers' tests share: levels, whole samples, and a look at the state between steps.
#pragma once

#include "denoiser/denoiser.hpp"
#include "samplers/sampler.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace htdm::test {

inline constexpr double inf = std::numeric_limits<double>::infinity();

/// Component j of path i is rows[j][i].
using Rows = std::vector<std::vector<double>>;

/// sigma_i = first (last/first)^{i/steps}: dsigma/sigma is the same at every step.
inline std::vector<double> geometric_levels(int steps, double first, double last) {
  std::vector<double> levels;
  for (int i = 0; i <= steps; ++i) {
    levels.push_back(first * std::pow(last / first, static_cast<double>(i) / steps));
  }
  return levels;
}

inline std::unique_ptr<Sampler> make(std::string_view kind, std::shared_ptr<const Denoiser> data,
                                     const SamplerOptions& options) {
  return find_sampler_kind(kind)->make(std::move(data), options);
}

/// Samples of paths first ... first + n - 1 by the fast path, in tiles of `tile` paths.
inline Rows sample(const Sampler& sampler, std::size_t n, std::uint64_t first = 0,
                   std::size_t tile = 256) {
  const auto d = static_cast<std::size_t>(sampler.dimension());
  Rows rows(d, std::vector<double>(n));
  AlignedVector<float> buffer(d * padded(tile));
  Scratch scratch;
  for (std::size_t begin = 0; begin < n; begin += tile) {
    const Tile<float> out{buffer.data(), std::min(tile, n - begin), padded(tile)};
    sampler.sample_tile(first + begin, out, scratch);
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < out.paths; ++i) rows[j][begin + i] = out.row(j)[i];
    }
  }
  return rows;
}

/// Another denoiser's answers, keeping the x it is asked about on the fast path from level
/// `first_kept` on: the states of an Euler sampler, which asks once a level.
class RecordingDenoiser : public Denoiser {
 public:
  explicit RecordingDenoiser(std::shared_ptr<const Denoiser> inner, std::size_t first_kept = 0)
      : inner_(std::move(inner)), first_kept_(first_kept) {}

  int dimension() const override { return inner_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    inner_->gap(sigma, x, gap);
  }
  bool knows_square() const override { return inner_->knows_square(); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    inner_->posterior(sigma, x, out);
  }
  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override {
    states_.assign(sigmas.size(), Rows(static_cast<std::size_t>(dimension())));
    return std::make_unique<Recorder>(*this, inner_->at_levels(sigmas));
  }

  /// x at level `level`, all paths in the order they were sampled.
  const Rows& states(std::size_t level) const { return states_[level]; }

 private:
  class Recorder : public LevelDenoiser {
   public:
    Recorder(const RecordingDenoiser& owner, std::unique_ptr<LevelDenoiser> inner)
        : owner_(owner), inner_(std::move(inner)) {}
    void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
             Scratch& scratch) const override {
      keep(level, x);
      inner_->gap(level, x, gap, scratch);
    }
    void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                   Scratch& scratch) const override {
      keep(level, x);
      inner_->posterior(level, x, gap, square, scratch);
    }

   private:
    void keep(std::size_t level, Tile<const float> x) const {
      Rows& rows = owner_.states_[level];
      for (std::size_t j = 0; level >= owner_.first_kept_ && j < rows.size(); ++j) {
        rows[j].insert(rows[j].end(), x.row(j), x.row(j) + x.paths);
      }
    }

    const RecordingDenoiser& owner_;
    std::unique_ptr<LevelDenoiser> inner_;
  };

  std::shared_ptr<const Denoiser> inner_;
  std::size_t first_kept_;
  mutable std::vector<Rows> states_;
};

/// The states of `n` paths at every level (one more entry than there are steps).
inline std::vector<Rows> sample_states(std::string_view kind, std::shared_ptr<const Denoiser> data,
                                       const SamplerOptions& options, std::size_t n) {
  const auto recorder = std::make_shared<RecordingDenoiser>(std::move(data));
  const auto sampler = make(kind, recorder, options);
  sample(*sampler, n);
  std::vector<Rows> states;
  for (std::size_t i = 0; i < options.levels.size(); ++i) states.push_back(recorder->states(i));
  return states;
}

/// The states of `n` paths at the last level.
inline Rows sample_last_state(std::string_view kind, std::shared_ptr<const Denoiser> data,
                              const SamplerOptions& options, std::size_t n) {
  const std::size_t last = options.levels.size() - 1;
  const auto recorder = std::make_shared<RecordingDenoiser>(std::move(data), last);
  const auto sampler = make(kind, recorder, options);
  sample(*sampler, n);
  return recorder->states(last);
}

}  // namespace htdm::test
