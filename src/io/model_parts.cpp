#include "io/model_parts.hpp"

#include "io/table.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

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

template <class Table, class Rows>
void limit_columns(Table table, Rows& rows) {
  table.part("sigma", rows, [](auto& r) -> auto& { return r.sigma; }, {"noise level"});
  table.part("mean", rows, [](auto& r) -> auto& { return r.mean; },
             {"weighted mean of c^2 over that of the exact c*^2"});
  table.part("mean_low", rows, [](auto& r) -> auto& { return r.mean_low; }, {"95 % interval"});
  table.part("mean_high", rows, [](auto& r) -> auto& { return r.mean_high; }, {"95 % interval"});
  table.part("median", rows, [](auto& r) -> auto& { return r.median; },
             {"median of c^2 (nu - 2)/nu"});
  table.part("median_low", rows, [](auto& r) -> auto& { return r.median_low; }, {"95 % interval"});
  table.part("median_high", rows, [](auto& r) -> auto& { return r.median_high; },
             {"95 % interval"});
}

template <class Transform, class Visit>
void transform_attributes(Transform& t, Visit visit) {
  visit("center", t.center);
  visit("scale", t.scale);
  visit("lower_index", t.lower_index);
  visit("upper_index", t.upper_index);
}

void write_transform(hdf5::Group group, const Transform& t) {
  group.set_attribute("kind", std::string(name(t.kind)));
  transform_attributes(t, [&](const char* key, double v) { group.set_attribute(key, v); });
  if (t.kind != TransformKind::rank) return;
  TableWriter table(std::move(group));
  table.column("value", t.value, {"knot of the rank transform", "raw data units"});
  table.column("score", t.score, {"its normal score"});
}

/// What forward() and inverse() rely on; anything else would be read out of range or give NaN.
void check_transform(const hdf5::Group& group, const Transform& t) {
  const auto increasing = [](const std::vector<double>& v) {
    return std::ranges::is_sorted(v, std::less_equal<>()) &&
           std::ranges::all_of(v, [](double x) { return std::isfinite(x); });
  };
  if (!std::isfinite(t.center) || !(t.scale > 0)) group.fail("scale", "is not positive");
  if (t.kind != TransformKind::rank) return;
  if (t.value.size() < 2 || t.value.size() != t.score.size()) {
    group.fail("value", "and score are not two or more knots");
  }
  if (!increasing(t.value)) group.fail("value", "does not increase");
  if (!increasing(t.score)) group.fail("score", "does not increase");
  const bool lower = t.value.front() < t.center && t.score.front() < 0 && t.lower_index > 0;
  const bool upper = t.value.back() > t.center && t.score.back() > 0 && t.upper_index > 0;
  if (!lower && !std::isinf(t.lower_index)) group.fail("lower_index", "has no tail to describe");
  if (!upper && !std::isinf(t.upper_index)) group.fail("upper_index", "has no tail to describe");
}

Transform read_transform(const hdf5::Group& group) {
  Transform t;
  t.kind = parse_transform(group.attribute<std::string>("kind"));
  transform_attributes(t, [&](const char* key, double& v) { v = group.attribute<double>(key); });
  if (t.kind == TransformKind::rank) {
    t.value = group.read<double>("value");
    t.score = group.read<double>("score");
  }
  check_transform(group, t);
  return t;
}

}  // namespace

void write_normalization(hdf5::Group& group, const Normalization& normalization) {
  group.write_index("component", normalization.mean.size());
  group.write<double>("mean", normalization.mean, {"training mean", "raw data units"});
  group.write<double>("deviation", normalization.deviation,
                      {"training standard deviation, 1/n", "raw data units"});
  group.attach_axis("mean", 0, "component");
  group.attach_axis("deviation", 0, "component");
  if (normalization.transforms.empty()) return;
  hdf5::Group transforms = group.create_group("transform");
  for (std::size_t j = 0; j < normalization.transforms.size(); ++j) {
    write_transform(transforms.create_group(std::to_string(j)), normalization.transforms[j]);
  }
}

Normalization read_normalization(const hdf5::Group& group) {
  Normalization normalization{group.read<double>("mean"), group.read<double>("deviation"), {}};
  if (normalization.mean.size() != normalization.deviation.size()) {
    group.fail("deviation", "and mean differ in length");
  }
  if (!group.has("transform")) return normalization;
  const hdf5::Group transforms = group.open_group("transform");
  for (std::size_t j = 0; j < normalization.mean.size(); ++j) {
    normalization.transforms.push_back(read_transform(transforms.open_group(std::to_string(j))));
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

void write_spread_record(hdf5::Group& group, const SpreadNetwork& spread) {
  group.set_attribute("steps", spread.steps);
  write_loss(group.create_group("loss"), spread.loss);
  limit_columns(TableWriter(group.create_group("limits")), spread.limits);
}

SpreadNetwork read_spread_record(const hdf5::Group& group) {
  SpreadNetwork spread;
  spread.steps = group.attribute<std::int64_t>("steps");
  spread.loss = read_loss(group.open_group("loss"));
  limit_columns(TableReader(group.open_group("limits")), spread.limits);
  return spread;
}

}  // namespace htdm
