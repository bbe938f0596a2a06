/// Estimates of rare events over ranks: the same on all of them, equal to closed laws, and never
/// ended by an error bar in doubt.
#include "app/rare.hpp"

#include "app/law.hpp"
#include "app/rare_cost.hpp"
#include "app/replica_estimates.hpp"
#include "core/error.hpp"
#include "core/special.hpp"
#include "denoiser/exact.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace htdm {
namespace {

RareEstimate estimate(double relative_error, const std::string& doubt = "") {
  RareEstimate e;
  e.probability = 1e-6;
  e.interval = {1e-6 * (1 - relative_error), 1e-6 * (1 + relative_error)};
  e.doubt = doubt;
  return e;
}

TEST(WantedReplicas, AreThoseThatTheTargetNeeds) {
  const double none = NAN;
  EXPECT_EQ(wanted_replicas(32, {estimate(0.05)}, {0.1}), 32U) << "reached";
  EXPECT_EQ(wanted_replicas(32, {estimate(0.5)}, {none}), 32U) << "no target";
  EXPECT_EQ(wanted_replicas(100, {estimate(0.12), estimate(0.05)}, {0.1, 0.1}), 159U)
      << "1.44 as many, and a tenth more";
  EXPECT_EQ(wanted_replicas(100, {estimate(0.5)}, {0.1}), 400U) << "four times at most";
}

TEST(WantedReplicas, NeverEndOnADoubtfulErrorBar) {
  EXPECT_GT(wanted_replicas(32, {estimate(0.01, "in doubt")}, {0.1}), 60U);
  RareEstimate nothing;
  nothing.doubt = "nothing was seen";
  EXPECT_EQ(wanted_replicas(32, {nothing}, {0.1}), 128U);
}

/// Data N(0, I_d) z-scored by one deviation, 24 levels.
struct RareCase {
  explicit RareCase(const std::string& rare, const std::string& levels = "1e-7, 1e-2", int d = 2,
                    const std::string& statistics = "")
      : scale{std::vector<double>(static_cast<std::size_t>(d), 0),
              std::vector<double>(static_cast<std::size_t>(d), 1),
              {}},
        plan(make_plan(parse_study(R"(
    [data]
    kind = "gaussian"
    dimension = )" + std::to_string(d) +
                                       R"(
    [models.exact]
    kind = "exact"
    noise = "gaussian"
    [samplers.ve_sde]
    model = "exact"
    levels = 24
    [samplers.t_ode]
    model = "exact"
    levels = 24
    nu = inf
    [statistics]
    exceedance_levels = [)" + levels + "]\n" +
                                       statistics + "\n[rare]\n" + rare,
                                   "test", "."),
                       {nullptr})),
        denoiser(make_denoiser(plan, plan.models[0], nullptr, scale)),
        shelf(plan.target, panel_loop(world, 1)),
        dealer(world, 2) {}

  RareEntry run(std::size_t entry) {
    return rare_entry({plan, entry, denoiser, denoiser, scale, shelf, dealer, world, 2});
  }

  Communicator world = Communicator::world();
  Normalization scale;
  Plan plan;
  std::shared_ptr<const Denoiser> denoiser;
  MarginalShelf shelf;
  BlockDealer dealer;
};

/// The exceedance of the norm after all steps of an entry, which are linear.
double exact_probability(const EntryPlan& entry, double threshold) {
  const bool ode = entry.kind->step_law == nullptr;
  const auto slope = [](double sigma) { return sigma / (1 + sigma * sigma); };
  double width = entry.levels[0];
  for (std::size_t k = 0; k + 1 < entry.levels.size(); ++k) {
    const double sigma = entry.levels[k], s = entry.levels[k + 1], h = s - sigma;
    const double a = slope(sigma), b = slope(s);
    width = ode ? width * (1 + h * (a + b * (1 + h * a)) / 2)
                : std::hypot((1 + 2 * h * a) * width, std::sqrt(sigma * sigma - s * s));
  }
  width *= 1 - entry.levels.back() * slope(entry.levels.back());
  return norm_survival(2, INFINITY, width, threshold);
}

void expect_right(const RareCase& data, std::size_t entry, const RareEntry& found,
                  const std::string& method, double target) {
  ASSERT_EQ(found.estimates.size(), 2U);
  for (const RareEstimate& e : found.estimates) {
    const double exact = exact_probability(data.plan.entries[entry], e.threshold);
    EXPECT_EQ(e.method, method) << found.choice;
    EXPECT_LT(std::abs(e.probability - exact), 5 * e.standard_error) << e.probability;
    EXPECT_TRUE(e.reached) << e.doubt;
    EXPECT_TRUE(e.doubt.empty()) << e.doubt;
    EXPECT_LE(e.relative_error(), target);
    EXPECT_GT(e.figure_of_merit(), 0);
    EXPECT_GT(e.effective_size, 1);
  }
  EXPECT_EQ(found.estimates[0].level, 1e-7) << "in the order of the plan";
}

