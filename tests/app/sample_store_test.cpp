#include "app/sample_store.hpp"

#include "app/sampling.hpp"
#include "app/trajectories.hpp"
#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/table_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

namespace htdm {
namespace {

namespace fs = std::filesystem;

/// Two-point data with its exact denoiser. 3 batches of 701 in blocks of 4: blocks, chunks, ranks,
/// tiles and windows of 256 blocks all end unevenly, as do the stored parts.
Plan small_plan() {
  const Study study = parse_study(R"(
    [data]
    kind = "two_point"
    dimension = 2
    [models.exact]
    kind = "exact"
    noise = "student_t"
    nu = 3.0
    [samplers.t_ode]
    model = "exact"
    levels = 5
    [samplers.t_sde]
    model = "exact"
    levels = 7
    [statistics]
    batches = 3
    batch_size = 701
    block_size = 4
    w1_samples = 900
    [store]
    samples = 1502
    paths = 1101)",
                                  "test", ".");
  return make_plan(study, {nullptr});
}

const Normalization scale{{0.5, -2}, {2, 3}};

std::shared_ptr<const Denoiser> exact(const Plan& plan) {
  return make_denoiser(plan, plan.models[0], nullptr, scale);
}

/// A folder that all ranks know, removed by rank 0.
class SharedFolder {
 public:
  explicit SharedFolder(const Communicator& world) : world_(world) {
    if (world.is_root()) {
      name_ = (fs::temp_directory_path() / "htdm-store-XXXXXX").string();
      if (mkdtemp(name_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    world.broadcast(name_);
  }
  ~SharedFolder() {
    world_.barrier();
    if (world_.is_root()) fs::remove_all(name_);
  }
  std::string file(const std::string& name) const { return name_ + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(name_), {}));
  }

 private:
  Communicator world_;
  std::string name_;
};

SamplesHeader header_of(const Plan& plan) {
  SamplesHeader header = samples_header(plan);
  for (StoredEntry& entry : header.entries) entry.normalization = scale;
  return header;
}

std::vector<EntrySample> store_all(const Plan& plan, const std::string& path,
                                   const Communicator& world, int threads) {
  const SamplesHeader header = header_of(plan);
  SamplesWriter writer(path, header, world);
  std::vector<EntrySample> samples;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    EntryStore store(plan, i, exact(plan), scale, writer, world, threads);
    samples.push_back(
        sample_entry(plan, plan.entries[i], store.sampler(), scale, world, threads, &store));
  }
  writer.finish();
  return samples;
}

std::vector<float> all_rows(const std::string& path, std::size_t entry, const std::string& name) {
  const hdf5::File file = hdf5::File::open(path, path);
  const hdf5::Group group =
      file.root().open_group("samplers").open_group("00" + std::to_string(entry));
  return group.read_rows(name, 0, group.shape(name)[0]);
}

TEST(SampleStore, EveryLayoutWritesTheSameNumbers) {
  const Communicator world = Communicator::world();
  const SharedFolder folder(world);
  const Plan plan = small_plan();
  store_all(plan, folder.file("all.h5"), world, 2);
  if (!world.is_root()) return;
  setenv("HTDM_TILE", "3", 1);
  store_all(plan, folder.file("one.h5"), Communicator{}, 1);
  unsetenv("HTDM_TILE");
  EXPECT_EQ(folder.files(), 2U);  // and nothing else is left
  for (const std::size_t entry : {0, 1}) {
    for (const char* name : {"sample", "path_state", "path_output"}) {
      const std::vector<float> all = all_rows(folder.file("all.h5"), entry, name);
      EXPECT_GE(all.size(), 2 * 1101U);
      EXPECT_EQ(all, all_rows(folder.file("one.h5"), entry, name)) << name;
    }
  }
  EXPECT_LE(fs::file_size(folder.file("all.h5")), samples_file_size(samples_header(plan)));
}

TEST(SampleStore, StoringChangesNoResult) {
  const Communicator world = Communicator::world();
  const SharedFolder folder(world);
  const Plan plan = small_plan();
  const std::vector<EntrySample> stored = store_all(plan, folder.file("s.h5"), world, 2);
  for (const std::size_t i : {0, 1}) {
    const auto sampler = make_sampler(plan, i, exact(plan));
    const EntrySample plain = sample_entry(plan, plan.entries[i], *sampler, scale, world, 1);
    EXPECT_EQ(stored[i].tally.counts, plain.tally.counts);
    EXPECT_EQ(stored[i].tally.event, plain.tally.event);
    EXPECT_EQ(stored[i].tally.first_component, plain.tally.first_component);
    EXPECT_EQ(stored[i].moments, plain.moments);
    EXPECT_EQ(stored[i].kept, plain.kept);
  }
}

TEST(SampleStore, SamplesAreTheSamplersOwn) {
  const SharedFolder folder{Communicator{}};
  const Plan plan = small_plan();
  store_all(plan, folder.file("s.h5"), Communicator{}, 2);
  for (const std::size_t entry : {0, 1}) {
    const std::vector<float> sample = all_rows(folder.file("s.h5"), entry, "sample");
    const std::vector<float> output = all_rows(folder.file("s.h5"), entry, "path_output");
    constexpr std::size_t n = 1502;
    ASSERT_EQ(sample.size(), 2 * n);
    ASSERT_EQ(output.size(), 2 * 1101U);
    AlignedVector<float> z(2 * padded(n));
    const Tile<float> tile{z.data(), n, padded(n)};
    Scratch scratch;
    make_sampler(plan, entry, exact(plan))->sample_tile(0, tile, scratch);
    for (std::size_t k = 0; k < sample.size(); ++k) {
      const float drawn = tile.row(k % 2)[k / 2];
      ASSERT_EQ(sample[k], static_cast<float>(scale.to_raw(drawn, static_cast<int>(k % 2))));
      if (k < output.size()) {
        ASSERT_EQ(output[k], drawn);
      }
    }
  }
}

/// x, u and v of one path, d = 2, for the formulas of the samplers.
using Plane = std::array<float, 2>;

Plane gap_at(const LevelDenoiser& levels, std::size_t level, const Plane& x) {
  AlignedVector<float> in(2 * lane_multiple), out(2 * lane_multiple);
  const Tile<float> tile{in.data(), 1, lane_multiple}, gap{out.data(), 1, lane_multiple};
  for (std::size_t j : {0, 1}) tile.row(j)[0] = x[j];
  Scratch scratch;
  levels.gap(level, tile, gap, scratch);
  return {gap.row(0)[0], gap.row(1)[0]};
}

TEST(SampleStore, TrajectoriesFollowTheirStepsToTheSample) {
  const SharedFolder folder{Communicator{}};
  const Plan plan = small_plan();
  store_all(plan, folder.file("s.h5"), Communicator{}, 1);
  const std::vector<float> state = all_rows(folder.file("s.h5"), 0, "path_state");
  const std::vector<float> output = all_rows(folder.file("s.h5"), 0, "path_output");
  const std::vector<double>& sigma = plan.entries[0].levels;
  const auto denoiser = exact(plan);
  const auto levels = denoiser->at_levels(sigma);
  for (const std::size_t path : {0, 3, 4, 700, 701, 1100}) {
    const auto at = [&](std::size_t level) {
      const float* x = state.data() + (path * sigma.size() + level) * 2;
      return Plane{x[0], x[1]};
    };
    // Heun, t_ode: the states are those reached, not those predicted, which miss by h (v - u)/2.
    for (std::size_t i = 0; i + 1 < sigma.size(); ++i) {
      const auto h = static_cast<float>(sigma[i + 1] - sigma[i]);
      const Plane x = at(i), u = gap_at(*levels, i, x);
      const Plane v = gap_at(*levels, i + 1, {x[0] + h * u[0], x[1] + h * u[1]});
      for (std::size_t j : {0, 1}) {
        const float next = x[j] + h * (u[j] + v[j]) / 2;
        EXPECT_NEAR(at(i + 1)[j], next, 1e-5 * (1 + std::abs(x[j])));
      }
    }
    const Plane last = at(sigma.size() - 1), u = gap_at(*levels, sigma.size() - 1, last);
    for (std::size_t j : {0, 1}) {
      const float sample = last[j] - static_cast<float>(sigma.back()) * u[j];
      EXPECT_NEAR(output[2 * path + j], sample, 1e-6 * (1 + std::abs(last[j])));
    }
  }
}

/// A file of kind trajectories has, of the same paths, the squared gap and c^2 of every step.
TEST(SampleStore, TrajectoriesTellGapAndTemperature) {
  const Communicator world = Communicator::world();
  const SharedFolder folder(world);
  const Plan plan = small_plan();
  SamplesHeader header = header_of(plan);
  header.trajectories = true;
  SamplesWriter writer(folder.file("t.h5"), header, world);
  BlockDealer dealer(world, 2);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    EntryStore store(plan, i, exact(plan), scale, writer, world, 2);
    store_paths(plan, store, dealer, 2);
  }
  writer.finish();
  store_all(plan, folder.file("s.h5"), world, 1);
  if (!world.is_root()) return;
  EXPECT_EQ(read_samples(folder.file("t.h5")).kind, "trajectories");
  EXPECT_LE(fs::file_size(folder.file("t.h5")), samples_file_size(header));
  for (const std::size_t entry : {0, 1}) {
    for (const char* name : {"path_state", "path_output", "sample"}) {
      EXPECT_EQ(all_rows(folder.file("t.h5"), entry, name),
                all_rows(folder.file("s.h5"), entry, name));
    }
    const std::vector<float> state = all_rows(folder.file("t.h5"), entry, "path_state");
    const std::vector<float> delta2 = all_rows(folder.file("t.h5"), entry, "path_delta2");
    const std::vector<float> c2 = all_rows(folder.file("t.h5"), entry, "path_c2");
    const std::vector<double>& sigma = plan.entries[entry].levels;
    const auto denoiser = exact(plan);
    const auto levels = denoiser->at_levels(sigma);
    ASSERT_EQ(delta2.size(), 1101 * sigma.size());
    ASSERT_EQ(c2.size(), delta2.size());
    for (std::size_t k = 0; k < c2.size(); ++k) {
      const std::size_t level = k % sigma.size();
      const Plane u = gap_at(*levels, level, {state[2 * k], state[2 * k + 1]});
      EXPECT_NEAR(delta2[k], u[0] * u[0] + u[1] * u[1], 1e-6 * (1 + delta2[k]));
      // t_sde at nu = 2.5 in d = 2: c^2 = (nu + delta^2)/nu. No step is taken from the last level,
      // and t_ode (entry 0) has no noise.
      if (entry == 0 || level + 1 == sigma.size()) {
        EXPECT_TRUE(std::isnan(c2[k]));
      } else {
        EXPECT_NEAR(c2[k], 1 + delta2[k] / 2.5, 1e-6 * c2[k]);
      }
    }
  }
}

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SampleStore, ADamagedChunkIsRefusedWhereverItIsRead) {
  const SharedFolder folder{Communicator{}};
  const Plan plan = small_plan();
  const std::string path = folder.file("s.h5");
  store_all(plan, path, Communicator{}, 1);
  const SamplesSummary whole = read_samples(path);
  ASSERT_EQ(whole.entries.size(), 2U);
  EXPECT_EQ(whole.entries[0].samples, 1502U);
  EXPECT_EQ(whole.entries[1].paths, 1101U);
  EXPECT_LT(whole.entries[0].lowest, whole.entries[0].highest);

  // Flip one bit of one number of the first entry's samples, found by its bytes.
  std::vector<float> row = all_rows(path, 0, "sample");
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  const std::size_t at = bytes.find(std::string(reinterpret_cast<const char*>(&row[2000]), 8));
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(bytes[at] ^ 1));
  file.close();

  const std::string message = complaint([&] { read_samples(path); });
  EXPECT_NE(message.find("/samplers/000/sample cannot be read"), std::string::npos) << message;
  const TableSource source{path, "/samplers/000/sample"};
  const std::string other =
      complaint([&] { for_each_chunk(source, [](std::uint64_t, std::span<const double>) {}); });
  EXPECT_NE(other.find("/samplers/000/sample cannot be read"), std::string::npos) << other;
}

TEST(SampleStore, NothingStaysOfAFileThatIsNotFinished) {
  const Communicator world = Communicator::world();
  const SharedFolder folder(world);
  SamplesHeader header = header_of(small_plan());
  if (world.is_root()) {
    const SamplesWriter writer(folder.file("s.h5"), header, Communicator{});
    EXPECT_EQ(folder.files(), 1U);
  }
  if (world.is_root()) {
    EXPECT_EQ(folder.files(), 0U);
    header.samples = std::uint64_t{1} << 60U;
    const std::string message = complaint([&] {
      try {
        SamplesWriter(folder.file("s.h5"), header, Communicator{});
      } catch (const std::runtime_error& error) {
        throw InputError(error.what());
      }
    });
    EXPECT_NE(message.find("free"), std::string::npos) << message;
    EXPECT_EQ(folder.files(), 0U);
  }
}

}  // namespace
}  // namespace htdm
