#include "app/tables.hpp"

#include "app/log.hpp"
#include "core/error.hpp"
#include "core/stopwatch.hpp"
#include "parallel/block_loop.hpp"
#include "parallel/session.hpp"

#include <fmt/core.h>

#include <cstring>
#include <functional>
#include <numeric>
#include <span>

namespace htdm {
namespace {

void append(Bytes& bytes, const LevelTable& table) {
  const TableGrid& grid = table;
  const auto head = std::as_bytes(std::span(&grid, 1));
  const auto cells = std::as_bytes(std::span(table.cells));
  bytes.insert(bytes.end(), head.begin(), head.end());
  bytes.insert(bytes.end(), cells.begin(), cells.end());
}

/// The table at the front of `bytes`, which moves on.
LevelTable take(std::span<const std::byte>& bytes) {
  LevelTable table;
  TableGrid& grid = table;
  std::memcpy(&grid, bytes.data(), sizeof grid);
  table.cells.resize(std::size_t{8} * grid.cells_per_sign());
  const std::size_t size = table.cells.size() * sizeof(float);
  std::memcpy(table.cells.data(), bytes.data() + sizeof grid, size);
  bytes = bytes.subspan(sizeof grid + size);
  return table;
}

/// The tables that `make` makes at all levels, on all ranks.
std::vector<LevelTable> make_tables(
    const EntryPlan& entry, const Communicator& world, int threads, double& busy,
    const std::function<LevelTable(double sigma, double bound)>& make) {
  const std::vector<double> levels = table_levels(entry);
  const BlockRange mine = blocks_of_rank(0, levels.size(), world.rank(), world.size());
  std::vector<LevelTable> own(mine.size());
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  agree_on_errors(world, [&] {
    try {
      for_each_block(threads, mine, [&](std::uint64_t level, int thread) {
        const AddSeconds watch(seconds[static_cast<std::size_t>(thread)]);
        own[(level - mine.first) / mine.stride] = make(levels[level], entry.section.table_error);
      });
    } catch (const InputError& error) {
      throw InputError("samplers." + entry.section.name + ": " + error.what());
    }
  });
  busy = std::accumulate(seconds.begin(), seconds.end(), busy);
  Bytes bytes;
  for (const LevelTable& table : own) append(bytes, table);
  std::vector<LevelTable> tables;
  for (const Bytes& part : world.all_gather(bytes)) {
    for (std::span<const std::byte> rest(part); !rest.empty();) tables.push_back(take(rest));
  }
  return tables;
}

}  // namespace

bool share_table(const EntryPlan& a, const EntryPlan& b) {
  return a.table && b.table && a.model == b.model && table_levels(a) == table_levels(b) &&
         needs_square(a) == needs_square(b) && of_ode(a) == of_ode(b) &&
         (!of_ode(a) || a.nu == b.nu) && a.section.table_error == b.section.table_error;
}

std::shared_ptr<const TableDenoiser> TableShelf::table(const EntryPlan& entry,
                                                       std::shared_ptr<const Denoiser> denoiser,
                                                       const Communicator& world, int threads) {
  for (const Shelved& other : shelf_) {
    if (share_table(other.entry, entry)) return other.table;
  }
  const std::shared_ptr<const Denoiser> part = tabulated_part(denoiser);
  std::vector<LevelTable> gaps = make_tables(
      entry, world, threads, busy_,
      [&](double sigma, double bound) { return make_level_table(*part, sigma, bound); });
  std::vector<LevelTable> squares;
  if (needs_square(entry)) {
    squares = make_tables(entry, world, threads, busy_, [&](double sigma, double bound) {
      return make_square_table(*part, sigma, bound);
    });
  }
  const std::size_t levels = gaps.size();
  auto table = std::make_shared<const TableDenoiser>(std::move(denoiser), std::move(gaps),
                                                     std::move(squares));
  log_info(fmt::format("tabulated model {} at {} levels, error up to {:.2g}", entry.section.model,
                       levels, table->error()));
  shelf_.push_back({entry, table});
  return table;
}

}  // namespace htdm
