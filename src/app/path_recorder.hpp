/// Samplers that show the states their paths go through.
#pragma once

#include "denoiser/denoiser.hpp"
#include "samplers/sampler.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace htdm {

/// A sampler of its own, equal to another bit by bit, that keeps what its denoiser is asked about,
/// x at every noise level, and the size of its answer. A Heun step (t_ode) also asks at a level it
/// has only predicted, but asks there again once it has arrived; the last question at a level is
/// kept. For one thread at a time.
class PathRecorder {
 public:
  /// What a denoiser says of x at sigma.
  struct Answer {
    double delta2 = 0;  ///< |x - D|^2/sigma^2
    double square = 0;  ///< E[|x - x0|^2/sigma^2 | x]; delta2 where it was not asked for
  };

  /// `make` builds the sampler around a denoiser; `levels` is the number of noise levels.
  PathRecorder(
      std::shared_ptr<const Denoiser> denoiser, std::size_t levels,
      const std::function<std::unique_ptr<Sampler>(std::shared_ptr<const Denoiser>)>& make);
  PathRecorder(const PathRecorder&) = delete;
  PathRecorder& operator=(const PathRecorder&) = delete;

  /// As Sampler::sample_tile.
  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch);

  /// Component j of path i of the last tile at noise level `level`, in z-space.
  float state(std::size_t path, std::size_t level, std::size_t component) const {
    return states_[(level * dimension_ + component) * paths_ + path];
  }

  /// |x - D|^2/sigma^2 of path i of the last tile at noise level `level`.
  double delta2(std::size_t path, std::size_t level) const {
    return delta2_[level * paths_ + path];
  }

  /// The answer that the noise of the step from `level` is made with: at the step's second point
  /// where it has one between two levels, else at `level`.
  const Answer& noise(std::size_t path, std::size_t level) const {
    return noise_[level * paths_ + path];
  }

  std::size_t levels() const { return levels_; }

 private:
  void keep(std::size_t level, Tile<const float> x, Tile<const float> gap, const float* square);

  std::size_t levels_, dimension_;
  std::size_t paths_ = 0;
  std::vector<float> states_;   ///< [level][component][path]
  std::vector<double> delta2_;  ///< [level][path]
  std::vector<Answer> noise_;   ///< [level][path]
  std::unique_ptr<Sampler> sampler_;
};

}  // namespace htdm
