#include "samplers/step_kernels.hpp"

#include "core/error.hpp"
#include "core/vector_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "samplers/step_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using FloatTag = hn::ScalableTag<float>;

// Only the fields of tiles are read here: a member function of another header, compiled in this
// region, could be merged with a copy meant for an older processor.
// |u|^2 of the paths in column i.
hn::Vec<FloatTag> squared_length(FloatTag tag, std::size_t dimension, Tile<const float> u,
                                 std::size_t i) {
  auto square = hn::Zero(tag);
  for (std::size_t j = 0; j < dimension; ++j) {
    const auto uj = hn::LoadU(tag, u.data + j * u.stride + i);
    square = hn::MulAdd(uj, uj, square);
  }
  return square;
}

void stochastic_step_kernel(StepCoefficients step, std::size_t dimension, StepTiles tiles,
                            std::size_t columns) {
  const FloatTag tag;
  const auto keep = hn::Set(tag, static_cast<float>(step.keep));
  const auto drift = hn::Set(tag, static_cast<float>(step.drift));
  const auto second = hn::Set(tag, static_cast<float>(step.second));
  const auto noise = hn::Set(tag, static_cast<float>(step.noise));
  const auto constant = hn::Set(tag, static_cast<float>(step.constant));
  const auto quadratic = hn::Set(tag, static_cast<float>(step.quadratic));
  const auto spread = hn::Set(tag, static_cast<float>(step.spread));
  const auto reading = hn::Set(tag, static_cast<float>(step.reading));
  const Tile<const float> u = tiles.u, v = tiles.v, w = v.data != nullptr ? v : u;
  for (std::size_t i = 0; i < columns; i += hn::Lanes(tag)) {
    const auto square = squared_length(tag, dimension, w, i);
    auto variance = hn::MulAdd(quadratic, square, constant);
    if (tiles.square != nullptr) {
      const auto rest = hn::Sub(hn::LoadU(tag, tiles.square + i), square);
      // Of two numbers with a NaN among them Max takes the second.
      variance = hn::Max(hn::Zero(tag), hn::MulAdd(spread, rest, variance));
    }
    auto root = hn::Sqrt(variance);
    if (step.reading != 0 && v.data != nullptr) {
      const auto start = squared_length(tag, dimension, u, i);
      const auto first = hn::Sqrt(hn::MulAdd(quadratic, start, constant));
      root = hn::MulAdd(reading, hn::Sub(root, first), first);
    }
    auto scale = hn::Mul(noise, root);
    if (tiles.factor != nullptr) scale = hn::Mul(scale, hn::LoadU(tag, tiles.factor + i));
    std::size_t row = tiles.z.first;
    for (std::size_t j = 0; j < dimension; ++j) {
      float* const xj = tiles.x.data + j * tiles.x.stride + i;
      const auto uj = hn::LoadU(tag, u.data + j * u.stride + i);
      const auto zj = hn::LoadU(tag, tiles.z.ring + row * tiles.z.stride + i);
      auto drifted = hn::MulAdd(drift, uj, hn::Mul(keep, hn::LoadU(tag, xj)));
      if (v.data != nullptr) {
        drifted = hn::MulAdd(second, hn::LoadU(tag, v.data + j * v.stride + i), drifted);
      }
      hn::StoreU(hn::MulAdd(scale, zj, drifted), tag, xj);
      row = row + 1 == tiles.z.rows ? 0 : row + 1;
    }
  }
}

void add_scaled_kernel(std::size_t columns, const float* x, float keep, float h, const float* u,
                       float* out) {
  const FloatTag tag;
  const auto kept = hn::Set(tag, keep);
  const auto step = hn::Set(tag, h);
  for (std::size_t i = 0; i < columns; i += hn::Lanes(tag)) {
    const auto start = hn::Mul(kept, hn::LoadU(tag, x + i));
    hn::StoreU(hn::MulAdd(step, hn::LoadU(tag, u + i), start), tag, out + i);
  }
}

// keep x + second (ratio u + v): with keep = ratio = 1 each rounds as x + second (u + v) does.
void add_pair_kernel(std::size_t columns, float* x, float keep, float ratio, const float* u,
                     float second, const float* v) {
  const FloatTag tag;
  const auto kept = hn::Set(tag, keep);
  const auto weight = hn::Set(tag, ratio);
  const auto step = hn::Set(tag, second);
  for (std::size_t i = 0; i < columns; i += hn::Lanes(tag)) {
    const auto sum = hn::MulAdd(weight, hn::LoadU(tag, u + i), hn::LoadU(tag, v + i));
    hn::StoreU(hn::MulAdd(step, sum, hn::Mul(kept, hn::LoadU(tag, x + i))), tag, x + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace htdm
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace htdm {

HWY_EXPORT(stochastic_step_kernel);
HWY_EXPORT(add_scaled_kernel);
HWY_EXPORT(add_pair_kernel);

void stochastic_step(const StepCoefficients& step, int dimension, const StepTiles& tiles) {
  HTDM_EXPECTS(tiles.x.paths == tiles.u.paths && padded(tiles.x.paths) <= tiles.x.stride &&
               padded(tiles.u.paths) <= tiles.u.stride);
  HTDM_EXPECTS(tiles.z.rows >= static_cast<std::size_t>(dimension) && tiles.z.first < tiles.z.rows);
  HWY_DYNAMIC_DISPATCH(stochastic_step_kernel)
  (step, static_cast<std::size_t>(dimension), tiles, padded(tiles.x.paths));
}

void add_scaled(int dimension, Tile<const float> x, double keep, double h, Tile<const float> u,
                Tile<float> out) {
  HTDM_EXPECTS(x.paths == u.paths && x.paths == out.paths);
  for (int j = 0; j < dimension; ++j) {
    HWY_DYNAMIC_DISPATCH(add_scaled_kernel)
    (padded(x.paths), x.row(j), static_cast<float>(keep), static_cast<float>(h), u.row(j),
     out.row(j));
  }
}

void add_pair(int dimension, Tile<float> x, double keep, double first, Tile<const float> u,
              double second, Tile<const float> v) {
  HTDM_EXPECTS(x.paths == u.paths && x.paths == v.paths && second != 0);
  for (int j = 0; j < dimension; ++j) {
    HWY_DYNAMIC_DISPATCH(add_pair_kernel)
    (padded(x.paths), x.row(j), static_cast<float>(keep), static_cast<float>(first / second),
     u.row(j), static_cast<float>(second), v.row(j));
  }
}

}  // namespace htdm
#endif
