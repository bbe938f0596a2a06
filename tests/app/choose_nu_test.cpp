/// Choosing nu: what is held out, bins, laws of candidates by both methods, and the whole choice.
#include "app/choose_nu.hpp"

#include "app/data_sets.hpp"
#include "app/exact_model.hpp"
#include "app/law.hpp"
#include "core/error.hpp"
#include "random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace htdm {
namespace {

Plan plan_of(const std::string& text, const EmpiricalTarget& rows = {}) {
  const Study study = parse_study(text, "test", ".");
  return make_plan(study, std::vector<std::shared_ptr<const Model>>(study.models.size()), rows);
}

std::string study_text(const std::string& data, const std::string& sampler = "") {
  return "[data]\n" + data +
         "\n[models.exact]\nkind = \"exact\"\nnoise = \"student_t\"\nnu = 3.0\n"
         "[samplers.t_sde]\nmodel = \"exact\"\nlevels = 24\n" +
         sampler;
}

EmpiricalTarget hundred_rows() {
  std::vector<double> train(100);
  std::iota(train.begin(), train.end(), 0.0);
  return {1, std::make_shared<const std::vector<double>>(train),
          std::make_shared<const std::vector<double>>(train)};
}

const std::string file = "kind = \"file\"\npath = \"x.csv\"\n";

TEST(HeldOut, AreTheLastOfALawAndOfASplitByTime) {
  const Plan plan =
      plan_of(study_text(file + "split = \"time\"\nvalidation_fraction = 0.3"), hundred_rows());
  const TrainingRows rows = draw_training_rows(plan, 1);
  EXPECT_EQ(rows.all.size(), 100U);
  ASSERT_EQ(rows.held_out.size(), 30U);
  EXPECT_EQ(rows.held_out.front(), 70);
  EXPECT_EQ(rows.held_out.back(), 99);
  const TrainingData data = draw_training_data(plan, 1);
  EXPECT_EQ(data.samples.size(), 70U);
  EXPECT_NEAR(data.normalization.mean[0], 34.5, 1e-12) << "no held-out row is in it";

  const std::string law = "train_samples = 1000\n";
  const Plan part = plan_of(study_text(law + "validation_fraction = 0.2"));
  const Plan whole = plan_of(study_text(law));
  const TrainingRows drawn = draw_training_rows(part, 2);
  const TrainingRows all = draw_training_rows(whole, 1);
  EXPECT_EQ(drawn.all, all.all) << "the draws are the same";
  EXPECT_TRUE(all.held_out.empty());
  EXPECT_TRUE(std::equal(drawn.held_out.begin(), drawn.held_out.end(), all.all.end() - 200));
}

TEST(HeldOut, AreChosenByDrawsOfASplitAtRandom) {
  const auto rows_of = [](const std::string& seed) {
    return draw_training_rows(
        plan_of("[study]\nseed = " + seed + "\n" + study_text(file + "validation_fraction = 0.3"),
                hundred_rows()),
        1);
  };
  const TrainingRows rows = rows_of("1");
  ASSERT_EQ(rows.held_out.size(), 30U);
  EXPECT_TRUE(std::ranges::is_sorted(rows.held_out));
  EXPECT_LT(rows.held_out.front(), 70);
  EXPECT_NE(rows.held_out, rows_of("2").held_out);
  EXPECT_EQ(rows.held_out, rows_of("1").held_out);
}

TEST(HeldOut, LeaveEnoughForAMinibatch) {
  EXPECT_THROW(plan_of("[data]\ntrain_samples = 1200\nvalidation_fraction = 0.2\n"
                       "[models.t_edm]\nbatch = 1000\n[samplers.t_sde]\n"),
               InputError);
}

TEST(DistanceBins, HalveTheTailAndCountRows) {
  std::vector<double> sorted(1000);
  for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = static_cast<double>(i);
  const std::vector<double> edges = halving_edges(sorted, 200, 0.5);
  ASSERT_EQ(edges.size(), 4U) << "12.5 of 200 are beyond 1/16, and less than ten beyond 1/32";
  EXPECT_NEAR(edges[0], 499.5, 1e-9);
  EXPECT_NEAR(edges[3], 999 * (1 - 1.0 / 16), 1e-9);
  EXPECT_THROW(halving_edges(sorted, 30, 0.5), InputError) << "three bins";
  EXPECT_THROW(halving_edges(sorted, 200, 0.1), InputError);
  const DistanceBins bins{{{1, 2}, {2, 4}, {}}, {1, 3}};
  // |z| of (1, 2) is 0, of (3, 2) 1, of (1, 14) 3, of (21, 2) 10.
  const std::vector<double> rows{1, 2, 2, 2, 3, 2, 1, 13, 1, 14, 21, 2};
  EXPECT_EQ(bins.counts(rows), (std::vector<std::uint64_t>{2, 2, 2}));
}

/// Everything that laws are taken of: an exact model of a study, z-scored as it may be.
struct Family {
  Family(const std::string& study, const Normalization& scale, const DistanceBins& of_bins)
      : plan(plan_of(study)), model(scale), bins(of_bins) {
    denoiser = make_denoiser(plan, plan.models[0], nullptr, model);
  }

