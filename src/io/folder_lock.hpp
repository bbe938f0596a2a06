/// One run at a time in a folder.
#pragma once

#include <string>

namespace htdm {

/// Holds a folder for this process, from construction to destruction; a process that dies lets go.
/// The lock is an advisory one (fcntl) on the file `.htdm-lock` inside, which NFS and Lustre pass
/// on to other hosts. Where the file system has no locks, the folder is used unprotected, and so is
/// a folder that cannot be written, which whoever writes there reports.
class FolderLock {
 public:
  /// Throws InputError where another process holds the folder, naming host and process.
  explicit FolderLock(const std::string& folder);
  /// Lets go and removes the file.
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::string path_;
  int file_;
};

}  // namespace htdm
