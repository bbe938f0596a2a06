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

[[noreturn]] void fail_write(const std::string& path, const std::string& what, int error) {
  fail_input(path + " cannot be written: " + what + " (" + std::strerror(error) + ")",
             "The results would be lost",
             "Choose a folder that exists, can be written and has space left");
}

/// An empty file that nobody else uses; removed again unless released.
class PartialFile {
 public:
  explicit PartialFile(const std::string& path) {
    // O_EXCL makes the name unique also among hosts that share the folder.
    for (int i = 0;; ++i) {
      name_ = path + ".partial-" + std::to_string(getpid()) + "-" + std::to_string(i);
      const int file = open(name_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (file >= 0) {
        close(file);
        return;
      }
      if (errno != EEXIST) fail_write(path, "no file can be made beside it", errno);
    }
  }
  ~PartialFile() {
    if (!name_.empty()) unlink(name_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::string& name() const { return name_; }
  void release() { name_.clear(); }

 private:
  std::string name_;
};

/// Force a file or a folder to disk.
void flush(const std::string& name, int flags, const std::string& path) {
  const int file = open(name.c_str(), flags | O_CLOEXEC);
  if (file < 0) fail_write(path, "it cannot be opened to flush it", errno);
  const int failed = fsync(file);
  const int error = errno;
  close(file);
  // Some file systems cannot flush a folder and say EINVAL; the rename is then theirs to order.
  if (failed != 0 && error != EINVAL) fail_write(path, "it cannot be flushed to disk", error);
}

}  // namespace

void write_aside(const std::string& path, const std::function<void(const std::string&)>& write,
                 const std::function<void(const std::string&)>& verify) {
  PartialFile partial(path);
  write(partial.name());
  flush(partial.name(), O_RDWR, path);
  verify(partial.name());
  if (std::rename(partial.name().c_str(), path.c_str()) != 0) {
    fail_write(path, "it cannot be put in place", errno);
  }
  partial.release();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  flush(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY, path);
}

}  // namespace htdm
