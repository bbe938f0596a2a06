#include "app/data_file.hpp"

#include "core/error.hpp"
#include "io/table_reader.hpp"
#include "parallel/session.hpp"
#include "random/draws.hpp"

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

/// Which side of the split a row is on.
class Split {
 public:
  Split(const DataSection& data, std::uint64_t seed, std::uint64_t rows)
      : random_(data.split == "random"),
        fraction_(data.test_fraction),
        seed_(seed),
        first_test_row_(rows - static_cast<std::uint64_t>(
                                   std::llround(fraction_ * static_cast<double>(rows)))) {}

  bool held_out(std::uint64_t row) const {
    if (!random_) return row >= first_test_row_;
    const Words words = Stream(seed_, Purpose::data_split, row).words(0);
    return open_uniform(words[0], words[1]) < fraction_;
  }

 private:
  bool random_;
  double fraction_;
  std::uint64_t seed_;
  std::uint64_t first_test_row_;
};

/// Keeps at most `most` of `offered` rows, evenly spread over them.
class Thinned {
 public:
  Thinned(std::uint64_t offered, std::uint64_t most, std::size_t dimension)
      : offered_(offered), kept_(std::min(offered, most)) {
    rows_.reserve(kept_ * dimension);
  }

  void offer(std::span<const double> row) {
    // Row t is kept where floor(t kept/offered) steps up: `kept` of the `offered` rows.
    position_ += kept_;
    if (position_ < offered_) return;
    position_ -= offered_;
    rows_.insert(rows_.end(), row.begin(), row.end());
  }

  std::shared_ptr<const std::vector<double>> take() {
    return std::make_shared<const std::vector<double>>(std::move(rows_));
  }

 private:
  std::uint64_t offered_, kept_, position_ = 0;
  std::vector<double> rows_;
};

/// First pass: the number of rows, after checking each.
std::uint64_t count_rows(const TableSource& source, std::size_t dimension) {
  const int columns = open_table(source)->columns();
  check_input(
      static_cast<std::size_t>(columns) == dimension,
      "data.path \"" + source.path + "\" gives " + std::to_string(columns) +
          " column(s) and data.dimension is " + std::to_string(dimension),
      "Every component of a sample is one column",
      "Name the columns in data.columns, or set data.dimension = " + std::to_string(columns));
  std::vector<double> low(dimension, INFINITY), high(dimension, -INFINITY);
  const std::uint64_t rows =
      for_each_chunk(source, [&](std::uint64_t, std::span<const double> chunk) {
        for (std::size_t k = 0; k < chunk.size(); ++k) {
          low[k % dimension] = std::min(low[k % dimension], chunk[k]);
          high[k % dimension] = std::max(high[k % dimension], chunk[k]);
        }
      });
  for (std::size_t j = 0; j < dimension; ++j) {
    check_input(low[j] < high[j],
                "Column " + open_table(source)->column_names()[j] + " of \"" + source.path +
                    "\" holds one value only, " + std::to_string(low[j]) + " in rows 1 to " +
                    std::to_string(rows),
                "A constant has no distribution to learn",
                "Leave it out by naming the other columns in data.columns");
  }
  return rows;
}

}  // namespace

EmpiricalTarget read_data_file(const DataSection& data, std::uint64_t seed) {
  const TableSource source{data.path, data.dataset, data.columns, data.log_returns};
  const auto d = static_cast<std::size_t>(data.dimension);
  const std::uint64_t rows = count_rows(source, d);
  const Split split(data, seed, rows);
  std::uint64_t held_out = 0;
  for (std::uint64_t row = 0; row < rows; ++row) held_out += split.held_out(row) ? 1 : 0;
  check_input(held_out >= 2 && rows - held_out >= 2,
              "data.test_fraction leaves " + std::to_string(rows - held_out) + " training and " +
                  std::to_string(held_out) + " test rows of the " + std::to_string(rows) +
                  " in \"" + data.path + "\"",
              "Both sides need at least two", "Change data.test_fraction or give more rows");
  Thinned train(rows - held_out, static_cast<std::uint64_t>(data.train_samples), d);
  Thinned test(held_out, static_cast<std::uint64_t>(data.test_samples), d);
  for_each_chunk(source, [&](std::uint64_t first, std::span<const double> chunk) {
    for (std::size_t k = 0; k * d < chunk.size(); ++k) {
      (split.held_out(first + k) ? test : train).offer(chunk.subspan(k * d, d));
    }
  });
  return {data.dimension, train.take(), test.take()};
}

EmpiricalTarget share_data_file(const Study& study, const Communicator& world) {
  if (study.data.kind != "file") return {};
  EmpiricalTarget data;
  agree_on_errors(world, [&] {
    if (world.is_root()) data = read_data_file(study.data, study.study.seed);
  });
  std::vector<double> train, test;
  if (world.is_root()) {
    train = *data.train;
    test = *data.test;
  }
  world.broadcast(train);
  world.broadcast(test);
  return {study.data.dimension, std::make_shared<const std::vector<double>>(std::move(train)),
          std::make_shared<const std::vector<double>>(std::move(test))};
}

EmpiricalTarget DataShelf::rows(const Study& study, const Communicator& world) {
  if (study.data == data_ && study.study.seed == seed_ && rows_.train) return rows_;
  rows_ = share_data_file(study, world);
  data_ = study.data;
  seed_ = study.study.seed;
  return rows_;
}

}  // namespace htdm
