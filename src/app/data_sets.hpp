/// Training, held-out and test samples of a study. Sample i is a pure function of (seed, purpose,
/// i), so every rank that needs a set draws it instead of receiving it.
#pragma once

#include "app/plan.hpp"
#include "diffusion/normalization.hpp"

#include <vector>

namespace htdm {

struct TrainingData {
  Normalization normalization;
  std::vector<float> samples;  ///< z-scored, sample after sample: samples[i d + j]
};
/// Of the samples that data.validation_fraction leaves.
TrainingData draw_training_data(const Plan& plan, int threads);

/// Training samples in raw space, in order, sample after sample.
struct TrainingRows {
  std::vector<double> all;
  std::vector<double> held_out;  ///< those of them that train nothing
};
/// Held out are the last of the training samples; of a file with split = "random" those with the
/// smallest draws of (seed, data_split, sample), word 1.
TrainingRows draw_training_rows(const Plan& plan, int threads);

/// The first n samples of a law that neither trains nor tests; not for data from a file.
std::vector<double> draw_fresh_rows(const Plan& plan, std::uint64_t n, int threads);

/// The test sample in raw space, each component sorted on its own, and the values of the study's
/// main event, sorted.
struct TestData {
  std::vector<std::vector<double>> sorted;
  std::vector<double> event_values;
};
TestData draw_test_data(const Plan& plan, int threads);

}  // namespace htdm
