/// The nu to train with, by fits to the training sample.
#pragma once

#include "app/nu_laws.hpp"
#include "io/nu_report.hpp"

#include <span>
#include <string>
#include <vector>

namespace htdm {

/// Rows that speak, on every rank.
struct NuRows {
  std::vector<double> all, held_out;  ///< raw space
  DistanceBins bins;
  std::vector<double> distances;  ///< of all rows, in order
};

/// A Student-t law fitted to the z-scored rows, beside the tail indices of their distances.
TrainingNu training_nu(const NuRows& rows);

/// Adds a sentence to a doubt; an empty one adds nothing.
void add_sentence(std::string& doubt, const std::string& sentence);

/// A test that is so unlikely to fail is taken to have found something.
inline constexpr double doubtful_p = 1e-3;

/// Whether distances of rows in order are large together beyond the threshold; empty: no.
std::string rows_together(std::span<const double> distances, double threshold);

}  // namespace htdm
