#include "io/folder_lock.hpp"

#include "core/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace htdm {
namespace {

/// "process 123 on node7", as its holder wrote into the file.
std::string holder(int file) {
  std::array<char, 300> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "another process";
}

void write_holder(int file) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const std::string text = "process " + std::to_string(getpid()) + " on " + host.data();
  // What cannot be written only makes a message poorer.
  if (ftruncate(file, 0) != 0 || pwrite(file, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

FolderLock::FolderLock(const std::string& folder)
    : path_(folder + "/.htdm-lock"),
      file_(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (file_ < 0) return;  // nothing can be written there, which whoever tries reports
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(file_, F_SETLK, &lock) != 0 && (errno == EACCES || errno == EAGAIN)) {
    const std::string who = holder(file_);
    close(file_);
    fail_input("Output folder \"" + folder + "\" is in use by " + who,
               "Two runs in one folder would mix their files",
               "Wait for that run, end it, or choose another --output");
  }
  write_holder(file_);
}

FolderLock::~FolderLock() {
  if (file_ < 0) return;
  unlink(path_.c_str());
  close(file_);
}

}  // namespace htdm
