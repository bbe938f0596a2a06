/// A checksum behind the end of an HDF5 file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace htdm {

/// Append "HTDMSEAL" and the SHA-256 of all bytes before it. HDF5 knows where its data end and
/// passes over what follows; a program that changes the file later cuts the seal off.
void append_seal(std::vector<std::byte>& bytes);

/// Throws InputError, with `shown` as the file's name, for a seal that does not fit the bytes
/// before it or that was cut. A file without a seal passes: other programs write none. What passes
/// may still be no HDF5 file. (HDF5 itself may crash on a file with a changed byte.)
void check_seal(const std::string& path, const std::string& shown);

}  // namespace htdm
