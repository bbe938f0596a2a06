#include "table_files.hpp"

#include "io/hdf5.hpp"
#include "io/text.hpp"

#include <hdf5.h>

#include <algorithm>
#include <stdexcept>

namespace htdm::test {
namespace {

void check(bool done) {
  if (!done) throw std::runtime_error("HDF5 cannot write a test file");
}

void write_names(hid_t dataset, const std::vector<std::string>& names, bool fixed) {
  const hsize_t count = names.size();
  const hdf5::Handle space(H5Screate_simple(1, &count, nullptr));
  const hdf5::Handle type(H5Tcopy(H5T_C_S1));
  std::vector<const char*> pointers;
  std::string padded;
  std::size_t width = 1;
  for (const std::string& name : names) width = std::max(width, name.size() + 2);
  for (const std::string& name : names) {
    pointers.push_back(name.c_str());
    padded += name + std::string(width - name.size(), ' ');
  }
  check(H5Tset_size(type.id(), fixed ? width : H5T_VARIABLE) >= 0);
  if (fixed) check(H5Tset_strpad(type.id(), H5T_STR_SPACEPAD) >= 0);
  const hdf5::Handle attribute(
      H5Acreate2(dataset, "columns", type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  const void* texts = fixed ? static_cast<const void*>(padded.data()) : pointers.data();
  check(H5Awrite(attribute.id(), type.id(), texts) >= 0);
}

}  // namespace

std::string npy(const std::string& type, const std::string& shape, const std::string& numbers,
                char version, const std::string& order) {
  std::string header =
      "{'descr': " + type + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  const std::size_t before = version == 1 ? 10 : 12;
  while ((before + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  for (std::size_t i = 0; i < before - 8; ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  }
  return bytes + header + numbers;
}

void write_hdf5(const std::string& path, const std::string& name,
                const std::vector<std::uint64_t>& shape, const std::vector<double>& values,
                const Hdf5Options& options) {
  const hdf5::Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  const hdf5::Handle links(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(links.id(), 1);
  const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE));
  std::vector<hsize_t> sizes(shape.begin(), shape.end());
  const std::vector<hsize_t> chunk(options.chunk.begin(), options.chunk.end());
  const int rank = static_cast<int>(shape.size());
  if (!chunk.empty()) check(H5Pset_chunk(creation.id(), rank, chunk.data()) >= 0);
  if (options.compressed) check(H5Pset_deflate(creation.id(), 1) >= 0);
  const hdf5::Handle space(H5Screate_simple(rank, sizes.data(), nullptr));
  const hdf5::Handle dataset(H5Dcreate2(file.id(), name.c_str(), H5T_NATIVE_DOUBLE, space.id(),
                                        links.id(), creation.id(), H5P_DEFAULT));
  check(dataset.id() >= 0);
  sizes[0] = std::min<hsize_t>(sizes[0], options.rows_written);
  const std::vector<hsize_t> start(sizes.size(), 0);
  if (!values.empty() && sizes[0] > 0) {
    const hdf5::Handle memory(H5Screate_simple(rank, sizes.data(), nullptr));
    H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr);
    check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, memory.id(), space.id(), H5P_DEFAULT,
                   values.data()) >= 0);
  }
  if (!options.names.empty()) write_names(dataset.id(), options.names, options.fixed_names);
}

std::string csv(const std::vector<double>& values, std::size_t columns,
                const std::string& delimiter, const std::string& ending) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += number_text(values[i]);
    text += (i + 1) % columns == 0 ? ending : delimiter;
  }
  return text;
}

std::vector<double> read_all(const TableSource& source, std::size_t rows) {
  const auto reader = open_table(source);
  const auto width = static_cast<std::size_t>(reader->columns());
  std::vector<double> all, part(rows * width);
  while (const std::size_t found = reader->read(rows, part)) {
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(found * width));
  }
  return all;
}

}  // namespace htdm::test
