#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/hdf5_errors.hpp"
#include "io/table_parts.hpp"
#include "io/text.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>

namespace htdm::table {
namespace {

using hdf5::Handle;

/// A compressed chunk can only be unpacked whole; a row of chunks that needs more is refused.
constexpr std::uint64_t largest_cache = 256U << 20U;

#if H5_VERSION_GE(1, 12, 0)
using ObjectInfo = H5O_info1_t;
#else
using ObjectInfo = H5O_info_t;
#endif

bool holds_numbers(hid_t dataset) {
  const Handle type(H5Dget_type(dataset));
  const H5T_class_t kind = H5Tget_class(type.id());
  return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

/// Collects the paths of datasets of numbers, without the axes (dimension scales) of others.
herr_t collect(hid_t root, const char* name, const ObjectInfo* info, void* paths) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  const Handle dataset(H5Dopen2(root, name, H5P_DEFAULT));
  if (dataset.id() >= 0 && holds_numbers(dataset.id()) && H5DSis_scale(dataset.id()) <= 0) {
    static_cast<std::vector<std::string>*>(paths)->push_back("/" + std::string(name));
  }
  return 0;
}

std::vector<std::string> number_datasets(hid_t file, const std::string& path) {
  std::vector<std::string> paths;
  check_input(H5Ovisit1(file, H5_INDEX_NAME, H5_ITER_INC, collect, &paths) >= 0,
              path + " cannot be listed (" + hdf5::last_error() + ")", "The file is damaged",
              "Copy it or write it again");
  return paths;
}

/// What can be named instead: at most a screen of it.
std::string there(std::vector<std::string> paths) {
  if (paths.empty()) return "The file has no dataset of numbers";
  constexpr std::size_t most = 20;
  const std::size_t more = paths.size() > most ? paths.size() - most : 0;
  paths.resize(paths.size() - more);
  return "Datasets of numbers are " + joined(paths) +
         (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

/// The path of the dataset to read, "/" first.
std::string choose_dataset(hid_t file, const TableSource& source) {
  std::string wanted = source.dataset;
  if (!wanted.empty() && wanted.front() != '/') wanted.insert(0, "/");
  if (!wanted.empty() && H5LTpath_valid(file, wanted.c_str(), 1) > 0) return wanted;
  const std::vector<std::string> paths = number_datasets(file, source.path);
  if (wanted.empty() && paths.size() == 1) return paths.front();
  const std::string near = wanted.empty() || paths.empty() ? "" : suggestion(wanted, paths);
  const std::string what = !wanted.empty() ? " has no dataset " + wanted
                           : paths.empty() ? " holds no dataset of numbers"
                                           : " holds several datasets of numbers";
  fail_input(source.path + what, there(paths),
             near.starts_with("Perhaps") ? near : "Name the dataset to read, or another file");
}

Handle open_dataset(hid_t file, const std::string& name, const std::string& shown) {
  const Handle object(H5Oopen(file, name.c_str(), H5P_DEFAULT));
  check_input(H5Iget_type(object.id()) == H5I_DATASET, shown + " is not a dataset",
              "Numbers are read from a dataset", "Name a dataset");
  Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  check_input(dataset.id() >= 0, shown + " cannot be opened (" + hdf5::last_error() + ")",
              "Its numbers are needed", "Write it again, or name another dataset");
  check_input(holds_numbers(dataset.id()), shown + " does not hold numbers",
              "Integers and floating-point numbers are read", "Name another dataset");
  return dataset;
}

Shape shape_of(hid_t dataset, const std::string& shown) {
  const Handle space(H5Dget_space(dataset));
  if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) fail_empty(shown, "holds no rows");
  const int dimensions = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(0, dimensions)));
  H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  return checked_shape(shown, std::vector<std::uint64_t>(sizes.begin(), sizes.end()));
}

/// Throws where HDF5 would hand out its fill value for numbers that nobody wrote.
void check_written(hid_t dataset, const std::string& shown, Shape shape) {
  const Handle properties(H5Dget_create_plist(dataset));
  const H5D_layout_t layout = H5Pget_layout(properties.id());
  bool written = H5Dget_storage_size(dataset) > 0;
#if H5_VERSION_GE(1, 10, 5)
  if (written && layout == H5D_CHUNKED) {
    hsize_t chunk[2] = {1, 1};
    H5Pget_chunk(properties.id(), 2, chunk);
    const auto parts = [](std::uint64_t size, std::uint64_t part) {
      return size / part + (size % part != 0 ? 1 : 0);
    };
    const std::uint64_t needed =
        parts(shape.rows, chunk[0]) * parts(static_cast<std::uint64_t>(shape.columns), chunk[1]);
    const Handle space(H5Dget_space(dataset));
    hsize_t stored = 0;
    written = H5Dget_num_chunks(dataset, space.id(), &stored) >= 0 && stored >= needed;
  }
#endif
  check_input(layout != H5D_VIRTUAL, shown + " is a virtual dataset",
              "What its sources lack would be filled in silently",
              "Copy it into a dataset of its own");
  check_input(written, shown + " was not written to its end",
              "Missing values are refused, neither skipped nor filled in", "Write it again");
}

/// Bytes of the chunks that hold one row, or 0 where parts can be read without a whole chunk.
std::uint64_t chunk_row_bytes(hid_t dataset, const std::string& shown, int columns) {
  const Handle properties(H5Dget_create_plist(dataset));
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) return 0;
  hsize_t chunk[2] = {1, 1};
  H5Pget_chunk(properties.id(), 2, chunk);
  const Handle type(H5Dget_type(dataset));
  const auto width = static_cast<std::uint64_t>(columns);
  const std::uint64_t across = (width - 1) / chunk[1] + 1;
  // A chunk has less than 4 GiB and there are few across: this does not overflow.
  const std::uint64_t bytes = across * chunk[0] * chunk[1] * H5Tget_size(type.id());
  const bool packed = H5Pget_nfilters(properties.id()) > 0;
  check_input(!packed || bytes <= largest_cache,
              shown + " has compressed chunks of " + std::to_string(bytes >> 20U) + " MB per row",
              "At most " + std::to_string(largest_cache >> 20U) + " MB are unpacked at a time",
              "Repack it with smaller chunks, for example by h5repack -l CHUNK=4096x1");
  return bytes <= largest_cache ? bytes : 0;
}

