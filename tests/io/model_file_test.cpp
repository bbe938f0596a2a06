#include "io/model_file.hpp"

#include "io/file_header.hpp"
#include "io/hdf5.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>

namespace htdm {
namespace {

using test::expect_input_error;

constexpr double inf = std::numeric_limits<double>::infinity();

TEST(ModelFile, RoundTrip) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  for (double nu : {3.0, inf}) {
    Model model = test::sample_model(nu);
    if (nu == inf) model.loss.clear();
    Provenance provenance = current_provenance(77);
    provenance.command = "htdm train";
    write_model(path, model, provenance);
    EXPECT_EQ(read_model(path), model);
    EXPECT_EQ(read_model_provenance(path).seed, 77U);
    EXPECT_EQ(read_model_provenance(path).command, "htdm train");
    EXPECT_EQ(file_kind(path), "model");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"m.h5"});  // nothing left beside it
  }
}

TEST(ModelFile, RefusesWhatIsNotThere) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  expect_input_error([&] { read_model(path); }, {path, "does not exist"});
  expect_input_error([&] { read_model(folder.file("")); }, {"is a folder"});
  expect_input_error([&] { read_model("/dev/null"); }, {"/dev/null is not a file"});
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string(5000, 'x')}) {
    test::write_bytes(path, bytes);
    expect_input_error([&] { read_model(path); }, {path, "cannot be opened as HDF5"});
  }
}

TEST(ModelFile, RefusesEveryTruncation) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5"), cut = folder.file("cut.h5");
  write_model(path, test::sample_model(3), {});
  const std::string bytes = test::read_bytes(path);
  const auto refused = [&](std::size_t size) {
    test::write_bytes(cut, bytes.substr(0, size));
    expect_input_error([&] { read_model(cut); }, {cut});
  };
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 40) refused(size);
  // Without the 40 bytes of its seal it is whole (ReadsAFileThatLostItsSealWhole).
  for (std::size_t size = 4096; size < bytes.size() - 40; size += 4096) refused(size);
  test::write_bytes(cut, bytes.substr(0, bytes.size() - 1));
  expect_input_error([&] { read_model(cut); }, {cut, "truncated"});
}

TEST(ModelFile, RefusesEveryChangedByte) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  write_model(path, test::sample_model(3), {});
  const std::string bytes = test::read_bytes(path);
  // All of the superblock, the root's header and the seal; of the rest a sample.
  const auto all_at = [&](std::size_t i) { return i < 1024 || i + 50 >= bytes.size(); };
  for (std::size_t i = 0; i < bytes.size(); i += all_at(i) ? 1 : 61) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    test::write_bytes(path, changed);
    expect_input_error([&] { read_model(path); }, {path});
  }
  test::write_bytes(path, bytes + "x");
  expect_input_error([&] { read_model(path); }, {path, "truncated or changed at its end"});
}

TEST(ModelFile, ReadsAFileThatLostItsSealWhole) {
  // What is left when another program changes a file: HDF5 cuts it to its data.
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  write_model(path, test::sample_model(3), {});
  const std::string bytes = test::read_bytes(path);
  test::write_bytes(path, bytes.substr(0, bytes.size() - 40));
  EXPECT_EQ(read_model(path), test::sample_model(3));
}

/// A file with a header of its own making and nothing else.
void write_header_only(const std::string& path, const std::string& kind, int major, int minor) {
  const hdf5::File file = hdf5::File::create(path);
  hdf5::Group root = file.root();
  root.set_attribute("kind", kind);
  root.set_attribute_list("schema", std::vector<std::int32_t>{major, minor});
  test::save(file, path);
}

TEST(ModelFile, RefusesAnotherKindOrANewerSchema) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  write_header_only(path, "results", 1, 0);
  expect_input_error([&] { read_model(path); }, {path, "kind results", "kind model"});
  EXPECT_EQ(file_kind(path), "results");
  write_header_only(path, "model", 2, 0);
  expect_input_error([&] { read_model(path); }, {path, "schema 2", "newer version"});
  write_header_only(path, "model", 0, 0);
  expect_input_error([&] { read_model(path); }, {path, "no valid schema"});
  write_header_only(path, "model", 1, 9);  // a newer minor version may be read
  expect_input_error([&] { read_model(path); }, {path, "c_noise", "is missing"});
  write_header_only(path, "recipe", 1, 0);
  expect_input_error([&] { file_kind(path); }, {path, "kind recipe"});
  test::save(hdf5::File::create(path), path);
  expect_input_error([&] { read_model(path); }, {path, "not one of htdm"});
}

/// A complete model file, but for what `spoil` says.
struct Spoil {
  std::string c_noise = "ln(sigma)/4", missing{};
  int rows = 1, dimension = 1;
  float weight = 1;
  double nu = 3;
  bool fractional_steps = false;
};

