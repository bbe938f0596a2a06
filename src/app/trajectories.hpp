/// Whole paths of every entry of a study, and the basins they end in, without results of a run.
#pragma once

#include "app/exact_model.hpp"
#include "app/plan.hpp"
#include "app/sample_store.hpp"
#include "io/basins.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"

#include <memory>
#include <string>
#include <vector>

namespace htdm {

/// Basins of all paths of an entry over two-point data, the same on all ranks. The paths are those
/// of a run, bit by bit. Collective. Throws AgreedError where more paths are not finite than
/// study.allowed_nonfinite_rate allows, or none is.
BasinResult count_basins(const Plan& plan, std::size_t entry,
                         const std::shared_ptr<const Denoiser>& denoiser, const TwoPoints& points,
                         BlockDealer& dealer, const Communicator& world, int threads);

/// Count the basins of all entries, where there are two points, and write the paths that `header`
/// asks for with them to `path`. Collective. Throws AgreedError as count_basins and SamplesWriter.
void record_trajectories(const Plan& plan,
                         const std::vector<std::shared_ptr<const Denoiser>>& denoisers,
                         const std::string& path, SamplesHeader header, const Communicator& world,
                         int threads);

/// Sample the blocks of an entry that have a path to store, and write them. Collective.
void store_paths(const Plan& plan, EntryStore& store, BlockDealer& dealer, int threads);

}  // namespace htdm
