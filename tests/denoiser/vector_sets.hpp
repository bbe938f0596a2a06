/// Running the same code under several instruction sets, for tests.
#pragma once

#include "core/isa.hpp"

#include <vector>

namespace htdm::test {

/// Uses an instruction set until the end of the scope.
class UseIsa {
 public:
  explicit UseIsa(Isa isa) : before_(current_isa()) { use_isa(isa); }
  ~UseIsa() { use_isa(before_); }
  UseIsa(const UseIsa&) = delete;
  UseIsa& operator=(const UseIsa&) = delete;

 private:
  Isa before_;
};

/// Those of `isas` that this processor has.
inline std::vector<Isa> available(std::initializer_list<Isa> isas) {
  std::vector<Isa> result;
  for (const Isa isa : isas) {
    if (isa <= detected_isa()) result.push_back(isa);
  }
  return result;
}

/// All sets, and those that promise equal bits.
inline std::vector<Isa> all_isas() {
  return available({Isa::baseline, Isa::avx2, Isa::avx512});
}
inline std::vector<Isa> fused_isas() {
  return available({Isa::avx2, Isa::avx512});
}

}  // namespace htdm::test
