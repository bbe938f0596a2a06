/// What `htdm choose-nu` found out, as a value.
#pragma once

#include "io/provenance.hpp"
#include "stats/nu_choice.hpp"
#include "stats/tail_report.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace htdm {

/// The data that speak: the training sample, and its part that no model is trained on.
struct NuData {
  int dimension = 1;
  std::uint64_t rows = 0;             ///< of the training sample, held-out ones among them
  std::uint64_t held_out = 0;         ///< rows that sampling nu is chosen by
  std::string held_out_from;          ///< in words
  std::vector<double> edges;          ///< of the bins, in standard deviations (app/nu_laws.hpp)
  std::vector<std::uint64_t> counts;  ///< held-out rows per bin
};

/// Degrees of freedom for training.
struct TrainingNu {
  TailNumber student_t;     ///< maximum likelihood
  TailNumber hill, pareto;  ///< tail indices of the distance; of the latter 1/shape
  double seconds = 0;       ///< of all three; never part of a comparison
};

/// A sampler without nu beside a t_sde.
struct NuRivalResult {
  std::string name;  ///< of its table; added: what was added
  std::string coefficient;
  NuRival found;
  std::vector<double> law;  ///< probabilities of the bins, by the method of the sampler
  std::string doubt{};      ///< why the comparison may mislead; empty: none known
};

/// Degrees of freedom for one t_sde sampler.
struct SamplingNu {
  std::string name, model;
  double model_nu = 0;
  int levels = 0;
  std::string method;       ///< law | counting
  std::uint64_t paths = 0;  ///< of every candidate, of counting
  double law_error = 0;     ///< largest relative error of a bin's probability, of laws
  std::vector<double> candidates;
  NuChoice choice;
  std::string doubt;        ///< why the choice may mislead; empty: none known
  std::vector<double> law;  ///< probabilities of the bins at the candidate nearest to the choice
  std::vector<NuRivalResult> rivals;
  std::string no_rival;  ///< why there is none, in words
  double seconds = 0;    ///< wall time; never part of a comparison
};

struct NuReport {
  Provenance provenance;
  std::string study;  ///< resolved TOML
  NuData data;
  TrainingNu training;
  std::vector<SamplingNu> samplers;
};

/// "t_sde", "t_sde_exact" or "neither": whose divergence is smaller by more than the bootstrap
/// leaves open.
std::string nearer(const NuRival& rival);

/// For people, and as one JSON object.
std::string nu_text(const NuReport& report);
std::string nu_json(const NuReport& report);

/// nu_json() into a file, written aside and renamed. Throws InputError when it cannot be written.
void write_nu_report(const std::string& path, const NuReport& report);

/// What is in such a file but for study and provenance: nu_text() of it is that of the report that
/// was written. Throws InputError for a file that is missing, cut or of another kind.
NuReport read_nu_report(const std::string& path);

}  // namespace htdm
