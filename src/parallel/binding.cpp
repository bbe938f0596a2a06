#include "parallel/binding.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace htdm {
namespace {

/// The kernel's mask of this process, in a set large enough for any machine; empty on failure.
std::vector<int> affinity() {
  std::vector<int> processors;
  for (int capacity = CPU_SETSIZE; capacity <= (1 << 20); capacity *= 4) {
    cpu_set_t* set = CPU_ALLOC(capacity);
    const std::size_t bytes = CPU_ALLOC_SIZE(capacity);
    const bool known = set && sched_getaffinity(0, bytes, set) == 0;
    for (int cpu = 0; known && cpu < capacity; ++cpu) {
      if (CPU_ISSET_S(cpu, bytes, set)) processors.push_back(cpu);
    }
    CPU_FREE(set);
    if (known) break;
  }
  return processors;
}

}  // namespace

std::vector<int> bound_processors() {
  std::vector<int> processors = affinity();
  if (processors.empty()) {
    const int all = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (int cpu = 0; cpu < all; ++cpu) processors.push_back(cpu);
  }
  return processors;
}

std::string compact_list(const std::vector<int>& sorted) {
  std::string text;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end] == sorted[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(sorted[i]);
    if (end - i > 1) text += '-' + std::to_string(sorted[end - 1]);
    i = end;
  }
  return text;
}

int default_threads() {
  if (const char* variable = std::getenv("OMP_NUM_THREADS")) {
    const std::string_view text(variable);
    int threads = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
    const bool whole = end == text.data() + text.size() || *end == ',';
    if (error == std::errc{} && whole && threads > 0) return threads;
  }
  return static_cast<int>(bound_processors().size());
}

double peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

}  // namespace htdm
