#include "io/shared_file.hpp"

#include "core/error.hpp"
#include "io/hdf5_errors.hpp"

#include <hdf5.h>

#include <vector>

namespace htdm::hdf5 {
namespace {

/// How all ranks open a file together.
Handle access_properties(const std::string& shown, const Communicator& world, bool parallel) {
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  if (!parallel) return access;
#ifdef H5_HAVE_PARALLEL
  const MPI_Comm comm = *static_cast<const MPI_Comm*>(world.native());
  if (H5Pset_fapl_mpio(access.id(), comm, MPI_INFO_NULL) < 0) fail_write(shown);
#else
  static_cast<void>(world);
  fail_input(shown + " cannot be written by several ranks", "This HDF5 was built without MPI",
             "Build htdm with a parallel HDF5, run one rank, or store nothing");
#endif
  return access;
}

Handle transfer_properties(bool parallel) {
  Handle transfer(H5Pcreate(H5P_DATASET_XFER));
#ifdef H5_HAVE_PARALLEL
  if (parallel) H5Pset_dxpl_mpio(transfer.id(), H5FD_MPIO_COLLECTIVE);
#else
  static_cast<void>(parallel);
#endif
  return transfer;
}

/// The rows of `runs` in `space`.
bool select_rows(hid_t space, std::span<const RowRun> runs, std::vector<hsize_t> size) {
  if (H5Sselect_none(space) < 0) return false;
  std::vector<hsize_t> start(size.size(), 0);
  for (const RowRun& run : runs) {
    start[0] = run.first;
    size[0] = run.count;
    if (H5Sselect_hyperslab(space, H5S_SELECT_OR, start.data(), nullptr, size.data(), nullptr) <
        0) {
      return false;
    }
  }
  return true;
}

}  // namespace

SharedFile::SharedFile(const std::string& path, const std::string& shown, const Communicator& world)
    : shown_(shown), parallel_(world.size() > 1) {
  const Handle access = access_properties(shown, world, parallel_);
  file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()));
  if (file_.id() < 0) {
    fail_input(shown + " cannot be opened for writing (" + last_error() + ")",
               "Every rank writes its part of the stored samples",
               "Choose an output folder that all hosts of the run share");
  }
}

SharedFile::~SharedFile() {
  if (parallel_) file_.release();
}

void SharedFile::append(const std::string& dataset, std::uint64_t rows,
                        std::span<const RowRun> runs, std::span<const float> values) {
  const std::string where = shown_ + ": " + dataset;
  const Handle target(H5Dopen2(file_.id(), dataset.c_str(), H5P_DEFAULT));
  if (target.id() < 0) fail_write(where);
  const Handle old_space(H5Dget_space(target.id()));
  std::vector<hsize_t> size(static_cast<std::size_t>(H5Sget_simple_extent_ndims(old_space.id())));
  H5Sget_simple_extent_dims(old_space.id(), size.data(), nullptr);
  size[0] = rows;
  if (H5Dset_extent(target.id(), size.data()) < 0) fail_write(where);

  const Handle space(H5Dget_space(target.id()));
  const hsize_t count = values.size();
  const Handle memory(H5Screate_simple(1, &count, nullptr));
  if (values.empty()) H5Sselect_none(memory.id());
  if (!select_rows(space.id(), runs, size)) fail_write(where);
  HTDM_EXPECTS(H5Sget_select_npoints(space.id()) == static_cast<hssize_t>(values.size()));
  const Handle transfer = transfer_properties(parallel_);
  if (H5Dwrite(target.id(), H5T_NATIVE_FLOAT, memory.id(), space.id(), transfer.id(),
               values.data()) < 0) {
    fail_write(where);
  }
}

void SharedFile::close() {
  if (H5Fclose(file_.release()) < 0) fail_write(shown_);
}

}  // namespace htdm::hdf5
