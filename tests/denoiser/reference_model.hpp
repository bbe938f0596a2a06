/// The trained networks of tests/data, as models.
#pragma once

#include "denoiser/model.hpp"

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace htdm::test {

/// Reads the numbers of a binary stream one by one.
class BinaryReader {
 public:
  explicit BinaryReader(const std::string& path) : in_(path, std::ios::binary) {
    in_.exceptions(std::ios::failbit | std::ios::badbit);
  }

  template <class T>
  T next() {
    T value;
    in_.read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }

  std::vector<float> floats(std::size_t n) {
    std::vector<float> values(n);
    in_.read(reinterpret_cast<char*>(values.data()),
             static_cast<std::streamsize>(n * sizeof(float)));
    return values;
  }

 private:
  std::ifstream in_;
};

/// "edm_10k" (Gaussian noise) or "t_edm_10k" (t noise, nu = 3): 1 + 1 -> 128 -> 128 -> 1.
inline std::shared_ptr<const Model> reference_model(const std::string& name) {
  BinaryReader in(std::string(HTDM_TEST_DATA) + "/" + name + ".bin");
  auto model = std::make_shared<Model>();
  model->name = name;
  const auto layers = in.next<std::int32_t>();
  model->nu = in.next<double>();
  model->normalization.mean = {in.next<double>()};
  model->normalization.deviation = {in.next<double>()};
  for (int l = 0; l < layers; ++l) {
    DenseLayer layer;
    layer.rows = in.next<std::int32_t>();
    layer.columns = in.next<std::int32_t>();
    layer.weight = in.floats(static_cast<std::size_t>(layer.rows) * layer.columns);
    layer.bias = in.floats(static_cast<std::size_t>(layer.rows));
    model->layers.push_back(std::move(layer));
  }
  return model;
}

}  // namespace htdm::test
