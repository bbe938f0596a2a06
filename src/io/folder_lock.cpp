#include "io/folder_lock.hpp"

#include "core/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace htdm {
namespace {

/// Bytes of the file that processes lock: the first by who claimed the folder, for itself alone;
/// the second by all that write there, together.
struct Range {
  off_t first, length;
};
constexpr Range claim{0, 1}, writers{1, 1}, both{0, 2};

struct flock lock_of(short type, Range range) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = range.first;
  lock.l_len = range.length;
  return lock;
}

/// False where the lock of another process is in the way.
bool set_lock(int file, short type, Range range) {
  struct flock lock = lock_of(type, range);
  return fcntl(file, F_SETLK, &lock) == 0 || (errno != EACCES && errno != EAGAIN);
}

/// Whether another process holds `range`.
bool is_held(int file, Range range) {
  struct flock lock = lock_of(F_WRLCK, range);
  return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// Whether `path` is still the name of the open `file`.
bool has_name(int file, const std::string& path) {
  struct stat opened {
  }, named{};
  if (fstat(file, &opened) != 0 || stat(path.c_str(), &named) != 0) return errno != ENOENT;
  return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// "process 123 on node7", as its holder wrote into the file.
std::string read_holder(int file) {
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

FolderLock::FolderLock(const std::string& folder) : folder_(folder), path_(folder + "/.htdm-lock") {
  do {
    if (file_ >= 0) close(file_);  // the run before removed it just now
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) return;  // nothing can be written there, which whoever tries reports
    if (!set_lock(file_, F_WRLCK, both)) {
      refuse(is_held(file_, claim) ? "is in use by " : "is in use by ranks left behind by ");
    }
  } while (!has_name(file_, path_));
  write_holder(file_);
  holder_ = read_holder(file_);
  set_lock(file_, F_RDLCK, writers);  // others of this run may join
}

FolderLock::FolderLock(const std::string& folder, const std::string& holder)
    : folder_(folder), path_(folder + "/.htdm-lock"), holder_(holder) {
  file_ = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (file_ < 0) return;  // as above
  if (!set_lock(file_, F_RDLCK, writers) || read_holder(file_) != holder) {
    refuse("was taken over by ");
  }
}

FolderLock::~FolderLock() {
  if (file_ < 0) return;
  set_lock(file_, F_UNLCK, both);
  const bool last = set_lock(file_, F_WRLCK, both);
  if (last && has_name(file_, path_)) unlink(path_.c_str());
  close(file_);
}

void FolderLock::refuse(const std::string& what) {
  const std::string who = read_holder(file_);
  close(file_);
  fail_input("Output folder \"" + folder_ + "\" " + what + who,
             "Two runs in one folder would mix their files",
             "Wait for that run, end it, or choose another --output");
}

}  // namespace htdm
