#include "random/stream.hpp"

#include "core/error.hpp"

#include <Random123/philox.h>

namespace htdm {

Words Stream::words(std::uint32_t step, std::uint32_t lane) const {
  HTDM_EXPECTS(lane < (1U << 24));
  const philox4x32_ctr_t counter{{static_cast<std::uint32_t>(path_),
                                  static_cast<std::uint32_t>(path_ >> 32), step,
                                  static_cast<std::uint32_t>(purpose_) << 24 | lane}};
  const philox4x32_key_t key{
      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
  const philox4x32_ctr_t words = philox4x32_R(10, counter, key);
  return {words.v[0], words.v[1], words.v[2], words.v[3]};
}

}  // namespace htdm
