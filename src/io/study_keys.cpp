#include "io/study_keys.hpp"

#include "io/text.hpp"
#include "samplers/sampler.hpp"

#include <cmath>

namespace htdm {
namespace {

constexpr Range positive{.low = 0};
constexpr Range positive_or_inf{.low = 0, .high_open = false};
constexpr Range fraction{.low = 0, .high = 1, .low_open = false};

constexpr Range whole(double low, double high) {
  return {.low = low, .high = high, .low_open = false, .high_open = false};
}

std::string bound_text(double value) {
  if (std::abs(value) < 1e7 && value == std::floor(value)) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  return number_text(value);
}

bool trained(const ModelSection& m) {
  return m.kind == "network" && m.file.empty();
}

bool may_spread(const ModelSection& m) {
  return trained(m) && m.noise == "student_t";
}

bool has_nu(const SamplerSection& s) {
  const SamplerKind* kind = find_sampler_kind(s.kind);
  return kind == nullptr || !kind->gaussian_prior;
}

bool has_schemes(const SamplerSection& s) {
  const SamplerKind* kind = find_sampler_kind(s.kind);
  return kind == nullptr || kind->schemes.size() > 1;
}

/// Whether it is a reverse SDE.
bool has_increments(const SamplerSection& s) {
  const SamplerKind* kind = find_sampler_kind(s.kind);
  return kind == nullptr || (kind->schemes.size() > 1 && kind->step_law != nullptr);
}

std::vector<Choice> sampler_choices() {
  std::vector<Choice> choices;
  for (const SamplerKind& kind : sampler_kinds()) choices.push_back({kind.name, kind.description});
  return choices;
}

}  // namespace

bool Range::contains(double value) const {
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string Range::text() const {
  if (std::isinf(high)) {
    if (std::isinf(low)) return "any finite number";
    const std::string above = (low_open ? "> " : ">= ") + bound_text(low);
    return high_open ? above : above + ", or inf";
  }
  if (!low_open && !high_open) return bound_text(low) + " to " + bound_text(high);
  return (low_open ? "above " : "from ") + bound_text(low) + (high_open ? ", below " : " to ") +
         bound_text(high);
}

template <>
const std::vector<Key<StudySection>>& study_keys() {
  using S = StudySection;
  static const std::vector<Key<S>> keys{
      {"name", &S::name,
       "names the results folder (letters, digits, _ - .); default the study file's name"},
      {"seed", &S::seed, "key of every random draw", whole(0, 9.2e18)},
      {"independent_noise", &S::independent_noise,
       "give every sampler and nu noise of its own instead of common random numbers"},
      {"allowed_nonfinite_rate", &S::allowed_nonfinite_rate,
       "share of paths that may end in NaN or infinity before the run fails", whole(0, 1)},
  };
  return keys;
}

template <>
const std::vector<Key<DataSection>>& study_keys() {
  using S = DataSection;
  constexpr auto student_t = [](const S& s) { return s.kind == "student_t"; };
  constexpr auto spread = [](const S& s) { return s.kind == "student_t" || s.kind == "gaussian"; };
  constexpr auto mixture = [](const S& s) { return s.kind == "gaussian_mixture"; };
  constexpr auto file = [](const S& s) { return s.kind == "file"; };
  constexpr auto two_point = [](const S& s) { return s.kind == "two_point"; };
  static const std::vector<Key<S>> keys{
      {"kind",
       &S::kind,
       "law of the data",
       {},
       {{"student_t", "location + scale t_d(0, I, nu)"},
        {"gaussian", "N(location, scale^2 I)"},
        {"two_point", "+a or -a with probability 1/2, |a| = separation"},
        {"gaussian_mixture", "sum of weights N(mean, deviation^2 I)"},
        {"file", "rows of your own file: CSV, NumPy .npy or HDF5"}}},
      {"nu",
       &S::nu,
       "degrees of freedom of student_t data; W1 needs a finite mean",
       {.low = 1, .high_open = false},
       {},
       student_t},
      {"scale", &S::scale, "scale of each component", positive, {}, spread},
      {"location", &S::location, "centre of each component", {}, {}, spread},
      {"separation", &S::separation, "distance of the two points from 0", positive, {}, two_point},
      {"weights",
       &S::weights,
       "weight of every part of a mixture; scaled to sum 1",
       positive,
       {},
       mixture},
      {"means", &S::means, "means of the parts, vector after vector", {}, {}, mixture},
      {"deviations", &S::deviations, "standard deviation of every part", positive, {}, mixture},
      {.name = "path",
       .field = &S::path,
       .help = "file of your data, one sample a row",
       .applies = file,
       .is_path = true},
      {"dataset", &S::dataset, "dataset of an HDF5 file; empty: its only one", {}, {}, file},
      {"columns",
       &S::columns,
       "names or indices (from 0) of the columns to use; empty: all",
       {},
       {},
       file},
      {"log_returns",
       &S::log_returns,
       "use ln(x_i / x_{i-1}) of successive rows (prices)",
       {},
       {},
       file},
      {"split",
       &S::split,
       "which rows are held out as the test sample",
       {},
       {{"random", "each row by a draw of its own"}, {"time", "the last rows"}},
       file},
      {"test_fraction",
       &S::test_fraction,
       "share of rows held out",
       {.low = 0, .high = 1},
       {},
       file},
      {"transform",
       &S::transform,
       "map of each component before it is normalised, for data without a variance",
       {},
       {{"none", ""},
        {"signed_log", "sign(x - median) ln(1 + |x - median|/scale)"},
        {"rank", "normal score of the rank, power tails beyond the data"}}},
      {"dimension", &S::dimension, "numbers per sample; columns of a file", whole(1, 65536)},
      {"train_samples", &S::train_samples,
       "samples that normalise the data and train; at most so many rows of a file",
       whole(1, 4'000'000'000)},
      {"test_samples", &S::test_samples,
       "held-out samples that W1 and quantiles compare with; at most so many rows of a file",
       whole(1, 1'000'000'000'000)},
      {"validation_fraction",
       &S::validation_fraction,
       "share of the training samples that normalise and train nothing, for htdm choose-nu: the "
       "last, or with split = \"random\" of a file as many by draws of their own",
       fraction,
       {},
       [](const S& s) { return s.validation_fraction > 0; }},
  };
  return keys;
}

template <>
const std::vector<Key<ModelSection>>& study_keys() {
  using S = ModelSection;
  constexpr auto noise = [](const S& s) { return s.file.empty() || s.noise_given; };
  constexpr auto nu = [](const S& s) { return s.file.empty() || s.nu_given; };
  constexpr double many = 1e15;
  static const std::vector<Key<S>> keys{
      {"kind",
       &S::kind,
       "how the denoiser comes about",
       {},
       {{"network", "trained here, or read from file"},
        {"exact", "posterior under [data], in closed form or by quadrature; of a file: empirical"},
        {"empirical", "posterior under the training sample, what a network that memorises learns"},
        {"point_mass", "D = 0, the centre of the normalised data"}}},
      {"noise",
       &S::noise,
       "noise it is trained for; default gaussian in a table named edm, else student_t",
       {},
       {{"gaussian", ""}, {"student_t", ""}},
       noise},
      {"nu",
       &S::nu,
       "degrees of freedom of student_t noise; networks need > 2",
       positive_or_inf,
       {},
       nu},
      {.name = "file",
       .field = &S::file,
       .help = "model file that brings weights, noise, nu and normalisation; empty: train",
       .applies = [](const S& s) { return s.kind == "network"; },
       .is_path = true},
      {"steps", &S::steps, "optimiser steps", whole(1, many), {}, trained},
      {"batch", &S::batch, "samples per step", whole(1, 1e9), {}, trained},
      {"hidden", &S::hidden, "widths of the hidden layers", whole(1, 65536), {}, trained},
      {"learning_rate", &S::learning_rate, "AdamW step size", positive, {}, trained},
      {"beta1", &S::beta1, "AdamW decay of the mean gradient", fraction, {}, trained},
      {"beta2", &S::beta2, "AdamW decay of the squared gradient", fraction, {}, trained},
      {"weight_decay",
       &S::weight_decay,
       "AdamW weight decay",
       {.low = 0, .low_open = false},
       {},
       trained},
      {"level_mean", &S::level_mean, "mean of ln sigma in training", {}, {}, trained},
      {"level_deviation",
       &S::level_deviation,
       "standard deviation of ln sigma in training",
       positive,
       {},
       trained},
      {"shards",
       &S::shards,
       "fixed pieces of a minibatch, shared out among ranks and threads",
       whole(1, 65536),
       {},
       trained},
      {"spread_steps",
       &S::spread_steps,
       "optimiser steps of the second network, for E[|x - x0|^2/sigma^2 | x], which is trained "
       "where "
       "a t_sde_exact sampler names the model",
       whole(1, many),
       {},
       may_spread},
      {"spread_learning_rate",
       &S::spread_learning_rate,
       "its AdamW step size, which falls to 0 in a straight line",
       positive,
       {},
       may_spread},
  };
  return keys;
}

template <>
const std::vector<Key<SamplerSection>>& study_keys() {
  using S = SamplerSection;
  constexpr auto vp = [](const S& s) { return s.process == "vp"; };
  constexpr auto karras = [](const S& s) { return s.process == "ve" || s.spacing == "karras"; };
  static const std::vector<Key<S>> keys{
      {"kind",
       &S::kind,
       "default: the name of the table, where that is a kind",
       {},
       sampler_choices()},
      {"model", &S::model,
       "a [models] table; default: the first of Gaussian noise for samplers that start from a "
       "Gaussian, the first of student_t noise for others"},
      {"levels",
       &S::levels,
       "noise levels from sigma_max to sigma_min; default: the kind's",
       whole(2, 1'000'000),
       {},
       [](const S& s) { return s.levels > 0; }},
      {"nu",
       &S::nu,
       "degrees of freedom when sampling; a list is a sweep; empty: the default of the kind (2.5 "
       "for t_sde and t_sde_ablated), else the model's",
       positive_or_inf,
       {},
       has_nu},
      {"sigma_max", &S::sigma_max, "largest noise level, sigma/mu", positive},
      {"sigma_min", &S::sigma_min, "smallest noise level, sigma/mu", positive},
      {"process",
       &S::process,
       "forward process whose steps are taken back; both have the same marginals",
       {},
       {{"ve", "variance-exploding: mu = 1, time is sigma"},
        {"vp", "variance-preserving: mu^2 + sigma^2 = 1, linear beta(t)"}}},
      {"spacing",
       &S::spacing,
       "where vp puts its noise levels; ve has those of Karras",
       {},
       {{"time", "equal steps of t"}, {"karras", "equal steps of (sigma/mu)^(1/rho)"}},
       vp},
      {"beta_min", &S::beta_min, "rate of the noise of vp at t = 0", positive, {}, vp},
      {"beta_max", &S::beta_max, "rate of the noise of vp at t = 1", positive, {}, vp},
      {"rho", &S::rho, "curvature of the Karras schedule", positive, {}, karras},
      {"scheme",
       &S::scheme,
       "how a step is taken; default: heun for t_ode, ancestral for t_sde_exact, euler for others",
       {},
       {{"euler", "Euler-Maruyama, one network call a step"},
        {"ancestral", "mean and variance of the next state given x and D, one call"},
        {"heun", "second order in the drift, two calls"},
        {"exponential", "of t_ode: second order from two levels, one call"}},
       has_schemes},
      {"increments",
       &S::increments,
       "law of the noise of a reverse SDE's step, of equal variance",
       {},
       {{"gaussian", ""}, {"student_t", ""}},
       has_increments},
      {"increment_nu",
       &S::increment_nu,
       "degrees of freedom of student_t increments, > 2; default: nu + d",
       {.low = 0, .low_open = false, .high_open = false},
       {},
       [](const S& s) { return s.increments == "student_t" && has_increments(s); }},
      {"convention",
       &S::convention,
       "where in an euler step of t_sde its coefficient is read; the tail index of u is nu, nu - 1 "
       "or nu - 2 for data in a point",
       {},
       {{"ito", "at its start"},
        {"stratonovich", "as the mean of both ends, two network calls"},
        {"hanggi", "at its end, two calls"}},
       [](const S& s) { return s.kind == "t_sde"; }},
      {"coefficient",
       &S::coefficient,
       "what the noise of t_sde_exact is made of",
       {},
       {{"posterior", "E[|x - x0|^2/sigma^2 | x], of an exact model or of a second network"},
        {"ode_law",
         "the law of t_ode with the same model and levels, whose marginals it keeps; in one "
         "dimension, by euler steps of ve; without a table, about a hundred times as slow"}},
       [](const S& s) { return s.kind == "t_sde_exact"; }},
      {"denoiser",
       &S::denoiser,
       "how the model is evaluated",
       {},
       {{"auto",
         "a table for networks in one dimension and for exact models by quadrature, else, and with "
         "coefficient = ode_law, the model as it is"},
        {"network", "the model as it is, be it a network or exact"},
        {"table",
         "cubics in its place, made before sampling; in dimension 1, or for exact models of "
         "student_t and gaussian data; not for models of the training sample, for two points under "
         "gaussian noise or in t_sde_exact, or with coefficient = ode_law"}}},
      {"table_error",
       &S::table_error,
       "bound on the table's error of (x - D)/sigma, relative where that is above 1",
       whole(3e-7, 1e-2),
       {},
       [](const S& s) { return s.denoiser != "network"; }},
  };
  return keys;
}

template <>
const std::vector<Key<StatisticsSection>>& study_keys() {
  using S = StatisticsSection;
  static const std::vector<Key<S>> keys{
      {"batches", &S::batches, "batches of paths per sampler", whole(1, 1'000'000)},
      {"batch_size", &S::batch_size, "paths per batch", whole(1, 1e15)},
      {.name = "exceedance_levels",
       .field = &S::exceedance_levels,
       .help = "probabilities under the true law that set the thresholds",
       .range = {.low = 0, .high = 1},
       .applies = [](const S& s) { return s.thresholds.empty(); }},
      {"thresholds", &S::thresholds, "distances in raw space, instead of levels", positive},
      {"w1_samples", &S::w1_samples, "W1 uses this many of the first paths at most",
       whole(1, 1e12)},
      {"event",
       &S::event,
       "what exceeds a threshold",
       {},
       {{"norm", "distance of the whole sample from the location"},
        {"coordinate", "distance of its first component"},
        {"linear", "sum of weights times (component - location): a portfolio's loss"}}},
      {"weights",
       &S::weights,
       "weights of event = \"linear\", one per component",
       {},
       {},
       [](const S& s) { return s.event == "linear"; }},
      {"separate_tails", &S::separate_tails,
       "also count the upper and the lower tail of the first component, each at every level"},
      {"block_size", &S::block_size, "paths that one thread samples at a time",
       whole(1, 1'048'576)},
  };
  return keys;
}

template <>
const std::vector<Key<StoreSection>>& study_keys() {
  using S = StoreSection;
  static const std::vector<Key<S>> keys{
      {"samples", &S::samples,
       "write the samples of so many of the first paths of every sampler to samples.h5",
       whole(0, 1e15)},
      {"paths", &S::paths,
       "write so many of the first paths whole, their state at every noise level", whole(0, 1e15)},
  };
  return keys;
}

template <>
const std::vector<Key<RareSection>>& study_keys() {
  using S = RareSection;
  constexpr auto replicated = [](const S& s) { return s.method != "law"; };
  constexpr auto splits = [](const S& s) { return s.method == "auto" || s.method == "splitting"; };
  static const std::vector<Key<S>> keys{
      {"method",
       &S::method,
       "how htdm rare estimates exceedance probabilities",
       {},
       {{"auto", "of those that fit the sampler, the one that needs the fewest denoiser calls"},
        {"splitting", "adaptive multilevel splitting; for samplers with noise in their steps"},
        {"importance",
         "weighted starts, as many in every decade of their tail; where starts decide the tail"},
        {"counting", "paths as htdm run draws them, until the error is small enough"},
        {"law", "the propagated law; in one dimension"}}},
      {"target_relative_error",
       &S::target_relative_error,
       "half of the 95 % interval over the estimate to be reached, one number or one per level; "
       "empty: no more than `replicas`",
       {.low = 0, .high = 1}},
      {"particles", &S::particles, "paths of a replica", whole(10, 1e7), {}, replicated},
      {"replicas",
       &S::replicas,
       "independent replicas at least; their spread is the error bar",
       whole(10, 1e6),
       {},
       replicated},
      {"killed",
       &S::killed,
       "share of the particles that splitting draws again at a time",
       {.low = 0, .high = 0.9, .high_open = false},
       {},
       splits},
      {"most_paths",
       &S::most_paths,
       "paths of a sampler and event after which it ends, target reached or not",
       whole(1, 1e15),
       {},
       replicated},
  };
  return keys;
}

const std::string_view default_models = R"(
[models.edm]
noise = "gaussian"
[models.t_edm]
noise = "student_t"
nu = 3.0
)";

const std::string_view default_samplers = R"(
[samplers.ve_sde]
levels = 128
[samplers.t_ode]
levels = 64
[samplers.t_sde]
levels = 128
nu = [2.1, 2.25, 2.5, 3.0, 4.0, 6.0]
[samplers.t_sde_ablated]
levels = 128
nu = 2.5
)";

}  // namespace htdm
