/// What a run found out: the content of results.h5 as a value.
#pragma once

#include "denoiser/model.hpp"
#include "io/pool.hpp"
#include "io/provenance.hpp"
#include "io/run_report.hpp"
#include "io/sweep.hpp"
#include "stats/intervals.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// P(event value > threshold) of one sampler at one level.
struct ExceedanceResult {
  double level = 0;      ///< probability under the true law (NaN where there is none)
  double threshold = 0;  ///< raw space
  std::string event;
  std::string method = "count";
  double probability = 0;
  std::uint64_t count = 0;
  double batch_mean = 0, batch_std = 0;  ///< over batches, 1/n convention
  Interval interval;                     ///< 95 %, Clopper-Pearson on the pooled count
  Interval batch_interval;               ///< 95 %, Student-t over batches
  std::vector<std::uint64_t> batch_counts;

  /// Why not to build on it; empty for no doubt. Ten paths or fewer beyond the threshold
  /// (few_beyond in io/doubts.hpp).
  std::string doubt() const;
};

/// Quantiles of the first component in z-space; NaN where not known.
struct QuantileResult {
  double level = 0;
  double generated = 0;
  Interval interval;  ///< 95 %, binomial order statistics
  double test = 0;
  double law = 0;
};

struct W1Result {
  std::vector<double> value;  ///< per component, z-space
  std::vector<Interval> interval;
};

/// Counts of |event value| above a grid of thresholds: the survival function with exact counts.
struct SurvivalCurve {
  std::vector<double> threshold;  ///< raw space
  std::vector<std::uint64_t> count;
  std::vector<Interval> interval;   ///< pointwise 95 %, Clopper-Pearson
  std::vector<std::uint64_t> test;  ///< test samples above; empty in files before schema 1.2
  std::vector<double> law;          ///< true probability; empty where there is no law

  /// 1 where ten paths or fewer are above the threshold.
  std::vector<std::uint8_t> doubtful() const;
};

struct MomentResult {
  std::string name;  ///< mean, variance, skewness, kurtosis
  double value = 0;
  bool exists = true;  ///< whether the target law has this moment
  /// 95 %, Student-t over batches (stats/batch_moments.hpp); NaN where there is none, where fewer
  /// than two batches were sampled and before schema 1.10.
  Interval interval{std::numeric_limits<double>::quiet_NaN(),
                    std::numeric_limits<double>::quiet_NaN()};
  std::string doubt{};  ///< why not to build on it; empty for none, and before schema 1.10
};

/// P(event value > threshold) by the propagated law.
struct LawExceedance {
  double level = 0;      ///< probability under the true law (NaN where there is none)
  double threshold = 0;  ///< raw space
  std::string event;
  double probability = 0;
  Interval interval;  ///< error bound: the true value of the sampler's law is inside

  /// Why not to build on it: a bound of a quarter of the probability or more (no_digit in
  /// io/doubts.hpp). Empty for no doubt.
  std::string doubt() const;
};

/// The law of a sampler's state at one noise level beside the true marginal, x0 + sigma e; z-space.
struct LawMarginal {
  double sigma = 0;
  double scale = 0;  ///< of the true marginal: half the distance between its quartiles
  double w1 = 0, w1_error = 0;
  std::vector<double> threshold;    ///< that the true marginal is beyond with probability `depth`
  std::vector<double> probability;  ///< of the state beyond it, on both sides
  std::vector<double> error;        ///< bound
};

/// Densities at one noise level, z-space, at x that lie dense where the state's density changes.
struct LawDensity {
  double sigma = 0;
  std::vector<double> x, density, error;
  std::vector<double> marginal;  ///< density of the true marginal; NaN where it is not known
};

/// The law of a one-dimensional sampler without Monte Carlo.
struct LawResult {
  double tolerance = 0;       ///< of the finer of the two grids
  double relative_error = 0;  ///< the largest of the levels that are resolved
  double lost_mass = 0;       ///< 1 - mass of the finer grid
  std::optional<double> w1;   ///< to the true law, z-space
  double w1_error = 0;
  std::vector<LawExceedance> exceedance;
  /// P(event value > threshold) where it is 1e-1, 10^-1.25, ... 1e-15; with what it is under the
  /// true law (NaN where there is none).
  std::vector<double> survival_threshold, survival, survival_error, survival_law;
  std::vector<double> quantile_level, quantile, quantile_error;  ///< z-space
  /// Per noise level where the true marginals are known; else, and before schema 1.4, none.
  std::vector<double> marginal_depth;
  std::vector<LawMarginal> marginals;
  std::vector<LawDensity> densities;  ///< per noise level, on request
  double seconds = 0;                 ///< never part of the digest

