#include "io/aside.hpp"

#include "core/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace htdm {
namespace {

/// In the names of files on their way.
constexpr const char* mark = ".partial-";

[[noreturn]] void fail_write(const std::string& path, const std::string& what, int error) {
  fail_input(path + " cannot be written: " + what + " (" + std::strerror(error) + ")",
             "The results would be lost",
             "Choose a folder that exists, can be written and has space left");
}

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor(const std::string& name, int flags)
      : id_(open(name.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (id_ >= 0) close(id_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int id() const { return id_; }

 private:
  int id_;
};

/// Removes a file unless told that it is no longer there.
class Removal {
 public:
  explicit Removal(std::string name) : name_(std::move(name)) {}
  ~Removal() {
    if (!name_.empty()) unlink(name_.c_str());
  }
  Removal(const Removal&) = delete;
  Removal& operator=(const Removal&) = delete;

  void cancel() { name_.clear(); }

 private:
  std::string name_;
};

void flush(const Descriptor& file, const std::string& path) {
  // Some file systems cannot flush a folder and say EINVAL; the rename is then theirs to order.
  if (fsync(file.id()) != 0 && errno != EINVAL) {
    fail_write(path, "it cannot be flushed to disk", errno);
  }
}

void write_all(const Descriptor& file, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.id(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_write(path, "the disk takes no more", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void rename_to(const std::string& path, const std::string& partial) {
  if (std::rename(partial.c_str(), path.c_str()) != 0) {
    fail_write(path, "it cannot be put in place", errno);
  }
}

/// So that the new name of `path` is on disk, too.
void flush_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const Descriptor opened(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
  if (opened.id() >= 0) flush(opened, path);
}

/// Makes a file that nobody else uses and fills it. Returns its name.
std::string write_partial(const std::string& path, std::span<const std::byte> bytes) {
  for (int i = 0;; ++i) {
    // O_EXCL makes the name unique also among hosts that share the folder.
    std::string name = path + mark + std::to_string(getpid()) + "-" + std::to_string(i);
    const Descriptor file(name, O_CREAT | O_EXCL | O_WRONLY);
    if (file.id() < 0 && errno == EEXIST) continue;
    if (file.id() < 0) fail_write(path, "no file can be made beside it", errno);
    Removal removal(name);
    write_all(file, bytes, path);
    flush(file, path);
    removal.cancel();
    return name;
  }
}

}  // namespace

void write_aside(const std::string& path, std::span<const std::byte> bytes,
                 const std::function<void(const std::string&)>& verify) {
  const std::string partial = write_partial(path, bytes);
  Removal removal(partial);
  verify(partial);
  rename_to(path, partial);
  removal.cancel();
  flush_folder(path);
}

void remove_partials(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;  // a folder that is not there, or a file that another removed
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.find(mark) != std::string::npos) fs::remove(entry.path(), error);
  }
}

PartialFile::~PartialFile() {
  if (!in_place_) unlink(name().c_str());
}

bool PartialFile::start(std::span<const std::byte> bytes, std::uint64_t size) const {
  const Descriptor file(name(), O_CREAT | O_TRUNC | O_WRONLY);
  if (file.id() < 0) fail_write(path_, "no file can be made beside it", errno);
  write_all(file, bytes, path_);
  const bool reserved = fallocate(file.id(), 0, 0, static_cast<off_t>(size)) == 0;
  if (!reserved && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL) {
    fail_write(path_, std::to_string(size) + " bytes cannot be reserved for it", errno);
  }
  return reserved;
}

void PartialFile::flush() const {
  const Descriptor file(name(), O_RDWR);
  if (file.id() < 0) fail_write(path_, "it cannot be opened again", errno);
  htdm::flush(file, path_);
}

void PartialFile::put_in_place() {
  rename_to(path_, name());
  in_place_ = true;
  flush_folder(path_);
}

void check_space(const std::string& folder, std::uint64_t bytes, const std::string& what) {
  std::filesystem::path there = std::filesystem::absolute(folder);
  while (!std::filesystem::exists(there) && there.has_relative_path()) there = there.parent_path();
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(there, error);
  if (error || space.available >= bytes) return;
  fail_input(what + " needs " + std::to_string(bytes) + " bytes, and " + there.string() + " has " +
                 std::to_string(space.available) + " free",
             "The disk would be full in the middle of the run",
             "Choose another folder with --output, or store less");
}

}  // namespace htdm
