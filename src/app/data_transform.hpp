/// The transform that a study asks for, fitted to its training data.
#pragma once

#include "diffusion/transform.hpp"

#include <string_view>
#include <vector>

namespace htdm {

/// `kind` fitted to one component of the training data (any order). A rank transform takes Hill's
/// tail index of each side, measured from the median.
Transform fit_transform(TransformKind kind, std::vector<double> column);

}  // namespace htdm
