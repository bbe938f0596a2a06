/// The tails of the columns of the user's data.
#pragma once

#include "app/plan.hpp"

#include <cstddef>
#include <vector>

namespace htdm {

/// |x| of column j of the training rows, in their order.
std::vector<double> column_magnitudes(const EmpiricalTarget& data, std::size_t j);

/// Warns of columns of a file that may have no variance, tail index 2 or less by the lower end of
/// Hill's interval, where no data.transform tames them. Each sentence once in a process, as the
/// points of a sweep share their data.
void warn_of_no_variance(const Plan& plan);

}  // namespace htdm
