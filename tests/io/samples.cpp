#include "samples.hpp"

#include "core/error.hpp"
#include "io/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace htdm::test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "htdm-io-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::filesystem::remove_all(path_);
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

void expect_input_error(const std::function<void()>& action,
                        const std::vector<std::string>& parts) {
  try {
    action();
  } catch (const InputError& error) {
    const std::string message = error.what();
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "no \"" << part << "\" in: " << message;
    }
    return;
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error than InputError: " << error.what();
    return;
  }
  ADD_FAILURE() << "no error; one was expected that says " << (parts.empty() ? "" : parts.front());
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void save(const hdf5::File& file, const std::string& path) {
  const std::vector<std::byte> bytes = file.bytes();
  write_bytes(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Model sample_model(double nu) {
  Model model;
  model.name = "t_edm";
  model.nu = nu;
  model.normalization = {{0.1, -1.0 / 3}, {1.7257884, 0.5}};
  model.normalization.transforms = {
      {TransformKind::signed_log, 0.25, 1.0 / 3},
      {TransformKind::rank, 0, 1, 1.5, INFINITY, {-3, 0.5, 1}, {-2, 0.1, 1.0 / 3}}};
  model.layers = {{4, 3, {}, {0.F, -0.F, 1e-30F, 3.F}}, {2, 4, {}, {0.25F, -7.F}}};
  for (DenseLayer& layer : model.layers) {
    for (int i = 0; i < layer.rows * layer.columns; ++i) {
      layer.weight.push_back(std::sin(1.F + static_cast<float>(i)));
    }
  }
  model.loss = {{0, 100, 0.9}, {100, 50, 1.0 / 7}};
  model.steps = 150;
  if (std::isfinite(nu)) {
    model.spread.layers = {{1, 4, {0.5F, -1e-20F, 3.F, 0.F}, {0.125F}}};
    model.spread.loss = {{0, 12, 1.0 / 3}};
    model.spread.steps = 12;
    model.spread.limits = {{0.002, 1.0 / 3, 0.3, 0.4, 0.9, 0.8, 1.0 / 7}};
  }
  return model;
}

namespace {

ExceedanceResult sample_exceedance(double level, double threshold, std::uint64_t count) {
  ExceedanceResult e;
  e.level = level;
  e.threshold = threshold;
  e.event = "norm";
  e.count = count;
  e.probability = static_cast<double>(count) / 1e6;
  e.batch_mean = e.probability;
  e.batch_std = e.probability / 7;
  e.interval = {0.9 * e.probability, count == 0 ? 3e-6 : 1.1 * e.probability};
  e.batch_interval = {0.8 * e.probability, 1.2 * e.probability};
  e.batch_counts = {count / 2, count - count / 2};
  return e;
}

SamplerResult sample_sampler(const std::string& name, std::optional<double> nu, std::uint64_t count,
                             bool law, int components) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  SamplerResult s;
  s.name = name;
  s.kind = name;
  s.model = "t_edm";
  s.nu = nu;
  s.denoiser = law ? "table" : "network";
  if (law) s.table_error = 2.5e-7;
  s.levels = 128;
  s.paths = 1'000'000;
  s.network_calls_per_path = 128;
  s.exceedance = {sample_exceedance(law ? 5e-3 : nan, 7.4533, 5 * count),
                  sample_exceedance(law ? 1e-3 : nan, 12.923979, count)};
  const std::vector<Interval> intervals(static_cast<std::size_t>(components), {0.0251, 0.0333});
  std::vector<double> distances;
  for (int j = 0; j < components; ++j) distances.push_back(0.0287 + 0.001 * j);
  s.w1_test = W1Result{distances, intervals};
  if (law) s.w1_law = W1Result{distances, intervals};
  s.quantiles = {{0.01, -2.5, {-2.6, -2.4}, -2.45, law ? -2.47 : nan},
                 {0.5, 1.0 / 3, {0.3, 0.4}, 0.35, law ? 0.0 : nan}};
  s.qq_level = {1e-4, 0.5, 0.9999};
  s.qq_generated = {-12.5, 0.001, 13};
  s.qq_test = {-12, 0, 12};
  s.qq_law = law ? std::vector<double>{-12.8, 0, 12.8} : std::vector<double>{nan, nan, nan};
  s.qq_low = {-std::numeric_limits<double>::infinity(), -0.01, 11};
  s.qq_high = {-11, 0.01, std::numeric_limits<double>::infinity()};
  s.survival.threshold = {1, 10, 100};
  s.survival.count = {400'000, count, 0};
  s.survival.interval = {{0.39, 0.41}, {0.0009, 0.0011}, {0, 3e-6}};
  s.survival.test = {41'000, 213, 1};
  if (law) s.survival.law = {0.391, 0.00213, 2.2e-6};
  s.qq_paths = 100'000;
  s.moments = {{"mean", 0.001, true, {-0.002, 1.0 / 3}},
               {"variance", 2.98, true, {2.5, 3.5}, "no finite variance"},
               {"kurtosis", 1e5, false, {nan, nan}, "the true law has no such moment"}};
  s.nonfinite = count == 0 ? 2 : 0;
  s.seconds = 12.5;
  return s;
}

/// What `htdm law` adds: one level that is resolved and one that is not.
LawResult sample_law() {
  LawResult law;
  law.tolerance = 1e-8;
  law.relative_error = 1e-6;
  law.lost_mass = -1e-13;
  law.w1 = 0.0166;
  law.w1_error = 2e-8;
  law.exceedance = {{1e-3, 12.92, "norm", 1.18e-3, {1.1799e-3, 1.1801e-3}},
                    {1e-5, 60.4, "norm", 0, {0, 1e-23}}};
  law.survival_threshold = {3, 7, 12};
  law.survival = {0.1, 0.05623, 0.03162};
  law.survival_error = {1e-9, 1e-10, 1e-10};
  law.survival_law = {0.11, 0.055, std::numeric_limits<double>::quiet_NaN()};
  law.quantile_level = {0.01, 0.5};
  law.quantile = {-2.5, 1e-3};
  law.quantile_error = {1e-8, 1e-9};
  law.marginal_depth = {1e-2, 1e-5};
  law.marginals = {{80, 53.9, 8.27, 6e-5, {300, 5000}, {0.016, 5.1e-5}, {3e-8, 1e-10}},
                   {0.002, 0.44, 0.0225, 6e-6, {3.4, 35}, {0.01, 3.4e-5}, {2e-8, 7e-11}}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  law.densities = {{80, {-100, 0, 100}, {1e-3, 4e-3, 1e-3}, {1e-9, 4e-9, 1e-9}, {nan, nan, nan}},
                   {0.002, {-1, 0, 1}, {0.2, 0.5, 0.2}, {1e-7, 1e-7, 1e-7}, {0.21, 0.5, 0.21}}};
  law.seconds = 2;
  return law;
}

/// Two ranks of two threads, of which one trains a third more than the other.
RunReport sample_run() {
  RunReport run{130.5, 3, 60, 0.75, {}};
  run.ranks = {{"node1", 2, 40, 3, 150, 10, 5, 20, 2, 700, 2e8},
               {"node2", 2, 20, 1, 160, 0, 25, 30, 1, 900, 1e8}};
  return run;
}

}  // namespace

Results sample_results(int components) {
  const double inf = std::numeric_limits<double>::infinity();
  Results results;
  results.provenance = current_provenance(42);
  results.provenance.command = "htdm run study.toml";
  results.provenance.isa = "avx2";
  results.provenance.ranks = 2;
  results.provenance.tile = 64;
  results.provenance.seconds_total = 130.5;
  results.provenance.peak_memory_bytes = 2e8;
  results.run = sample_run();
  results.study = "[study]\nname = \"paper\"\nseed = 42\n\n[models.edm]\nnu = inf\n";
  results.test_samples = 100'000;
  results.study_no_paths = "[study]\nname = \"paper\"\n";
  const std::vector<double> mean(static_cast<std::size_t>(components), 0.1);
  const std::vector<double> deviation(static_cast<std::size_t>(components), 1.7);
  // Not in alphabetic order, to see that the study's order is kept.
  results.models = {{"t_edm", "network", 3, {mean, deviation}, 150, {{0, 150, 0.6}}, "ab12", 4.5},
                    {"edm", "exact", inf, {mean, deviation}, 0, {}, "", 0}};
  results.models[0].spread = sample_model(3).spread;
  results.models[0].spread->layers.clear();
  results.samplers = {sample_sampler("t_sde", 2.5, 1131, true, components),
                      sample_sampler("ve_sde", std::nullopt, 0, true, components),
                      sample_sampler("t_ode", inf, 77, false, components)};
  if (components == 1) results.samplers[0].law = sample_law();
  return results;
}

}  // namespace htdm::test
