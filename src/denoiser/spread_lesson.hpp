/// Training of the spread network (spread.hpp) as a classifier of two noises.
///
/// At even positions of the training x = x0 + sigma eps has eps ~ t_d(0, I, nu), at odd ones
/// eps ~ t_d(0, a I, nu - 2), a = nu/(nu - 2); ln sigma is uniform over [ln lowest, ln highest].
/// Given eps as well as x, the odds that a position of unknown parity is odd are
///   o(eps) = (nu + |eps|^2)/(nu + d - 2)/a,
/// so that y = o/(1 + o) takes the place of the parity itself: it has the same mean given x, and
/// only the variance that x0 leaves. The loss is the cross-entropy ln(1 + e^L) - y L, its smallest
/// value at the logit L = ln p'/p = ln c*^2/a. The network answers with g,
///   L = ln o(u) + ln(1 + e^g),
/// u = (x - D)/sigma of the denoiser that the spread network belongs to. Every example counts with
/// min(sqrt(1 + o(u)), 100): a weight by x alone leaves the minimum where it is, and this one lets
/// the far tail count, where nearly all draws are of one noise. All slopes are bounded.
/// Source: derived here; the likelihood ratio by classification is that of Hastie, Tibshirani and
/// Friedman, "The elements of statistical learning", 2009, section 14.2.4.
#pragma once

#include "denoiser/lesson.hpp"
#include "denoiser/model.hpp"
#include "denoiser/trainer.hpp"

#include <memory>
#include <vector>

namespace htdm {

/// The noise of positions first ... first + eps.paths - 1: eps in d rows, held at 1e15 times a
/// normal. Returns |eps|^2 of every position. Rows of `eps` hold d rounded up to a multiple of 4.
std::vector<double> draw_spread_noise(std::uint64_t seed, double nu, int dimension,
                                      std::uint64_t first, Tile<float> eps);

class SpreadLesson : public Lesson {
 public:
  static constexpr double lowest_sigma = 0.0015, highest_sigma = 100;

  /// `denoiser` is trained, for noise of finite nu; its spread network is of no account. `samples`
  /// as for the Trainer; `seed` is spread_seed() of the study's.
  SpreadLesson(std::shared_ptr<const Model> denoiser, std::span<const float> samples,
               std::uint64_t seed);

  int inputs() const override { return denoiser_->dimension() + 2; }
  int outputs() const override { return 1; }
  int hints() const override { return 2; }  // ln o(u) and ln o(eps)
  void examples(std::uint64_t first, std::span<const std::uint32_t> order, Tile<float> input,
                Tile<float> hint, Scratch& scratch) const override;
  OutputLoss loss(Tile<const float> hint, double scale) const override;

 private:
  double level(std::uint64_t position) const;

  std::shared_ptr<const Model> denoiser_;
  std::span<const float> samples_;
  std::uint64_t seed_;
  FlatNetwork network_;  ///< of the denoiser
  AlignedVector<float> parameters_;
};

/// The seed of the training of spread networks in a study of `seed`: it shares no draw with others.
std::uint64_t spread_seed(std::uint64_t seed);

/// The options of a spread network's training from those of its denoiser's: the same minibatches
/// and widths, and draws of their own.
TrainingOptions spread_options(TrainingOptions denoiser, std::int64_t steps, double learning_rate);

}  // namespace htdm
