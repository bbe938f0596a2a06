/// Tables in place of one-dimensional and of radial denoisers.
#pragma once

#include "app/plan.hpp"
#include "denoiser/table.hpp"
#include "parallel/communicator.hpp"

#include <memory>
#include <vector>

namespace htdm {

/// Whether two entries of a plan can share a table: the same model, levels and bound.
bool share_table(const EntryPlan& a, const EntryPlan& b);

/// The tables of a run.
class TableShelf {
 public:
  /// The table of `entry` over `denoiser`, that of its model. Levels are shared out among ranks and
  /// threads; all ranks end up with the same bits. Collective. Throws AgreedError where a level
  /// cannot be tabulated.
  std::shared_ptr<const TableDenoiser> table(const EntryPlan& entry,
                                             std::shared_ptr<const Denoiser> denoiser,
                                             const Communicator& world, int threads);

  /// Thread-seconds that this rank has worked on tables.
  double busy() const { return busy_; }

 private:
  struct Shelved {
    EntryPlan entry;
    std::shared_ptr<const TableDenoiser> table;
  };
  std::vector<Shelved> shelf_;
  double busy_ = 0;
};

}  // namespace htdm
