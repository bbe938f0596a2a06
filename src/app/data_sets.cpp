#include "app/data_sets.hpp"

#include "app/data_transform.hpp"
#include "parallel/block_loop.hpp"
#include "random/draws.hpp"
#include "stats/sorting.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace htdm {
namespace {

constexpr std::uint64_t samples_per_block = 8192;

/// n samples of the target in raw space, sample after sample.
std::vector<double> draw_samples(const Plan& plan, Purpose purpose, std::uint64_t n, int threads) {
  const auto d = static_cast<std::size_t>(dimension(plan.target));
  std::vector<double> samples(n * d);
  const std::uint64_t blocks = (n + samples_per_block - 1) / samples_per_block;
  for_each_block(threads, {0, blocks}, [&](std::uint64_t block, int) {
    const std::uint64_t end = std::min(n, (block + 1) * samples_per_block);
    for (std::uint64_t i = block * samples_per_block; i < end; ++i) {
      draw(plan.target, plan.study.study.seed, purpose, i, std::span(samples).subspan(i * d, d));
    }
  });
  return samples;
}

/// Fits a transform to every component and applies it in place.
std::vector<Transform> transform_samples(TransformKind kind, std::size_t d,
                                         std::vector<double>& samples, int threads) {
  if (kind == TransformKind::none) return {};
  std::vector<Transform> transforms(d);
  for_each_block(threads, {0, d}, [&](std::uint64_t j, int) {
    std::vector<double> column;
    for (std::size_t k = j; k < samples.size(); k += d) column.push_back(samples[k]);
    transforms[j] = fit_transform(kind, std::move(column));
    for (std::size_t k = j; k < samples.size(); k += d) {
      samples[k] = transforms[j].forward(samples[k]);
    }
  });
  return transforms;
}

/// Which training samples train nothing, in order.
std::vector<std::uint64_t> held_out_samples(const Study& study) {
  const auto n = static_cast<std::uint64_t>(study.data.train_samples);
  const auto m = static_cast<std::uint64_t>(study.data.validation_samples());
  std::vector<std::uint64_t> chosen(m);
  if (study.data.kind != "file" || study.data.split != "random") {
    std::iota(chosen.begin(), chosen.end(), n - m);
    return chosen;
  }
  std::vector<std::pair<double, std::uint64_t>> draws(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    const Words words = Stream(study.study.seed, Purpose::data_split, i).words(1);
    draws[i] = {open_uniform(words[0], words[1]), i};
  }
  std::ranges::nth_element(draws, draws.begin() + static_cast<std::ptrdiff_t>(m));
  for (std::uint64_t i = 0; i < m; ++i) chosen[i] = draws[i].second;
  std::ranges::sort(chosen);
  return chosen;
}

/// Moves the samples that train nothing out of `samples`.
std::vector<double> take_held_out(const Study& study, std::size_t d, std::vector<double>& samples) {
  std::vector<double> taken;
  std::size_t kept = 0, next = 0;
  const std::vector<std::uint64_t> chosen = held_out_samples(study);
  for (std::size_t i = 0; i < samples.size() / d; ++i) {
    const auto row = samples.begin() + static_cast<std::ptrdiff_t>(i * d);
    if (next < chosen.size() && chosen[next] == i) {
      taken.insert(taken.end(), row, row + static_cast<std::ptrdiff_t>(d));
      ++next;
    } else {
      std::copy_n(row, d, samples.begin() + static_cast<std::ptrdiff_t>(d * kept++));
    }
  }
  samples.resize(kept * d);
  return taken;
}

}  // namespace

TrainingRows draw_training_rows(const Plan& plan, int threads) {
  const auto n = static_cast<std::uint64_t>(plan.study.data.train_samples);
  TrainingRows rows{draw_samples(plan, Purpose::train_data, n, threads), {}};
  std::vector<double> trained = rows.all;
  rows.held_out =
      take_held_out(plan.study, static_cast<std::size_t>(dimension(plan.target)), trained);
  return rows;
}

std::vector<double> draw_fresh_rows(const Plan& plan, std::uint64_t n, int threads) {
  return draw_samples(plan, Purpose::held_out_data, n, threads);
}

TrainingData draw_training_data(const Plan& plan, int threads) {
  const auto n = static_cast<std::uint64_t>(plan.study.data.train_samples);
  const auto d = static_cast<std::size_t>(dimension(plan.target));
  std::vector<double> y = draw_samples(plan, Purpose::train_data, n, threads);
  if (plan.study.data.validation_samples() > 0) take_held_out(plan.study, d, y);
  const TransformKind kind = parse_transform(plan.study.data.transform);
  const std::vector<Transform> transforms = transform_samples(kind, d, y, threads);
  TrainingData data{fit_normalization(y, static_cast<int>(d)), std::vector<float>(y.size())};
  const Normalization& scale = data.normalization;
  for (std::size_t k = 0; k < y.size(); ++k) {
    data.samples[k] = static_cast<float>((y[k] - scale.mean[k % d]) / scale.deviation[k % d]);
  }
  data.normalization.transforms = transforms;
  return data;
}

TestData draw_test_data(const Plan& plan, int threads) {
  const auto n = static_cast<std::uint64_t>(plan.study.data.test_samples);
  const auto d = static_cast<std::size_t>(dimension(plan.target));
  const std::vector<double> raw = draw_samples(plan, Purpose::test_data, n, threads);
  TestData data;
  data.sorted.assign(d, std::vector<double>(n));
  for_each_block(threads, {0, d}, [&](std::uint64_t j, int) {
    for (std::size_t i = 0; i < n; ++i) data.sorted[j][i] = raw[i * d + j];
    sort_ascending(std::span(data.sorted[j]));
  });
  data.event_values.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    data.event_values[i] =
        event_value(plan.event, location(plan.target), std::span(raw).subspan(i * d, d),
                    plan.study.statistics.weights);
  }
  sort_ascending(std::span(data.event_values));
  return data;
}

}  // namespace htdm