TEST(Foresight, PrefersWhatIsKnownAndThenWhatIsCheap) {
  EXPECT_LT((Foresight{1e9, 0, 3}), (Foresight{5, 1, 0}));
  EXPECT_LT((Foresight{1e9, 0, 0}), (Foresight{5, 0, 1}));
  EXPECT_LT((Foresight{5, 0, 1}), (Foresight{1e9, 0, 1}));
  EXPECT_TRUE((Foresight{5}).tells());
  EXPECT_FALSE((Foresight{5, 0, 1}).tells());
}

TEST(Rounds, AreAtLeastTheReplicasThatAreAskedForAndThoseOfTheTarget) {
  EXPECT_NEAR(rounds_needed({estimate(0.1)}, {0.2}, 0.1), 0.25, 1e-12)
      << "a quarter of a long round";
  EXPECT_DOUBLE_EQ(rounds_needed({estimate(0.1)}, {0.2}, 1), 1);
  EXPECT_NEAR(rounds_needed({estimate(0.1), estimate(0.3)}, {0.1, 0.1}, 1), 9, 1e-12);
}

Plan costed(const std::string& sampler, int dimension = 1) {
  return make_plan(parse_study("[data]\nkind = \"student_t\"\nnu = 3.0\ndimension = " +
                                   std::to_string(dimension) +
                                   "\n[models.net]\nnoise = \"student_t\"\nnu = 3.0\n"
                                   "[samplers.t_sde]\nmodel = \"net\"\n" +
                                   sampler,
                               "test", "."),
                   {nullptr});
}

double seconds_of(const Plan& plan, RareMethod method, const RareWorkload& work = {1e9, 1e7}) {
  return sampling_seconds(plan, plan.entries[0], method, work);
}

// A lookup takes a nanosecond, clones and their scores ten times as long; beside a network of
// 17,000 weights they are little.
TEST(RareCost, OfACallIsWhatTheMethodAddsToTheDenoiser) {
  const Plan table = costed("levels = 32"), network = costed("denoiser = \"network\"");
  const double counting = seconds_of(table, RareMethod::counting);
  EXPECT_GT(seconds_of(table, RareMethod::splitting), 6 * counting);
  EXPECT_LT(seconds_of(table, RareMethod::importance), 3 * counting);
  EXPECT_LT(seconds_of(network, RareMethod::splitting),
            2 * seconds_of(network, RareMethod::counting));
  EXPECT_GT(seconds_of(network, RareMethod::counting), 50 * counting);
}

TEST(RareCost, OfALawGoesWithTheLevels) {
  const Plan few = costed("levels = 32"), many = costed("levels = 512");
  EXPECT_DOUBLE_EQ(law_seconds(many, many.entries[0]), 16 * law_seconds(few, few.entries[0]));
  EXPECT_NEAR(law_seconds(few, few.entries[0]), 3, 1);
}

/// By which method auto goes on.
std::string chosen(const std::string& rare, const std::string& levels, std::size_t entry = 0) {
  RareCase data(rare, levels, 1);
  const RareEntry found = data.run(entry);
  EXPECT_NE(found.choice.find("processor time foreseen"), std::string::npos);
  EXPECT_TRUE(found.estimates[0].reached) << found.choice;
  return found.estimates[0].method;
}

// Splitting needs half the calls of counting at a tenth, each of which costs seven times as much.
TEST(Auto, CountsWhatIsNotRare) {
  EXPECT_EQ(chosen("target_relative_error = 0.005", "1e-1"), "counting");
}

// 0.5 % at 1e-7 are 3e8 calls of splitting, several seconds, where the law of 24 levels takes two.
TEST(Auto, TakesTheLawWhereSplittingIsLong) {
  EXPECT_EQ(chosen("target_relative_error = 0.005", "1e-7"), "law");
}

TEST(Auto, SplitsWhereTheLawIsLong) {
  EXPECT_EQ(chosen("particles = 300\ntarget_relative_error = 0.2", "1e-7"), "splitting");
}

TEST(Auto, WeightsTheStartsOfAnOde) {
  EXPECT_EQ(chosen("target_relative_error = 0.1", "1e-9", 1), "importance");
}