/// Open it again with a cache for the chunks of one row, so that each is unpacked once.
Handle with_cache(hid_t file, Handle dataset, const std::string& name, std::uint64_t bytes) {
  constexpr std::uint64_t default_bytes = 1U << 20U;
  if (bytes <= default_bytes) return dataset;
  dataset = Handle();
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  constexpr std::size_t slots = 12'421;  // a prime well above the number of chunks held
  H5Pset_chunk_cache(access.id(), slots, bytes + bytes / 8, 1.0);
  return Handle(H5Dopen2(file, name.c_str(), access.id()));
}

/// The texts of the attribute `columns`; none where there is no such attribute.
std::vector<std::string> names_of(hid_t dataset, const std::string& shown, int columns) {
  if (H5Aexists(dataset, "columns") <= 0) return {};
  const Handle attribute(H5Aopen(dataset, "columns", H5P_DEFAULT));
  const Handle stored(H5Aget_type(attribute.id()));
  const Handle space(H5Aget_space(attribute.id()));
  const auto count = static_cast<std::size_t>(columns);
  check_input(H5Tget_class(stored.id()) == H5T_STRING &&
                  H5Sget_simple_extent_npoints(space.id()) == columns,
              shown + ": its attribute columns does not name " + std::to_string(columns) +
                  (columns == 1 ? " column" : " columns"),
              "It says which column is which", "Write one text per column, or remove it");
  std::vector<std::string> names(count);
  if (H5Tis_variable_str(stored.id()) > 0) {
    std::vector<char*> texts(count, nullptr);
    if (H5Aread(attribute.id(), stored.id(), texts.data()) >= 0) {
      for (std::size_t i = 0; i < count; ++i) names[i] = texts[i] == nullptr ? "" : texts[i];
      H5Dvlen_reclaim(stored.id(), space.id(), H5P_DEFAULT, texts.data());
    }
    return names;
  }
  const std::size_t size = H5Tget_size(stored.id());
  std::string characters(count * size, '\0');
  H5Aread(attribute.id(), stored.id(), characters.data());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string padded = characters.substr(i * size, size);
    names[i] = padded.substr(0, padded.find('\0'));
    if (H5Tget_strpad(stored.id()) == H5T_STR_SPACEPAD) {
      names[i].erase(names[i].find_last_not_of(' ') + 1);
    }
  }
  return names;
}

class Hdf5Rows final : public ArrayRows {
 public:
  Hdf5Rows(Handle dataset, Columns columns, std::uint64_t rows)
      : ArrayRows(std::move(columns), rows), dataset_(std::move(dataset)) {}

 private:
  void load(std::uint64_t first, std::span<double> block) override {
    const auto width = static_cast<hsize_t>(columns_.count());
    const hsize_t start[] = {first, 0};
    const hsize_t size[] = {block.size() / width, width};
    const Handle stored(H5Dget_space(dataset_.id()));
    const Handle memory(H5Screate_simple(2, size, nullptr));
    const bool done =
        H5Sselect_hyperslab(stored.id(), H5S_SELECT_SET, start, nullptr, size, nullptr) >= 0 &&
        H5Dread(dataset_.id(), H5T_NATIVE_DOUBLE, memory.id(), stored.id(), H5P_DEFAULT,
                block.data()) >= 0;
    check_input(done,
                columns_.shown() + " cannot be read behind row " + std::to_string(first) + " (" +
                    hdf5::last_error() + ")",
                "A part of the numbers is missing", "Copy the file again, or write it again");
  }

  Handle dataset_;
};

}  // namespace

std::unique_ptr<RowReader> open_hdf5(const TableSource& source) {
  // Checks the file and readies the library; the handle of its own is for what Group does not do.
  const hdf5::File checked = hdf5::File::open(source.path, source.path);
  const Handle file(H5Fopen(source.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  const std::string name = choose_dataset(file.id(), source);
  const std::string shown = source.path + ": " + name;
  Handle dataset = open_dataset(file.id(), name, shown);
  const Shape shape = shape_of(dataset.id(), shown);
  Columns columns(source, shown, shape.columns, names_of(dataset.id(), shown, shape.columns));
  const std::uint64_t cache = chunk_row_bytes(dataset.id(), shown, shape.columns);
  check_written(dataset.id(), shown, shape);
  dataset = with_cache(file.id(), std::move(dataset), name, cache);
  return std::make_unique<Hdf5Rows>(std::move(dataset), std::move(columns), shape.rows);
}

}  // namespace htdm::table
