#include "app/network_training.hpp"

#include "app/log.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/value_bytes.hpp"
#include "parallel/block_loop.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

namespace htdm {
namespace {

/// How many loss records a training leaves: one per this share of its steps.
constexpr std::int64_t loss_records = 200;

/// Parameters that one thread updates at a time, and the smallest share of a rank.
constexpr std::size_t stretch = 2048;

/// `count` things dealt out to ranks in contiguous runs of `unit`.
std::vector<std::size_t> runs_of_ranks(std::size_t count, std::size_t unit, int ranks) {
  const auto n = static_cast<std::size_t>(ranks);
  const std::size_t units = (count + unit - 1) / unit;
  std::vector<std::size_t> runs;
  for (std::size_t r = 0; r < n; ++r) {
    const std::size_t begin = std::min(count, units * r / n * unit);
    runs.push_back(std::min(count, units * (r + 1) / n * unit) - begin);
  }
  return runs;
}

/// Steps of one training by all ranks of a group: each has a run of the shards and a run of the
/// parameters. Gradients of its shards on its threads; from the others the gradients of its
/// parameters; the optimiser's step for these; and back the weights.
class SharedTraining {
 public:
  SharedTraining(Trainer& trainer, const Team& team)
      : trainer_(trainer),
        team_(team),
        group_(team.group),
        gradients_(trainer.shards(), trainer.parameters()),
        scratch_(static_cast<std::size_t>(team.threads)),
        busy_(scratch_.size()),
        shards_(runs_of_ranks(static_cast<std::size_t>(trainer.shards()), 1, group_.size())),
        parameters_(runs_of_ranks(trainer.parameters(), stretch, group_.size())) {
    const auto before = [&](const std::vector<std::size_t>& runs) {
      return std::accumulate(runs.begin(), runs.begin() + group_.rank(), std::size_t{0});
    };
    first_shard_ = before(shards_);
    first_parameter_ = before(parameters_);
  }

  /// Returns the loss of the minibatch.
  double step() {
    {
      const RestIsWaiting rest = team_.rest_is_waiting();
      compute_gradients();
      group_.rows_to_columns(std::span<float>(gradients_.numbers), gradients_.stride, shards_,
                             parameters_);
      group_.all_gather_in_place(std::span(gradients_.loss), shards_);
      update_weights();
      group_.all_gather_in_place(trainer_.weights(), parameters_);
      for (double& seconds : busy_) team_.work.training += std::exchange(seconds, 0.0);
    }
    return trainer_.advance(gradients_.loss);
  }

  /// The state of the whole training, which every rank has a part of. Collective.
  TrainerState state() {
    group_.all_gather_in_place(trainer_.first_moment(), parameters_);
    group_.all_gather_in_place(trainer_.second_moment(), parameters_);
    return trainer_.state();
  }

 private:
  std::size_t mine(const std::vector<std::size_t>& runs) const {
    return runs[static_cast<std::size_t>(group_.rank())];
  }

  void compute_gradients() {
    for_each_block(team_.threads, {first_shard_, first_shard_ + mine(shards_)},
                   [&](std::uint64_t shard, int thread) {
                     const auto t = static_cast<std::size_t>(thread);
                     const AddSeconds watch(busy_[t]);
                     trainer_.shard_gradient(static_cast<int>(shard), gradients_, scratch_[t]);
                   });
  }

  void update_weights() {
    const std::size_t last = first_parameter_ + mine(parameters_);
    for_each_block(team_.threads, {first_parameter_, last, stretch},
                   [&](std::uint64_t first, int thread) {
                     const AddSeconds watch(busy_[static_cast<std::size_t>(thread)]);
                     trainer_.update(gradients_, first, std::min(last, first + stretch));
                   });
  }

