/// The examples that training sees: which sample, at which noise level, with which noise.
#pragma once

#include "core/tile.hpp"
#include "denoiser/lesson.hpp"
#include "denoiser/trainer.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace htdm {

/// The samples of an epoch in the order of its minibatches: a permutation of 0 .. samples - 1, a
/// pure function of (seed, epoch). Fisher and Yates; the exchange at place i takes the two words
/// 2 (i mod 2) ... of (minibatch_order, path = epoch, step = i/2).
std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::int64_t epoch,
                                       std::uint32_t samples);

/// Rows of the tile that draw_training_noise fills: normals come in fours.
std::size_t training_noise_rows(int dimension);

/// Draws `first` .. first + n - 1, n = noise.paths, of a training: row 0 is
/// ln sigma ~ N(level_mean, level_deviation^2); rows 4 .. 4 + d - 1 are eps ~ t_d(0, I, nu), one
/// kappa per draw. Other rows hold nothing of use. noise.stride >= padded(n).
void draw_training_noise(const TrainingOptions& options, int dimension, std::uint64_t first,
                         Tile<float> noise);

/// What the network sees and should answer for x = x0 + sigma eps, by the laws of
/// diffusion/preconditioning.hpp: rows c_in x and c_noise of `input` (d + 1), network_target() of
/// `target` (d). x0 of path i is samples[order[i] d ...]. Columns of `input` from `paths` to
/// padded(paths) become 0. All three tiles have noise.paths paths.
void make_examples(double nu, std::span<const float> samples, std::span<const std::uint32_t> order,
                   int dimension, Tile<const float> noise, Tile<float> input, Tile<float> target);

/// The squared error of the network F from these draws, the mean over the d components.
class DenoiserLesson : public Lesson {
 public:
  /// `samples` as for the Trainer.
  DenoiserLesson(const TrainingOptions& options, std::span<const float> samples, int dimension)
      : options_(options), samples_(samples), dimension_(dimension) {}

  int inputs() const override { return dimension_ + 1; }
  int outputs() const override { return dimension_; }
  int hints() const override { return dimension_; }
  void examples(std::uint64_t first, std::span<const std::uint32_t> order, Tile<float> input,
                Tile<float> hint, Scratch& scratch) const override;
  OutputLoss loss(Tile<const float> hint, double scale) const override;

 private:
  TrainingOptions options_;
  std::span<const float> samples_;
  int dimension_;
};

}  // namespace htdm
