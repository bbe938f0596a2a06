/// Instruction sets: which one the vector kernels of this process use.
#pragma once

#include <string_view>

namespace htdm {

/// Ordered: every machine that has one also has those before it.
enum class Isa { baseline = 0, avx2 = 1, avx512 = 2 };

std::string_view name(Isa isa);

/// "baseline", "avx2" or "avx512"; throws InputError for anything else.
Isa parse_isa(std::string_view text);

/// The best set that both this processor and the build support.
Isa detected_isa();

/// The set in use: detected_isa() until use_isa() says otherwise.
Isa current_isa();

/// Make all kernels of this process use `isa`. Call once, before threads start.
/// Throws InputError when `isa` is above detected_isa().
void use_isa(Isa isa);

}  // namespace htdm
