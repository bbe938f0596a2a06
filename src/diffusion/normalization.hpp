/// Component-wise transform and z-scoring by training statistics.
#pragma once

#include "diffusion/transform.hpp"

#include <span>
#include <vector>

namespace htdm {

/// z = (T(x) - mean)/deviation per component, T the identity where there are no transforms. Travels
/// with the weights trained under it.
struct Normalization {
  std::vector<double> mean;
  std::vector<double> deviation;        ///< population convention, 1/n
  std::vector<Transform> transforms{};  ///< one per component, or none

  int dimension() const { return static_cast<int>(mean.size()); }
  double to_z(double x, int component) const {
    const double y = transforms.empty() ? x : transforms[component].forward(x);
    return (y - mean[component]) / deviation[component];
  }
  double to_raw(double z, int component) const {
    const double y = mean[component] + deviation[component] * z;
    return transforms.empty() ? y : transforms[component].inverse(y);
  }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& mean& deviation& transforms;
  }

  friend bool operator==(const Normalization&, const Normalization&) = default;
};

/// Mean and standard deviation of n samples stored one after the other (x[i d + j]), summed in
/// sample order with compensation. Throws InputError for a component that is constant.
Normalization fit_normalization(std::span<const double> samples, int dimension);

}  // namespace htdm
