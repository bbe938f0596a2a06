#include "core/error.hpp"
#include "core/infinity.hpp"
#include "denoiser/table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>

namespace htdm {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr double far_away = 0x1p100;  // leaves room for a gap of x/sigma in single precision
constexpr std::array<double, 2> signs{1, -1};

/// Interpolation may use a quarter of the bound, and all errors together 0.8 of it.
constexpr double interpolation_share = 0.25, measured_share = 0.8;

/// The denoiser behind the table.
class Truth {
 public:
  Truth(const Denoiser& denoiser, double sigma) : denoiser_(denoiser), sigma_(sigma) {}

  std::vector<double> operator()(const std::vector<double>& x) const {
    constexpr std::size_t chunk = 64;  // what a network makes of them stays in the cache
    std::vector<double> gap(x.size());
    for (std::size_t i = 0; i < x.size(); i += chunk) {
      const std::size_t n = std::min(chunk, x.size() - i);
      denoiser_.gap(sigma_, {x.data() + i, n, n}, {gap.data() + i, n, n});
    }
    return gap;
  }

  double sigma() const { return sigma_; }

 private:
  const Denoiser& denoiser_;
  double sigma_;
};

/// Keeps NaN as the worst.
void raise(double& worst, double error) {
  if (!(error <= worst)) worst = error;
}

/// The finest scale worth looking for near 0: a posterior mean turns over sigma^2 divided by the
/// spread of its data, which is 1.
int finest_exponent(double sigma) {
  return std::max(-60, std::ilogb(std::min(1.0, sigma * sigma)) - 3);
}

/// N Chebyshev points of [0, 1].
template <std::size_t N>
std::array<double, N> chebyshev_points() {
  std::array<double, N> points;
  for (std::size_t k = 0; k < N; ++k) {
    points[k] = (1 + std::cos((k + 0.5) * std::numbers::pi / N)) / 2;
  }
  return points;
}

/// Coefficient j >= 1 of the Chebyshev polynomial through N points.
template <std::size_t N>
double chebyshev_coefficient(const double* values, std::size_t j) {
  double sum = 0;
  for (std::size_t k = 0; k < N; ++k) {
    sum += values[k] * std::cos(static_cast<double>(j) * (k + 0.5) * std::numbers::pi / N);
  }
  return sum * 2 / N;
}

/// Cells go so far where no line is good enough beyond: powers of |x| have none, but are
/// cubics over a part of an octave.
constexpr double last_cell = 0x1p40;

/// The smallest power of two beyond which the line through it and far_away is good enough on both
/// sides, seen at four points an octave up to 2^20 and one from there; last_cell if there is none.
double end_of_curvature(const Truth& truth, double target) {
  std::vector<double> size;
  for (int j = 0; j <= 100 * 4; j += j < 80 ? 1 : 4) size.push_back(std::exp2(j / 4.0));
  std::size_t end = 0;
  for (const double sign : signs) {
    std::vector<double> x(size);
    for (double& value : x) value *= sign;
    const std::vector<double> gap = truth(x);
    const std::size_t m = size.size() - 1;
    const auto good = [&](std::size_t from) {
      const double slope = (gap[m] - gap[from]) / (size[m] - size[from]);
      for (std::size_t k = m; k > from; --k) {
        const double error = std::abs(gap[from] + slope * (size[k] - size[from]) - gap[k]);
        if (!(error <= target * std::max(1.0, std::abs(gap[k])))) return false;
      }
      return true;
    };
    while (end < m && !good(end)) end += size[end] < 0x1p20 ? 4 : 1;
  }
  return std::min(size[end], last_cell);
}

/// How wide a cubic may be at most, up to |x| = `reach`.
struct Need {
  double reach, width;
};

/// Finds out how wide cubics may be by cubics on trial.
class Trials {
 public:
  /// A cubic on [start, start + width] and on its mirror image.
  void add(double start, double width) {
    for (const double sign : signs) {
      for (const double p : at_) x_.push_back(sign * (start + width * p));
    }
    needs_.push_back({start + width, width});
  }

