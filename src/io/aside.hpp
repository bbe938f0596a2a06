/// Files that are either complete or not there.
#pragma once

#include <cstddef>
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

}  // namespace htdm
