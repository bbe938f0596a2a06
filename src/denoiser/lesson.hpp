/// What a network is taught: examples, and the loss of what it makes of them.
#pragma once

#include "core/tile.hpp"
#include "denoiser/flat_network.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace htdm {

/// Draws of the mixing variable that are worked on together.
inline constexpr std::size_t draws_at_once = 64;

/// One of the things that a Trainer can train a network for. Thread-safe.
class Lesson {
 public:
  virtual ~Lesson() = default;

  /// Numbers per example: what the network sees, what it answers, what the loss needs besides.
  virtual int inputs() const = 0;
  virtual int outputs() const = 0;
  virtual int hints() const = 0;

  /// Examples `first` ... first + order.size() - 1 of the training, that of position first + i made
  /// from sample order[i]. Tiles have order.size() paths; columns of `input` from there to
  /// padded(paths) become 0. A pure function of its arguments. Scratch: slots 1 to 4.
  virtual void examples(std::uint64_t first, std::span<const std::uint32_t> order,
                        Tile<float> input, Tile<float> hint, Scratch& scratch) const = 0;

  /// The loss of answers to examples with these hints: the sum over examples, and `scale` times its
  /// derivative.
  virtual OutputLoss loss(Tile<const float> hint, double scale) const = 0;
};

}  // namespace htdm
