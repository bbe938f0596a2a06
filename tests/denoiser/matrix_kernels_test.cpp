#include "denoiser/matrix_kernels.hpp"

#include "denoiser/random_numbers.hpp"
#include "denoiser/vector_sets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

namespace htdm {
namespace {

using test::normals;

double silu(double z) {
  return z / (1 + std::exp(-z));
}

double silu_slope(double z) {
  const double s = 1 / (1 + std::exp(-z));
  return s * (1 + z * (1 - s));
}

/// Operands in rows wider than they need be; a is stored transposed on request.
struct Operands {
  Operands(std::size_t m, std::size_t n, std::size_t k, bool transposed)
      : rows(m),
        columns(n),
        depth(k),
        a_row(transposed ? 1 : k + 3),
        a_column(transposed ? m + 3 : 1),
        stride(n + 32),
        a(normals((m + 3) * (k + 3), 1)),
        b(normals(k * stride, 2)),
        bias(normals(m, 3)),
        factor(normals(m * stride, 4)),
        c(normals(m * stride, 5)) {}

  Product product(AlignedVector<float>& to) const {
    return {.rows = rows,
            .columns = columns,
            .depth = depth,
            .a = a.data(),
            .a_row = a_row,
            .a_column = a_column,
            .b = b.data(),
            .b_stride = stride,
            .c = to.data(),
            .c_stride = stride};
  }

  /// (a b)(m, n) in double precision; `size` receives the sum of absolute terms.
  double exact(std::size_t m, std::size_t n, double& size) const {
    double sum = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      const double term = static_cast<double>(a[m * a_row + k * a_column]) * b[k * stride + n];
      sum += term;
      size += std::abs(term);
    }
    return sum;
  }

  std::size_t rows, columns, depth, a_row, a_column, stride;
  AlignedVector<float> a, b, bias, factor, c;
};

/// What each form makes of the exact product.
struct Results {
  explicit Results(const Operands& o)
      : add(o.c), silu(o.c), silu_slope(o.c), slope(o.c), scaled(o.c), accumulated(o.c) {
    multiply_add(o.product(add), o.bias.data());
    multiply_silu(o.product(silu), o.bias.data());
    multiply_silu_slope(o.product(silu_slope), o.bias.data(), slope.data());
    multiply_scaled(o.product(scaled), o.factor.data());
    multiply_accumulate(o.product(accumulated));
  }

  friend bool operator==(const Results&, const Results&) = default;

  AlignedVector<float> add, silu, silu_slope, slope, scaled, accumulated;
};

void expect_right(const Operands& o) {
  const Results r(o);
  for (std::size_t m = 0; m < o.rows; ++m) {
    for (std::size_t n = 0; n < o.stride; ++n) {
      const std::size_t at = m * o.stride + n;
      if (n >= o.columns) {
        ASSERT_EQ(r.add[at], o.c[at]) << "written beyond the columns";
        ASSERT_EQ(r.slope[at], o.c[at]) << "written beyond the columns";
        continue;
      }
      double size = 2;
      const double ab = o.exact(m, n, size);
      const double z = ab + o.bias[m];
      // A chain of k roundings is off by at most k/2 ulp of its absolute terms.
      const double tolerance = 0x1p-24 * (static_cast<double>(o.depth) + 8) * (size + 2);
      ASSERT_NEAR(r.add[at], z, tolerance);
      ASSERT_NEAR(r.silu[at], silu(z), 1.2 * tolerance);
      ASSERT_NEAR(r.silu_slope[at], silu(z), 1.2 * tolerance);
      ASSERT_NEAR(r.slope[at], silu_slope(z), 1.2 * tolerance);
      ASSERT_NEAR(r.scaled[at], ab * o.factor[at], tolerance * (1 + std::abs(o.factor[at])));
      ASSERT_NEAR(r.accumulated[at], ab + o.c[at], tolerance + 0x1p-23 * std::abs(o.c[at]));
    }
  }
}

TEST(MatrixKernels, AgreeWithDoublePrecisionInEveryShape) {
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    for (const std::size_t rows : {1, 7, 8, 13, 33}) {
      for (const std::size_t columns : {16, 32, 48, 64, 112}) {
        for (const std::size_t depth : {1, 2, 20}) {
          for (const bool transposed : {false, true}) {
            SCOPED_TRACE(testing::Message() << name(isa) << ' ' << rows << 'x' << depth << " times "
                                            << depth << 'x' << columns << ' ' << transposed);
            expect_right(Operands(rows, columns, depth, transposed));
          }
        }
      }
    }
  }
}

