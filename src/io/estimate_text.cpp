#include "io/estimate_text.hpp"

#include "io/doubts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

/// The power of ten in front of `value` rounded to `digits` significant ones.
int decimal_exponent(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, digits - 1);
  return std::stoi(text.substr(text.find('e') + 1));
}

bool shows_zero(const std::string& number) {
  return number.find_first_not_of("-0.") == std::string::npos;
}

}  // namespace

std::string brief(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "-" : fmt::format("{}", value);
  const double size = std::abs(value);
  if (size == 0 || (size >= 1e-2 && size < 1e3)) return fmt::format("{:#.{}g}", value, digits);
  const int exponent = decimal_exponent(value, digits);
  return fmt::format("{:.{}f}e{}", value / std::pow(10, exponent), digits - 1, exponent);
}

std::string interval_text(const std::string& value, const std::string& low,
                          const std::string& high) {
  return shows_zero(low) ? fmt::format("{}, < {}", value, high)
                         : fmt::format("{} [{}, {}]", value, low, high);
}

std::string estimate_text(std::uint64_t count, double value, const Interval& interval) {
  if (count == 0) return "< " + brief(interval.high, 2) + " (95 %)";
  const int exponent = decimal_exponent(value, 3);
  const double scale = exponent < -1 ? std::pow(10, exponent) : 1;
  const int decimals = exponent < -1 ? 2 : 3;
  const auto shown = [&](double x) { return fmt::format("{:.{}f}", x / scale, decimals); };
  const std::string low = shown(interval.low);
  if (shows_zero(low)) return interval_text(brief(value), low, brief(interval.high));
  const std::string text = interval_text(shown(value), low, shown(interval.high));
  return exponent < -1 ? text + fmt::format("e{}", exponent) : text;
}

std::string below_text(double bound) {
  return "< " + brief(std::max(bound, 1e-300), 2);
}

std::string bounded_text(double value, double bound, int most) {
  if (std::isnan(value)) return "-";
  const double size = std::abs(value);
  if (no_digit(value, bound)) return below_text(size + bound);
  const double digits = std::floor(-std::log10(bound / size));
  if (digits < 1) return brief(value, 2) + " ±" + brief(bound, 2);
  return brief(value, static_cast<int>(std::min<double>(digits, most)));
}

std::string nu_text(const std::optional<double>& nu) {
  return nu ? fmt::format("{}", *nu) : "-";
}

}  // namespace htdm
