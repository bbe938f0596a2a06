#include "samplers/rare_event.hpp"

#include "random/stream.hpp"

#include <algorithm>

namespace htdm {

std::uint64_t rare_seed(std::uint64_t seed) {
  const Words salt = Stream(seed, Purpose::rare_event, 0).words(0);
  return std::uint64_t{salt[0]} << 32 | salt[1];
}

void WeightSums::add(double weight) {
  sum += weight;
  squares += weight * weight;
  largest = std::max(largest, weight);
}

void WeightSums::merge(const WeightSums& other) {
  sum += other.sum;
  squares += other.squares;
  largest = std::max(largest, other.largest);
}

}  // namespace htdm