void fill_spoilt(hdf5::Group root, const Spoil& spoil) {
  const auto present = [&](const char* name) { return spoil.missing != name; };
  write_header(root, "model", {});
  root.set_attribute<std::string>("name", "m");
  if (present("nu")) root.set_attribute("nu", spoil.nu);
  if (spoil.fractional_steps) {
    root.set_attribute("steps", 1.5);
  } else {
    root.set_attribute<std::int64_t>("steps", 10);
  }
  root.set_attribute("c_noise", spoil.c_noise);
  root.set_attribute("sigma_data", 1.0);
  root.set_attribute<std::string>("activation", "silu");
  root.set_attribute<std::int32_t>("dimension", spoil.dimension);
  const std::vector<double> one{1};
  if (present("mean")) root.write<double>("mean", one, {"mean"});
  if (present("deviation")) root.write<double>("deviation", one, {"deviation"});
  if (!present("layers")) return;
  hdf5::Group layer = root.create_group("layers").create_group(present("0") ? "0" : "1");
  const std::vector<float> weight(static_cast<std::size_t>(2 * spoil.rows), spoil.weight);
  const std::vector<float> bias{0};
  if (present("weight")) {
    layer.write_matrix<float>("weight", weight, static_cast<std::uint64_t>(spoil.rows), 2, {"w"});
  }
  if (present("bias")) layer.write<float>("bias", bias, {"b"});
}

void write_spoilt(const std::string& path, const Spoil& spoil) {
  const hdf5::File file = hdf5::File::create(path);
  fill_spoilt(file.root(), spoil);
  test::save(file, path);
}

TEST(ModelFile, ReadsOneWithoutAxesOrLoss) {
  const test::Folder folder;
  write_spoilt(folder.file("m.h5"), {});
  const Model model = read_model(folder.file("m.h5"));
  EXPECT_EQ(model.layers.at(0).weight, (std::vector<float>{1, 1}));
  EXPECT_TRUE(model.loss.empty());
}

TEST(ModelFile, NamesWhatIsMissingOrWrong) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  for (const char* name : {"nu", "mean", "deviation", "layers", "0", "weight", "bias"}) {
    write_spoilt(path, {.missing = name});
    expect_input_error([&] { read_model(path); },
                       {path, std::string("/") + name, "missing", "write this one again"});
  }
  const std::vector<std::pair<Spoil, std::vector<std::string>>> cases{
      {{.c_noise = "ln(sigma sqrt(a))/4"}, {"c_noise", "instead of \"ln(sigma)/4\""}},
      {{.rows = 2}, {"layer 0"}},
      {{.dimension = 2}, {"dimension"}},
      {{.weight = std::numeric_limits<float>::quiet_NaN()}, {"layer 0", "not finite"}},
      {{.nu = 2}, {"nu", "2"}},
      {{.fractional_steps = true}, {"steps", "whole numbers"}},
  };
  for (const auto& [spoil, parts] : cases) {
    write_spoilt(path, spoil);
    std::vector<std::string> all = parts;
    all.push_back(path);
    expect_input_error([&] { read_model(path); }, all);
  }
}

TEST(ModelFile, NothingIsLeftWhenItCannotBeWritten) {
  const test::Folder folder;
  const Model model = test::sample_model(3);
  const std::string nowhere = folder.file("none/m.h5");
  expect_input_error([&] { write_model(nowhere, model, {}); }, {nowhere, "cannot be written"});
  EXPECT_TRUE(folder.names().empty());
  std::filesystem::create_directory(folder.file("m.h5"));
  expect_input_error([&] { write_model(folder.file("m.h5"), model, {}); }, {"cannot be written"});
  EXPECT_EQ(folder.names(), std::vector<std::string>{"m.h5"});
  Model broken = model;
  broken.nu = 1;
  expect_input_error([&] { write_model(folder.file("n.h5"), broken, {}); }, {"nu"});
  EXPECT_EQ(folder.names(), std::vector<std::string>{"m.h5"});
}

TEST(ModelFile, AFullDiskKeepsTheOldFile) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  const Model old = test::sample_model(3);
  write_model(path, old, {});
  Model large = test::sample_model(4);
  large.layers[0] = {5000, 3, std::vector<float>(15'000), std::vector<float>(5000)};
  large.layers[1] = {2, 5000, std::vector<float>(10'000), std::vector<float>(2)};
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{40'000, before.rlim_max};  // bytes that any file may have
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  expect_input_error([&] { write_model(path, large, {}); }, {path, "cannot be written", "space"});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"m.h5"});
  EXPECT_EQ(read_model(path), old);
  write_model(path, large, {});  // and the library has recovered
  EXPECT_EQ(read_model(path), large);
}

TEST(CheckAgainstFile, WhatIsWrittenMustAgree) {
  Model model = test::sample_model(3);
  ModelSection section;
  section.name = "m";
  section.file = "w.h5";
  section.nu = 4;
  section.noise = "gaussian";
  EXPECT_NO_THROW(check_against_file(section, model));  // nothing was written beside the file
  section.nu_given = true;
  expect_input_error([&] { check_against_file(section, model); },
                     {"models.m.nu = 4.0", "models.m.file", "w.h5", "nu = 3.0", "Leave"});
  section.nu = 3;
  EXPECT_NO_THROW(check_against_file(section, model));
  section.noise_given = true;
  expect_input_error([&] { check_against_file(section, model); },
                     {"models.m.noise = \"gaussian\""});
  section.noise = "student_t";
  EXPECT_NO_THROW(check_against_file(section, model));
  model.nu = inf;
  expect_input_error([&] { check_against_file(section, model); }, {"models.m.noise"});
  section.nu = inf;  // Student-t with nu = inf is the Gaussian
  EXPECT_NO_THROW(check_against_file(section, model));
}

}  // namespace
}  // namespace htdm
