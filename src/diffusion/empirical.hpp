/// Data of the user: rows of which the law is not known.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace htdm {

/// Training and test rows, row after row, d numbers each; shared, as targets are copied.
struct EmpiricalTarget {
  int dimension = 1;
  std::shared_ptr<const std::vector<double>> train;
  std::shared_ptr<const std::vector<double>> test;

  std::uint64_t rows(bool training) const {
    return (training ? train : test)->size() / static_cast<std::size_t>(dimension);
  }
  /// Row `index` modulo the number of rows.
  std::span<const double> row(bool training, std::uint64_t index) const {
    const auto d = static_cast<std::size_t>(dimension);
    return std::span(training ? *train : *test).subspan(index % rows(training) * d, d);
  }
};

}  // namespace htdm
