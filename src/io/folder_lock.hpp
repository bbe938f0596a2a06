/// One run at a time in a folder.
#pragma once

#include <string>

namespace htdm {

/// Holds a folder for the processes of one run, from construction to destruction; a process that
/// dies lets go. One process claims the folder, the others that write there join it: while any of
/// them lives, whatever became of the rest, another run is refused.
///
/// The locks are advisory ones (fcntl) on the file `.htdm-lock` inside, which NFS and Lustre pass
/// on to other hosts. Where the file system has no locks, the folder is used unprotected, and so is
/// a folder that cannot be written, which whoever writes there reports.
class FolderLock {
 public:
  /// Claims it. Throws InputError where another run holds the folder, naming host and process.
  explicit FolderLock(const std::string& folder);
  /// Joins the process that claimed it and whose holder() is given. Throws InputError where another
  /// run has claimed the folder since.
  FolderLock(const std::string& folder, const std::string& holder);
  /// Lets go; the last of the run to do so removes the file.
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// "process 123 on node7": who claimed the folder, as the file says.
  const std::string& holder() const { return holder_; }

 private:
  [[noreturn]] void refuse(const std::string& what);

  std::string folder_, path_, holder_;
  int file_ = -1;
};

}  // namespace htdm
