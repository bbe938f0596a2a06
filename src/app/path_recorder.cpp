#include "app/path_recorder.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace htdm {
namespace {

using Keep = std::function<void(std::size_t level, Tile<const float> x, Tile<const float> gap)>;

/// Passes every question of the fast path on and gives it with the answer to `keep`.
class RecordingLevels : public LevelDenoiser {
 public:
  RecordingLevels(std::unique_ptr<LevelDenoiser> inner, const Keep& keep)
      : inner_(std::move(inner)), keep_(keep) {}

  void gap(std::size_t level, Tile<const float> x, Tile<float> gap,
           Scratch& scratch) const override {
    inner_->gap(level, x, gap, scratch);
    keep_(level, x, gap);
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
      std::move(denoiser), [this](std::size_t level, Tile<const float> x, Tile<const float> gap) {
        keep(level, x, gap);
      }));
}

void PathRecorder::keep(std::size_t level, Tile<const float> x, Tile<const float> gap) {
  float* const states = states_.data() + level * dimension_ * paths_;
  double* const delta2 = delta2_.data() + level * paths_;
  std::fill_n(delta2, paths_, 0.0);
  for (std::size_t j = 0; j < dimension_; ++j) {
    std::copy_n(x.row(j), paths_, states + j * paths_);
    for (std::size_t i = 0; i < paths_; ++i) {
      delta2[i] += static_cast<double>(gap.row(j)[i]) * gap.row(j)[i];
    }
  }
}

void PathRecorder::sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) {
  paths_ = out.paths;
  states_.resize(levels_ * dimension_ * paths_);
  delta2_.resize(levels_ * paths_);
  sampler_->sample_tile(first_path, out, scratch);
}

}  // namespace htdm