  /// The error of a cubic goes with the fourth power of its width, so a trial says how much wider
  /// it might be, up to 8 times, or how much narrower it must be.
  std::vector<Need> run(const Truth& truth, double target) && {
    const std::vector<double> gap = truth(x_);
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      double factor = 8;
      for (const std::size_t side : {2 * i, 2 * i + 1}) {
        const double* values = gap.data() + side * points;
        double size = inf;
        for (std::size_t k = 0; k < points; ++k) size = std::min(size, std::abs(values[k]));
        const double error = std::abs(chebyshev_coefficient<points>(values, 4)) +
                             std::abs(chebyshev_coefficient<points>(values, 5));
        factor = std::min(factor, std::pow(target * std::max(1.0, size) / error, 0.25));
      }
      needs_[i].width *= factor;
    }
    return std::move(needs_);
  }

 private:
  static constexpr std::size_t points = 6;
  std::array<double, points> at_ = chebyshev_points<points>();
  std::vector<double> x_;
  std::vector<Need> needs_;
};

/// First the largest power of two up to which one cubic will do, then four trials an octave.
std::vector<Need> needed_widths(const Truth& truth, double end, double target) {
  Trials around_zero;
  const int lowest = finest_exponent(truth.sigma());
  for (int e = lowest; e == lowest || std::exp2(e) < end; ++e) around_zero.add(0, std::exp2(e));
  const std::vector<Need> central = std::move(around_zero).run(truth, target);
  std::size_t one = 0;
  while (one + 1 < central.size() && central[one + 1].width >= central[one + 1].reach) ++one;
  Trials outside;
  constexpr int per_octave = 4;
  for (double octave = central[one].reach; octave < end; octave *= 2) {
    const double width = octave / per_octave;
    for (int k = 0; k < per_octave; ++k) outside.add(octave + k * width, width);
  }
  std::vector<Need> needs = std::move(outside).run(truth, target);
  needs.push_back(central[one]);
  return needs;
}

float start_of(const LevelTable& table, std::uint32_t leading) {
  return std::bit_cast<float>(leading << table.dropped_bits) - table.shift;
}

/// A table without numbers: cells of width 2^-bits (|x| + 2^exponent) at most, up to `end`.
LevelTable empty_table(double sigma, int exponent, int bits, double end) {
  LevelTable table;
  table.sigma = sigma;
  table.shift = static_cast<float>(std::exp2(exponent));
  table.dropped_bits = 23 - bits;
  const auto leading = [&](float y) { return std::bit_cast<std::uint32_t>(y) >> (23 - bits); };
  table.first = leading(table.shift);
  table.last = leading(static_cast<float>(end) + table.shift) + 1;
  return table;
}

std::size_t numbers_in(const LevelTable& table) {
  return std::size_t{8} * table.cells_per_sign();
}

/// The smallest grid that is nowhere wider than needed; nothing if none fits.
std::optional<LevelTable> choose_grid(const Truth& truth, double end, double target) {
  std::optional<LevelTable> best;
  const std::vector<Need> needs = needed_widths(truth, end, target);
  for (int exponent = finest_exponent(truth.sigma()); std::exp2(exponent) <= 2 * end; ++exponent) {
    double finest = 1;
    for (const Need& need : needs) {
      raise(finest, (need.reach + std::exp2(exponent)) / need.width);
    }
    if (!(finest < 0x1p16)) continue;
    const int bits = static_cast<int>(std::ceil(std::log2(finest)));
    const LevelTable table = empty_table(truth.sigma(), exponent, bits, end);
    if (!best || numbers_in(table) < numbers_in(*best)) best = table;
  }
  return best;
}

