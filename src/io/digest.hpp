/// SHA-256 over numbers and text, the same on every machine.
#pragma once

#include "denoiser/model.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// SHA-256 (FIPS 180-4) of what is added, in canonical bytes: numbers as 8 little-endian bytes
/// (floating ones as their bits, every NaN as the same one), text and lists after their length.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  /// Bytes as they are, without a length.
  Digest& bytes(std::span<const std::byte> data);
  Digest& integer(std::uint64_t value);
  Digest& number(double value);
  Digest& text(std::string_view value);
  Digest& numbers(std::span<const double> values);
  Digest& numbers(std::span<const float> values);
  Digest& integers(std::span<const std::uint64_t> values);

  /// The 32 bytes; ends the digest.
  std::vector<std::byte> finish();
  /// The same in 64 lower-case hexadecimal digits.
  std::string finish_hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of the shapes, weights and biases of all layers, in hexadecimal.
std::string weights_sha256(const Model& model);

}  // namespace htdm
