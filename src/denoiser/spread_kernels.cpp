#include "denoiser/spread_kernels.hpp"

#include "core/error.hpp"
#include "core/vector_targets.hpp"
#include "denoiser/spread.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "denoiser/spread_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// math-inl.h needs the one above.
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

/// Far enough for any path, and its logarithm is finite.
constexpr float largest_square = 1e38F;

}  // namespace

// Only the fields of tiles are read here: a member function of another header, compiled in this
// region, could be merged with a copy meant for an older processor.
void spread_feature_kernel(float c_in, Tile<const float> x, std::size_t dimension,
                           Tile<float> features, std::size_t columns) {
  const Floats d;
  const auto factor = hn::Set(d, c_in);
  const auto one = hn::Set(d, 1.0F);
  for (std::size_t i = 0; i < columns; i += hn::Lanes(d)) {
    auto square = hn::Zero(d);
    for (std::size_t j = 0; j < dimension; ++j) {
      const auto y = hn::Mul(factor, hn::LoadU(d, x.data + j * x.stride + i));
      square = hn::MulAdd(y, y, square);
    }
    const auto held = hn::Add(hn::Min(square, hn::Set(d, largest_square)), one);
    const auto scale = hn::Div(factor, hn::Sqrt(held));
    for (std::size_t j = 0; j < dimension; ++j) {
      const auto r = hn::Mul(scale, hn::LoadU(d, x.data + j * x.stride + i));
      hn::StoreU(r, d, features.data + j * features.stride + i);
    }
    hn::StoreU(hn::Mul(hn::Set(d, 0.5F), hn::Log(d, held)), d,
               features.data + dimension * features.stride + i);
  }
}

void spread_square_kernel(float nu, Tile<const float> u, std::size_t dimension, const float* g,
                          float* square, std::size_t columns) {
  const Floats d;
  const auto degrees = hn::Set(d, nu);
  const auto held = hn::Set(d, static_cast<float>(largest_log_spread));
  for (std::size_t i = 0; i < columns; i += hn::Lanes(d)) {
    auto gap = hn::Zero(d);
    for (std::size_t j = 0; j < dimension; ++j) {
      const auto uj = hn::LoadU(d, u.data + j * u.stride + i);
      gap = hn::MulAdd(uj, uj, gap);
    }
    const auto factor = hn::Exp(d, hn::Min(hn::LoadU(d, g + i), held));
    hn::StoreU(hn::MulAdd(hn::Add(degrees, gap), factor, gap), d, square + i);
  }
}

}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace htdm {

HWY_EXPORT(spread_feature_kernel);
HWY_EXPORT(spread_square_kernel);

void spread_feature_tile(float c_in, Tile<const float> x, std::size_t dimension,
                         Tile<float> features) {
  HTDM_EXPECTS(x.paths == features.paths && padded(x.paths) <= features.stride);
  HWY_DYNAMIC_DISPATCH(spread_feature_kernel)(c_in, x, dimension, features, padded(x.paths));
}

void spread_square_tile(float nu, Tile<const float> u, std::size_t dimension, const float* g,
                        float* square) {
  HWY_DYNAMIC_DISPATCH(spread_square_kernel)(nu, u, dimension, g, square, padded(u.paths));
}

}  // namespace htdm

#endif  // HWY_ONCE