TEST(MatrixKernels, GiveEqualBitsOnAvx2AndAvx512) {
  for (const auto& [rows, columns, depth] :
       {std::tuple{128, 112, 128}, std::tuple{33, 48, 7}, std::tuple{1, 16, 300}}) {
    const Operands o(rows, columns, depth, false);
    std::vector<Results> results;
    for (const Isa isa : test::fused_isas()) {
      const test::UseIsa use(isa);
      results.emplace_back(o);
    }
    for (const Results& r : results) EXPECT_TRUE(r == results.front());
  }
}

/// silu and its slope at z, through the kernel: 1 z + 0.
void activate(const AlignedVector<float>& z, AlignedVector<float>& value,
              AlignedVector<float>& slope) {
  const float one = 1;
  const float zero = 0;
  multiply_silu_slope({.rows = 1,
                       .columns = z.size(),
                       .depth = 1,
                       .a = &one,
                       .a_row = 1,
                       .a_column = 1,
                       .b = z.data(),
                       .b_stride = z.size(),
                       .c = value.data(),
                       .c_stride = z.size()},
                      &zero, slope.data());
}

TEST(MatrixKernels, SiluKeepsItsStatedAccuracy) {
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    AlignedVector<float> z(1 << 16);
    for (std::size_t i = 0; i < z.size(); ++i) {
      z[i] = 160 * (static_cast<float>(i) + 0.3F) / static_cast<float>(z.size()) - 80;
    }
    AlignedVector<float> value(z.size());
    AlignedVector<float> slope(z.size());
    activate(z, value, slope);
    double worst = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double allowed = 3.6e-7 + (isa == Isa::baseline ? 1e-7 : 2e-8) * std::abs(z[i]);
      worst = std::max(worst, std::abs(value[i] / silu(z[i]) - 1) / allowed);
      // The slope takes 1 - s for s near 1, of which one rounding is multiplied by z.
      ASSERT_NEAR(slope[i], silu_slope(z[i]), 3e-7 + 0x1p-24 * std::abs(z[i])) << z[i];
    }
    EXPECT_LE(worst, 1) << name(isa);
  }
}

TEST(MatrixKernels, SiluIsFiniteForHugeArgumentsAndPassesOnWhatIsNot) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Isa isa : test::all_isas()) {
    const test::UseIsa use(isa);
    const AlignedVector<float> z{1e30F, -1e30F, 100, -100, 0, 1e-40F, -90,   90,
                                 inf,   nan,    -0., -81,  2, 3,      1e10F, -1e10F};
    AlignedVector<float> value(z.size());
    AlignedVector<float> slope(z.size());
    activate(z, value, slope);
    EXPECT_EQ(value[0], 1e30F);
    EXPECT_NEAR(value[1], 0, 1e-4);  // 1e30 exp(-80)
    EXPECT_EQ(value[2], 100);
    EXPECT_NEAR(value[3], 0, 1e-30);
    EXPECT_EQ(value[4], 0);
    EXPECT_EQ(value[8], inf);
    EXPECT_TRUE(std::isnan(value[9]));
    EXPECT_EQ(slope[0], 1);
    EXPECT_NEAR(slope[1], 0, 1e-4);
    EXPECT_EQ(slope[4], 0.5);
    EXPECT_TRUE(std::isnan(slope[9]));
  }
}

}  // namespace
}  // namespace htdm
