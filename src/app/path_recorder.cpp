#include "app/path_recorder.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace htdm {
namespace {

/// `square` is null where only the gap was asked for.
using Keep = std::function<void(std::size_t level, Tile<const float> x, Tile<const float> gap,
                                const float* square)>;

/// Passes every question of the fast path on and gives it with the answer to `keep`.
class RecordingLevels : public LevelDenoiser {
 public:
  RecordingLevels(std::unique_ptr<LevelDenoiser> inner, const Keep& keep)
      : inner_(std::move(inner)), keep_(keep) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    inner_->gap(level, x, gap, scratch);
    keep_(level, x, gap, nullptr);
  }
  void posterior(std::size_t level, Tile<const float> x, Tile<float> gap, float* square,
                 Scratch& scratch) const override {
    inner_->posterior(level, x, gap, square, scratch);
    keep_(level, x, gap, square);
  }

 private:
  std::unique_ptr<LevelDenoiser> inner_;
  Keep keep_;
};

class RecordingDenoiser : public Denoiser {
 public:
  RecordingDenoiser(std::shared_ptr<const Denoiser> inner, Keep keep)
      : inner_(std::move(inner)), keep_(std::move(keep)) {}

  int dimension() const override { return inner_->dimension(); }
  void gap(double sigma, Tile<const double> x, Tile<double> gap) const override {
    inner_->gap(sigma, x, gap);
  }
  bool knows_square() const override { return inner_->knows_square(); }
  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    inner_->posterior(sigma, x, out);
  }
  std::unique_ptr<LevelDenoiser> at_levels(std::span<const double> sigmas) const override {
    return std::make_unique<RecordingLevels>(inner_->at_levels(sigmas), keep_);
  }

 private:
  std::shared_ptr<const Denoiser> inner_;
  Keep keep_;
};

}  // namespace

PathRecorder::PathRecorder(
    std::shared_ptr<const Denoiser> denoiser, std::size_t levels,
    const std::function<std::unique_ptr<Sampler>(std::shared_ptr<const Denoiser>)>& make)
    : levels_(levels), dimension_(static_cast<std::size_t>(denoiser->dimension())) {
  sampler_ = make(std::make_shared<RecordingDenoiser>(
      std::move(denoiser), [this](std::size_t level, Tile<const float> x, Tile<const float> gap,
                                  const float* square) { keep(level, x, gap, square); }));
}

void PathRecorder::keep(std::size_t level, Tile<const float> x, Tile<const float> gap,
                        const float* square) {
  // Levels from levels_ on are second points of steps, between two levels.
  const bool between = level >= levels_;
  const std::size_t step = between ? level - levels_ : level;
  Answer* const noise = noise_.data() + step * paths_;
  std::fill_n(noise, paths_, Answer{});
  for (std::size_t j = 0; j < dimension_; ++j) {
    for (std::size_t i = 0; i < paths_; ++i) {
      noise[i].delta2 += static_cast<double>(gap.row(j)[i]) * gap.row(j)[i];
    }
  }
  for (std::size_t i = 0; i < paths_; ++i) noise[i].square = square ? square[i] : noise[i].delta2;
  if (between) return;
  float* const states = states_.data() + level * dimension_ * paths_;
  for (std::size_t j = 0; j < dimension_; ++j) std::copy_n(x.row(j), paths_, states + j * paths_);
  for (std::size_t i = 0; i < paths_; ++i) delta2_[level * paths_ + i] = noise[i].delta2;
}

void PathRecorder::sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) {
  paths_ = out.paths;
  states_.resize(levels_ * dimension_ * paths_);
  delta2_.resize(levels_ * paths_);
  noise_.resize(levels_ * paths_);
  sampler_->sample_tile(first_path, out, scratch);
}

}  // namespace htdm
