#include "denoiser/spread.hpp"

namespace htdm {

double spread_features(std::span<double> y) {
  double square = 0;
  for (const double component : y) square += component * component;
  const double length = std::sqrt(1 + square);
  for (double& component : y) component /= length;
  return std::log1p(square) / 2;
}

std::vector<int> spread_widths(int dimension, const std::vector<int>& hidden) {
  std::vector<int> widths{dimension + 2};
  widths.insert(widths.end(), hidden.begin(), hidden.end());
  widths.push_back(1);
  return widths;
}

}  // namespace htdm
