#include "stats/nu_choice.hpp"

#include "core/error.hpp"
#include "core/infinity.hpp"
#include "stats/profile.hpp"
#include "stats/quantiles.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// Smallest k with P(B <= k) >= u, B ~ Binomial(n, p).
std::uint64_t binomial_quantile(std::uint64_t n, double p, double u) {
  if (n == 0 || p <= 0) return 0;
  if (p >= 1) return n;
  using boost::math::policies::discrete_quantile;
  using boost::math::policies::integer_round_up;
  using Up = boost::math::policies::policy<discrete_quantile<integer_round_up>>;
  const boost::math::binomial_distribution<double, Up> law(static_cast<double>(n), p);
  return static_cast<std::uint64_t>(std::clamp(quantile(law, u), 0.0, static_cast<double>(n)));
}

/// Laws at nu between three candidates: ln p of every bin as a parabola in 1/nu, scaled to sum 1.
class Between {
 public:
  Between(std::span<const double> nu, std::span<const std::vector<double>> probability) {
    for (const double value : nu) inverse_.push_back(1 / value);
    for (const std::vector<double>& law : probability) {
      log_.emplace_back();
      for (const double p : law) log_.back().push_back(std::log(std::max(p, 1e-300)));
    }
  }

  std::vector<double> at(double inverse) const {
    std::vector<double> p(log_.front().size());
    double sum = 0;
    for (std::size_t b = 0; b < p.size(); ++b) {
      double value = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        const double u = inverse_[(i + 1) % 3], v = inverse_[(i + 2) % 3];
        value += log_[i][b] * (inverse - u) * (inverse - v) / (inverse_[i] - u) / (inverse_[i] - v);
      }
      p[b] = std::exp(value);
      sum += p[b];
    }
    for (double& value : p) value /= sum;
    return p;
  }

  double low() const { return inverse_.back(); }
  double high() const { return inverse_.front(); }

 private:
  std::vector<double> inverse_;
  std::vector<std::vector<double>> log_;
};

struct Minimum {
  double nu = 0, divergence = 0;
  bool at_end = false;
};

/// What is found for one set of counts.
struct Found {
  Minimum best;
  std::vector<double> rivals;  ///< divergences
};

Minimum smallest(std::span<const double> candidates,
                 std::span<const std::vector<double>> probability,
                 std::span<const std::uint64_t> counts) {
  std::vector<double> divergence;
  for (const std::vector<double>& p : probability) divergence.push_back(bin_divergence(counts, p));
  const auto best =
      static_cast<std::size_t>(std::ranges::min_element(divergence) - divergence.begin());
  Minimum found{candidates[best], divergence[best], best == 0 || best + 1 == candidates.size()};
  if (found.at_end) return found;
  const Between laws(candidates.subspan(best - 1, 3), probability.subspan(best - 1, 3));
  const Maximum nearest =
      maximise([&](double inverse) { return -bin_divergence(counts, laws.at(inverse)); },
               laws.low(), laws.high(), 20);
  if (-nearest.value < found.divergence) found = {1 / nearest.at, -nearest.value, false};
  return found;
}

Found find(std::span<const double> candidates, const BinLaws& laws,
           std::span<const std::uint64_t> counts) {
  Found found{smallest(candidates, std::span(laws).first(candidates.size()), counts), {}};
  for (std::size_t c = candidates.size(); c < laws.size(); ++c) {
    found.rivals.push_back(bin_divergence(counts, laws[c]));
  }
  return found;
}

std::vector<std::uint64_t> redrawn(std::span<const std::uint64_t> counts, std::uint64_t replicate,
                                   const Bootstrap& bootstrap) {
  std::uint64_t left = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  std::uint64_t weight = left;
  std::vector<std::uint64_t> drawn(counts.size());
  for (std::size_t b = 0; b < counts.size(); ++b) {
    const double p = weight > 0 ? static_cast<double>(counts[b]) / static_cast<double>(weight) : 0;
    drawn[b] = binomial_quantile(left, p, bootstrap.uniform(replicate, b));
    left -= drawn[b];
    weight -= counts[b];
  }
  return drawn;
}

