/// Matrix products of the network in single precision, with bias and activation in one pass.
#pragma once

#include <cstddef>

namespace htdm {

/// Operands of c = start + a b: a is rows x depth, b depth x columns, c rows x columns.
/// a(m, k) = a[m a_row + k a_column], so a transposed matrix needs no copy; b(k, n) =
/// b[k b_stride + n]; c(m, n) = c[m c_stride + n]. `columns` is a multiple of lane_multiple.
/// c overlaps neither a nor b.
///
/// Every element is one chain of fused multiply-adds, fma(a(m, k), b(k, n), sum) for k = 0, 1, ...,
/// so its bits depend on neither the instruction set (AVX2, AVX-512) nor the other columns.
struct Product {
  std::size_t rows, columns, depth;
  const float* a;
  std::size_t a_row, a_column;
  const float* b;
  std::size_t b_stride;
  float* c;
  std::size_t c_stride;
};

/// c = bias + a b, bias(m) the same for all columns.
void multiply_add(const Product& product, const float* bias);

/// c = silu(bias + a b), silu(z) = z/(1 + exp(-z)).
void multiply_silu(const Product& product, const float* bias);

/// The same, and slope = silu'(bias + a b); slope is laid out as c.
void multiply_silu_slope(const Product& product, const float* bias, float* slope);

/// c = (a b) factor, element by element; factor is laid out as c.
void multiply_scaled(const Product& product, const float* factor);

/// c = c + a b.
void multiply_accumulate(const Product& product);

}  // namespace htdm
