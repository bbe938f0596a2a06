/// Component-wise z-scoring by training statistics.
#pragma once

#include <span>
#include <vector>

namespace htdm {

/// z = (x - mean)/deviation per component. Travels with the weights trained under it.
struct Normalization {
  std::vector<double> mean;
  std::vector<double> deviation;  ///< population convention, 1/n

  int dimension() const { return static_cast<int>(mean.size()); }
  double to_z(double x, int component) const {
    return (x - mean[component]) / deviation[component];
  }
  double to_raw(double z, int component) const {
    return mean[component] + deviation[component] * z;
  }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& mean& deviation;
  }

  friend bool operator==(const Normalization&, const Normalization&) = default;
};

/// Mean and standard deviation of n samples stored one after the other (x[i d + j]), summed in
/// sample order with compensation. Throws InputError for a component that is constant.
Normalization fit_normalization(std::span<const double> samples, int dimension);

}  // namespace htdm
