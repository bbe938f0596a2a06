#include "io/law_text.hpp"

#include "io/doubts.hpp"
#include "io/estimate_text.hpp"
#include "io/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace htdm {
namespace {

/// A number of which the probability's interval is times `scale`.
std::string law_value_text(const LawExceedance& e, double scale, int most) {
  if (!e.doubt().empty()) return below_text(scale * e.interval.high);
  return bounded_text(scale * e.probability, scale * (e.interval.high - e.interval.low) / 2, most);
}

/// |d ln x/d ln p| at point k of the survival function: the larger of both sides.
double threshold_slope(const LawResult& law, std::size_t k) {
  double slope = 0;
  for (const std::size_t i : {k, k + 1}) {  // the stretches that end and begin at k
    if (i == 0 || i >= law.survival.size()) continue;
    const double x = std::log(law.survival_threshold[i] / law.survival_threshold[i - 1]);
    slope = std::max(slope, std::abs(x / std::log(law.survival[i] / law.survival[i - 1])));
  }
  return slope;
}

/// Threshold of the main event that is exceeded with probability p; survival is stored by quarters
/// of a decade from 1e-1 on. Its relative bound is that of the probability times |d ln x/d ln p|.
std::string law_threshold_text(const LawResult& law, double p) {
  const auto k = static_cast<std::size_t>(std::lround(-4 * std::log10(p))) - 4;
  if (k >= law.survival.size() || no_digit(law.survival[k], law.survival_error[k])) return "-";
  const double relative = law.survival_error[k] / law.survival[k] * threshold_slope(law, k);
  const double x = law.survival_threshold[k];
  return bounded_text(x, relative * std::abs(x));
}

}  // namespace

std::string law_text(const Results& results) {
  const auto has_law = [](const SamplerResult& s) { return s.law.has_value(); };
  const auto first = std::ranges::find_if(results.samplers, has_law);
  if (first == results.samplers.end()) return "";
  Column name{"propagated law", "", {}, true}, nu{"nu", "", {}};
  Column w1{"W1 to law", "z-space", {}};
  std::vector<Column> probabilities, ratios, depths;
  for (const LawExceedance& e : first->law->exceedance) {
    probabilities.push_back({fmt::format("P({} > {})", e.event, brief(e.threshold)),
                             std::isnan(e.level) ? "" : "law " + brief(e.level),
                             {},
                             true});
    ratios.push_back({"ratio", "", {}, false, true});
  }
  constexpr double shown_depths[] = {1e-6, 1e-9, 1e-12};
  for (const double p : shown_depths) depths.push_back({"threshold", fmt::format("at {}", p), {}});
  double worst = 0;
  for (const SamplerResult& s : results.samplers) {
    if (!s.law) continue;
    name.cells.push_back(s.name);
    nu.cells.push_back(nu_text(s.nu));
    w1.cells.push_back(s.law->w1 ? bounded_text(*s.law->w1, s.law->w1_error) : "-");
    for (std::size_t k = 0; k < probabilities.size(); ++k) {
      const LawExceedance& e = s.law->exceedance[k];
      probabilities[k].cells.push_back(law_value_text(e, 1, 6));
      ratios[k].cells.push_back(std::isnan(e.level) ? "-" : law_value_text(e, 1 / e.level, 3));
    }
    for (std::size_t k = 0; k < depths.size(); ++k) {
      depths[k].cells.push_back(law_threshold_text(*s.law, shown_depths[k]));
    }
    worst = std::max(worst, s.law->relative_error);
  }
  std::vector<Column> columns{name, nu, w1};
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    columns.push_back(probabilities[k]);
    columns.push_back(ratios[k]);
  }
  columns.insert(columns.end(), depths.begin(), depths.end());
  std::string out;
  print_table(out, columns, 2);
  return out + fmt::format(
                   "Laws are propagated without Monte Carlo, relative error up to {}. Digits shown "
                   "are within the\nbounds: the last is off by one at most before rounding.\n",
                   brief(worst, 2));
}

}  // namespace htdm
