#include "app/environment.hpp"

#include "core/error.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

namespace htdm {

std::span<const EnvironmentVariable> environment_variables() {
  static constexpr std::array variables{
      EnvironmentVariable{"OMP_NUM_THREADS", "threads per rank (default: the CPUs it is bound to)"},
      EnvironmentVariable{"HTDM_ISA",
                          "baseline, avx2 or avx512 (default: the best all ranks have)"},
      EnvironmentVariable{"HTDM_TILE",
                          "paths sampled together (default 1024, in more dimensions than one 256)"},
      EnvironmentVariable{"HTDM_WATCHDOG",
                          "seconds a rank may be silent before the run ends (default 600)"},
      EnvironmentVariable{"HTDM_TRAFFIC",
                          "file for the messages and bytes of every rank of a run (default: none)"},
  };
  return variables;
}

std::size_t tile_size(int dimension) {
  const char* text = std::getenv("HTDM_TILE");
  if (text == nullptr) return dimension == 1 ? 1024 : 256;
  std::size_t tile = 0;
  const char* end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, tile);
  check_input(parsed.ec == std::errc{} && parsed.ptr == end && tile >= 1 && tile <= 1'000'000,
              "HTDM_TILE = \"" + std::string(text) + "\" is not a whole number from 1 to 1000000",
              "", "Unset it or use for example 256");
  return tile;
}

double watchdog_seconds() {
  const char* text = std::getenv("HTDM_WATCHDOG");
  if (text == nullptr) return 600;
  double seconds = 0;
  const char* end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, seconds);
  check_input(parsed.ec == std::errc{} && parsed.ptr == end && seconds >= 1 && seconds <= 1e6,
              "HTDM_WATCHDOG = \"" + std::string(text) + "\" is not a number from 1 to 1e6", "",
              "Unset it or use for example 600");
  return seconds;
}

}  // namespace htdm
