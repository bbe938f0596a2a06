/// Thin handles over the HDF5 C library: released in time, errors named, datasets labelled.
///
/// Every failure is an InputError that names the file and the object in it. Sizes that a file
/// claims are compared with what it stores before memory is taken for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace htdm::hdf5 {

/// What a dataset says about itself; units are "1" where there are none.
struct Label {
  std::string long_name;
  std::string units = "1";
};

/// Owns one HDF5 identifier of any kind.
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::int64_t id) : id_(id) {}
  ~Handle();
  Handle(Handle&& other) noexcept : id_(other.id_) { other.id_ = -1; }
  Handle& operator=(Handle&& other) noexcept;

  std::int64_t id() const { return id_; }
  /// Give the identifier up without closing it.
  std::int64_t release() { return std::exchange(id_, -1); }

 private:
  std::int64_t id_ = -1;
};

/// A group of an open file, "/" included. Numbers are read by value: a file may store them in
/// another width or byte order, but not a fraction where a whole number is expected.
class Group {
 public:
  Group(Handle handle, std::shared_ptr<const std::string> file, std::string path);

  /// "FILE: /path/name", for messages.
  std::string where(const std::string& name) const;
  /// Throws InputError about the object `name` of this group.
  [[noreturn]] void fail(const std::string& name, const std::string& what) const;

  bool has(const std::string& name) const;
  Group create_group(const std::string& name);
  Group open_group(const std::string& name) const;
  /// Names of all members, in the order they were made where the file knows it, else by name.
  std::vector<std::string> members() const;

  /// T: std::string, double, std::int32_t, std::int64_t, std::uint64_t.
  template <class T>
  void set_attribute(const std::string& name, const T& value);
  template <class T>
  T attribute(const std::string& name) const;
  bool has_attribute(const std::string& name) const;
  /// A short list of whole numbers.
  void set_attribute_list(const std::string& name, std::span<const std::int32_t> values);
  std::vector<std::int32_t> attribute_list(const std::string& name) const;

  /// T: std::string, float, double, std::uint8_t, std::int32_t, std::int64_t, std::uint64_t.
  template <class T>
  void write(const std::string& name, std::span<const T> values, const Label& label);
  /// rows x columns numbers, row after row.
  template <class T>
  void write_matrix(const std::string& name, std::span<const T> values, std::uint64_t rows,
                    std::uint64_t columns, const Label& label);
  template <class T>
  std::vector<T> read(const std::string& name) const;
  std::vector<std::uint64_t> shape(const std::string& name) const;

  /// An empty dataset of single-precision rows of the shape `row`, to which SharedFile appends; it
  /// is stored by chunks of up to `chunk_rows` rows, each with a Fletcher-32 checksum.
  void create_rows(const std::string& name, std::span<const std::uint64_t> row,
                   std::uint64_t chunk_rows, const Label& label);
  /// Part of such a dataset: `rows` rows from `first` on. Throws InputError, as everything here
  /// does, for a chunk that does not give its checksum.
  std::vector<float> read_rows(const std::string& name, std::uint64_t first,
                               std::uint64_t rows) const;

  void write_text(const std::string& name, const std::string& text, const Label& label);
  std::string read_text(const std::string& name) const;

  /// 0, 1, ... size - 1 as a dimension scale.
  void write_index(const std::string& name, std::size_t size);
  /// A dimension of `size` without coordinates: a scale that stores nothing (netCDF convention).
  void write_dimension(const std::string& name, std::uint64_t size);
  /// Make the one-dimensional dataset `name` a dimension scale.
  void make_axis(const std::string& name);
  /// Say that dimension `dimension` of `name` runs along the scale `axis`.
  void attach_axis(const std::string& name, unsigned dimension, const std::string& axis);

 private:
  Handle open_dataset(const std::string& name) const;
  Handle open_attribute(const std::string& name) const;

  Handle handle_;
  std::shared_ptr<const std::string> file_;
  std::string path_;
};

/// An open file. `shown` is the name that messages use.
class File {
 public:
  /// A new file in memory: HDF5 cannot recover from a disk that fills up while it writes.
  static File create(const std::string& shown);
  /// For reading. Checks the seal if there is one (io/seal.hpp). Works on file systems without
  /// locks.
  static File open(const std::string& path, const std::string& shown);

  Group root() const;

  /// A file made by create(), as it belongs on disk.
  std::vector<std::byte> bytes() const;

 private:
  File(Handle handle, const std::string& shown);

  Handle handle_;
  std::shared_ptr<const std::string> shown_;
};

}  // namespace htdm::hdf5
