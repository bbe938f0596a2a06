/// Which of two points paths end at, and when they last changed sides.
#pragma once

#include "app/exact_model.hpp"
#include "app/path_recorder.hpp"
#include "app/plan.hpp"
#include "io/basins.hpp"
#include "parallel/communicator.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace htdm {

/// Counts of the paths of one entry, so sums of tallies do not depend on who made them.
///
/// With y = x - center a state is on the upper side where a.y >= 0. A path crosses in the step from
/// level i to i + 1 where its states there are on different sides; what happens between levels is
/// not seen. It ends at the point whose side its output D(x, sigma_min) is on, undecided where that
/// is more than |a|/2 away from it. `late` are paths that cross in a step that starts at the
/// critical level of the exact denoiser or below it.
class BasinTally {
 public:
  BasinTally(const Plan& plan, const EntryPlan& entry, const TwoPoints& points);

  /// Count the paths of the last tile of `recorder`, whose outputs are `out`.
  void add(std::size_t batch, const PathRecorder& recorder, Tile<const float> out);

  void merge(const BasinTally& other);
  void sum_over_ranks(const Communicator& world);

  std::uint64_t finite_paths() const { return total(finite); }
  std::uint64_t nonfinite_paths() const { return total(nonfinite); }
  /// Needs a finite path.
  BasinResult result() const;

 private:
  /// Rows of counts by batch.
  enum Row : std::size_t { finite, nonfinite, upper, undecided, crossed, flipped, late, crossings };
  static constexpr std::size_t rows = 8;

  std::uint64_t& by_batch(Row row, std::size_t batch) { return counts_[row * batches_ + batch]; }
  std::vector<std::uint64_t> batches_of(Row row) const;
  std::uint64_t total(Row row) const;
  bool on_upper_side(const PathRecorder& recorder, std::size_t path, std::size_t level) const;
  void add_output(std::size_t batch, std::size_t path, Tile<const float> out, bool started_upper);
  BasinStatistic share(const char* name, Row row) const;

  TwoPoints points_;
  double nu_;  ///< of the model's noise
  std::vector<double> levels_;
  std::size_t batches_;
  std::size_t first_late_;  ///< the first level that a late step may end at
  // By batch: `rows` rows; then by level or number: first and last crossing, numbers of crossings.
  std::vector<std::uint64_t> counts_;
  std::size_t first_at_, last_at_, number_at_;  ///< where these three begin
};

}  // namespace htdm
