#include "io/law_file.hpp"

#include "io/table.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace htdm {
namespace {

using hdf5::Group;

template <class Table, class Rows>
void law_exceedance_columns(Table table, Rows& rows) {
  table.part("threshold", rows, [](auto& e) -> auto& { return e.threshold; },
             {"threshold of the event value", raw_units});
  table.part("level", rows, [](auto& e) -> auto& { return e.level; },
             {"probability under the true law"});
  table.part("event", rows, [](auto& e) -> auto& { return e.event; },
             {"what exceeds the threshold"});
  table.part("probability", rows, [](auto& e) -> auto& { return e.probability; },
             {"exceedance probability of the propagated law"});
  table.part("low", rows, [](auto& e) -> auto& { return e.interval.low; },
             {"lower end of its error bound"});
  table.part("high", rows, [](auto& e) -> auto& { return e.interval.high; },
             {"upper end of its error bound"});
  write_doubts(table, rows);
}

template <class Table, class Law>
void law_survival_columns(Table table, Law& law) {
  table.column("threshold", law.survival_threshold, {"threshold of the event value", raw_units});
  table.column("probability", law.survival, {"exceedance probability of the propagated law"});
  table.column("error", law.survival_error, {"bound on its error"});
  table.column("law", law.survival_law, {"probability under the true law"});
  write_trust(table, "law", law.survival_doubtful());
}

template <class Table, class Law>
void law_quantile_columns(Table table, Law& law) {
  table.column("level", law.quantile_level, {"quantile level"});
  table.column("value", law.quantile, {"quantile of the propagated law, z-space"});
  table.column("error", law.quantile_error, {"bound on its error"});
  write_trust(table, "law", law.quantiles_doubtful());
}

template <class Table, class Law>
void law_marginal_columns(Table table, Law& law) {
  auto& rows = law.marginals;
  table.part("sigma", rows, [](auto& m) -> auto& { return m.sigma; }, {"noise level"});
  table.axis("depth", law.marginal_depth,
             {"probability of the true marginal beyond threshold, on both sides"});
  table.part("scale", rows, [](auto& m) -> auto& { return m.scale; },
             {"half the distance between the quartiles of the true marginal, z-space"});
  table.part("w1", rows, [](auto& m) -> auto& { return m.w1; },
             {"Wasserstein-1 distance of the state's law to the true marginal, z-space"});
  table.part("w1_error", rows, [](auto& m) -> auto& { return m.w1_error; }, {"bound on its error"});
  table.lists("threshold", "depth", rows, [](auto& m) -> auto& { return m.threshold; },
              {"distance from the location of the data, z-space"});
  table.lists("probability", "depth", rows, [](auto& m) -> auto& { return m.probability; },
              {"probability of the state beyond threshold, on both sides"});
  table.lists("error", "depth", rows, [](auto& m) -> auto& { return m.error; },
              {"bound on its error"});
}

template <class Table, class Law>
void law_density_columns(Table table, Law& law) {
  auto& rows = law.densities;
  table.part("sigma", rows, [](auto& d) -> auto& { return d.sigma; }, {"noise level"});
  table.lists("x", "point", rows, [](auto& d) -> auto& { return d.x; }, {"state, z-space"});
  table.lists("density", "point", rows, [](auto& d) -> auto& { return d.density; },
              {"density of the state there"});
  table.lists("error", "point", rows, [](auto& d) -> auto& { return d.error; },
              {"bound on its error"});
  table.lists("marginal", "point", rows, [](auto& d) -> auto& { return d.marginal; },
              {"density of the true marginal there"});
}

template <class Law, class Visit>
void law_attributes(Law& law, Visit visit) {
  visit("tolerance", law.tolerance);
  visit("relative_error", law.relative_error);
  visit("lost_mass", law.lost_mass);
  visit("w1_error", law.w1_error);
  visit("seconds", law.seconds);
}

}  // namespace

void write_law(Group group, const LawResult& law) {
  law_attributes(law, [&](const char* name, const auto& v) { group.set_attribute(name, v); });
  group.set_attribute("w1", law.w1.value_or(std::numeric_limits<double>::quiet_NaN()));
  law_exceedance_columns(TableWriter(group.create_group("exceedance")), law.exceedance);
  law_survival_columns(TableWriter(group.create_group("survival")), law);
  law_quantile_columns(TableWriter(group.create_group("quantiles")), law);
  if (!law.marginals.empty()) {
    law_marginal_columns(TableWriter(group.create_group("marginals")), law);
  }
  if (!law.densities.empty()) {
    law_density_columns(TableWriter(group.create_group("densities")), law);
  }
}

LawResult read_law(const Group& group) {
  LawResult law;
  law_attributes(law, [&]<class T>(const char* name, T& v) { v = group.attribute<T>(name); });
  const double w1 = group.attribute<double>("w1");
  if (!std::isnan(w1)) law.w1 = w1;
  law_exceedance_columns(TableReader(group.open_group("exceedance")), law.exceedance);
  law_survival_columns(TableReader(group.open_group("survival")), law);
  law_quantile_columns(TableReader(group.open_group("quantiles")), law);
  if (group.has("marginals")) {  // since schema 1.4, as densities
    law_marginal_columns(TableReader(group.open_group("marginals")), law);
  }
  if (group.has("densities")) {
    law_density_columns(TableReader(group.open_group("densities")), law);
  }
  return law;
}

}  // namespace htdm
