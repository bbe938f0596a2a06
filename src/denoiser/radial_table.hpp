/// Tables of radial denoisers: one lookup a path in any dimension.
#pragma once

#include "denoiser/table.hpp"

#include <memory>
#include <vector>

namespace htdm {

/// Of a denoiser that is radial about `center` and has the profile that `tables` hold, in the
/// length r = |x - center|: gap = (x - center) G(r)/r. An error of G is one of the length of the
/// gap. Everything is in single precision; r overflows at 1e19. Tables are referred to.
std::unique_ptr<LevelDenoiser> make_radial_levels(const std::vector<double>& center,
                                                  std::vector<LevelTables> tables);

}  // namespace htdm
