/// Small values to write and read, and a folder to do it in.
#pragma once

#include "denoiser/model.hpp"
#include "io/hdf5.hpp"
#include "io/results.hpp"

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace htdm::test {

/// A folder of its own, removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// Expects `action` to throw InputError whose message holds every one of `parts`.
void expect_input_error(const std::function<void()>& action, const std::vector<std::string>& parts);

std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::string& bytes);

/// Write an HDF5 file made in memory, without a seal.
void save(const hdf5::File& file, const std::string& path);

/// A network 3 -> 4 -> 2 (d = 2) with odd numbers in it.
Model sample_model(double nu);

/// Two models and three samplers in d = 1: one with everything, one without nu and with zero
/// counts, one with nu = inf and without a law; two ranks. `components` is the length of W1.
Results sample_results(int components = 1);

}  // namespace htdm::test
