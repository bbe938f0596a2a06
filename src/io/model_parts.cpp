#include "io/model_parts.hpp"

#include "io/table.hpp"

namespace htdm {
namespace {

template <class Table, class Rows>
void loss_columns(Table table, Rows& rows) {
  table.part("first_step", rows, [](auto& r) -> auto& { return r.first_step; },
             {"first optimiser step of the record"});
  table.part("steps", rows, [](auto& r) -> auto& { return r.steps; },
             {"optimiser steps in the record"});
  table.part("loss", rows, [](auto& r) -> auto& { return r.loss; }, {"mean training loss"});
}

}  // namespace

void write_normalization(hdf5::Group& group, const Normalization& normalization) {
  group.write_index("component", normalization.mean.size());
  group.write<double>("mean", normalization.mean, {"training mean", "raw data units"});
  group.write<double>("deviation", normalization.deviation,
                      {"training standard deviation, 1/n", "raw data units"});
  group.attach_axis("mean", 0, "component");
  group.attach_axis("deviation", 0, "component");
}

Normalization read_normalization(const hdf5::Group& group) {
  Normalization normalization{group.read<double>("mean"), group.read<double>("deviation")};
  if (normalization.mean.size() != normalization.deviation.size()) {
    group.fail("deviation", "and mean differ in length");
  }
  return normalization;
}

void write_loss(hdf5::Group group, const std::vector<LossRecord>& loss) {
  loss_columns(TableWriter(std::move(group)), loss);
}

std::vector<LossRecord> read_loss(hdf5::Group group) {
  std::vector<LossRecord> loss;
  loss_columns(TableReader(std::move(group)), loss);
  return loss;
}

}  // namespace htdm