/// `drawn` by replicate, around `value`; divergences are not below `least`.
Divergence corrected(double value, std::vector<double> drawn, double least) {
  if (drawn.empty() || !std::isfinite(value) ||
      !std::ranges::all_of(drawn, [](double x) { return std::isfinite(x); })) {
    return {value, {least, inf}};
  }
  std::ranges::sort(drawn);
  const double mean =
      std::accumulate(drawn.begin(), drawn.end(), 0.0) / static_cast<double>(drawn.size());
  const double bias = mean - value;
  const auto clipped = [&](double x) { return std::max(least, x); };
  return {clipped(value - bias),
          {clipped(sample_quantile(drawn, 0.025) - 2 * bias),
           clipped(sample_quantile(drawn, 0.975) - 2 * bias)}};
}

double p_value(double divergence, std::uint64_t n, double degrees) {
  const double statistic = 2 * static_cast<double>(n) * std::max(0.0, divergence);
  if (!std::isfinite(statistic) || degrees < 1) return 0;
  return cdf(complement(boost::math::chi_squared(degrees), statistic));
}

}  // namespace

double bin_divergence(std::span<const std::uint64_t> counts, std::span<const double> probability) {
  const auto n =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  double sum = 0;
  for (std::size_t b = 0; b < counts.size(); ++b) {
    if (counts[b] == 0) continue;
    if (!(probability[b] > 0)) return inf;
    const double q = static_cast<double>(counts[b]) / n;
    sum += q * std::log(q / probability[b]);
  }
  return sum;
}

NuChoice choose_nu(std::span<const double> candidates, const BinLaws& laws,
                   std::span<const std::uint64_t> counts, const Bootstrap& bootstrap) {
  check_input(candidates.size() >= 3 && std::ranges::is_sorted(candidates),
              std::to_string(candidates.size()) + " candidates, or not in ascending order",
              "The best is looked for between neighbours", "Give three values of nu or more");
  const Found found = find(candidates, laws, counts);
  std::vector<double> inverse, divergence;
  std::vector<std::vector<double>> rivals(found.rivals.size()), excess(found.rivals.size());
  for (std::uint64_t r = 0; r < bootstrap.replicates; ++r) {
    const Found again =
        find(candidates, bootstrap.laws ? bootstrap.laws(r) : laws, redrawn(counts, r, bootstrap));
    inverse.push_back(1 / again.best.nu);
    divergence.push_back(again.best.divergence);
    for (std::size_t k = 0; k < rivals.size(); ++k) {
      rivals[k].push_back(again.rivals[k]);
      excess[k].push_back(again.rivals[k] - again.best.divergence);
    }
  }
  const std::uint64_t n = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  const double bins = static_cast<double>(counts.size());
  NuChoice choice;
  choice.nu = found.best.nu;
  choice.divergence = corrected(found.best.divergence, std::move(divergence), 0);
  choice.fit_p_value = p_value(found.best.divergence, n, bins - 2);
  std::ranges::sort(inverse);
  choice.interval = {1 / sample_quantile(inverse, 0.975), 1 / sample_quantile(inverse, 0.025)};
  choice.at_end = found.best.at_end || choice.interval.low <= candidates.front() ||
                  choice.interval.high >= candidates.back();
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    choice.at_candidates.push_back(bin_divergence(counts, laws[c]));
  }
  for (std::size_t k = 0; k < rivals.size(); ++k) {
    choice.rivals.push_back(
        {corrected(found.rivals[k], std::move(rivals[k]), 0),
         corrected(found.rivals[k] - found.best.divergence, std::move(excess[k]), -inf),
         p_value(found.rivals[k], n, bins - 1)});
  }
  return choice;
}

}  // namespace htdm
