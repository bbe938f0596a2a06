#include "io/hdf5.hpp"

#include "core/error.hpp"
#include "io/hdf5_errors.hpp"
#include "io/seal.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <utility>

namespace htdm::hdf5 {
namespace {

/// Once: no file locks (parallel file systems often have none), no printing, and no closing at
/// exit, which would wait for other ranks and crashes where a disk is full.
void prepare_library() {
  static const bool ready = [] {
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
    H5dont_atexit();
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return true;
  }();
  static_cast<void>(ready);
}

void check_readable(const std::string& path, const std::string& shown) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check_input(std::filesystem::exists(status), shown + " does not exist",
              "There is nothing to read", "Check the name and the folder");
  check_input(std::filesystem::is_regular_file(status),
              shown + (std::filesystem::is_directory(status) ? " is a folder" : " is not a file"),
              "An HDF5 file was expected", "Name one");
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

herr_t keep_first(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

std::string last_error() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  return text.empty() ? "no reason given" : text;
}

Handle::~Handle() {
  if (id_ >= 0) H5Idec_ref(id_);
}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  return *this;
}

Group::Group(Handle handle, std::shared_ptr<const std::string> file, std::string path)
    : handle_(std::move(handle)), file_(std::move(file)), path_(std::move(path)) {}

std::string Group::where(const std::string& name) const {
  return *file_ + ": " + (path_ == "/" ? "" : path_) + "/" + name;
}

void Group::fail(const std::string& name, const std::string& what) const {
  fail_input(where(name) + " " + what, "The file is damaged or not of the kind that is needed here",
             "Name another file, or write this one again");
}

bool Group::has(const std::string& name) const {
  return H5Lexists(handle_.id(), name.c_str(), H5P_DEFAULT) > 0;
}

Group Group::create_group(const std::string& name) {
  Handle properties(H5Pcreate(H5P_GROUP_CREATE));
  H5Pset_link_creation_order(properties.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  Handle group(H5Gcreate2(handle_.id(), name.c_str(), H5P_DEFAULT, properties.id(), H5P_DEFAULT));
  if (group.id() < 0) fail_write(where(name));
  return {std::move(group), file_, path_ == "/" ? "/" + name : path_ + "/" + name};
}

Group Group::open_group(const std::string& name) const {
  if (!has(name)) fail(name, "is missing");
  Handle group(H5Gopen2(handle_.id(), name.c_str(), H5P_DEFAULT));
  if (group.id() < 0) fail(name, "is not a group that can be read (" + last_error() + ")");
  return {std::move(group), file_, path_ == "/" ? "/" + name : path_ + "/" + name};
}

std::vector<std::string> Group::members() const {
  for (H5_index_t index : {H5_INDEX_CRT_ORDER, H5_INDEX_NAME}) {
    std::vector<std::string> names;
    if (H5Literate(handle_.id(), index, H5_ITER_INC, nullptr, collect_name, &names) >= 0) {
      return names;
    }
  }
  fail("", "cannot be listed (" + last_error() + ")");
}

void Group::write_index(const std::string& name, std::size_t size) {
  std::vector<std::int32_t> index(size);
  std::iota(index.begin(), index.end(), 0);
  write<std::int32_t>(name, index, {"index of the " + name});
  make_axis(name);
}

void Group::make_axis(const std::string& name) {
  const Handle dataset = open_dataset(name);
  if (H5DSset_scale(dataset.id(), name.c_str()) < 0) fail_write(where(name));
}

void Group::attach_axis(const std::string& name, unsigned dimension, const std::string& axis) {
  const Handle dataset = open_dataset(name);
  const Handle scale = open_dataset(axis);
  if (H5DSattach_scale(dataset.id(), scale.id(), dimension) < 0) fail_write(where(name));
}

File::File(Handle handle, const std::string& shown)
    : handle_(std::move(handle)), shown_(std::make_shared<const std::string>(shown)) {}

File File::create(const std::string& shown) {
  prepare_library();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  // In the default format: the library gives images of newer ones a wrong checksum.
  constexpr std::size_t growth = 1U << 20;
  const bool ready = H5Pset_fapl_core(access.id(), growth, false) >= 0;
  const Handle creation(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  Handle file(H5Fcreate(shown.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()));
  if (!ready || file.id() < 0) fail_write(shown);
  return {std::move(file), shown};
}

File File::open(const std::string& path, const std::string& shown) {
  prepare_library();
  check_readable(path, shown);
  check_seal(path, shown);
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  if (file.id() < 0) {
    fail_input(shown + " cannot be opened as HDF5 (" + last_error() + ")",
               "It is not an HDF5 file, was cut off, or may not be read",
               "Name another file, or write this one again");
  }
  return {std::move(file), shown};
}

Group File::root() const {
  Handle group(H5Gopen2(handle_.id(), "/", H5P_DEFAULT));
  if (group.id() < 0) fail_write(*shown_);
  return {std::move(group), shown_, "/"};
}

std::vector<std::byte> File::bytes() const {
  if (H5Fflush(handle_.id(), H5F_SCOPE_LOCAL) < 0) fail_write(*shown_);
  const ssize_t size = H5Fget_file_image(handle_.id(), nullptr, 0);
  if (size < 0) fail_write(*shown_);
  std::vector<std::byte> image(static_cast<std::size_t>(size));
  if (H5Fget_file_image(handle_.id(), image.data(), image.size()) != size) fail_write(*shown_);
  return image;
}

}  // namespace htdm::hdf5
