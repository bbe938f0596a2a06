/// A study file as a value: every key of every table, with the paper's values as defaults.
#pragma once

#include "io/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace htdm {

struct StudySection {
  std::string name;
  std::uint64_t seed = 42;
  bool independent_noise = false;
  double allowed_nonfinite_rate = 0;

  friend bool operator==(const StudySection&, const StudySection&) = default;
};

struct DataSection {
  std::string kind = "student_t";
  double nu = 3;
  double scale = 1;
  double location = 0;
  double separation = 1;
  std::vector<double> weights{0.5, 0.5};     ///< of a mixture's parts
  std::vector<double> means{-1, 1};          ///< vector after vector
  std::vector<double> deviations{0.1, 0.1};  ///< one per part
  std::string path;                          ///< of the user's data
  std::string dataset;                       ///< in an HDF5 file; empty: the only one
  std::vector<std::string> columns;          ///< names or indices; empty: all
  bool log_returns = false;
  std::string split = "random";
  double test_fraction = 0.5;
  std::string transform = "none";
  int dimension = 1;
  std::int64_t train_samples = 1'000'000;
  std::int64_t test_samples = 1'000'000;
  double validation_fraction = 0;

  /// Training samples that no model sees, and the others.
  std::int64_t validation_samples() const {
    return std::llround(validation_fraction * static_cast<double>(train_samples));
  }
  std::int64_t trained_samples() const { return train_samples - validation_samples(); }

  friend bool operator==(const DataSection&, const DataSection&) = default;
};

/// One `[models.NAME]` table.
struct ModelSection {
  std::string name;
  std::string kind = "network";  ///< network | exact | empirical | point_mass
  std::string noise = "student_t";
  double nu = 3;
  std::string file;  ///< take weights from here instead of training
  std::int64_t steps = 10'000;
  int batch = 1000;
  std::vector<std::int64_t> hidden{128, 128};
  double learning_rate = 2e-4;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double weight_decay = 0;
  double level_mean = -1.2;
  double level_deviation = 1.2;
  int shards = 8;
  std::int64_t spread_steps = 12'000;  ///< of the spread network, where one is needed
  double spread_learning_rate = 1e-3;
  bool nu_given = false, noise_given = false;  ///< written beside `file`, which must agree

  friend bool operator==(const ModelSection&, const ModelSection&) = default;
};

/// One `[samplers.NAME]` table; every value of `nu` is one entry of the results.
struct SamplerSection {
  std::string name;
  std::string kind;
  std::string model;
  int levels = 0;          ///< 0: the kind's default
  std::vector<double> nu;  ///< empty: the kind's default, or the model's
  double sigma_max = 80;
  double sigma_min = 0.002;
  std::string process = "ve";    ///< ve | vp
  std::string spacing = "time";  ///< karras | time; of vp
  double beta_min = 0.1;
  double beta_max = 20;
  double rho = 7;
  std::string scheme;                   ///< empty: the kind's default
  std::string increments = "gaussian";  ///< gaussian | student_t
  std::string convention = "ito";
  std::string coefficient = "posterior";  ///< posterior | ode_law; of t_sde_exact
  double increment_nu = 0;                ///< of student_t increments; 0: nu + d
  std::string denoiser = "auto";          ///< network | table | auto
  double table_error = 1e-6;

  friend bool operator==(const SamplerSection&, const SamplerSection&) = default;
};

struct StatisticsSection {
  int batches = 10;
  std::int64_t batch_size = 1'000'000;
  std::vector<double> exceedance_levels{5e-3, 1e-3};
  std::vector<double> thresholds;  ///< raw space; instead of levels
  std::int64_t w1_samples = 1'000'000;
  std::string event = "norm";
  std::vector<double> weights;  ///< of event = "linear"
  bool separate_tails = false;
  int block_size = 4096;

  friend bool operator==(const StatisticsSection&, const StatisticsSection&) = default;
};

/// What is kept beside the results. It changes no result, so it is no part of their digest.
struct StoreSection {
  std::int64_t samples = 0;
  std::int64_t paths = 0;

  bool stores() const { return samples > 0 || paths > 0; }

  friend bool operator==(const StoreSection&, const StoreSection&) = default;
};

/// How `htdm rare` estimates. It changes no other result, so it is no part of their digest.
struct RareSection {
  std::string method = "auto";  ///< auto | splitting | importance | counting | law
  std::vector<double> target_relative_error{0.1};  ///< one, or one per level; empty: none
  int particles = 1000;                            ///< of a replica
  int replicas = 32;                               ///< the least number
  double killed = 0.1;
  std::int64_t most_paths = 100'000'000;

  friend bool operator==(const RareSection&, const RareSection&) = default;
};

struct Study {
  StudySection study;
  DataSection data;
  std::vector<ModelSection> models;
  std::vector<SamplerSection> samplers;
  StatisticsSection statistics;
  StoreSection store;
  RareSection rare;
  /// With axes, the sections above are those of its first point, and `given` is what was written
  /// besides them: defaults may differ from point to point.
  Sweep sweep;
  std::string given;

  std::int64_t paths_per_sampler() const { return statistics.batches * statistics.batch_size; }
  /// How many of the first paths of a sampler are stored, as samples and whole.
  std::int64_t stored_samples() const { return std::min(store.samples, paths_per_sampler()); }
  std::int64_t stored_paths() const { return std::min(store.paths, paths_per_sampler()); }

  friend bool operator==(const Study&, const Study&) = default;
};

/// Read a study file and apply `--set key=value` overrides (TOML values; a bare word is a string).
/// Paths become absolute: relative ones start from the file's folder, in overrides from the working
/// directory. A study that names no model (or no sampler) has the paper's, which overrides may
/// change one by one. Defaults that depend on other keys are filled in (io/study_rules.hpp). Throws
/// InputError naming file, key, reason and remedy; unknown keys get a suggestion. Checks types,
/// ranges and the rules between keys that need no model file.
Study read_study(const std::string& path, const std::vector<std::string>& overrides);

/// The same from text (`source` names it in messages, `folder` is what paths are relative to).
Study parse_study(const std::string& text, const std::string& source, const std::string& folder,
                  const std::vector<std::string>& overrides = {});

/// The study of every point of its sweep, in order, without a [sweep]; equal to those that
/// parse_study gives with the point's values as overrides. Throws InputError naming the point where
/// one is not a study.
std::vector<Study> sweep_points(const Study& study);

/// The resolved study as TOML: every key, canonical order, shortest numbers that read back equal.
/// Keys that mean nothing where they stand are left out (the nu of Gaussian data, the steps of an
/// exact model, [store] where nothing is stored). parse_study(write_study(s)) equals s for every s
/// that a parse returned. `with_paths = false` leaves out what no result depends on, file paths,
/// [store] and [rare] (for digests). Of a study with [sweep], the keys that were given are written
/// instead of all, and those paths that are axes keep their number only.
std::string write_study(const Study& study, bool with_paths = true);

/// The commented reference study that `htdm defaults` prints: one line of help, range and choices
/// per key, from the table that parses.
std::string reference_study();

}  // namespace htdm
