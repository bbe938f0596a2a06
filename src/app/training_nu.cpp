#include "app/training_nu.hpp"

#include "core/infinity.hpp"
#include "core/stopwatch.hpp"
#include "stats/student_t_fit.hpp"

#include <cstddef>

namespace htdm {
namespace {

/// 1/shape, and its interval.
TailNumber index_of(const TailNumber& shape) {
  const auto inverse = [](double x) { return x > 0 ? 1 / x : inf; };
  return {inverse(shape.value),
          {inverse(shape.interval.high), inverse(shape.interval.low)},
          "1/shape, " + shape.method,
          shape.doubt};
}

bool apart(const Interval& a, const Interval& b) {
  return a.high < b.low || b.high < a.low;
}

}  // namespace

void add_sentence(std::string& doubt, const std::string& sentence) {
  doubt += (doubt.empty() || sentence.empty() ? "" : "; ") + sentence;
}

std::string rows_together(std::span<const double> distances, double threshold) {
  if (clustering(distances, threshold).p_value > doubtful_p) return "";
  return "large rows come together, so that intervals, which take rows as independent, are too "
         "narrow";
}

TrainingNu training_nu(const NuRows& rows) {
  const Stopwatch watch;
  const Normalization& scale = rows.bins.scale;
  const auto d = static_cast<std::size_t>(scale.dimension());
  std::vector<double> z(rows.all.size());
  for (std::size_t k = 0; k < z.size(); ++k) {
    z[k] = scale.to_z(rows.all[k], static_cast<int>(k % d));
  }
  const StudentTFit fit = fit_student_t(z, scale.dimension());
  const TailReport tail = tail_report("|z|", rows.distances, {});
  TrainingNu found;
  found.student_t = {fit.nu, fit.nu_interval, "maximum likelihood, profile", ""};
  found.hill = tail.index;
  found.pareto = index_of(tail.shape);
  std::string& doubt = found.student_t.doubt;
  add_sentence(doubt, rows_together(rows.distances, tail.threshold));
  if (apart(fit.nu_interval, found.pareto.interval)) {
    add_sentence(doubt,
                 "the tail index of the Pareto fit is another: the bulk decides this fit, and the "
                 "data are not of a Student-t law");
  }
  if (fit.nu_interval.low <= 2) {
    add_sentence(doubt,
                 "data with nu of 2 or less have no variance, and networks need nu > 2: set "
                 "data.transform");
  }
  found.seconds = watch.seconds();
  return found;
}

}  // namespace htdm
