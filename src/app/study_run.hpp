/// The life of a run: study in, results out.
#pragma once

#include "app/choose_nu.hpp"
#include "app/data_file.hpp"
#include "app/plan.hpp"
#include "app/run_control.hpp"
#include "app/training.hpp"
#include "io/nu_report.hpp"
#include "io/pool.hpp"
#include "io/rare.hpp"
#include "io/results.hpp"
#include "io/run_report.hpp"
#include "io/samples_file.hpp"
#include "io/study.hpp"
#include "parallel/communicator.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace htdm {

/// Read the study on rank 0 and give it to all; InputError there becomes AgreedError on all ranks.
Study share_study(const std::string& path, const std::vector<std::string>& overrides,
                  const Communicator& world);

/// Warn where threads have to share processors. Collective.
void warn_of_crowding(const Communicator& world);

/// Where a run of `study` on this layout comes from. Collective; complete on rank 0.
Provenance run_provenance(const Study& study, const std::string& command, int threads,
                          const Communicator& world);

/// One run over the ranks of `world`: checked plan, targets drawn, denoisers trained and shared,
/// every entry sampled in blocks, summaries folded in block order, results written.
/// All members are collective.
class StudyRun {
 public:
  /// Checks everything that can be checked before work starts; writes nothing. `command` goes into
  /// the provenance. Throws AgreedError.
  /// `part`: sample and train only what belongs to it. `shelf`: where rows of a data file may be.
  StudyRun(const Study& study, const std::string& command, const Communicator& world,
           const std::optional<Part>& part = std::nullopt, DataShelf* shelf = nullptr);

  /// Train, sample and measure; models go to `output`/models/NAME.h5, results to
  /// `output`/results.h5, and what `[store]` asks for to `output`/samples.h5. Returns the results,
  /// complete on rank 0. Call once.
  ///
  /// With a `control` the run goes on from its checkpoints, leaves some, and removes them when the
  /// results are written; throws StoppedAtCheckpoint where it stops before.
  Results run(const std::string& output, RunControl* control = nullptr);

  /// What a checkpoint must share to be continued: the study without paths, what is stored, and
  /// checksums of the weights and data that come from files.
  std::string identity() const;

  /// How many models are trained.
  std::size_t trainings() const { return training_jobs(plan_).size(); }
  /// What this rank has done so far.
  const RankReport& work() const { return work_; }

  /// The laws of all entries (d = 1), added to the results `before` of this study, which rank 0
  /// has; their models, in `output`/models, are used. Without them models are trained and written
  /// there, and the results have no samples. `densities`: of every noise level, too. Returns the
  /// results, complete on rank 0. Call once.
  Results law(const std::string& output, const std::optional<Results>& before, bool densities);

  const Plan& plan() const { return plan_; }

  /// Use these weights of a model instead of training it.
  void use(std::size_t model, const TrainedModel& trained);

  /// Whole paths of all entries, and what became of all paths of two-point data, written to
  /// `output`/trajectories.h5. The models of the results `before` of this study, which rank 0 has,
  /// are used; without them models are trained. Call once.
  void trajectories(const std::string& output, const std::optional<Results>& before);

  /// Probabilities of rare events of all entries, as [rare] says, with the models of the results
  /// `before` of this study, which rank 0 has; without them models are trained. Returns what is
  /// complete on rank 0. Call once.
  RareResults rare(const std::string& output, const std::optional<Results>& before);

  /// The nu to train and to sample with, by the data (app/choose_nu.hpp), with the models of the
  /// results `before` of this study, which rank 0 has; without them models are trained. Returns
  /// what is complete on rank 0. Call once.
  NuReport choose_nu(const std::string& output, const std::optional<Results>& before,
                     const NuSettings& settings);

 private:
  void use_models_of(const std::string& output, const std::optional<Results>& before);
  void train(RunControl* control = nullptr);
  void write_models(const std::string& output);
  std::optional<SamplesWriter> open_store(const std::string& output);
  SamplesHeader stored_header() const;

  const Communicator world_;
  int threads_;
  Plan plan_;
  std::vector<std::shared_ptr<const Model>> weights_;  ///< null for exact denoisers
  std::vector<std::shared_ptr<const Denoiser>> denoisers_;
  Results results_;
  RankReport work_;  ///< what this rank has done
};

}  // namespace htdm
