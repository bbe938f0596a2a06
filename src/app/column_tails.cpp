#include "app/column_tails.hpp"

#include "app/log.hpp"
#include "stats/tail_index.hpp"

#include <fmt/core.h>

#include <cmath>
#include <set>
#include <string>
#include <variant>

namespace htdm {

std::vector<double> column_magnitudes(const EmpiricalTarget& data, std::size_t j) {
  std::vector<double> magnitudes;
  const auto d = static_cast<std::size_t>(data.dimension);
  for (std::size_t k = j; k < data.train->size(); k += d) {
    magnitudes.push_back(std::abs((*data.train)[k]));
  }
  return magnitudes;
}

void warn_of_no_variance(const Plan& plan) {
  static std::set<std::string> said;
  const auto* data = std::get_if<EmpiricalTarget>(&plan.target);
  if (data == nullptr || plan.study.data.transform != "none") return;
  for (std::size_t j = 0; j < static_cast<std::size_t>(data->dimension); ++j) {
    if (hill_index(column_magnitudes(*data, j)).interval.low > 2) continue;
    const std::string warning = fmt::format(
        "column {} may have no variance (a tail index of 2 or less): its standard deviation, "
        "and so the scale of training, would be set by its largest rows. Set data.transform = "
        "\"signed_log\" (a power tail becomes an exponential one) or \"rank\" (nearly normal)",
        j);
    if (said.insert(warning).second) log_warning(warning);
  }
}

}  // namespace htdm
