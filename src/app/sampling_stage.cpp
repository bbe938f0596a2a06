#include "app/sampling_stage.hpp"

#include "app/data_sets.hpp"
#include "app/environment.hpp"
#include "app/law.hpp"
#include "app/log.hpp"
#include "app/pooling.hpp"
#include "app/rank_times.hpp"
#include "app/sample_store.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "io/value_bytes.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace htdm {
namespace {

/// A checkpoint is taken early when finished entries that wait for one hold so many bytes.
constexpr std::size_t most_unsaved = 256U << 20U;

/// The entry under way; those before it are finished.
struct SamplingState {
  std::uint64_t entry = 0, next_block = 0;
  EntrySample sample;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& entry& next_block& sample;
  }
};

std::string series_of(std::size_t entry) {
  return fmt::format("entry-{:03}", entry);
}

/// A run with paths that are not finite fails, unless the study allows their rate.
void check_nonfinite(const Plan& plan, std::size_t index, const EntrySample& sample,
                     const Denoiser& denoiser) {
  const std::uint64_t count = sample.tally.nonfinite();
  if (count == 0) return;
  const double rate = static_cast<double>(count) / static_cast<double>(sample.tally.paths());
  const EntryPlan& entry = plan.entries[index];
  const double level = first_nonfinite_level(plan, index, denoiser, sample.tally.first_nonfinite());
  const std::string where = level > 0 ? fmt::format("first seen at noise level {:.6g}", level)
                                      : std::string("finite when run again in double precision");
  const std::string message =
      fmt::format("{} of {} paths of samplers.{} are not finite; the first is path {}, {}", count,
                  sample.tally.paths(), entry.section.name, sample.tally.first_nonfinite(), where);
  if (rate > plan.study.study.allowed_nonfinite_rate) {
    throw NumericalError(message +
                         ". Their tails would be counted wrong. Check the model, or set "
                         "study.allowed_nonfinite_rate to accept the rate.");
  }
  log_warning(message);
}

}  // namespace

SamplingStage::SamplingStage(const Plan& plan,
                             const std::vector<std::shared_ptr<const Denoiser>>& denoisers,
                             const Communicator& world, int threads, SamplesWriter* writer,
                             RunControl* control, Results& results, RankReport& work)
    : plan_(plan),
      denoisers_(denoisers),
      world_(world),
      threads_(threads),
      writer_(writer),
      control_(control),
      results_(results),
      work_(work),
      dealer_(world, threads, watchdog_seconds()) {}

void SamplingStage::run() {
  if (world_.is_root()) {
    results_.test_samples = static_cast<std::uint64_t>(plan_.study.data.test_samples);
    side_job_ = [this] {
      summariser_ = std::make_unique<Summariser>(plan_, draw_test_data(plan_, threads_), threads_);
    };
  }
  for (std::size_t i = 0; i < plan_.entries.size(); ++i) sample_entry(i);
  do_side_job(threads_);
  agree_on_side_job();
}

/// What this rank has had of all deals so far, and has stored of their paths.
void SamplingStage::count_work() {
  work_.sampling = dealer_.times().busy;
  work_.blocks = dealer_.times().blocks;
  const double stored = writer_ != nullptr ? writer_->seconds() : 0;
  work_.io += threads_ * (stored - stored_);
  stored_ = stored;
}

SamplingStage::Earlier SamplingStage::earlier(std::size_t index) {
  Earlier found;
  if (control_ == nullptr) return found;
  const AddSeconds watch(work_.io, threads_);
  const auto finished = control_->newest(series_of(index));
  const auto under_way = control_->newest("sampling");
  agree_on_errors(world_, [&] {
    if (finished) {
      found = {true, all_blocks(plan_.entries[index]),
               value_from_bytes<EntrySample>("entry", *finished, series_of(index))};
    } else if (under_way) {
      auto state = value_from_bytes<SamplingState>("sampling", *under_way, "sampling");
      if (state.entry == index) found = {false, state.next_block, std::move(state.sample)};
    }
  });
  std::array<std::uint64_t, 2> shared{found.saved, found.next_block};
  world_.broadcast(std::as_writable_bytes(std::span(shared)));
  found.saved = shared[0] != 0;
  found.next_block = shared[1];
  return found;
}

/// The block after the last of an entry.
std::uint64_t SamplingStage::all_blocks(const EntryPlan& entry) const {
  return BlockTable(plan_.study.statistics).first_block(entry.batches.last);
}

/// An entry that belongs to other parts.
void SamplingStage::skip(const EntryPlan& entry) {
  do_side_job(threads_);  // results stand in the plan's order
  agree_on_side_job();
  if (world_.is_root()) results_.samplers.push_back(unsampled(entry));
}

