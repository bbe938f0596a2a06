#include "io/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace htdm {

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) {
      EVP_MD_CTX_free(context);
      throw std::runtime_error("OpenSSL gives no SHA-256");
    }
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;

Digest& Digest::bytes(std::span<const std::byte> data) {
  if (EVP_DigestUpdate(state_->context, data.data(), data.size()) != 1) {
    throw std::runtime_error("OpenSSL failed in SHA-256");
  }
  return *this;
}

Digest& Digest::integer(std::uint64_t value) {
  std::array<std::byte, 8> little;
  for (int i = 0; i < 8; ++i) little[i] = static_cast<std::byte>(value >> (8 * i));
  return bytes(little);
}

Digest& Digest::number(double value) {
  // The sign and payload of a NaN depend on the instruction that made it.
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return integer(std::bit_cast<std::uint64_t>(value));
}

Digest& Digest::text(std::string_view value) {
  integer(value.size());
  return bytes(std::as_bytes(std::span(value)));
}

Digest& Digest::numbers(std::span<const double> values) {
  integer(values.size());
  for (double value : values) number(value);
  return *this;
}

Digest& Digest::numbers(std::span<const float> values) {
  integer(values.size());
  for (float value : values) number(value);
  return *this;
}

Digest& Digest::integers(std::span<const std::uint64_t> values) {
  integer(values.size());
  for (std::uint64_t value : values) integer(value);
  return *this;
}

std::vector<std::byte> Digest::finish() {
  std::vector<std::byte> hash(32);
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(hash.data()), &size) !=
          1 ||
      size != hash.size()) {
    throw std::runtime_error("OpenSSL failed in SHA-256");
  }
  return hash;
}

std::string Digest::finish_hex() {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::byte byte : finish()) {
    text += digits[std::to_integer<int>(byte) >> 4];
    text += digits[std::to_integer<int>(byte) & 15];
  }
  return text;
}

std::string weights_sha256(const Model& model) {
  Digest digest;
  const auto add = [&](const std::vector<DenseLayer>& layers) {
    digest.integer(layers.size());
    for (const DenseLayer& layer : layers) {
      digest.integer(static_cast<std::uint64_t>(layer.rows));
      digest.integer(static_cast<std::uint64_t>(layer.columns));
      digest.numbers(layer.weight).numbers(layer.bias);
    }
  };
  add(model.layers);
  if (!model.spread.empty()) add(model.spread.layers);
  return digest.finish_hex();
}

}  // namespace htdm
