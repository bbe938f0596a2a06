/// How failures of the HDF5 library become messages; for the files that talk to it.
#pragma once

#include "core/error.hpp"
#include "io/hdf5.hpp"

#include <cstdint>
#include <string>

namespace htdm::hdf5 {

/// The innermost reason the library gives for its last failure.
std::string last_error();

/// A chunked dataset may be compressed, at most this much; others store every byte they claim.
inline constexpr std::uint64_t largest_compression = 1100;

/// Give the dataset its `units` and `long_name`.
void set_label(std::int64_t dataset, const Label& label, const std::string& where);

[[noreturn]] inline void fail_write(const std::string& where,
                                    const std::string& reason = last_error()) {
  fail_input(where + " cannot be written (" + reason + ")", "The results would be lost",
             "Choose a folder that exists, can be written and has space left");
}

}  // namespace htdm::hdf5
