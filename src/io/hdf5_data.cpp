#include "io/hdf5.hpp"
#include "io/hdf5_errors.hpp"

#include <hdf5.h>

#include <type_traits>

namespace htdm::hdf5 {
namespace {

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

template <class T>
hid_t native() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

/// Whether stored values of class `stored` can be read as T without losing fractions.
template <class T>
bool readable_as(H5T_class_t stored) {
  if (std::is_same_v<T, std::string>) return stored == H5T_STRING;
  if (stored == H5T_INTEGER) return true;
  return std::is_floating_point_v<T> && stored == H5T_FLOAT;
}

template <class T>
const char* expected() {
  if (std::is_same_v<T, std::string>) return "text";
  return std::is_floating_point_v<T> ? "numbers" : "whole numbers";
}

/// Texts of a dataset or attribute through `read`, which fills memory of the type it is given.
template <class Read>
bool read_texts(hid_t stored, hid_t space, std::vector<std::string>& out, Read read) {
  if (H5Tis_variable_str(stored) > 0) {
    const Handle type = text_type();
    H5Tset_cset(type.id(), H5Tget_cset(stored));
    std::vector<char*> pointers(out.size(), nullptr);
    if (read(type.id(), static_cast<void*>(pointers.data())) < 0) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (pointers[i] != nullptr) out[i] = pointers[i];
    }
    H5Dvlen_reclaim(type.id(), space, H5P_DEFAULT, pointers.data());
    return true;
  }
  const std::size_t size = H5Tget_size(stored);
  std::vector<char> characters(out.size() * size);
  if (read(stored, static_cast<void*>(characters.data())) < 0) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string padded(characters.data() + i * size, size);
    out[i] = padded.substr(0, padded.find('\0'));
  }
  return true;
}

