#include "core/isa.hpp"

#include "core/error.hpp"
#include "core/vector_targets.hpp"

#include <hwy/targets.h>

#include <array>
#include <cstdint>
#include <string>

namespace htdm {
namespace {

constexpr std::array<std::string_view, 3> names{"baseline", "avx2", "avx512"};

Isa best_of(std::int64_t targets) {
  if ((targets & HWY_AVX3) != 0) return Isa::avx512;
  if ((targets & HWY_AVX2) != 0) return Isa::avx2;
  return Isa::baseline;
}

Isa& chosen() {
  static Isa isa = detected_isa();
  return isa;
}

}  // namespace

std::string_view name(Isa isa) {
  return names[static_cast<std::size_t>(isa)];
}

Isa parse_isa(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return static_cast<Isa>(i);
  }
  fail_input("HTDM_ISA = \"" + std::string(text) + "\" is not an instruction set", "",
             "Use baseline, avx2 or avx512, or unset it");
}

Isa detected_isa() {
  static const Isa isa = best_of(hwy::SupportedTargets());
  return isa;
}

Isa current_isa() {
  return chosen();
}

void use_isa(Isa isa) {
  check_input(isa <= detected_isa(),
              "HTDM_ISA = \"" + std::string(name(isa)) + "\" asks for more than this processor has",
              "Its best set is " + std::string(name(detected_isa())),
              "Choose that or a lower one, or unset HTDM_ISA");
  chosen() = isa;
  // Targets are bits, better ones lower: disable those below the chosen one's.
  const std::int64_t lowest = isa == Isa::avx512 ? HWY_AVX3
                              : isa == Isa::avx2 ? HWY_AVX2
                                                 : HWY_EMU128;
  hwy::GetChosenTarget().Update(hwy::SupportedTargets() & ~(lowest - 1));
}

}  // namespace htdm
