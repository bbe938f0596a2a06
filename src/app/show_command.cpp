#include "app/commands.hpp"
#include "io/digest.hpp"
#include "io/model_file.hpp"
#include "io/nu_report.hpp"
#include "io/rare.hpp"
#include "io/results.hpp"
#include "io/samples_file.hpp"
#include "io/tail.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iostream>

namespace htdm {
namespace {

void print_model(const std::string& path) {
  const Model model = read_model(path);
  const Provenance provenance = read_model_provenance(path);
  fmt::print("model \"{}\": d = {}, nu = {:g}, {} optimiser steps\n", model.name, model.dimension(),
             model.nu, model.steps);
  fmt::print("layers: {}", model.dimension() + 1);
  for (const DenseLayer& layer : model.layers) fmt::print(" -> {}", layer.rows);
  fmt::print("\nz-scoring:");
  for (int j = 0; j < model.dimension(); ++j) {
    const auto k = static_cast<std::size_t>(j);
    fmt::print(" (mean {:.9g}, deviation {:.9g})", model.normalization.mean[k],
               model.normalization.deviation[k]);
    if (!model.normalization.transforms.empty()) {
      fmt::print(" of {}(x)", name(model.normalization.transforms[k].kind));
    }
  }
  if (!model.loss.empty()) {
    const LossRecord& last = model.loss.back();
    fmt::print("\nloss: {:.5g}, mean of the last {} steps", last.loss, last.steps);
  }
  fmt::print("\nweights: {}\nwritten: {} by htdm {} ({}) on {}\n", weights_sha256(model),
             provenance.created, provenance.version, provenance.git_hash, provenance.host);
}

}  // namespace

ExitCode show_command(const ShowOptions& options) {
  if (options.file.ends_with(".json")) {
    check_input(!options.digest, "\"" + options.file + "\" is JSON",
                "--digest prints that of results", "Name a results.h5, or leave the option out");
    const NuReport report = read_nu_report(options.file);
    if (options.json) {
      std::cout << std::ifstream(options.file).rdbuf();
    } else {
      std::cout << nu_text(report);
    }
    return ExitCode::done;
  }
  const std::string kind = file_kind(options.file);
  if (kind == "samples" || kind == "trajectories") {
    check_input(!options.digest, "\"" + options.file + "\" holds stored " + kind,
                "--digest prints that of results", "Name a results.h5, or leave the option out");
    const SamplesSummary summary = read_samples(options.file);
    std::cout << (options.json ? samples_json(summary) : samples_text(summary));
    return ExitCode::done;
  }
  if (kind == "model") {
    check_input(!options.json && !options.digest, "\"" + options.file + "\" is a model",
                "--json and --digest print results", "Name a results.h5, or leave the option out");
    print_model(options.file);
    return ExitCode::done;
  }
  if (kind == "rare") {
    const RareResults results = read_rare(options.file);
    std::cout << (options.json     ? rare_json(results)
                  : options.digest ? rare_digest(results) + "\n"
                                   : rare_text(results));
    return ExitCode::done;
  }
  if (kind == "tail") {
    const TailResults results = read_tail(options.file);
    std::cout << (options.json     ? tail_json(results)
                  : options.digest ? tail_digest(results) + "\n"
                                   : tail_text(results));
    return ExitCode::done;
  }
  const Results results = read_results(options.file);
  if (options.json) {
    std::cout << results_json(results) << '\n';
  } else if (options.digest) {
    std::cout << results_digest(results) << '\n';
  } else {
    std::cout << results_text(results);
  }
  return ExitCode::done;
}

}  // namespace htdm