void set_text(hid_t object, const char* name, const std::string& value, const std::string& where) {
  const Handle type = text_type();
  const Handle space(H5Screate(H5S_SCALAR));
  const Handle attribute(H5Acreate2(object, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  const char* text = value.c_str();
  if (attribute.id() < 0 || H5Awrite(attribute.id(), type.id(), &text) < 0) fail_write(where);
}

template <class T>
Handle memory_type() {
  if constexpr (std::is_same_v<T, std::string>) {
    return text_type();
  } else {
    return Handle(H5Tcopy(native<T>()));
  }
}

template <class T>
void write_dataset(hid_t group, const std::string& name, hid_t space, std::span<const T> values,
                   const Label& label, const std::string& where) {
  const Handle type = memory_type<T>();
  const Handle dataset(
      H5Dcreate2(group, name.c_str(), type.id(), space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  if (dataset.id() < 0) fail_write(where);
  const void* memory = values.data();
  std::vector<const char*> pointers;
  if constexpr (std::is_same_v<T, std::string>) {
    for (const std::string& value : values) pointers.push_back(value.c_str());
    memory = pointers.data();
  }
  // An empty dataset has nothing to write, and its memory may be null.
  if (!values.empty() &&
      H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, memory) < 0) {
    fail_write(where);
  }
  set_label(dataset.id(), label, where);
}

}  // namespace

void set_label(std::int64_t dataset, const Label& label, const std::string& where) {
  set_text(dataset, "units", label.units, where);
  set_text(dataset, "long_name", label.long_name, where);
}

Handle Group::open_dataset(const std::string& name) const {
  if (!has(name)) fail(name, "is missing");
  Handle dataset(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT));
  if (dataset.id() < 0) fail(name, "is not a dataset that can be read (" + last_error() + ")");
  return dataset;
}

bool Group::has_attribute(const std::string& name) const {
  return H5Aexists(handle_.id(), name.c_str()) > 0;
}

Handle Group::open_attribute(const std::string& name) const {
  if (!has_attribute(name)) fail(name, "(an attribute) is missing");
  Handle attribute(H5Aopen(handle_.id(), name.c_str(), H5P_DEFAULT));
  if (attribute.id() < 0) fail(name, "(an attribute) cannot be read (" + last_error() + ")");
  return attribute;
}

template <class T>
void Group::set_attribute(const std::string& name, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    set_text(handle_.id(), name.c_str(), value, where(name));
  } else {
    const Handle space(H5Screate(H5S_SCALAR));
    const Handle attribute(
        H5Acreate2(handle_.id(), name.c_str(), native<T>(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
    if (attribute.id() < 0 || H5Awrite(attribute.id(), native<T>(), &value) < 0) {
      fail_write(where(name));
    }
  }
}

template <class T>
T Group::attribute(const std::string& name) const {
  const Handle attribute = open_attribute(name);
  const Handle stored(H5Aget_type(attribute.id()));
  const Handle space(H5Aget_space(attribute.id()));
  if (!readable_as<T>(H5Tget_class(stored.id())) || H5Sget_simple_extent_npoints(space.id()) != 1) {
    fail(name, std::string("(an attribute) does not hold one value of ") + expected<T>());
  }
  const auto read = [&](hid_t type, void* memory) { return H5Aread(attribute.id(), type, memory); };
  std::vector<T> value(1);
  bool done = false;
  if constexpr (std::is_same_v<T, std::string>) {
    done = read_texts(stored.id(), space.id(), value, read);
  } else {
    done = read(native<T>(), value.data()) >= 0;
  }
  if (!done) fail(name, "(an attribute) cannot be read (" + last_error() + ")");
  return value.front();
}

void Group::set_attribute_list(const std::string& name, std::span<const std::int32_t> values) {
  const hsize_t size = values.size();
  const Handle space(H5Screate_simple(1, &size, nullptr));
  const Handle attribute(H5Acreate2(handle_.id(), name.c_str(), H5T_NATIVE_INT32, space.id(),
                                    H5P_DEFAULT, H5P_DEFAULT));
  if (attribute.id() < 0 || H5Awrite(attribute.id(), H5T_NATIVE_INT32, values.data()) < 0) {
    fail_write(where(name));
  }
}

std::vector<std::int32_t> Group::attribute_list(const std::string& name) const {
  const Handle attribute = open_attribute(name);
  const Handle stored(H5Aget_type(attribute.id()));
  const Handle space(H5Aget_space(attribute.id()));
  const hssize_t size = H5Sget_simple_extent_npoints(space.id());
  if (H5Tget_class(stored.id()) != H5T_INTEGER || size < 1 || size > 16) {
    fail(name, "(an attribute) is not a short list of whole numbers");
  }
  std::vector<std::int32_t> values(static_cast<std::size_t>(size));
  if (H5Aread(attribute.id(), H5T_NATIVE_INT32, values.data()) < 0) {
    fail(name, "(an attribute) cannot be read (" + last_error() + ")");
  }
  return values;
}

template <class T>
void Group::write(const std::string& name, std::span<const T> values, const Label& label) {
  const hsize_t size = values.size();
  const Handle space(H5Screate_simple(1, &size, nullptr));
  write_dataset(handle_.id(), name, space.id(), values, label, where(name));
}

template <class T>
void Group::write_matrix(const std::string& name, std::span<const T> values, std::uint64_t rows,
                         std::uint64_t columns, const Label& label) {
  HTDM_EXPECTS(values.size() == rows * columns);
  const hsize_t size[] = {rows, columns};
  const Handle space(H5Screate_simple(2, size, nullptr));
  write_dataset(handle_.id(), name, space.id(), values, label, where(name));
}

template <class T>
std::vector<T> Group::read(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  const Handle stored(H5Dget_type(dataset.id()));
  const Handle space(H5Dget_space(dataset.id()));
  if (!readable_as<T>(H5Tget_class(stored.id()))) {
    fail(name, std::string("does not hold ") + expected<T>());
  }
  const Handle properties(H5Dget_create_plist(dataset.id()));
  const bool chunked = H5Pget_layout(properties.id()) == H5D_CHUNKED;
  const std::uint64_t most =
      H5Dget_storage_size(dataset.id()) * (chunked ? largest_compression : 1);
  const hssize_t points = H5Sget_simple_extent_npoints(space.id());
  if (points < 0 || static_cast<std::uint64_t>(points) > most / H5Tget_size(stored.id())) {
    fail(name, "claims to hold more than the file stores");
  }
  std::vector<T> values(static_cast<std::size_t>(points));
  if (values.empty()) return values;
  const auto read = [&](hid_t type, void* memory) {
    return H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, memory);
  };
  bool done = false;
  if constexpr (std::is_same_v<T, std::string>) {
    done = read_texts(stored.id(), space.id(), values, read);
  } else {
    done = read(native<T>(), values.data()) >= 0;
  }
  if (!done) fail(name, "cannot be read (" + last_error() + ")");
  return values;
}

std::vector<std::uint64_t> Group::shape(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  const Handle space(H5Dget_space(dataset.id()));
  const int rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> size(static_cast<std::size_t>(rank < 0 ? 0 : rank));
  H5Sget_simple_extent_dims(space.id(), size.data(), nullptr);
  return {size.begin(), size.end()};
}

void Group::write_text(const std::string& name, const std::string& text, const Label& label) {
  const Handle space(H5Screate(H5S_SCALAR));
  write_dataset(handle_.id(), name, space.id(), std::span(&text, 1), label, where(name));
}

std::string Group::read_text(const std::string& name) const {
  const std::vector<std::string> texts = read<std::string>(name);
  if (texts.size() != 1) fail(name, "is not one text");
  return texts.front();
}

#define HTDM_ATTRIBUTE(T)                                           \
  template void Group::set_attribute(const std::string&, const T&); \
  template T Group::attribute(const std::string&) const;
HTDM_ATTRIBUTE(std::string)
HTDM_ATTRIBUTE(double)
HTDM_ATTRIBUTE(std::int32_t)
HTDM_ATTRIBUTE(std::int64_t)
HTDM_ATTRIBUTE(std::uint64_t)
#undef HTDM_ATTRIBUTE

#define HTDM_DATASET(T)                                                                    \
  template void Group::write(const std::string&, std::span<const T>, const Label&);        \
  template void Group::write_matrix(const std::string&, std::span<const T>, std::uint64_t, \
                                    std::uint64_t, const Label&);                          \
  template std::vector<T> Group::read(const std::string&) const;
HTDM_DATASET(std::string)
HTDM_DATASET(float)
HTDM_DATASET(double)
HTDM_DATASET(std::uint8_t)
HTDM_DATASET(std::int32_t)
HTDM_DATASET(std::int64_t)
HTDM_DATASET(std::uint64_t)
#undef HTDM_DATASET

}  // namespace htdm::hdf5
