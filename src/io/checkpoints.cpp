#include "io/checkpoints.hpp"

#include "core/error.hpp"
#include "io/archive.hpp"
#include "io/aside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace htdm {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

constexpr std::string_view ending = ".ckpt", kind = "checkpoint";

/// The study and its length, then the state.
Bytes to_payload(const std::string& identity, std::span<const std::byte> state) {
  const std::uint64_t length = identity.size();
  Bytes payload(sizeof length + identity.size() + state.size());
  std::memcpy(payload.data(), &length, sizeof length);
  std::memcpy(payload.data() + sizeof length, identity.data(), identity.size());
  if (!state.empty()) {
    std::memcpy(payload.data() + sizeof length + identity.size(), state.data(), state.size());
  }
  return payload;
}

/// A file in memory and what is where in it.
struct Content {
  Bytes frame;
  std::string_view identity;
  std::span<const std::byte> state;
};

/// Throws InputError unless the file is whole. Only one whose start and size agree is read.
Content read_content(const std::string& path, const std::string& shown) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  check_input(file.is_open(), shown + " cannot be read", "Its permissions or the disk forbid it",
              "Check with ls");
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  Content content;
  const auto read = [&](std::size_t wanted) {
    content.frame.resize(wanted);
    file.seekg(0);
    file.read(reinterpret_cast<char*>(content.frame.data()), static_cast<std::streamsize>(wanted));
    check_input(file.good(), shown + " cannot be read to its end", "The disk failed", "Check it");
  };
  read(std::min(size, frame_head_size(kind)));
  check_frame_head(content.frame, size, kind, shown);
  read(size);
  const auto payload = from_frame(content.frame, kind, shown);
  std::uint64_t length = 0;
  const bool whole =
      payload.size() >= sizeof length && (std::memcpy(&length, payload.data(), sizeof length),
                                          length <= payload.size() - sizeof length);
  check_input(whole, shown + " holds no study", "It is no checkpoint of htdm", "Delete it");
  const auto rest = payload.subspan(sizeof length);
  content.identity = {reinterpret_cast<const char*>(rest.data()), length};
  content.state = rest.subspan(length);
  return content;
}

}  // namespace

Checkpoints::Checkpoints(std::string folder, std::string identity)
    : folder_(std::move(folder)), identity_(std::move(identity)) {}

void Checkpoints::write(const std::string& series, std::span<const std::byte> state) {
  std::error_code error;  // write_aside reports a folder that cannot be made
  fs::create_directories(folder_, error);
  std::vector<File> before = files(series);
  const std::uint64_t number = before.empty() ? 1 : before.back().number + 1;
  const std::string path =
      (fs::path(folder_) / fmt::format("{}.{:06}{}", series, number, ending)).string();
  const Bytes frame = to_frame(kind, to_payload(identity_, state));
  write_aside(path, frame, [&](const std::string& partial) {
    check_input(std::ranges::equal(read_content(partial, path).state, state),
                path + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
  for (std::size_t k = 0; k + 1 < before.size(); ++k) fs::remove(before[k].path, error);
}

std::optional<Bytes> Checkpoints::newest(const std::string& series) {
  std::vector<File> candidates = files(series);
  for (auto file = candidates.rbegin(); file != candidates.rend(); ++file) {
    Content content;
    try {
      content = read_content(file->path, file->path);
    } catch (const InputError& error) {
      damage_.emplace_back(error.what());
      continue;
    }
    check_input(content.identity == identity_, file->path + " belongs to another study",
                "A run continues its own checkpoints only",
                "Use --force to start again, or another --output");
    return Bytes(content.state.begin(), content.state.end());
  }
  return std::nullopt;
}

std::optional<std::string> Checkpoints::identity_found() {
  for (const File& file : files("")) {
    try {
      return std::string(read_content(file.path, file.path).identity);
    } catch (const InputError&) {
      continue;  // damaged: whoever needs it will report it
    }
  }
  return std::nullopt;
}

bool Checkpoints::any() const {
  return !files("").empty();
}

void Checkpoints::remove_all() const {
  fs::remove_all(folder_);
}

/// Those of one series in increasing order of their numbers; of all series where it is empty.
std::vector<Checkpoints::File> Checkpoints::files(const std::string& series) const {
  std::vector<File> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(ending)) continue;
    const std::string stem = name.substr(0, name.size() - ending.size());
    const std::size_t dot = stem.rfind('.');
    if (dot == std::string::npos || (!series.empty() && stem.substr(0, dot) != series)) continue;
    std::uint64_t number = 0;
    const char* end = stem.data() + stem.size();
    const auto parsed = std::from_chars(stem.data() + dot + 1, end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end) {
      found.push_back({entry.path().string(), number});
    }
  }
  std::ranges::sort(found, {}, &File::number);
  return found;
}

}  // namespace htdm
