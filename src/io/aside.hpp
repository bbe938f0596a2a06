/// Files that are either complete or not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace htdm {

/// Write `path` aside: a new file of a unique name in the same folder gets `bytes`, is flushed to
/// disk, given to `verify(partial)`, and renamed to `path`; the folder is flushed too. Whatever
/// throws on the way, the new file is removed and `path` is as it was before.
/// Throws InputError when the folder is missing, cannot be written or is full.
void write_aside(const std::string& path, std::span<const std::byte> bytes,
                 const std::function<void(const std::string&)>& verify);

/// Remove the files that write_aside left in `folder` when its process was killed. For a folder in
/// which no other process writes.
void remove_partials(const std::string& folder);

/// The file that becomes `path`, for content that is too large for memory and takes a whole run to
/// write. It has one fixed name, so what a killed run left is found and overwritten by the next.
class PartialFile {
 public:
  explicit PartialFile(std::string path) : path_(std::move(path)) {}
  /// Removes it unless it was put in place.
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::string name() const { return name_of(path_); }
  static std::string name_of(const std::string& path) { return path + ".partial"; }

  /// Make it with `bytes` in it and reserve `size` bytes of the disk, so that later writes do not
  /// find it full. Returns whether the file system can do that. Throws InputError as write_aside
  /// does.
  bool start(std::span<const std::byte> bytes, std::uint64_t size) const;
  /// Flush this process's writes to disk.
  void flush() const;
  /// Rename it; the folder is flushed.
  void put_in_place();

 private:
  std::string path_;
  bool in_place_ = false;
};

/// Throws InputError unless `folder`, or the nearest folder above it that is there, has `bytes`
/// free; `what` names what needs them.
void check_space(const std::string& folder, std::uint64_t bytes, const std::string& what);

}  // namespace htdm
