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
void stochastic_step_kernel(StepCoefficients step, std::size_t dimension, Tile<float> x,
                            Tile<const float> u, RingRows z, const float* factor,
                            std::size_t columns) {
  const FloatTag tag;
  const auto keep = hn::Set(tag, static_cast<float>(step.keep));
  const auto drift = hn::Set(tag, static_cast<float>(step.drift));
  const auto noise = hn::Set(tag, static_cast<float>(step.noise));
  const auto constant = hn::Set(tag, static_cast<float>(step.constant));
  const auto quadratic = hn::Set(tag, static_cast<float>(step.quadratic));
  for (std::size_t i = 0; i < columns; i += hn::Lanes(tag)) {
    auto square = hn::Zero(tag);
    for (std::size_t j = 0; j < dimension; ++j) {
      const auto uj = hn::LoadU(tag, u.data + j * u.stride + i);
      square = hn::MulAdd(uj, uj, square);
    }
    auto scale = hn::Mul(noise, hn::Sqrt(hn::MulAdd(quadratic, square, constant)));
    if (factor != nullptr) scale = hn::Mul(scale, hn::LoadU(tag, factor + i));
    std::size_t row = z.first;
    for (std::size_t j = 0; j < dimension; ++j) {
      float* const xj = x.data + j * x.stride + i;
      const auto uj = hn::LoadU(tag, u.data + j * u.stride + i);
      const auto zj = hn::LoadU(tag, z.ring + row * z.stride + i);
      const auto drifted = hn::MulAdd(drift, uj, hn::Mul(keep, hn::LoadU(tag, xj)));
      hn::StoreU(hn::MulAdd(scale, zj, drifted), tag, xj);
      row = row + 1 == z.rows ? 0 : row + 1;
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

void stochastic_step(const StepCoefficients& step, int dimension, Tile<float> x,
                     Tile<const float> u, RingRows z, const float* factor) {
  HTDM_EXPECTS(x.paths == u.paths && padded(x.paths) <= x.stride && padded(u.paths) <= u.stride);
  HTDM_EXPECTS(z.rows >= static_cast<std::size_t>(dimension) && z.first < z.rows);
  HWY_DYNAMIC_DISPATCH(stochastic_step_kernel)
  (step, static_cast<std::size_t>(dimension), x, u, z, factor, padded(x.paths));
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
