/// When an estimate should not be built on: the rules that all tables of results share.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace htdm {

/// Whether ten paths or fewer lie beyond: the variance of the variance of their number, 1/count, is
/// then 0.1 or more.
bool few_beyond(std::uint64_t paths);

/// Whether `bound`, on the error of `value`, leaves no digit of it: a quarter of |value| or more.
bool no_digit(double value, double bound);

/// 1 where a number is doubtful, else 0: of counts; of quantiles of `paths` numbers, by how many of
/// them are expected beyond a level on its nearer side, paths min(level, 1 - level), rounded; of
/// values with bounds, where those smaller than `scale` are measured by it.
std::vector<std::uint8_t> doubtful_counts(std::span<const std::uint64_t> counts);
std::vector<std::uint8_t> doubtful_levels(std::span<const double> levels, std::uint64_t paths);
std::vector<std::uint8_t> doubtful_values(std::span<const double> values,
                                          std::span<const double> bounds, double scale = 0);

}  // namespace htdm
