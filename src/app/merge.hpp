/// Pooling results files of independent jobs exactly.
#pragma once

#include "denoiser/model.hpp"
#include "io/results.hpp"

#include <string>
#include <vector>

namespace htdm {

/// A model and the folder that it belongs in, below that of the results.
struct Weights {
  std::string folder;
  Model model;
};

/// Pooled results and the weights behind them.
struct Merged {
  Results results;
  std::vector<Weights> models;
};

/// What one run over all batches of `files` (results.h5 paths, in any order) would have found:
/// parts of one study give the results of the whole, digest included; runs with other seeds and the
/// same weights stand side by side in the order of their seeds, under the lowest seed and the sum
/// of their batches. The same Summariser makes the estimates. Test samples are those of the lowest
/// seed. Laws are not carried over. Parts of a sweep are merged point by point.
///
/// Weights are read from models/NAME.h5 beside the files. Throws InputError naming files and keys
/// where studies, weights or thresholds differ, a batch is there twice, parts are missing, or a
/// file has no pool data.
Merged merge_results(const std::vector<std::string>& files, const std::string& command,
                     int threads);

}  // namespace htdm
