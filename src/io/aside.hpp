/// Files that are either complete or not there.
#pragma once

#include <functional>
#include <string>

namespace htdm {

/// Write `path` aside: `write(partial)` fills a new file of a unique name in the same folder, which
/// is flushed to disk, given to `verify(partial)`, and renamed to `path`; the folder is flushed
/// too. Whatever throws on the way, the new file is removed and `path` is as it was before.
/// Throws InputError when the folder is missing or cannot be written.
void write_aside(const std::string& path, const std::function<void(const std::string&)>& write,
                 const std::function<void(const std::string&)>& verify);

}  // namespace htdm
