#include "io/sweep.hpp"

#include "io/text.hpp"

#include <fmt/format.h>

namespace htdm {

std::size_t Sweep::size() const {
  if (axes.empty()) return 0;
  if (mode == "zipped") return axes.front().values.size();
  std::size_t points = 1;
  for (const SweepAxis& axis : axes) points *= axis.values.size();
  return points;
}

std::vector<std::string> Sweep::values(std::size_t point) const {
  std::vector<std::string> values(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    const std::size_t length = axes[a].values.size();
    values[a] = axes[a].values[point % length];
    if (mode == "crossed") point /= length;
  }
  return values;
}

std::string Sweep::text(std::size_t point) const {
  std::vector<std::string> settings = values(point);
  for (std::size_t a = 0; a < axes.size(); ++a) settings[a].insert(0, axes[a].key + " = ");
  return joined(settings);
}

std::string point_name(std::size_t point) {
  return fmt::format("{:03}", point);
}

}  // namespace htdm
