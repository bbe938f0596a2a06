#include "samplers/prior.hpp"

#include "random/draw_tile.hpp"
#include "random/draws.hpp"

#include <algorithm>

namespace htdm {

void Prior::draw(std::uint64_t path, std::span<double> x) const {
  const Stream normals(seed, Purpose::prior_normal, path);
  const Stream mixing(seed, Purpose::prior_mixing, path);
  student_t(normals, mixing, 0, nu, x);
  for (double& component : x) component *= sigma_max;
}

void Prior::draw(std::uint64_t first_path, int dimension, Tile<float> x) const {
  constexpr std::size_t chunk = 64;
  const auto d = static_cast<std::size_t>(dimension);
  double factor[chunk], normal[2][chunk];
  for (std::size_t i = 0; i < x.paths; i += chunk) {
    const std::size_t n = std::min(chunk, x.paths - i);
    student_t_mixing_tile(seed, Purpose::prior_mixing, first_path + i, 0, nu, n, factor);
    for (std::size_t k = 0; k < n; ++k) factor[k] *= sigma_max;
    for (std::size_t j = 0; j < d; ++j) {
      if (j % 2 == 0) {
        normal_pair_tile(seed, Purpose::prior_normal, first_path + i, 0,
                         static_cast<std::uint32_t>(j / 2), n, normal[0], normal[1]);
      }
      for (std::size_t k = 0; k < n; ++k) {
        x.row(j)[i + k] = static_cast<float>(normal[j % 2][k] * factor[k]);
      }
    }
  }
  for (std::size_t j = 0; j < d; ++j) {
    std::fill(x.row(j) + x.paths, x.row(j) + padded(x.paths), 0.0F);
  }
}

}  // namespace htdm
