/// Seconds of what ranks do together: messages, collectives, dealing, folding.
///
///     mpirun -n 2 bench_communication [ROUNDS]     one JSON object; a list has one value per round
///
/// ping_pong: {bytes: one way between ranks 0 and 1}; reduce, all_gather: {bytes: one call}; step:
/// the messages of one training step of the paper's network; fold: {blocks: gathering and folding
/// the moments of so many blocks}; deal: one window without blocks; request: what the root's main
/// thread needs to answer one request of the dealer.
#include "core/stopwatch.hpp"
#include "parallel/block_dealer.hpp"
#include "parallel/communicator.hpp"
#include "parallel/ordered_fold.hpp"
#include "parallel/session.hpp"
#include "stats/moments.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace htdm {
namespace {

/// {quantity: {size: one value per round}}.
using Report = std::map<std::string, std::map<std::size_t, std::vector<double>>>;

/// Seconds of one call of `body` on the slowest rank, the mean of `repeats`.
double seconds(const Communicator& world, int repeats, const std::function<void()>& body) {
  body();
  world.barrier();
  const Stopwatch watch;
  for (int k = 0; k < repeats; ++k) body();
  return world.max(watch.seconds()) / repeats;
}

/// Repeats that keep a size within some ten milliseconds.
int repeats_of(std::size_t bytes) {
  return bytes <= 4096 ? 5000 : bytes <= 262'144 ? 500 : 20;
}

std::vector<std::size_t> equal_shares(std::size_t n, int ranks) {
  const auto p = static_cast<std::size_t>(ranks);
  std::vector<std::size_t> shares;
  for (std::size_t r = 0; r < p; ++r) shares.push_back(n * (r + 1) / p - n * r / p);
  return shares;
}

/// A message there and back is two broadcasts of two ranks.
void ping_pong(const Communicator& world, Report& report) {
  const Communicator pair = world.split(world.rank() < 2 ? 0 : 1, world.rank());
  for (std::size_t bytes = 8; bytes <= (4U << 20U); bytes *= 8) {
    Bytes data(bytes);
    const double both = seconds(pair, repeats_of(bytes), [&] {
      pair.broadcast(std::span(data), 0);
      pair.broadcast(std::span(data), pair.size() - 1);
    });
    report["ping_pong"][bytes].push_back(both / 2);
  }
}

void collectives(const Communicator& world, Report& report) {
  for (const std::size_t numbers : {1, 64, 2048, 16'387}) {  // the last: a MagnitudeHistogram
    std::vector<std::uint64_t> values(numbers);
    const std::size_t bytes = 8 * numbers;
    report["reduce"][bytes].push_back(
        seconds(world, repeats_of(bytes), [&] { world.sum(std::span(values)); }));
    report["all_gather"][bytes].push_back(seconds(world, repeats_of(bytes), [&] {
      world.all_gather_in_place(std::span(values), equal_shares(numbers, world.size()));
    }));
  }
}

/// Gradients of 8 shards, losses, and the weights of 1 + 128 + 128 units (app/training.cpp).
void training_step(const Communicator& world, Report& report) {
  constexpr std::size_t parameters = 17'025;
  std::vector<float> gradients(8 * parameters), weights(parameters);
  std::vector<double> loss(8);
  const auto shards = equal_shares(8, world.size());
  const auto columns = equal_shares(parameters, world.size());
  report["step"][parameters * sizeof(float)].push_back(seconds(world, 500, [&] {
    world.rows_to_columns(std::span(gradients), parameters, shards, columns);
    world.all_gather_in_place(std::span(loss), shards);
    world.all_gather_in_place(std::span(weights), columns);
  }));
}

/// As app/sampling.cpp folds a window: a block leaves its moments.
void folding(const Communicator& world, Report& report) {
  Moments numbers;
  numbers.add(std::vector<double>{0.1, 0.2, 0.4, 0.8});
  for (const std::size_t blocks : {1024, 4096, 16'384, 65'536}) {
    std::vector<BlockResult> mine;
    for (auto b = static_cast<std::size_t>(world.rank()); b < blocks;
         b += static_cast<std::size_t>(world.size())) {
      mine.push_back({b, Bytes(sizeof numbers)});
      std::memcpy(mine.back().bytes.data(), &numbers, sizeof numbers);
    }
    Moments all;
    report["fold"][blocks].push_back(seconds(world, 5, [&] {
      fold_in_block_order(world, 0, blocks, mine,
                          [&](std::uint64_t, std::span<const std::byte> result) {
                            Moments moments;
                            std::memcpy(&moments, result.data(), sizeof moments);
                            all.merge(moments);
                          });
    }));
  }
}

/// Blocks without work, as few as make every request one for a single block.
void dealing(const Communicator& world, Report& report) {
  BlockDealer dealer(world, 1);
  report["deal"][0].push_back(seconds(world, 50, [&] { dealer.deal(0, 0, [](auto, int) {}); }));
  const auto blocks = 4 * static_cast<std::uint64_t>(world.size());
  const Traffic before = Communicator::traffic();
  for (int k = 0; k < 200; ++k) dealer.deal(0, blocks, [](auto, int) {});
  const Traffic after = Communicator::traffic();
  const auto requests =
      static_cast<double>(after[TrafficKind::deal].received - before[TrafficKind::deal].received) /
      16;
  report["request"][1].push_back((after.serving - before.serving) / requests);
}

void print(const Report& report, int ranks) {
  std::printf("{\"ranks\": %d", ranks);
  for (const auto& [quantity, sizes] : report) {
    std::printf(", \"%s\": {", quantity.c_str());
    const char* comma = "";
    for (const auto& [size, values] : sizes) {
      std::printf("%s\"%zu\": [", comma, size);
      for (std::size_t k = 0; k < values.size(); ++k) {
        std::printf("%s%.6g", k == 0 ? "" : ", ", values[k]);
      }
      std::printf("]");
      comma = ", ";
    }
    std::printf("}");
  }
  std::printf("}\n");
}

}  // namespace
}  // namespace htdm

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  htdm::Session session(argc, argv);
  return session.run([&](const htdm::Communicator& world) {
    htdm::Report report;
    for (int round = 0; round < rounds; ++round) {
      htdm::ping_pong(world, report);
      htdm::collectives(world, report);
      htdm::training_step(world, report);
      htdm::folding(world, report);
      htdm::dealing(world, report);
    }
    if (world.is_root()) htdm::print(report, world.size());
    return 0;
  });
}
