#include "io/archive.hpp"

#include "core/error.hpp"
#include "io/digest.hpp"
#include "io/value_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace htdm {
namespace {

constexpr std::string_view magic = "HTDM";
constexpr std::uint32_t frame_version = 1;
constexpr std::size_t checksum_size = 32;

using Bytes = std::span<const std::byte>;

Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void append(std::vector<std::byte>& out, Bytes bytes) {
  if (bytes.empty()) return;
  const std::size_t size = out.size();
  out.resize(size + bytes.size());
  std::memcpy(out.data() + size, bytes.data(), bytes.size());
}

void append_number(std::vector<std::byte>& out, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

std::vector<std::byte> checksum(Bytes head, Bytes payload) {
  return Digest().bytes(head).bytes(payload).finish();
}

/// Takes bytes off the front of a frame, and refuses to go beyond its end.
class FrameReader {
 public:
  FrameReader(Bytes frame, const std::string& source) : rest_(frame), source_(source) {}

  void require(bool holds, const std::string& what) const {
    check_input(holds, source_ + ": " + what, "These bytes cannot be trusted",
                "Delete them and let htdm write them again");
  }
  Bytes take(std::uint64_t size) {
    require(size <= rest_.size(), "the frame ends too early");
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint64_t number(int size) {
    std::uint64_t value = 0;
    const Bytes bytes = take(static_cast<std::uint64_t>(size));
    for (int i = size - 1; i >= 0; --i) {
      value = value << 8 | std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(i)]);
    }
    return value;
  }
  std::string text(std::uint64_t size) {
    const Bytes bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::size_t left() const { return rest_.size(); }

 private:
  Bytes rest_;
  const std::string& source_;
};

}  // namespace

std::vector<std::byte> to_frame(std::string_view kind, Bytes payload) {
  std::vector<std::byte> frame;
  frame.reserve(64 + kind.size() + payload.size());
  append(frame, as_bytes(magic));
  append_number(frame, frame_version, 4);
  append_number(frame, kind.size(), 4);
  append(frame, as_bytes(kind));
  append_number(frame, payload.size(), 8);
  append(frame, checksum(frame, payload));
  append(frame, payload);
  return frame;
}

Bytes from_frame(Bytes frame, std::string_view kind, const std::string& source) {
  FrameReader reader(frame, source);
  reader.require(frame.size() >= magic.size() && reader.text(magic.size()) == magic,
                 "no frame of htdm starts here");
  const std::uint64_t version = reader.number(4);
  reader.require(version == frame_version,
                 "the frame has version " + std::to_string(version) + " instead of 1");
  const std::string found = reader.text(reader.number(4));
  const std::uint64_t size = reader.number(8);
  const Bytes head = frame.first(frame.size() - reader.left());
  const Bytes stated = reader.take(checksum_size);
  reader.require(reader.left() == size, "the frame holds " + std::to_string(reader.left()) +
                                            " bytes where it promises " + std::to_string(size));
  const Bytes payload = reader.take(size);
  reader.require(std::ranges::equal(checksum(head, payload), stated), "the checksum is wrong");
  reader.require(found == kind,
                 "the frame holds a " + found + " instead of a " + std::string(kind));
  return payload;
}

std::vector<std::byte> model_to_bytes(const Model& model) {
  return value_to_bytes("model", model);
}

Model model_from_bytes(Bytes bytes, const std::string& source) {
  return value_from_bytes<Model>("model", bytes, source);
}

}  // namespace htdm