  Trainer& trainer_;
  const Team& team_;
  const Communicator& group_;
  ShardGradients gradients_;
  std::vector<Scratch> scratch_;
  std::vector<double> busy_;                      ///< seconds of each thread in this step
  std::vector<std::size_t> shards_, parameters_;  ///< how many each rank has
  std::size_t first_shard_ = 0, first_parameter_ = 0;
};

/// Mean losses over equal runs of steps.
class LossLog {
 public:
  explicit LossLog(std::int64_t steps)
      : length_(std::max<std::int64_t>(1, (steps + loss_records - 1) / loss_records)) {}

  void add(std::int64_t step, double loss) {
    if (step % length_ == 0) records.push_back({step, 0, 0});
    LossRecord& record = records.back();
    ++record.steps;
    record.loss += (loss - record.loss) / static_cast<double>(record.steps);
  }

  std::vector<LossRecord> records;

 private:
  std::int64_t length_;
};

/// The ranks of a group ask each other what to do next, about ten times a second: the most any of
/// them wants, after a number of steps that is the same for all. It grows by at most four, as a few
/// quick steps do not tell how long a thousand take on cores that others use.
class Agreement {
 public:
  explicit Agreement(const Team& team) : team_(team) {}

  Action next() {
    RunControl* const control = team_.control;
    if (control == nullptr || --left_ > 0) return Action::go_on;
    const RestIsWaiting rest = team_.rest_is_waiting();
    const double steps = static_cast<double>(length_) * 0.1 / std::max(watch_.seconds(), 1e-6);
    const auto wish = team_.group.is_root() || control->stop_wanted() ? control->wish() : Action{};
    const std::int64_t mine =
        static_cast<std::int64_t>(wish) << 32 |
        static_cast<std::int64_t>(
            std::clamp(steps, 1.0, std::min(4.0 * static_cast<double>(length_), 4096.0)));
    const std::int64_t agreed = team_.group.max(mine);
    left_ = length_ = agreed & 0xffffffff;
    watch_.restart();
    return static_cast<Action>(agreed >> 32);
  }

 private:
  const Team& team_;
  std::int64_t left_ = 1, length_ = 1;
  Stopwatch watch_;
};

/// Trainings shorter than this are done again rather than kept.
constexpr double worth_keeping = 1;

}  // namespace

std::optional<Learned> train_network(Trainer& trainer, std::int64_t steps,
                                     const TrainingNames& names, const Team& team,
                                     const std::optional<TrainingState>& before) {
  SharedTraining training(trainer, team);
  LossLog log(steps);
  if (before) {
    trainer.restore(before->trainer);
    log.records = before->loss;
  }
  RunControl* const control = team.control;
  const auto keep = [&](bool stopping) {
    const RestIsWaiting rest = team.rest_is_waiting();
    const AddSeconds hold = control->hold();
    const TrainingState state{training.state(), log.records};
    agree_on_errors(team.group, [&] {
      if (!team.group.is_root()) return;
      const AddSeconds watch(team.work.io, team.threads);
      control->write(names.series, value_to_bytes("training", state), stopping);
    });
    control->written();
  };
  Progress progress("training " + names.label, static_cast<std::uint64_t>(steps));
  progress.advance(static_cast<std::uint64_t>(trainer.step()));
  Agreement agreement(team);
  const Stopwatch watch;
  while (trainer.step() < steps) {
    team.lookout.beat();
    const Action action = agreement.next();
    if (action != Action::go_on) keep(action == Action::stop);
    if (action == Action::stop) return std::nullopt;
    const std::int64_t step = trainer.step();
    const double loss = training.step();
    if (!std::isfinite(loss)) {
      throw NumericalError(
          fmt::format("The training loss of model \"{}\" is not finite at step {}. The optimiser "
                      "diverged. Lower models.{}.{}.",
                      names.model, step, names.model, names.rate_key));
    }
    log.add(step, loss);
    progress.advance(1);
  }
  // What was stopped once is kept at its end however little was left, or many short attempts would
  // do that little again and again.
  const bool end_is_kept =
      before ? before->trainer.step < steps : team.group.max(watch.seconds()) > worth_keeping;
  if (control != nullptr && end_is_kept) keep(false);
  return Learned{trainer.layers(), std::move(log.records)};
}

}  // namespace htdm
