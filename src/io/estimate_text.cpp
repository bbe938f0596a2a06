#include "io/estimate_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace htdm {
namespace {

/// The power of ten in front of `value` rounded to `digits` significant ones.
int decimal_exponent(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, digits - 1);
  return std::stoi(text.substr(text.find('e') + 1));
}

}  // namespace

std::string brief(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "-" : fmt::format("{}", value);
  const double size = std::abs(value);
  if (size == 0 || (size >= 1e-2 && size < 1e3)) return fmt::format("{:#.{}g}", value, digits);
  const int exponent = decimal_exponent(value, digits);
  return fmt::format("{:.{}f}e{}", value / std::pow(10, exponent), digits - 1, exponent);
}

std::string estimate_text(std::uint64_t count, double value, const Interval& interval) {
  if (count == 0) return "< " + brief(interval.high, 2) + " (95 %)";
  const int exponent = decimal_exponent(value, 3);
  const double scale = exponent < -1 ? std::pow(10, exponent) : 1;
  const int decimals = exponent < -1 ? 2 : 3;
  const std::string text =
      fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", value / scale, decimals, interval.low / scale,
                  decimals, interval.high / scale, decimals);
  return exponent < -1 ? text + fmt::format("e{}", exponent) : text;
}

}  // namespace htdm
