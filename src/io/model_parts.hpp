/// Parts that model files and the models of a results file share.
#pragma once

#include "denoiser/model.hpp"
#include "io/hdf5.hpp"

#include <vector>

namespace htdm {

/// mean[d] and deviation[d] along the axis component[d]; transform/0, transform/1, ... where the
/// data are transformed.
void write_normalization(hdf5::Group& group, const Normalization& normalization);
/// Throws InputError unless mean and deviation are there and equally long and transforms increase.
Normalization read_normalization(const hdf5::Group& group);

/// first_step[n] (axis), steps[n], loss[n].
void write_loss(hdf5::Group group, const std::vector<LossRecord>& loss);
std::vector<LossRecord> read_loss(hdf5::Group group);

/// Steps, losses and limits of a spread network, without its layers: attribute steps, loss/,
/// limits/.
void write_spread_record(hdf5::Group& group, const SpreadNetwork& spread);
SpreadNetwork read_spread_record(const hdf5::Group& group);

}  // namespace htdm
