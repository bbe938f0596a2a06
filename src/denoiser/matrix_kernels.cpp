#include "denoiser/matrix_kernels.hpp"

#include "core/vector_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "denoiser/matrix_kernels.cpp"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using V = hn::Vec<Floats>;

// Elements of c held in registers at a time: rows x vectors sums, and beside them one row of b and
// one element of a. 32 registers on AVX-512, 16 elsewhere.
constexpr std::size_t block_rows = HWY_TARGET == HWY_AVX3 ? 8 : 4;
constexpr std::size_t block_vectors = 3;

HWY_INLINE V load(const float* from) {
  return hn::LoadU(Floats(), from);
}
HWY_INLINE void store(V v, float* to) {
  hn::StoreU(v, Floats(), to);
}

/// 1/(1 + exp(-z)) with relative error below 3e-7 + 2e-8 |z| for |z| <= 80 (1e-7 |z| on the
/// baseline target, whose multiply-adds round twice).
/// exp(-z) = 2^n p(r), where n + r = -z log2(e), n is an integer, |r| <= 1/2, and p is the
/// polynomial of degree 5 with p(0) = 1 that is closest to 2^r in relative error (1.1e-7).
/// Beyond |z| = 80, where the result is 1 or below 2e-35, exp is held at its value there.
HWY_INLINE V sigmoid(V z) {
  const Floats d;
  const hn::RebindToSigned<Floats> di;
  const V one = hn::Set(d, 1.0F);
  const V minus_log2_e = hn::Set(d, -0x1.715476p+0F);
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const V rounder = hn::Set(d, 0x1.8p23F);
  const V held = hn::Min(hn::Max(z, hn::Set(d, -80.0F)), hn::Set(d, 80.0F));
  const V shifted = hn::MulAdd(held, minus_log2_e, rounder);
  const V r = hn::MulSub(held, minus_log2_e, hn::Sub(shifted, rounder));
  V p = hn::Set(d, 0x1.5bb92ap-10F);
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.3ceb6cp-7F));
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.c6b75ap-5F));
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.ebf9bap-3F));
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.62e42ap-1F));
  p = hn::MulAdd(p, r, one);
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  const V exp = hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
  return hn::Div(one, hn::Add(one, exp));
}

// What the sums of a product start from and what becomes of them. `at` is the element's place in c.
struct Affine {
  const float* bias;
  HWY_INLINE V start(const Product&, std::size_t row, std::size_t) const {
    return hn::Set(Floats(), bias[row]);
  }
  HWY_INLINE void finish(const Product& p, std::size_t at, V sum) const { store(sum, p.c + at); }
};

struct Silu : Affine {
  HWY_INLINE void finish(const Product& p, std::size_t at, V sum) const {
    store(hn::Mul(sum, sigmoid(sum)), p.c + at);
  }
};

struct SiluSlope : Affine {
  float* slope;
  HWY_INLINE void finish(const Product& p, std::size_t at, V sum) const {
    const V s = sigmoid(sum);
    const V value = hn::Mul(sum, s);
    store(value, p.c + at);
    store(hn::MulAdd(value, hn::Sub(hn::Set(Floats(), 1.0F), s), s), slope + at);
  }
};

struct Scaled {
  const float* factor;
  HWY_INLINE V start(const Product&, std::size_t, std::size_t) const { return hn::Zero(Floats()); }
  HWY_INLINE void finish(const Product& p, std::size_t at, V sum) const {
    store(hn::Mul(sum, load(factor + at)), p.c + at);
  }
};

struct Accumulate {
  HWY_INLINE V start(const Product& p, std::size_t, std::size_t at) const { return load(p.c + at); }
  HWY_INLINE void finish(const Product& p, std::size_t at, V sum) const { store(sum, p.c + at); }
};

template <std::size_t rows, std::size_t vectors, class Form>
HWY_INLINE void multiply_block(const Product& p, const Form& form, std::size_t row,
                               std::size_t column) {
  const std::size_t lanes = hn::Lanes(Floats());
  V sum[rows][vectors];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) {
      sum[r][v] = form.start(p, row + r, (row + r) * p.c_stride + column + v * lanes);
    }
  }
  const float* a = p.a + row * p.a_row;
  const float* b = p.b + column;
  for (std::size_t k = 0; k < p.depth; ++k, a += p.a_column, b += p.b_stride) {
    V b_row[vectors];
    for (std::size_t v = 0; v < vectors; ++v) b_row[v] = load(b + v * lanes);
    for (std::size_t r = 0; r < rows; ++r) {
      const V factor = hn::Set(Floats(), a[r * p.a_row]);
      for (std::size_t v = 0; v < vectors; ++v) {
        sum[r][v] = hn::MulAdd(factor, b_row[v], sum[r][v]);
      }
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) {
      form.finish(p, (row + r) * p.c_stride + column + v * lanes, sum[r][v]);
    }
  }
}

template <std::size_t vectors, class Form>
HWY_NOINLINE void multiply_columns(const Product& p, const Form& form, std::size_t column) {
  std::size_t row = 0;
  for (; row + block_rows <= p.rows; row += block_rows) {
    multiply_block<block_rows, vectors>(p, form, row, column);
  }
  for (; row < p.rows; ++row) multiply_block<1, vectors>(p, form, row, column);
}

/// Columns outermost: a block of columns of b stays in the first-level cache while a streams by.
template <class Form>
HWY_INLINE void multiply(const Product& p, const Form& form) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t column = 0;
  for (; column + block_vectors * lanes <= p.columns; column += block_vectors * lanes) {
    multiply_columns<block_vectors>(p, form, column);
  }
  for (; column + 2 * lanes <= p.columns; column += 2 * lanes) {
    multiply_columns<2>(p, form, column);
  }
  for (; column < p.columns; column += lanes) multiply_columns<1>(p, form, column);
}

}  // namespace

void multiply_add_kernel(const Product& p, const float* bias) {
  multiply(p, Affine{bias});
}
void multiply_silu_kernel(const Product& p, const float* bias) {
  multiply(p, Silu{{bias}});
}
void multiply_silu_slope_kernel(const Product& p, const float* bias, float* slope) {
  multiply(p, SiluSlope{{bias}, slope});
}
void multiply_scaled_kernel(const Product& p, const float* factor) {
  multiply(p, Scaled{factor});
}
void multiply_accumulate_kernel(const Product& p) {
  multiply(p, Accumulate{});
}

}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace htdm {

HWY_EXPORT(multiply_add_kernel);
HWY_EXPORT(multiply_silu_kernel);
HWY_EXPORT(multiply_silu_slope_kernel);
HWY_EXPORT(multiply_scaled_kernel);
HWY_EXPORT(multiply_accumulate_kernel);

void multiply_add(const Product& product, const float* bias) {
  HWY_DYNAMIC_DISPATCH(multiply_add_kernel)(product, bias);
}

void multiply_silu(const Product& product, const float* bias) {
  HWY_DYNAMIC_DISPATCH(multiply_silu_kernel)(product, bias);
}

void multiply_silu_slope(const Product& product, const float* bias, float* slope) {
  HWY_DYNAMIC_DISPATCH(multiply_silu_slope_kernel)(product, bias, slope);
}

void multiply_scaled(const Product& product, const float* factor) {
  HWY_DYNAMIC_DISPATCH(multiply_scaled_kernel)(product, factor);
}

void multiply_accumulate(const Product& product) {
  HWY_DYNAMIC_DISPATCH(multiply_accumulate_kernel)(product);
}

}  // namespace htdm

#endif  // HWY_ONCE
