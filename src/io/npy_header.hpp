/// The header of a NumPy file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// What a .npy file says about its array.
struct NpyHeader {
  /// "<f8", ...; empty where it is not one word.
  std::string type;
  /// The type as it stands in the file, for messages.
  std::string type_text;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Read the dictionary of a header, such as
/// "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }". Throws InputError about `shown`.
NpyHeader parse_npy_header(std::string_view text, const std::string& shown);

}  // namespace htdm
