#include "io/file_header.hpp"
#include "io/hdf5.hpp"
#include "io/model_file.hpp"
#include "io/results.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

using test::expect_input_error;

TEST(ResultsFile, RoundTrip) {
  const test::Folder folder;
  const std::string path = folder.file("results.h5");
  for (int components : {1, 3}) {
    const Results results = test::sample_results(components);
    write_results(path, results);
    const Results found = read_results(path);
    // The digest covers every number; what it leaves out is compared in the JSON text.
    EXPECT_EQ(results_digest(found), results_digest(results));
    EXPECT_EQ(results_json(found), results_json(results));
    EXPECT_EQ(found.study_no_paths, results.study_no_paths);
    EXPECT_EQ(found.models[0].name, "t_edm");  // in the study's order
    EXPECT_FALSE(found.samplers[1].nu.has_value());
    EXPECT_EQ(found.samplers[2].nu, std::numeric_limits<double>::infinity());
    EXPECT_FALSE(found.samplers[2].w1_law.has_value());
    EXPECT_TRUE(found.samplers[2].survival.law.empty());
    EXPECT_EQ(file_kind(path), "results");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"results.h5"});
  }
}

TEST(ResultsFile, KeepsTheAxesOfEveryNoiseLevel) {
  const test::Folder folder;
  write_results(folder.file("r.h5"), test::sample_results());
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"), "r.h5");
  const hdf5::Group law =
      file.root().open_group("samplers").open_group("000").open_group("propagated_law");
  const hdf5::Group marginals = law.open_group("marginals"),
                    densities = law.open_group("densities");
  EXPECT_EQ(marginals.read<double>("depth"), (std::vector<double>{1e-2, 1e-5}));
  EXPECT_EQ(marginals.shape("probability"), (std::vector<std::uint64_t>{2, 2}));
  EXPECT_EQ(densities.read<double>("sigma"), (std::vector<double>{80, 0.002}));
  EXPECT_EQ(densities.shape("x"), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(densities.shape("point"), (std::vector<std::uint64_t>{3}));
}

TEST(ResultsFile, RoundTripOfAlmostNothing) {
  const test::Folder folder;
  Results results;
  results.samplers.resize(1);
  write_results(folder.file("r.h5"), results);
  EXPECT_EQ(results_digest(read_results(folder.file("r.h5"))), results_digest(results));
}

TEST(ResultsFile, DatasetsSayWhatTheyAre) {
  const test::Folder folder;
  write_results(folder.file("r.h5"), test::sample_results());
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"), "r.h5");
  const hdf5::Group samplers = file.root().open_group("samplers");
  EXPECT_EQ(samplers.members(), (std::vector<std::string>{"000", "001", "002"}));
  const hdf5::Group exceedance = samplers.open_group("000").open_group("exceedance");
  EXPECT_EQ(exceedance.shape("batch_count"), (std::vector<std::uint64_t>{2, 2}));
  EXPECT_TRUE(std::isnan(samplers.open_group("001").attribute<double>("nu")));
}

TEST(ResultsFile, EveryTableSaysWhatToThinkOfIt) {
  const test::Folder folder;
  Results results = test::sample_results();
  LawResult& law = *results.samplers[0].law;
  law.survival_error[2] = law.survival[2] / 4;
  law.quantile_error = {0.9, 0.3};  // of -2.5, and of 1e-3, which the unit of z-space stands for
  write_results(folder.file("r.h5"), results);
  const Results found = read_results(folder.file("r.h5"));
  EXPECT_EQ(found.samplers[0].qq_paths, results.samplers[0].qq_paths);
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"), "r.h5");
  const hdf5::Group sampler = file.root().open_group("samplers").open_group("000");
  const hdf5::Group propagated = sampler.open_group("propagated_law");
  using Flags = std::vector<std::uint8_t>;
  const auto expect = [](const hdf5::Group& table, const std::string& method, const Flags& flags) {
    EXPECT_EQ(table.attribute<std::string>("method"), method);
    EXPECT_EQ(table.read<std::uint8_t>("doubtful"), flags);
  };
  expect(sampler.open_group("survival"), "count", {0, 0, 1});
  expect(sampler.open_group("quantiles"), "count", {0, 0});
  expect(sampler.open_group("qq"), "count", {1, 0, 1});  // ten of 1e5 paths, on both sides
  expect(propagated.open_group("survival"), "law", {0, 0, 1});
  expect(propagated.open_group("quantiles"), "law", {1, 1});
  const hdf5::Group moments = sampler.open_group("moments");
  EXPECT_EQ(moments.attribute<std::string>("method"), "sample");
  EXPECT_EQ(moments.read<double>("low").at(1), 2.5);
  EXPECT_EQ(moments.read<std::string>("doubt").at(2), "the true law has no such moment");
}

/// The file at `path` without what schema 1.10 added to it.
void make_older(const std::string& path, std::size_t samplers) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const auto remove = [&](const std::string& table, const std::vector<const char*>& columns,
                          const std::vector<const char*>& attributes) {
    if (H5Lexists(file, table.c_str(), H5P_DEFAULT) <= 0) return;
    for (const char* name : columns) {
      EXPECT_GE(H5Ldelete(file, (table + "/" + name).c_str(), H5P_DEFAULT), 0) << table << name;
    }
    for (const char* name : attributes) {
      EXPECT_GE(H5Adelete_by_name(file, table.c_str(), name, H5P_DEFAULT), 0) << table << name;
    }
  };
  for (std::size_t i = 0; i < samplers; ++i) {
    const std::string sampler = "samplers/00" + std::to_string(i) + "/";
    remove(sampler + "survival", {"doubtful"}, {"method"});
    remove(sampler + "quantiles", {"doubtful"}, {"method"});
    remove(sampler + "qq", {"doubtful"}, {"method", "paths"});
    remove(sampler + "moments", {"low", "high", "doubt"}, {"method"});
    if (H5Lexists(file, (sampler + "propagated_law").c_str(), H5P_DEFAULT) <= 0) continue;
    remove(sampler + "propagated_law/survival", {"doubtful"}, {"method"});
    remove(sampler + "propagated_law/quantiles", {"doubtful"}, {"method"});
  }
  H5Fclose(file);
}