/// The cubic of u = 2 t/width - 1 with Chebyshev coefficients a, as a polynomial of t.
std::array<double, 4> in_powers(const std::array<double, 4>& a, double width) {
  const double p0 = a[0] - a[2], p1 = a[1] - 3 * a[3], p2 = 2 * a[2], p3 = 4 * a[3];
  const double s = 2 / width;
  return {p0 - p1 + p2 - p3, (p1 - 2 * p2 + 3 * p3) * s, (p2 - 3 * p3) * s * s, p3 * s * s * s};
}

void fill_cells(const Truth& truth, LevelTable& table) {
  static const auto at = chebyshev_points<4>();
  const std::uint32_t cells = table.last - table.first;
  table.cells.clear();
  for (const double sign : signs) {
    std::vector<double> x;
    for (std::uint32_t leading = table.first; leading < table.last; ++leading) {
      const double start = start_of(table, leading);
      const double width = start_of(table, leading + 1) - start;
      for (const double p : at) x.push_back(sign * (start + width * p));
    }
    const double end = start_of(table, table.last);
    x.push_back(sign * end);
    x.push_back(sign * far_away);
    const std::vector<double> gap = truth(x);
    for (std::uint32_t i = 0; i < cells; ++i) {
      const double* values = gap.data() + 4 * i;
      std::array<double, 4> a{(values[0] + values[1] + values[2] + values[3]) / 4};
      for (std::size_t j = 1; j < 4; ++j) a[j] = chebyshev_coefficient<4>(values, j);
      const double start = start_of(table, table.first + i);
      const double width = start_of(table, table.first + i + 1) - start;
      for (const double c : in_powers(a, width)) table.cells.push_back(static_cast<float>(c));
    }
    const double at_end = gap[4 * cells], slope = (gap.back() - at_end) / (far_away - end);
    for (const double c : {at_end, slope, 0.0, 0.0}) table.cells.push_back(static_cast<float>(c));
  }
}

/// The largest error of `table`, NaN if it or the truth is not finite somewhere.
double measured_error(const Truth& truth, const LevelTable& table) {
  std::vector<double> size;
  const auto add = [&](double value) { size.push_back(static_cast<float>(value)); };
  for (std::uint32_t leading = table.first; leading < table.last; ++leading) {
    const float start = start_of(table, leading), next = start_of(table, leading + 1);
    for (const double p : {0.0, 0.146, 0.5, 0.854}) add(start + p * (next - start));
  }
  const double end = start_of(table, table.last);
  const double reach = end < last_cell ? far_away : end;
  for (int j = 0; end * std::exp2(j / 4.0) <= reach; j += j < 32 ? 2 : 16) {
    add(end * std::exp2(j / 4.0));
  }
  double worst = 0;
  for (const double sign : signs) {
    std::vector<double> x(size);
    for (double& value : x) value *= sign;
    const std::vector<double> gap = truth(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(lookup(table, static_cast<float>(x[i])) - gap[i]);
      raise(worst, error / std::max(1.0, std::abs(gap[i])));
    }
  }
  return worst;
}

}  // namespace

LevelTable make_level_table(const Denoiser& denoiser, double sigma, double bound) {
  HTDM_EXPECTS(denoiser.dimension() == 1 && sigma > 0 && bound > 0);
  const Truth truth(denoiser, sigma);
  const double target = interpolation_share * bound;
  const double end = end_of_curvature(truth, target);
  std::optional<LevelTable> table = choose_grid(truth, end, target);
  while (table && numbers_in(*table) * sizeof(float) <= most_bytes) {
    fill_cells(truth, *table);
    table->error = measured_error(truth, *table);
    if (table->error <= measured_share * bound) return *table;
    table = empty_table(sigma, std::ilogb(table->shift), 24 - table->dropped_bits, end);
  }
  fail_input("the denoiser at noise level " + std::to_string(sigma) +
                 " cannot be tabulated in 1 MB with errors below the bound",
             "It turns too fast",
             "Set denoiser = \"network\" for this sampler, or a larger table_error");
}

}  // namespace htdm
