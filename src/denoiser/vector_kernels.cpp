#include "denoiser/vector_kernels.hpp"

#include "core/vector_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "denoiser/vector_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using V = hn::Vec<Floats>;

/// Calls body(i, load, store) for i = 0, lanes, ... < n, with masked access to the last elements.
template <class Body>
HWY_INLINE void for_each_vector(std::size_t n, const Body& body) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    body([d, i](const float* from) HWY_ATTR { return hn::LoadU(d, from + i); },
         [d, i](V v, float* to) HWY_ATTR { hn::StoreU(v, d, to + i); });
  }
  if (i == n) return;
  const auto mask = hn::FirstN(d, n - i);
  body([d, i, mask](const float* from) HWY_ATTR { return hn::MaskedLoad(mask, d, from + i); },
       [d, i, mask](V v, float* to) HWY_ATTR { hn::BlendedStore(v, mask, d, to + i); });
}

#if HWY_TARGET == HWY_SCALAR

HWY_INLINE void transpose_4x4(const float* const rows[4], float* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t c = 0; c < 4; ++c) out[c * out_stride + r] = rows[r][c];
  }
}

#else

/// Four rows of four numbers become four columns.
HWY_INLINE void transpose_4x4(const float* const rows[4], float* out, std::size_t out_stride) {
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<std::uint64_t, 2> pairs;
  const auto r0 = hn::LoadU(d, rows[0]);
  const auto r1 = hn::LoadU(d, rows[1]);
  const auto r2 = hn::LoadU(d, rows[2]);
  const auto r3 = hn::LoadU(d, rows[3]);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, r0, r1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, r2, r3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, r0, r1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, r2, r3));
  const auto put = [&](auto v, std::size_t row)
                       HWY_ATTR { hn::StoreU(hn::BitCast(d, v), d, out + row * out_stride); };
  put(hn::InterleaveLower(pairs, low01, low23), 0);
  put(hn::InterleaveUpper(pairs, low01, low23), 1);
  put(hn::InterleaveLower(pairs, high01, high23), 2);
  put(hn::InterleaveUpper(pairs, high01, high23), 3);
}

#endif

}  // namespace

void scale_kernel(float factor, const float* in, std::size_t n, float* out) {
  const Floats d;
  const V f = hn::Set(d, factor);
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    hn::StoreU(hn::Mul(f, hn::LoadU(d, in + i)), d, out + i);
  }
}

void combine_gap_kernel(float gap_x, const float* x, float gap_f, const float* f, std::size_t n,
                        float* gap) {
  const Floats d;
  const V of_x = hn::Set(d, gap_x);
  const V of_f = hn::Set(d, gap_f);
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const V network = hn::Mul(of_f, hn::LoadU(d, f + i));
    hn::StoreU(hn::MulSub(of_x, hn::LoadU(d, x + i), network), d, gap + i);
  }
}

void transpose_kernel(const float* in, std::size_t in_stride, std::size_t rows, std::size_t columns,
                      float* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < rows; r += 4) {
    // Beyond the last row the last one is read again.
    const float* row[4];
    for (std::size_t k = 0; k < 4; ++k) row[k] = in + (r + k < rows ? r + k : rows - 1) * in_stride;
    for (std::size_t c = 0; c < columns; c += 4) {
      transpose_4x4(row, out + c * out_stride + r, out_stride);
      for (const float*& at : row) at += 4;
    }
  }
}

void add_row_sums_kernel(const float* in, std::size_t stride, std::size_t rows, std::size_t columns,
                         float* sums) {
  const hn::CappedTag<float, 8> d;
  for (std::size_t r = 0; r < rows; ++r) {
    auto sum = hn::LoadU(d, in + r * stride);
    for (std::size_t c = hn::Lanes(d); c < columns; c += hn::Lanes(d)) {
      sum = hn::Add(sum, hn::LoadU(d, in + r * stride + c));
    }
    sums[r] += hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

void add_to_kernel(float* total, const float* term, std::size_t n) {
  for_each_vector(n, [total, term](auto load, auto store)
                         HWY_ATTR { store(hn::Add(load(total), load(term)), total); });
}

void adamw_kernel(const AdamWStep& step, std::size_t n, const float* gradient, float* first_moment,
                  float* second_moment, float* parameters) {
  const Floats d;
  const V keep = hn::Set(d, step.keep);
  const V rate = hn::Set(d, step.rate);
  const V beta1 = hn::Set(d, step.beta1);
  const V beta2 = hn::Set(d, step.beta2);
  const V fresh1 = hn::Set(d, step.fresh1);
  const V fresh2 = hn::Set(d, step.fresh2);
  const V unbias2 = hn::Set(d, step.unbias2);
  const V epsilon = hn::Set(d, step.epsilon);
  for_each_vector(n, [=](auto load, auto store) HWY_ATTR {
    const V g = load(gradient);
    const V m = hn::MulAdd(beta1, load(first_moment), hn::Mul(fresh1, g));
    const V v = hn::MulAdd(beta2, load(second_moment), hn::Mul(fresh2, hn::Mul(g, g)));
    const V change = hn::Div(m, hn::MulAdd(hn::Sqrt(v), unbias2, epsilon));
    store(m, first_moment);
    store(v, second_moment);
    store(hn::NegMulAdd(rate, change, hn::Mul(keep, load(parameters))), parameters);
  });
}

}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace htdm {

HWY_EXPORT(scale_kernel);
HWY_EXPORT(combine_gap_kernel);
HWY_EXPORT(transpose_kernel);
HWY_EXPORT(add_row_sums_kernel);
HWY_EXPORT(add_to_kernel);
HWY_EXPORT(adamw_kernel);

void scale(float factor, const float* in, std::size_t n, float* out) {
  HWY_DYNAMIC_DISPATCH(scale_kernel)(factor, in, n, out);
}

void combine_gap(float gap_x, const float* x, float gap_f, const float* f, std::size_t n,
                 float* gap) {
  HWY_DYNAMIC_DISPATCH(combine_gap_kernel)(gap_x, x, gap_f, f, n, gap);
}

void transpose(const float* in, std::size_t in_stride, std::size_t rows, std::size_t columns,
               float* out, std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(transpose_kernel)(in, in_stride, rows, columns, out, out_stride);
}

void add_row_sums(const float* in, std::size_t stride, std::size_t rows, std::size_t columns,
                  float* sums) {
  HWY_DYNAMIC_DISPATCH(add_row_sums_kernel)(in, stride, rows, columns, sums);
}

void add_to(float* total, const float* term, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(add_to_kernel)(total, term, n);
}

void adamw(const AdamWStep& step, std::size_t n, const float* gradient, float* first_moment,
           float* second_moment, float* parameters) {
  HWY_DYNAMIC_DISPATCH(adamw_kernel)
  (step, n, gradient, first_moment, second_moment, parameters);
}

}  // namespace htdm

#endif  // HWY_ONCE
