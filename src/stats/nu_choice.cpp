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

NuChoice choose_nu(std::span<const double> candidates,
                   std::span<const std::vector<double>> probability,
                   std::span<const std::uint64_t> counts, std::uint64_t replicates,
                   const std::function<double(std::uint64_t, std::uint64_t)>& uniform) {
  check_input(candidates.size() >= 3 && std::ranges::is_sorted(candidates),
              std::to_string(candidates.size()) + " candidates, or not in ascending order",
              "The best is looked for between neighbours", "Give three values of nu or more");
  const std::uint64_t n = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  const Minimum best = smallest(candidates, probability, counts);
  NuChoice choice{best.nu, {}, best.divergence, 0, best.at_end};
  const double statistic = 2 * static_cast<double>(n) * std::max(0.0, best.divergence);
  const double degrees = static_cast<double>(counts.size()) - 2;
  choice.fit_p_value = !std::isfinite(statistic) || degrees < 1
                           ? 0
                           : cdf(complement(boost::math::chi_squared(degrees), statistic));
  std::vector<double> inverse;
  std::vector<std::uint64_t> drawn(counts.size());
  for (std::uint64_t r = 0; r < replicates; ++r) {
    std::uint64_t left = n, weight = n;
    for (std::size_t b = 0; b < counts.size(); ++b) {
      const double p =
          weight > 0 ? static_cast<double>(counts[b]) / static_cast<double>(weight) : 0;
      drawn[b] = binomial_quantile(left, p, uniform(r, b));
      left -= drawn[b];
      weight -= counts[b];
    }
    inverse.push_back(1 / smallest(candidates, probability, drawn).nu);
  }
  std::ranges::sort(inverse);
  choice.interval = {1 / sample_quantile(inverse, 0.975), 1 / sample_quantile(inverse, 0.025)};
  choice.at_end = choice.at_end || choice.interval.low <= candidates.front() ||
                  choice.interval.high >= candidates.back();
  return choice;
}

}  // namespace htdm
