/// Values as bytes: a Boost.Serialization archive inside a checked frame.
#pragma once

#include "denoiser/model.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// The frame around a payload, numbers little-endian:
///   "HTDM" | frame version (4 bytes) | length of kind (4) | kind | length of payload (8) |
///   SHA-256 of all before and of the payload (32) | payload.
std::vector<std::byte> to_frame(std::string_view kind, std::span<const std::byte> payload);

/// The payload inside `frame`, whose bytes it refers to. Throws InputError naming `source` unless
/// magic, version, kind, lengths and checksum all agree; nothing is allocated before.
std::span<const std::byte> from_frame(std::span<const std::byte> frame, std::string_view kind,
                                      const std::string& source);

/// Bytes of a frame before its payload.
std::size_t frame_head_size(std::string_view kind);

/// Throws InputError as from_frame does for whatever the start of a frame of `size` bytes tells
/// already, so that a large file need not be read to find that it was cut. `start`: the first
/// frame_head_size bytes, or all where there are fewer.
void check_frame_head(std::span<const std::byte> start, std::uint64_t size, std::string_view kind,
                      const std::string& source);

std::vector<std::byte> model_to_bytes(const Model& model);

/// Throws InputError as from_frame does, and for a payload that is not a model.
Model model_from_bytes(std::span<const std::byte> bytes, const std::string& source = "a message");

}  // namespace htdm
