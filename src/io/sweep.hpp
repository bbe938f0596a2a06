/// The `[sweep]` of a study as a value: keys, what they go through, and the points they make.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace htdm {

/// One key and the values it goes through.
struct SweepAxis {
  std::string key;                  ///< dotted, as `--set` takes it: "data.nu"
  std::vector<std::string> values;  ///< as TOML, in canonical form

  friend bool operator==(const SweepAxis&, const SweepAxis&) = default;
};

struct Sweep {
  std::string mode = "crossed";  ///< or zipped
  std::vector<SweepAxis> axes;

  bool empty() const { return axes.empty(); }
  /// How many points: the product of the lengths where they are crossed, else the common length.
  std::size_t size() const;
  /// The values of point `point`, one per axis. Crossed: those of the last axis change fastest.
  std::vector<std::string> values(std::size_t point) const;
  /// "data.nu = 3.0, models.t_edm.nu = 2.5".
  std::string text(std::size_t point) const;

  friend bool operator==(const Sweep&, const Sweep&) = default;
};

/// What a point is called in files and folders: "003".
std::string point_name(std::size_t point);

}  // namespace htdm
