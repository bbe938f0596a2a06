#include "io/archive.hpp"

#include "core/error.hpp"
#include "io/digest.hpp"
#include "io/value_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace htdm {
namespace {

constexpr std::string_view frame_magic = "HTDM";
constexpr std::uint32_t frame_version = 1;
constexpr std::size_t checksum_size = 32;

using ByteSpan = std::span<const std::byte>;

ByteSpan as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void append(std::vector<std::byte>& out, ByteSpan bytes) {
  if (bytes.empty()) return;
  const std::size_t size = out.size();
  out.resize(size + bytes.size());
  std::memcpy(out.data() + size, bytes.data(), bytes.size());
}

void append_number(std::vector<std::byte>& out, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

std::vector<std::byte> checksum(ByteSpan head, ByteSpan payload) {
  return Digest().bytes(head).bytes(payload).finish();
}

/// Takes bytes off the front of a frame, and refuses to go beyond its end.
class FrameReader {
 public:
  FrameReader(ByteSpan frame, const std::string& source) : rest_(frame), source_(source) {}

  void require(bool holds, const std::string& what) const {
    check_input(holds, source_ + ": " + what, "These bytes cannot be trusted",
                "Delete them and let htdm write them again");
  }
  ByteSpan take(std::uint64_t size) {
    require(size <= rest_.size(), "the frame ends too early");
    const ByteSpan taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint64_t number(int size) {
    std::uint64_t value = 0;
    const ByteSpan bytes = take(static_cast<std::uint64_t>(size));
    for (int i = size - 1; i >= 0; --i) {
      value = value << 8 | std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(i)]);
    }
    return value;
  }
  std::string text(std::uint64_t size) {
    const ByteSpan bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::size_t left() const { return rest_.size(); }

 private:
  ByteSpan rest_;
  const std::string& source_;
};

/// What stands before a payload.
struct FrameHead {
  std::string kind;
  std::uint64_t payload = 0;  ///< its bytes
  ByteSpan hashed, checksum;
};

FrameHead read_head(FrameReader& reader, ByteSpan frame) {
  reader.require(
      frame.size() >= frame_magic.size() && reader.text(frame_magic.size()) == frame_magic,
      "no frame of htdm starts here");
  const std::uint64_t version = reader.number(4);
  reader.require(version == frame_version,
                 "the frame has version " + std::to_string(version) + " instead of 1");
  FrameHead head;
  head.kind = reader.text(reader.number(4));
  head.payload = reader.number(8);
  head.hashed = frame.first(frame.size() - reader.left());
  head.checksum = reader.take(checksum_size);
  return head;
}

void check_size(const FrameReader& reader, const FrameHead& head, std::uint64_t there) {
  reader.require(there == head.payload, "the frame holds " + std::to_string(there) +
                                            " bytes where it promises " +
                                            std::to_string(head.payload));
}

std::string holds_another(const std::string& found, std::string_view kind) {
  // Damaged bytes would be no text.
  const bool word = std::ranges::all_of(found, [](char c) { return c >= 'a' && c <= 'z'; });
  return "the frame holds " + (word ? "a " + found : std::string("something")) + " instead of a " +
         std::string(kind);
}

}  // namespace

std::vector<std::byte> to_frame(std::string_view kind, ByteSpan payload) {
  std::vector<std::byte> frame;
  frame.reserve(64 + kind.size() + payload.size());
  append(frame, as_bytes(frame_magic));
  append_number(frame, frame_version, 4);
  append_number(frame, kind.size(), 4);
  append(frame, as_bytes(kind));
  append_number(frame, payload.size(), 8);
  append(frame, checksum(frame, payload));
  append(frame, payload);
  return frame;
}

std::size_t frame_head_size(std::string_view kind) {
  return frame_magic.size() + 4 + 4 + kind.size() + 8 + checksum_size;
}

void check_frame_head(ByteSpan start, std::uint64_t size, std::string_view kind,
                      const std::string& source) {
  FrameReader reader(start, source);
  const FrameHead head = read_head(reader, start);
  reader.require(head.kind == kind, holds_another(head.kind, kind));
  check_size(reader, head, size - (start.size() - reader.left()));
}

ByteSpan from_frame(ByteSpan frame, std::string_view kind, const std::string& source) {
  FrameReader reader(frame, source);
  const FrameHead head = read_head(reader, frame);
  check_size(reader, head, reader.left());
  const ByteSpan payload = reader.take(head.payload);
  reader.require(std::ranges::equal(checksum(head.hashed, payload), head.checksum),
                 "the checksum is wrong");
  reader.require(head.kind == kind, holds_another(head.kind, kind));
  return payload;
}

std::vector<std::byte> model_to_bytes(const Model& model) {
  return value_to_bytes("model", model);
}

Model model_from_bytes(ByteSpan bytes, const std::string& source) {
  return value_from_bytes<Model>("model", bytes, source);
}

}  // namespace htdm
