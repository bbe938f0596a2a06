#include "app/sample_store.hpp"

#include "core/error.hpp"
#include "parallel/block_loop.hpp"
#include "samplers/step_law.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace htdm {
namespace {

/// Stored numbers that a rank holds at a time, unless one block a thread is more.
constexpr std::uint64_t window_bytes = 64U << 20U;

/// The numbers of the step from every level but the last; none for a map of the start.
std::vector<StepCoefficients> step_coefficients(const Plan& plan, const EntryPlan& entry) {
  std::vector<StepCoefficients> steps;
  if (entry.kind->step_law == nullptr) return steps;
  const int d = dimension(plan.target);
  const SamplerOptions options = sampler_options(entry);
  const StepLaw law = entry.kind->step_law(options, d);
  for (std::size_t i = 0; i + 1 < entry.levels.size(); ++i) {
    steps.push_back(
        law.coefficients({options.process, entry.levels[i], entry.levels[i + 1], law.step_nu, d}));
  }
  return steps;
}

double squared_coefficient(const StepCoefficients& step, const PathRecorder::Answer& at) {
  return std::max(
      0.0, step.constant + step.quadratic * at.delta2 + step.spread * (at.square - at.delta2));
}

Normalization identity(int dimension) {
  const auto d = static_cast<std::size_t>(dimension);
  return {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0)};
}

}  // namespace

SamplesHeader samples_header(const Plan& plan) {
  SamplesHeader header;
  header.samples = static_cast<std::uint64_t>(plan.study.stored_samples());
  header.paths = static_cast<std::uint64_t>(plan.study.stored_paths());
  header.chunk_rows = BlockTable(plan.study.statistics).largest();
  for (const EntryPlan& entry : plan.entries) {
    header.entries.push_back({entry.section.name, entry.section.kind, entry.section.model, entry.nu,
                              entry.levels, identity(dimension(plan.target))});
  }
  return header;
}

double store_bytes(const Plan& plan) {
  const SamplesHeader header = samples_header(plan);
  const std::uint64_t block = BlockTable(plan.study.statistics).largest();
  double most = 0;
  for (const StoredEntry& entry : header.entries) {
    double all = 0, one_block = 0;
    for (const Stored set : {Stored::sample, Stored::path_state, Stored::path_output}) {
      const auto row = static_cast<double>(row_numbers(entry, set) * sizeof(float));
      all += row * static_cast<double>(stored_rows(header, set));
      one_block += row * static_cast<double>(std::min(block, stored_rows(header, set)));
    }
    most = std::max(most, std::min(all, std::max<double>(window_bytes, one_block)));
  }
  return 4 * most;
}

/// The sampler of the seam that puts what it draws into the store.
class EntryStore::Storing : public Sampler {
 public:
  explicit Storing(EntryStore& store) : store_(store) {}

  int dimension() const override { return store_.plain_->dimension(); }
  int network_calls_per_path() const override { return store_.plain_->network_calls_per_path(); }
  void sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) const override {
    store_.sample_tile(first_path, out, scratch);
  }
  void sample_path(std::uint64_t path, std::span<double> out) const override {
    store_.plain_->sample_path(path, out);
  }

 private:
  EntryStore& store_;
};

EntryStore::EntryStore(const Plan& plan, std::size_t entry,
                       std::shared_ptr<const Denoiser> denoiser, const Normalization& normalization,
                       SamplesWriter& writer, const Communicator& world, int threads)
    : plan_(plan),
      entry_(entry),
      denoiser_(std::move(denoiser)),
      normalization_(normalization),
      writer_(writer),
      size_(world.size()),
      threads_(threads),
      table_(plan.study.statistics),
      steps_(step_coefficients(plan, plan.entries[entry])),
      plain_(make_sampler(plan, entry, denoiser_)),
      sampler_(std::make_unique<Storing>(*this)) {
  const SamplesHeader& header = writer.header();
  for (auto [rows, set] :
       {std::pair(&samples_, Stored::sample), std::pair(&states_, Stored::path_state),
        std::pair(&outputs_, Stored::path_output), std::pair(&deltas_, Stored::path_delta2),
        std::pair(&temperatures_, Stored::path_c2)}) {
    rows->set = set;
    rows->limit = stored_rows(header, set);
    rows->width = row_numbers(header.entries[entry], set);
  }
}

std::uint64_t EntryStore::window(std::uint64_t first, std::uint64_t most) const {
  std::uint64_t path_bytes = 0;
  for (const Rows* rows : {&samples_, &states_, &outputs_, &deltas_, &temperatures_}) {
    if (table_.first_path(first) < rows->limit) path_bytes += rows->width * sizeof(float);
  }
  if (path_bytes == 0) return most;
  const std::uint64_t blocks = std::max<std::uint64_t>(
      static_cast<std::uint64_t>(threads_), window_bytes / (path_bytes * table_.largest()));
  return std::min(most, blocks * static_cast<std::uint64_t>(size_));
}