// What both first rounds cost is in the cost of a law, which calls no denoiser of its own.
TEST(Auto, CountsTheCostOfFirstRoundsAndLeavesThemOut) {
  RareCase law("target_relative_error = 0.005", "1e-7", 1);
  const RareEstimate by_law = law.run(0).estimates[0];
  EXPECT_GT(by_law.calls, 0U);
  EXPECT_GT(by_law.cpu_seconds, 0.1);
  RareCase split("method = \"splitting\"\nparticles = 300\ntarget_relative_error = []"),
      chosen("particles = 300\ntarget_relative_error = []");
  const RareEstimate one = split.run(0).estimates[0], other = chosen.run(0).estimates[0];
  ASSERT_EQ(other.method, "splitting");
  EXPECT_EQ(one.replicas, other.replicas);
  EXPECT_NE(one.probability, other.probability) << "replicas after those of the first round";
  EXPECT_GT(static_cast<double>(other.calls), 2.5 * static_cast<double>(one.calls));
}

TEST(Auto, NamesTheEventWhereThereAreSeveral) {
  RareCase one("particles = 50\ntarget_relative_error = []", "1e-1");
  EXPECT_EQ(one.run(0).choice.find("norm:"), std::string::npos);
  RareCase two("particles = 50\ntarget_relative_error = []", "1e-1", 1, "separate_tails = true");
  const std::string choice = two.run(0).choice;
  EXPECT_EQ(choice.find("norm: "), 0U) << choice;
  EXPECT_NE(choice.find(" lower: "), std::string::npos) << choice;
}

TEST(RareEntry, ReachesTheTargetBySplitting) {
  RareCase data("particles = 300\ntarget_relative_error = 0.2");
  expect_right(data, 0, data.run(0), "splitting", 0.2);
}

TEST(RareEntry, ReachesTheTargetByImportanceSampling) {
  RareCase data("particles = 300\ntarget_relative_error = [0.02, 0.05]");
  expect_right(data, 1, data.run(1), "importance", 0.05);
}

/// The noise of ve_sde makes its paths forget their start: one in 1e4 ends beyond from every decade
/// of starts, of which 2,000 are drawn each, so that some decades lead there and the first, which
/// is 90 % of the truth, does not.
TEST(RareEntry, DoubtsWeightedStartsThatDoNotDecide) {
  RareCase data(
      "method = \"importance\"\nparticles = 2000\nreplicas = 20\ntarget_relative_error = []",
      "1e-4, 1e-2");
  const RareEstimate found = data.run(0).estimates[0];
  EXPECT_TRUE(found.resolved());
  EXPECT_LT(found.probability, 0.5 * exact_probability(data.plan.entries[0], found.threshold));
  EXPECT_NE(found.doubt.find("most common starts"), std::string::npos) << found.doubt;
}

TEST(RareEntry, SaysWhatIsNotResolved) {
  RareCase data("method = \"counting\"\nreplicas = 10\nmost_paths = 1000");
  const RareEntry found = data.run(0);
  const RareEstimate &deep = found.estimates[0], &shallow = found.estimates[1];
  EXPECT_FALSE(deep.resolved());
  EXPECT_FALSE(deep.reached);
  EXPECT_FALSE(deep.doubt.empty());
  EXPECT_NEAR(deep.interval.high, 3.69e-5, 1e-7) << "none of 1e5";
  EXPECT_TRUE(std::isinf(deep.relative_error()));
  EXPECT_LT(
      std::abs(shallow.probability - exact_probability(data.plan.entries[0], shallow.threshold)),
      5 * shallow.standard_error);
}

TEST(RareEntry, IsTheSameOnAllRanks) {
  RareCase data(
      "method = \"splitting\"\nparticles = 50\nreplicas = 10\n"
      "target_relative_error = []");
  const RareEntry found = data.run(0);
  for (const RareEstimate& e : found.estimates) {
    std::vector<double> numbers{e.probability, e.interval.low, e.interval.high,
                                e.variance_of_variance, e.effective_size};
    const std::vector<double> mine = numbers;
    data.world.broadcast(numbers);
    EXPECT_EQ(numbers, mine);
    EXPECT_EQ(e.replicas, 10U);
  }
}

TEST(RareEntry, RefusesWhatDoesNotFit) {
  RareCase splitting("method = \"splitting\"");
  EXPECT_THROW(splitting.run(1), InputError);
  RareCase law("method = \"law\"");
  EXPECT_THROW(law.run(0), InputError);
}

}  // namespace
}  // namespace htdm
