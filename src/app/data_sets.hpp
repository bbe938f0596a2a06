/// Training and test samples of a study. Sample i is a pure function of (seed, purpose, i), so
/// every rank that needs a set draws it instead of receiving it.
#pragma once

#include "app/plan.hpp"
#include "diffusion/normalization.hpp"

#include <vector>

namespace htdm {

struct TrainingData {
  Normalization normalization;
  std::vector<float> samples;  ///< z-scored, sample after sample: samples[i d + j]
};
TrainingData draw_training_data(const Plan& plan, int threads);

/// The test sample in raw space, each component sorted on its own, and the values of the study's
/// main event, sorted.
struct TestData {
  std::vector<std::vector<double>> sorted;
  std::vector<double> event_values;
};
TestData draw_test_data(const Plan& plan, int threads);

}  // namespace htdm
