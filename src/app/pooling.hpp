/// Samples of entries to and from what results files keep for pooling.
#pragma once

#include "app/entry_sample.hpp"
#include "io/pool.hpp"

#include <span>
#include <string>
#include <vector>

namespace htdm {

/// "I/N", 0 <= I < N. Throws InputError for anything else.
Part parse_part(const std::string& text);
std::string part_text(const Part& part);

/// Leave in `plan` only the batches of `part` and the models these need; models that no entry uses
/// belong to part 0. Throws InputError where there are fewer (entry, batch) units than parts.
void select_part(Plan& plan, const Part& part);

/// The batches of `entry` that `sample` has.
PoolData pool_of(const Plan& plan, const EntryPlan& entry, const EntrySample& sample);

/// The batches of all `pools` in the order of (seed, batch), as if one entry of `plan` had sampled
/// them; as many as the plan has, and each once. Kept samples are those of the first w1_samples
/// paths in this order.
EntrySample pooled_sample(const Plan& plan, std::span<const PoolData* const> pools);

}  // namespace htdm
