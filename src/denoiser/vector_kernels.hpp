/// Element-wise and reshaping kernels of the network and its training, in single precision.
/// Counts and sizes are free unless a docstring says otherwise.
#pragma once

#include <cstddef>

namespace htdm {

/// out[i] = factor in[i] for i < padded(n).
void scale(float factor, const float* in, std::size_t n, float* out);

/// gap[i] = gap_x x[i] - gap_f f[i] for i < padded(n), the first product unrounded.
void combine_gap(float gap_x, const float* x, float gap_f, const float* f, std::size_t n,
                 float* gap);

/// out[c out_stride + r] = in[r in_stride + c] for r < rows and c < columns. Reads columns, and
/// writes rows and columns, up to the next multiple of 4; what is written there is a copy of
/// neighbours.
void transpose(const float* in, std::size_t in_stride, std::size_t rows, std::size_t columns,
               float* out, std::size_t out_stride);

/// sums[r] += sum of in[r stride + c] over c < columns, a multiple of lane_multiple; eight partial
/// sums per row (c mod 8), so AVX2 and AVX-512 give equal bits.
void add_row_sums(const float* in, std::size_t stride, std::size_t rows, std::size_t columns,
                  float* sums);

/// total[i] += term[i] for i < n.
void add_to(float* total, const float* term, std::size_t n);

/// Constants of one AdamW step t = 1, 2, ...
struct AdamWStep {
  float keep;            ///< 1 - learning_rate weight_decay
  float beta1, beta2;    ///< decay of the two moments
  float fresh1, fresh2;  ///< 1 - beta1, 1 - beta2
  float rate;            ///< learning_rate/(1 - beta1^t)
  float unbias2;         ///< 1/sqrt(1 - beta2^t)
  float epsilon;
};

/// m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
/// p = keep p - rate m/(unbias2 sqrt(v) + epsilon), for n parameters p.
/// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
void adamw(const AdamWStep& step, std::size_t n, const float* gradient, float* first_moment,
           float* second_moment, float* parameters);

}  // namespace htdm