void SamplingStage::sample_entry(std::size_t index) {
  const EntryPlan& entry = plan_.entries[index];
  if (entry.batches.empty()) return skip(entry);
  const Normalization& scale = results_.models[entry.model].normalization;
  std::shared_ptr<const TableDenoiser> table;
  const std::shared_ptr<const Denoiser> denoiser =
      entry_denoiser(entry, denoisers_[entry.model], panel_loop(world_, threads_));
  std::shared_ptr<const Denoiser> used = denoiser;
  std::unique_ptr<Sampler> sampler;
  std::optional<EntryStore> store;
  {
    const AddSeconds watch(results_.provenance.seconds_sampling);
    if (entry.table) {
      const RestIsWaiting rest(work_, &RankReport::sampling_waiting);
      table = tables_.table(entry, used, world_, threads_);
      work_.tables = tables_.busy();
    }
    if (table) used = table;
    sampler = make_sampler(plan_, index, used);
    if (writer_ != nullptr) store.emplace(plan_, index, used, scale, *writer_, world_, threads_);
  }
  EntrySampling sampling(plan_, entry, store ? store->sampler() : *sampler, scale, world_, threads_,
                         store ? &*store : nullptr);
  Earlier before = earlier(index);
  if (before.next_block > 0) {
    log_info(fmt::format("{} goes on after {} blocks", entry.section.name, before.next_block));
    const RestIsWaiting rest(work_, &RankReport::sampling_waiting);
    sampling.resume(before.next_block, std::move(before.sample), dealer_);
    count_work();
  }
  while (!sampling.done()) advance(sampling, index);
  EntrySample sample = finish(sampling);
  results_.provenance.seconds_sampling += sample.seconds;
  do_side_job(threads_);  // where the entry was there already, nothing has done it
  agree_on_side_job();
  if (!world_.is_root()) return;
  if (control_ != nullptr && !before.saved)
    unsaved_.emplace_back(index, value_to_bytes("entry", sample));
  // Kept by the closure until a thread of the root gets to it.
  auto shared = std::make_shared<EntrySample>(std::move(sample));
  side_job_ = [this, index, shared, denoiser, table, calls = sampler->network_calls_per_path()] {
    summarise(index, std::move(*shared), *denoiser, table.get(), calls);
  };
}

EntrySample SamplingStage::finish(const EntrySampling& sampling) {
  const RestIsWaiting rest(work_, &RankReport::sampling_waiting);
  return sampling.sample();
}

void SamplingStage::advance(EntrySampling& sampling, std::size_t index) {
  const RestIsWaiting rest(work_, &RankReport::sampling_waiting);
  Action wish = Action::go_on;
  const auto pause = [&] {
    if (control_ == nullptr) return false;
    wish = control_->wish();
    return wish != Action::go_on;
  };
  sampling.advance(dealer_, pause, [this] { do_side_job(1); });
  count_work();
  agree_on_side_job();
  if (control_ == nullptr) return;
  if (wish == Action::go_on && world_.is_root()) {
    std::size_t waiting = 0;
    for (const auto& [entry, bytes] : unsaved_) waiting += bytes.size();
    if (waiting > most_unsaved) wish = Action::checkpoint;
  }
  const auto agreed = static_cast<Action>(
      world_.max(world_.is_root() ? static_cast<std::int64_t>(wish) : std::int64_t{0}));
  if (agreed == Action::go_on) return;
  keep(index, sampling, agreed == Action::stop);
  if (agreed == Action::stop) throw StoppedAtCheckpoint("in sampling");
}

void SamplingStage::keep(std::size_t index, const EntrySampling& sampling, bool stopping) {
  const AddSeconds hold = control_->hold();
  const SamplingState state{index, sampling.next_block(), sampling.sample()};
  agree_on_errors(world_, [&] {
    if (!world_.is_root()) return;
    const AddSeconds watch(work_.io, threads_);
    std::erase_if(unsaved_, [&](const auto& entry) {
      return control_->write(series_of(entry.first), entry.second, stopping);
    });
    // Else the checkpoint before it, with the entries that it needs, is the better one.
    if (unsaved_.empty()) control_->write("sampling", value_to_bytes("sampling", state), stopping);
  });
  control_->written();
}

void SamplingStage::summarise(std::size_t index, EntrySample sample, const Denoiser& denoiser,
                              const TableDenoiser* table, int calls) {
  const EntryPlan& entry = plan_.entries[index];
  check_nonfinite(plan_, index, sample, denoiser);
  PoolData pool = pool_of(plan_, entry, sample);
  results_.samplers.push_back(summariser_->summarise(
      entry, std::move(sample), results_.models[entry.model].normalization, calls, threads_));
  SamplerResult& result = results_.samplers.back();
  result.pool = std::move(pool);
  result.denoiser = table != nullptr ? "table" : plan_.models[entry.model].section.kind;
  if (table != nullptr) result.table_error = table->error();
}

/// On so many threads, and at most once; a failure is kept for agree_on_side_job().
void SamplingStage::do_side_job(int threads) {
  if (!side_job_) return;
  const AddSeconds watch(results_.provenance.seconds_statistics);
  const AddSeconds work(work_.statistics, threads);
  const auto job = std::exchange(side_job_, nullptr);
  try {
    job();
  } catch (...) {
    side_failure_ = std::current_exception();
  }
}

void SamplingStage::agree_on_side_job() {
  const RestIsWaiting rest(work_, &RankReport::sampling_waiting);
  agree_on_errors(world_, [&] {
    if (side_failure_) std::rethrow_exception(side_failure_);
  });
}

}  // namespace htdm
