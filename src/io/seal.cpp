#include "io/seal.hpp"

#include "core/error.hpp"
#include "io/digest.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

namespace htdm {
namespace {

constexpr std::string_view seal_magic = "HTDMSEAL";
constexpr std::uint64_t seal_size = 8 + 32;

/// SHA-256 of the first `size` bytes of `file`.
std::vector<std::byte> hash_start(std::ifstream& file, std::uint64_t size) {
  std::vector<char> buffer(1U << 20);
  Digest digest;
  file.clear();
  file.seekg(0);
  while (size > 0) {
    const auto part = static_cast<std::streamsize>(std::min<std::uint64_t>(size, buffer.size()));
    if (!file.read(buffer.data(), part)) break;
    digest.bytes(std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(part))));
    size -= static_cast<std::uint64_t>(part);
  }
  return digest.finish();
}

std::string read_at(std::ifstream& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

/// Where HDF5's data end, from the superblock (HDF5 format specification, II.A): its version is in
/// byte 8, the size of addresses in byte 13 (versions 0, 1) or 9 (2, 3). `otherwise` for others.
std::uint64_t end_of_data(std::ifstream& file, std::uint64_t size, std::uint64_t otherwise) {
  if (size < 64) return otherwise;
  const std::string block = read_at(file, 0, 64);
  if (!block.starts_with("\x89HDF\r\n\x1a\n")) return otherwise;
  const std::string_view view = block;
  if (block[8] == 0 && block[13] == 8) return little_endian(view.substr(40, 8));
  if (block[8] == 1 && block[13] == 8) return little_endian(view.substr(44, 8));
  if ((block[8] == 2 || block[8] == 3) && block[9] == 8) return little_endian(view.substr(28, 8));
  return otherwise;
}

}  // namespace

void append_seal(std::vector<std::byte>& bytes) {
  const std::vector<std::byte> hash = Digest().bytes(bytes).finish();
  for (char c : seal_magic) bytes.push_back(static_cast<std::byte>(c));
  for (std::byte b : hash) bytes.push_back(b);
}

void check_seal(const std::string& path, const std::string& shown) {
  const std::uint64_t size = std::filesystem::file_size(path);
  std::ifstream file(path, std::ios::binary);
  const auto require = [&](bool holds, const char* what) {
    check_input(holds, shown + " " + what, "What is in it cannot be trusted",
                "Take it from a copy, or write it again");
  };
  if (size >= seal_size) {
    const std::string seal = read_at(file, size - seal_size, seal_size);
    if (seal.starts_with(seal_magic)) {
      const std::vector<std::byte> hash = hash_start(file, size - seal_size);
      require(std::memcmp(hash.data(), seal.data() + seal_magic.size(), hash.size()) == 0,
              "is damaged: its bytes do not give its checksum");
      return;
    }
  }
  require(size <= end_of_data(file, size, size), "was truncated or changed at its end");
}

}  // namespace htdm
