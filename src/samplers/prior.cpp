#include "samplers/prior.hpp"

#include "random/draws.hpp"

#include <algorithm>
#include <vector>

namespace htdm {

void Prior::draw(std::uint64_t path, std::span<double> x) const {
  const Stream normals(seed, Purpose::prior_normal, path);
  const Stream mixing(seed, Purpose::prior_mixing, path);
  student_t(normals, mixing, 0, nu, x);
  for (double& component : x) component *= sigma_max;
}

void Prior::draw(std::uint64_t first_path, int dimension, Tile<float> x) const {
  std::vector<double> start(static_cast<std::size_t>(dimension));
  for (std::size_t i = 0; i < x.paths; ++i) {
    draw(first_path + i, start);
    for (std::size_t j = 0; j < start.size(); ++j) x.row(j)[i] = static_cast<float>(start[j]);
  }
  for (std::size_t j = 0; j < start.size(); ++j) {
    std::fill(x.row(j) + x.paths, x.row(j) + padded(x.paths), 0.0F);
  }
}

}  // namespace htdm
