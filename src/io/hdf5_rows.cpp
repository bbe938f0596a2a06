#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/hdf5_errors.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstdio>

namespace htdm::hdf5 {
namespace {

/// A chunk is one unit of checking and of exchange between ranks.
constexpr std::uint64_t largest_chunk = 4U << 20U;

/// More than this is compared with what the file stores, before memory is taken for it.
constexpr std::uint64_t largest_part = 64U << 20U;

/// Sizes of a chunk of about `rows` rows, of one row at least and of no more than largest_chunk
/// numbers in bytes where that can be.
std::vector<hsize_t> chunk_shape(std::span<const std::uint64_t> row, std::uint64_t rows) {
  std::vector<hsize_t> chunk{rows};
  chunk.insert(chunk.end(), row.begin(), row.end());
  const auto bytes = [&] {
    std::uint64_t product = sizeof(float);
    for (const hsize_t size : chunk) product *= size;
    return product;
  };
  for (hsize_t& size : chunk) {
    while (size > 1 && bytes() > largest_chunk) size = (size + 1) / 2;
  }
  return chunk;
}

void check_created(const Handle& dataset, const std::string& where) {
  if (dataset.id() < 0) fail_write(where);
}

}  // namespace

void Group::create_rows(const std::string& name, std::span<const std::uint64_t> row,
                        std::uint64_t chunk_rows, const Label& label) {
  std::vector<hsize_t> size{0}, most{H5S_UNLIMITED};
  size.insert(size.end(), row.begin(), row.end());
  most.insert(most.end(), row.begin(), row.end());
  const std::vector<hsize_t> chunk = chunk_shape(row, chunk_rows);
  const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), most.data()));
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE));
  const bool ready =
      H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data()) >= 0 &&
      H5Pset_fletcher32(properties.id()) >= 0 &&
      // HDF5 1.10 tells chunks that ranks write together apart by their place in the file.
      H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY) >= 0;
  if (!ready) fail_write(where(name));
  const Handle dataset(H5Dcreate2(handle_.id(), name.c_str(), H5T_NATIVE_FLOAT, space.id(),
                                  H5P_DEFAULT, properties.id(), H5P_DEFAULT));
  check_created(dataset, where(name));
  set_label(dataset.id(), label, where(name));
}

void Group::write_dimension(const std::string& name, std::uint64_t size) {
  const hsize_t length = size;
  const Handle space(H5Screate_simple(1, &length, nullptr));
  // Nothing is ever written to it, so no space is taken for it.
  const Handle dataset(H5Dcreate2(handle_.id(), name.c_str(), H5T_NATIVE_UINT8, space.id(),
                                  H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  check_created(dataset, where(name));
  // The name by which netCDF libraries know a dimension without coordinates.
  char marker[80];
  std::snprintf(marker, sizeof marker,
                "This is a netCDF dimension but not a netCDF variable.%10llu",
                static_cast<unsigned long long>(size));
  if (H5DSset_scale(dataset.id(), marker) < 0) fail_write(where(name));
  set_label(dataset.id(), {"number of the " + name}, where(name));
}

std::vector<float> Group::read_rows(const std::string& name, std::uint64_t first,
                                    std::uint64_t rows) const {
  const Handle dataset = open_dataset(name);
  const std::vector<std::uint64_t> shape = this->shape(name);
  HTDM_EXPECTS(!shape.empty() && first + rows <= shape[0]);
  std::vector<hsize_t> start(shape.size(), 0), size(shape.begin(), shape.end());
  start[0] = first;
  size[0] = rows;
  std::uint64_t numbers = 1;
  for (const hsize_t n : size) numbers *= n;
  if (numbers * sizeof(float) > largest_part &&
      numbers > H5Dget_storage_size(dataset.id()) * largest_compression / sizeof(float)) {
    fail(name, "claims to hold more than the file stores");
  }
  std::vector<float> values(numbers);
  const Handle stored(H5Dget_space(dataset.id()));
  const Handle memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr));
  const bool done = H5Sselect_hyperslab(stored.id(), H5S_SELECT_SET, start.data(), nullptr,
                                        size.data(), nullptr) >= 0 &&
                    H5Dread(dataset.id(), H5T_NATIVE_FLOAT, memory.id(), stored.id(), H5P_DEFAULT,
                            values.data()) >= 0;
  if (!done) {
    fail(name, "cannot be read in rows " + std::to_string(first) + " to " +
                   std::to_string(first + rows - 1) + " (" + last_error() + ")");
  }
  return values;
}

}  // namespace htdm::hdf5