/// What a file before schema 1.10 lacks is not known, and stays so when it is written again.
TEST(ResultsFile, ReadsFilesWithoutIntervalsOfMoments) {
  const test::Folder folder;
  const Results results = test::sample_results();
  write_results(folder.file("old.h5"), results);
  make_older(folder.file("old.h5"), results.samplers.size());
  const Results found = read_results(folder.file("old.h5"));
  EXPECT_EQ(results_digest(found), results_digest(results));
  for (const MomentResult& m : found.samplers[0].moments) {
    EXPECT_TRUE(std::isnan(m.interval.low) && std::isnan(m.interval.high)) << m.name;
    EXPECT_EQ(m.doubt, "");
  }
  EXPECT_EQ(found.samplers[0].qq_paths, 0U);
  write_results(folder.file("r.h5"), found);
  EXPECT_EQ(results_json(read_results(folder.file("r.h5"))), results_json(found));
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"), "r.h5");
  const hdf5::Group sampler = file.root().open_group("samplers").open_group("000");
  EXPECT_FALSE(sampler.open_group("qq").has("doubtful"));
  EXPECT_TRUE(sampler.open_group("quantiles").has("doubtful"));
}

TEST(ResultsFile, RefusesEveryTruncation) {
  const test::Folder folder;
  const std::string path = folder.file("r.h5"), cut = folder.file("cut.h5");
  write_results(path, test::sample_results());
  const std::string bytes = test::read_bytes(path);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 20) {
    test::write_bytes(cut, bytes.substr(0, size));
    expect_input_error([&] { read_results(cut); }, {cut});
  }
}

TEST(ResultsFile, RefusesOtherFiles) {
  const test::Folder folder;
  const std::string path = folder.file("m.h5");
  expect_input_error([&] { read_results(path); }, {path, "does not exist"});
  write_model(path, test::sample_model(3), {});
  expect_input_error([&] { read_results(path); }, {path, "kind model", "kind results"});
  expect_input_error([&] { write_results(folder.file("none/r.h5"), {}); },
                     {"none/r.h5", "cannot be written"});
}

TEST(ResultsFile, NamesWhatIsMissing) {
  const test::Folder folder;
  const std::string path = folder.file("r.h5");
  {
    const hdf5::File file = hdf5::File::create(path);
    hdf5::Group root = file.root();
    write_header(root, "results", {});
    root.write_text("study", "", {"study"});
    root.write_text("study_without_paths", "", {"study"});
    root.create_group("models");
    hdf5::Group sampler = root.create_group("samplers").create_group("000");
    sampler.set_attribute<std::string>("name", "t_sde");
    test::save(file, path);
  }
  expect_input_error([&] { read_results(path); }, {path, "/samplers/000/kind", "missing"});
}

TEST(ResultsFile, RefusesColumnsOfDifferentLength) {
  const test::Folder folder;
  Results results = test::sample_results();
  results.samplers[0].qq_test.pop_back();
  expect_input_error([&] { write_results(folder.file("r.h5"), results); },
                     {"/samplers/000/qq/test", "length 2", "axis has 3"});
  results = test::sample_results();
  results.samplers[0].exceedance[1].batch_counts.push_back(1);
  expect_input_error([&] { write_results(folder.file("r.h5"), results); }, {"batch_count"});
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace htdm
