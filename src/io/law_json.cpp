#include "io/law_json.hpp"

namespace htdm {
namespace {

/// What is known of every noise level, and its tails as [sigma][depth].
Json marginals_json(const LawResult& law) {
  if (law.marginals.empty()) return {};
  Json json{{"depth", numbers_json(law.marginal_depth)}};
  const auto column = [&](const char* name, double LawMarginal::*part) {
    json[name] = array_of(law.marginals, [&](const LawMarginal& m) { return number(m.*part); });
  };
  const auto lists = [&](const char* name, std::vector<double> LawMarginal::*part) {
    json[name] =
        array_of(law.marginals, [&](const LawMarginal& m) { return numbers_json(m.*part); });
  };
  column("sigma", &LawMarginal::sigma);
  column("scale", &LawMarginal::scale);
  column("w1", &LawMarginal::w1);
  column("w1_error", &LawMarginal::w1_error);
  lists("threshold", &LawMarginal::threshold);
  lists("probability", &LawMarginal::probability);
  lists("error", &LawMarginal::error);
  return json;
}

}  // namespace

Json law_exceedance_json(const LawExceedance& e, const LawResult& law) {
  const double half = (e.interval.high - e.interval.low) / 2;
  return {{"level", number(e.level)},
          {"threshold", number(e.threshold)},
          {"event", e.event},
          {"method", "law"},
          {"probability", number(e.probability)},
          {"count", nullptr},
          {"batch_mean", nullptr},
          {"batch_std", nullptr},
          {"interval", interval_json(e.interval)},
          {"batch_interval", nullptr},
          {"batch_counts", nullptr},
          {"relative_error", e.probability > 0 ? number(half / e.probability) : Json()},
          {"ratio", number(e.probability / e.level)},
          {"cost", {{"paths", 0}, {"calls", nullptr}, {"seconds", number(law.seconds)}}},
          {"doubtful", !e.doubt().empty()},
          {"doubt", e.doubt()}};
}

Json law_json(const std::optional<LawResult>& law) {
  if (!law) return {};
  return {{"tolerance", law->tolerance},
          {"relative_error", number(law->relative_error)},
          {"lost_mass", number(law->lost_mass)},
          {"w1", law->w1 ? number(*law->w1) : Json()},
          {"w1_error", law->w1 ? number(law->w1_error) : Json()},
          {"survival",
           {{"threshold", numbers_json(law->survival_threshold)},
            {"method", "law"},
            {"probability", numbers_json(law->survival)},
            {"error", numbers_json(law->survival_error)},
            {"doubtful", flags_json(law->survival_doubtful())},
            {"law", numbers_json(law->survival_law)}}},
          {"quantiles",
           {{"level", numbers_json(law->quantile_level)},
            {"method", "law"},
            {"value", numbers_json(law->quantile)},
            {"error", numbers_json(law->quantile_error)},
            {"doubtful", flags_json(law->quantiles_doubtful())}}},
          {"marginals", marginals_json(*law)},
          {"seconds", number(law->seconds)}};
}

}  // namespace htdm
