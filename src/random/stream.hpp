/// Counter-based random words: a draw is a pure function of its address.
#pragma once

#include <array>
#include <cstdint>

namespace htdm {

/// What a draw is for. No two purposes ever share a word. The numbers are part of the results:
/// append, never renumber.
enum class Purpose : std::uint32_t {
  train_data = 1,
  test_data = 2,
  minibatch_order = 3,
  training_level = 4,
  training_noise = 5,
  weight_initialisation = 6,
  prior_normal = 7,
  prior_mixing = 8,
  wiener = 9,
  chain_mixing = 10,
  independence_salt = 11,
  held_out_data = 12,
  data_split = 14,
  training_mixing = 13,
  spread_salt = 15,
  rare_event = 16,
  bootstrap = 17,
};

using Words = std::array<std::uint32_t, 4>;

/// The words of one (seed, purpose, path). Holds no state: any word can be read at any time.
///
/// words(step, lane) = Philox4x32-10 with key (seed low, seed high) on the counter
/// (path low, path high, step, purpose << 24 | lane).
/// Rejection samplers spend lanes, so they never shift another draw.
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11; Random123.
class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose, std::uint64_t path)
      : seed_(seed), path_(path), purpose_(purpose) {}

  /// Four independent uniform 32-bit words; 0 <= lane < 2^24.
  Words words(std::uint32_t step, std::uint32_t lane = 0) const;

  std::uint64_t seed() const { return seed_; }
  std::uint64_t path() const { return path_; }
  Purpose purpose() const { return purpose_; }

 private:
  std::uint64_t seed_;
  std::uint64_t path_;
  Purpose purpose_;
};

}  // namespace htdm