  NuFamily of(const std::vector<double>& nus) const {
    NuFamily family{{}, {}, model, bins};
    for (const double nu : nus) {
      family.entries.push_back(plan.entries[0]);
      family.entries.back().nu = nu;
      family.denoisers.push_back(denoiser);
    }
    return family;
  }

  CountedLaws counted(const std::vector<double>& nus, std::uint64_t paths, int threads) const {
    const Communicator world = Communicator::world();
    BlockDealer dealer(world, threads);
    TableShelf tables;
    return count_laws(of(nus), 5, paths, {world, threads, dealer, tables});
  }

  Plan plan;
  Normalization model;
  DistanceBins bins;
  std::shared_ptr<const Denoiser> denoiser;
};

/// Both ways to the same probabilities, of a model with its own normalisation: 200,192 counted
/// paths within 4.5 standard errors of the law (level 7e-6 a bin), which are 5 % of the last bin.
TEST(NuLaws, CountedOnesAgreeWithPropagatedOnes) {
  const Family family(study_text("location = 1.0\n"), {{0.8}, {1.7}, {}},
                      {{{1.3}, {2}, {}}, {0.5, 1, 2, 4}});
  const CountedLaws counted = family.counted({2.5, 4}, 200'000, 2);
  EXPECT_EQ(counted.nonfinite_rate(), 0);
  const BinLaws laws = counted.laws();
  const NuFamily both = family.of({2.5, 4});
  for (std::size_t c = 0; c < 2; ++c) {
    const LineLaw law =
        output_law(both.entries[c], family.denoiser, 1e-6, panel_loop(Communicator::world(), 1));
    const std::vector<double> p = family.bins.probabilities(law, family.model);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
    for (std::size_t b = 0; b < p.size(); ++b) {
      const double error = std::sqrt(p[b] * (1 - p[b]) / static_cast<double>(counted.paths()));
      EXPECT_NEAR(laws[c][b], p[b], 4.5 * error + 3.0 / static_cast<double>(counted.paths()))
          << "law " << c << ", bin " << b;
    }
  }
}

/// Paths do not depend on threads, tile or ranks; replicates are blocks drawn again, whose spread
/// is that of independent paths: of 400 replicates the variance is right to 25 % (3.5 standard
/// errors of it), which blocks of paths on common noise would miss by far.
TEST(NuLaws, ReplicatesHaveTheSpreadOfPaths) {
  const Family family(study_text("dimension = 2\n"), {{0, 0}, {1.7, 1.7}, {}},
                      {{{0, 0}, {1.7, 1.7}, {}}, {0.7, 1.5, 3}});
  const CountedLaws counted = family.counted({2.2, 3, 6}, 100'000, 1);
  const BinLaws laws = counted.laws();
  EXPECT_EQ(laws, family.counted({2.2, 3, 6}, 100'000, 2).laws());
  EXPECT_GT(laws[0][3], laws[1][3]) << "a smaller nu has more in its tail";
  EXPECT_GT(laws[1][3], laws[2][3]);
  constexpr std::uint64_t replicates = 400;
  std::vector<double> share;
  for (std::uint64_t r = 0; r < replicates; ++r) {
    share.push_back(counted.redrawn([r](std::uint64_t k) {
      const Words words = Stream(1, Purpose::test_data, r).words(static_cast<std::uint32_t>(k));
      return open_uniform(words[0], words[1]);
    })[1][1]);
  }
  const double mean = std::accumulate(share.begin(), share.end(), 0.0) / replicates;
  double variance = 0;
  for (const double x : share) variance += (x - mean) * (x - mean) / replicates;
  const double p = laws[1][1];
  const double expected = p * (1 - p) / static_cast<double>(counted.paths());
  EXPECT_NEAR(variance / expected, 1, 0.3);
  EXPECT_NEAR(mean, p, 5 * std::sqrt(expected / replicates));
}

NuReport choice(const std::string& study, const NuSettings& settings) {
  Plan plan = plan_of(study);
  const Communicator world = Communicator::world();
  const TrainingData data = draw_training_data(plan, 1);
  std::vector<std::shared_ptr<const Denoiser>> denoisers;
  std::vector<Normalization> scales;
  for (const ModelPlan& model : plan.models) {
    scales.push_back(exact_normalization(plan.study.data, model.section, data.normalization));
    denoisers.push_back(make_denoiser(plan, model, nullptr, scales.back(), data.samples));
  }
  MarginalShelf shelf(plan.target, panel_loop(world, 1));
  BlockDealer dealer(world, 1);
  TableShelf tables;
  NuReport report;
  choose_nus({plan, denoisers, scales, settings, shelf, {world, 1, dealer, tables}}, report);
  return report;
}

/// Student-t data of nu 3 under the exact denoiser. The training nu is 3, within five standard
/// errors of 20,000 rows (0.06 each, of the information of nu); t_sde_exact, which has the right
/// law but for its steps, is not refuted.
TEST(ChooseNu, OfStudentTDataInOneDimension) {
  const NuReport report = choice(study_text("train_samples = 20000\nvalidation_fraction = 0.2\n"),
                                 {{2, 2.4, 2.8, 3.3, 4.3, 8}, 0.5, 0});
  EXPECT_EQ(report.data.rows, 20'000U);
  EXPECT_EQ(report.data.held_out, 4000U);
  EXPECT_EQ(std::accumulate(report.data.counts.begin(), report.data.counts.end(), 0ULL), 4000U);
  ASSERT_EQ(report.samplers.size(), 1U);
  const SamplingNu& s = report.samplers[0];
  EXPECT_EQ(s.method, "law");
  EXPECT_LT(s.law_error, 1e-4);
  ASSERT_EQ(s.rivals.size(), 1U);
  EXPECT_EQ(s.rivals[0].coefficient, "posterior");
  if (!Communicator::world().is_root()) return;
  EXPECT_NEAR(report.training.student_t.value, 3, 0.3);
  EXPECT_LT(report.training.student_t.interval.low, report.training.student_t.value);
  EXPECT_GT(report.training.student_t.interval.high, report.training.student_t.value);
  EXPECT_GT(s.choice.nu, 2);
  EXPECT_LT(s.choice.nu, 4);
  EXPECT_FALSE(s.choice.at_end);
  EXPECT_EQ(s.doubt, "");
  EXPECT_GT(s.rivals[0].found.fit_p_value, 1e-6);
}

/// Candidates that lie all on one side are reported, and no rows from the file are refused.
TEST(ChooseNu, SaysWhatMakesItDoubtful) {
  const NuReport report = choice(study_text("train_samples = 4000\n"), {{8, 12, 20}, 0.5, 0});
  if (Communicator::world().is_root()) {
    EXPECT_TRUE(report.samplers[0].choice.at_end);
    EXPECT_NE(report.samplers[0].doubt.find("widen --candidates"), std::string::npos);
    EXPECT_NE(report.samplers[0].doubt.find("no nu fits"), std::string::npos);
  }
  EXPECT_EQ(report.data.held_out_from, "fresh draws of the law");
  const Plan rows = plan_of(study_text(file), hundred_rows());
  EXPECT_THROW(checked_candidates(rows, {}), InputError) << "nothing is held out";
  const Plan law = plan_of(study_text(""));
  EXPECT_THROW(checked_candidates(law, {{2, 3}, 0.5, 0}), InputError);
  EXPECT_THROW(checked_candidates(law, {{2, 3, 3}, 0.5, 0}), InputError);
  EXPECT_THROW(checked_candidates(law, {{1, 2, 3}, 0.5, 0}), InputError);
  EXPECT_EQ(checked_candidates(law, {{4, 2, 3}, 0.5, 0}), (std::vector<double>{2, 3, 4}));
}

}  // namespace
}  // namespace htdm