std::uint64_t EntryStore::blocks() const {
  const std::uint64_t paths = std::max(samples_.limit, states_.limit);
  return paths == 0 ? 0 : table_.block(paths - 1) + 1;
}

/// How many paths of `block` are stored.
std::uint64_t EntryStore::stored_in(const Rows& rows, std::uint64_t block) const {
  const std::uint64_t path = table_.first_path(block);
  const std::uint64_t left = rows.limit > path ? rows.limit - path : 0;
  return std::min<std::uint64_t>(left, table_.paths(block));
}

void EntryStore::write(std::uint64_t first, std::uint64_t last) {
  if (first == last) return;
  for (Rows* rows : all_rows()) {
    if (table_.first_path(first) >= rows->limit) continue;
    std::vector<hdf5::RowRun> runs;
    std::vector<float> values;
    for (auto& [block, numbers] : rows->blocks) {
      runs.push_back({table_.first_path(block), stored_in(*rows, block)});
      values.insert(values.end(), numbers.begin(), numbers.end());
      numbers = {};
    }
    rows->blocks.clear();
    const std::uint64_t end = table_.first_path(last - 1) + table_.paths(last - 1);
    writer_.append(entry_, rows->set, std::min(rows->limit, end), runs, values);
  }
}

/// Where the row of `path` is, which is stored. A block is sampled by one thread.
float* EntryStore::row(Rows& rows, std::uint64_t path) {
  const std::uint64_t block = table_.block(path);
  HTDM_EXPECTS(path < rows.limit);
  const std::lock_guard lock(mutex_);
  std::vector<float>& values = rows.blocks[block];
  if (values.empty()) values.resize(stored_in(rows, block) * rows.width);
  return values.data() + (path - table_.first_path(block)) * rows.width;
}

void EntryStore::sample_tile(std::uint64_t first_path, Tile<float> out, Scratch& scratch) {
  if (first_path < states_.limit) {
    std::unique_ptr<PathRecorder> recorder = take_recorder();
    recorder->sample_tile(first_path, out, scratch);
    keep_states(first_path, out, *recorder);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(recorder));
  } else {
    plain_->sample_tile(first_path, out, scratch);
  }
  if (first_path >= samples_.limit) return;
  float* const samples = row(samples_, first_path);
  for (std::size_t i = 0; i < out.paths && first_path + i < samples_.limit; ++i) {
    float* const sample = samples + i * samples_.width;
    for (std::size_t j = 0; j < samples_.width; ++j) {
      sample[j] = static_cast<float>(normalization_.to_raw(out.row(j)[i], static_cast<int>(j)));
    }
  }
}

void EntryStore::keep_states(std::uint64_t first_path, Tile<const float> out,
                             const PathRecorder& recorder) {
  const std::size_t d = outputs_.width;
  float* const states = row(states_, first_path);
  float* const outputs = row(outputs_, first_path);
  for (std::size_t i = 0; i < out.paths && first_path + i < states_.limit; ++i) {
    float* const state = states + i * states_.width;
    for (std::size_t k = 0; k < states_.width; ++k) state[k] = recorder.state(i, k / d, k % d);
    float* const output = outputs + i * d;
    for (std::size_t j = 0; j < d; ++j) output[j] = out.row(j)[i];
  }
  if (first_path < deltas_.limit) keep_temperatures(first_path, out.paths, recorder);
}

/// c^2 = constant + quadratic delta^2 + spread (square - delta^2) of the step from every level; NaN
/// where there is none.
void EntryStore::keep_temperatures(std::uint64_t first_path, std::size_t paths,
                                   const PathRecorder& recorder) {
  float* delta = row(deltas_, first_path);
  float* temperature = row(temperatures_, first_path);
  for (std::size_t i = 0; i < paths && first_path + i < deltas_.limit; ++i) {
    for (std::size_t k = 0; k < deltas_.width; ++k, ++delta, ++temperature) {
      *delta = static_cast<float>(recorder.delta2(i, k));
      *temperature = k < steps_.size()
                         ? static_cast<float>(squared_coefficient(steps_[k], recorder.noise(i, k)))
                         : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

std::unique_ptr<PathRecorder> EntryStore::take_recorder() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<PathRecorder> recorder = std::move(idle_.back());
      idle_.pop_back();
      return recorder;
    }
  }
  return std::make_unique<PathRecorder>(denoiser_, plan_.entries[entry_].levels.size(),
                                        [&](std::shared_ptr<const Denoiser> recording) {
                                          return make_sampler(plan_, entry_, std::move(recording));
                                        });
}

}  // namespace htdm