  /// 1 where the bound is a quarter of the value or more; of quantiles, a quarter of the unit of
  /// z-space for those smaller than it.
  std::vector<std::uint8_t> survival_doubtful() const;
  std::vector<std::uint8_t> quantiles_doubtful() const;
};

/// One sampler at one nu.
struct SamplerResult {
  std::string name, kind, model;
  std::optional<double> nu;  ///< none where nu has no meaning
  std::string denoiser;      ///< table, or the model's kind; empty in files of schema 1.0
  double table_error = std::numeric_limits<double>::quiet_NaN();  ///< largest measured, of a table
  int levels = 0;
  std::uint64_t paths = 0;
  int network_calls_per_path = 0;
  std::optional<W1Result> w1_test, w1_law;
  std::vector<ExceedanceResult> exceedance;
  std::vector<QuantileResult> quantiles;                        ///< about 25 levels
  std::vector<double> qq_level, qq_generated, qq_test, qq_law;  ///< the Q-Q grid (first component)
  std::vector<double> qq_low, qq_high;                          ///< its 95 % band, pointwise
  std::uint64_t qq_paths = 0;  ///< that the grid was made of; 0 before schema 1.10
  SurvivalCurve survival;
  std::vector<MomentResult> moments;  ///< first component, raw space
  std::optional<LawResult> law;       ///< what `htdm law` added
  std::optional<PoolData> pool;       ///< what merging needs; none before schema 1.5 or paths
  std::uint64_t nonfinite = 0;
  double seconds = 0;  ///< wall time of its sampling; never part of the digest

  /// 1 where ten paths or fewer lie beyond the quantile's level, on its nearer side.
  std::vector<std::uint8_t> quantiles_doubtful() const;
  std::vector<std::uint8_t> qq_doubtful() const;
};

struct ModelResult {
  std::string name, kind;
  double nu = 0;
  Normalization normalization;
  std::int64_t steps = 0;
  std::vector<LossRecord> loss;
  std::string weights_sha256;             ///< empty for exact denoisers
  double seconds = 0;                     ///< wall time of its training; never part of the digest
  std::optional<SpreadNetwork> spread{};  ///< without its layers; of networks that have one
};

/// A results file that went into a merged one.
struct MergedFile {
  std::string file, created, host, command, part;  ///< part: "I/N", empty for whole runs
  std::uint64_t seed = 0;
  double seconds = 0;  ///< of the whole of its run
  TimeShares shares = unknown_shares;
};

struct Results {
  Provenance provenance;
  std::string study;               ///< resolved TOML
  std::string study_no_paths;      ///< the same without file paths
  std::uint64_t test_samples = 0;  ///< size of the test sample; 0 in files before schema 1.2
  std::optional<Part> part;        ///< none: a whole run
  std::vector<MergedFile> merged;  ///< of which it was merged; empty for a run
  std::optional<RunReport> run;    ///< none where htdm run did not make it, or before schema 1.6
  std::vector<ModelResult> models;
  std::vector<SamplerResult> samplers;
  Sweep sweep;                  ///< with axes, models and samplers are those of the points
  std::vector<Results> points;  ///< one per point of the sweep
};

/// results.h5, written aside and renamed. Throws InputError when it cannot be written.
void write_results(const std::string& path, const Results& results);

/// Throws InputError for a missing, truncated or foreign file, a wrong kind or a newer schema.
Results read_results(const std::string& path);

/// The object that `htdm show --json` prints.
std::string results_json(const Results& results);

/// SHA-256 over study (paths left out), weights, counts and estimates, in hexadecimal; never over
/// time, host, layout, instruction set or tile.
std::string results_digest(const Results& results);

/// Table I and the tables around it, for a terminal: every estimate with its interval.
std::string results_text(const Results& results);

}  // namespace htdm
