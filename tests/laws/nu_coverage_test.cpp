/// How often the intervals of htdm choose-nu hold the truth.
#include "app/law.hpp"
#include "app/nu_laws.hpp"
#include "laws/student_t_rows.hpp"
#include "random/draws.hpp"
#include "samplers/sampler.hpp"
#include "stats/nu_choice.hpp"
#include "stats/sorting.hpp"
#include "stats/student_t_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

namespace htdm {
namespace {

bool holds(const Interval& interval, double truth) {
  return interval.low <= truth && truth <= interval.high;
}

/// How many of `repeats` intervals hold `truth`.
int covered(const char* what, int repeats, double truth,
            const std::function<Interval(std::uint64_t seed)>& interval) {
  int count = 0;
  for (int seed = 0; seed < repeats; ++seed) {
    count += holds(interval(static_cast<std::uint64_t>(seed)), truth) ? 1 : 0;
  }
  std::printf("%s: %d of %d\n", what, count, repeats);
  return count;
}

/// 2000 samples each, at 95 %. Asked are 93 % to 97 %, four standard errors of the observed share
/// (0.5 %): an interval that covers 95 % fails once in 16,000 seeds, one that covers 91.5 % or
/// 98.5 % passes once in 100. Seeds are fixed, so a passing test passes always.
TEST(NuCoverage, OfTheStudentTFit) {
  struct Case {
    double nu;
    int d;
    std::size_t n;
  };
  constexpr int repeats = 2000;
  for (const Case& c : {Case{3, 1, 1000}, Case{2.2, 1, 300}, Case{6, 1, 2000}, Case{3, 3, 400}}) {
    const std::string what = "t fit, nu " + std::to_string(c.nu) + ", d " + std::to_string(c.d) +
                             ", n " + std::to_string(c.n);
    const int count = covered(what.c_str(), repeats, c.nu, [&](std::uint64_t seed) {
      return fit_student_t(test::student_t_rows(c.nu, c.d, c.n, seed), c.d).nu_interval;
    });
    EXPECT_GE(count, 0.93 * repeats) << what;
    EXPECT_LE(count, 0.97 * repeats) << what;
  }
}

/// Samples of 5000 rows of known nu. Asked for are 90 of 100, and more strictly 930 of 1000, which
/// at a coverage of 95 % fails once in 400 seeds, and at 91 % passes once in 60. One hundred alone
/// is below 90 once in 40 to 90: of those from seed 1000 on, at nu 4, it was 88, of the thousand
/// 955.
TEST(NuRecovery, OfTheTrainingNu) {
  for (const double nu : {2.5, 4.0}) {
    const int count = covered("training nu", 1000, nu, [&](std::uint64_t seed) {
      return fit_student_t(test::student_t_rows(nu, 1, 5000, 1000 + seed)).nu_interval;
    });
    EXPECT_GE(count, 930) << nu;
  }
}

/// A t_sde sampler with the exact denoiser of t_3 data, z-scored by `model`, and bins of |z|.
struct Sampled {
  explicit Sampled(int d)
      : study(parse_study("[data]\ndimension = " + std::to_string(d) +
                              "\n[models.exact]\nkind = \"exact\"\n"
                              "[samplers.t_sde]\nmodel = \"exact\"\nlevels = 16\n",
                          "test", ".")),
        plan(make_plan(study, {nullptr})),
        model{std::vector<double>(static_cast<std::size_t>(d), 0),
              std::vector<double>(static_cast<std::size_t>(d), std::sqrt(3.0)),
              {}},
        denoiser(make_denoiser(plan, plan.models[0], nullptr, model)),
        table(tables.table(plan.entries[0], denoiser, Communicator::world(), 1)) {
    std::vector<double> sorted = paths(3, 10'000, ~std::uint64_t{0});
    sort_ascending(std::span(sorted));
    bins = {model, halving_edges(sorted, held_out, 0.5)};
  }

  EntryPlan entry(double nu) const {
    EntryPlan result = plan.entries[0];
    result.nu = nu;
    return result;
  }

  /// |z| of paths at this nu.
  std::vector<double> paths(double nu, std::size_t n, std::uint64_t seed) const {
    SamplerOptions options = sampler_options(entry(nu));
    options.seed = seed;
    const auto sampler = plan.entries[0].kind->make(table, options);
    const auto d = static_cast<std::size_t>(sampler->dimension());
    const std::size_t stride = padded(n);
    AlignedVector<float> z(stride * d);
    Scratch scratch;
    const Tile<float> tile{z.data(), n, stride};
    sampler->sample_tile(0, tile, scratch);
    std::vector<double> distance(n);
    for (std::size_t i = 0; i < n; ++i) {
      double square = 0;
      for (std::size_t j = 0; j < d; ++j) square += double{tile.row(j)[i]} * tile.row(j)[i];
      distance[i] = std::sqrt(square);
    }
    return distance;
  }

  std::vector<std::uint64_t> counts(double nu, std::uint64_t seed) const {
    std::vector<std::uint64_t> found(bins.size());
    for (const double distance : paths(nu, held_out, seed)) ++found[bins.bin(distance)];
    return found;
  }

  static constexpr std::size_t held_out = 2000;
  Study study;
  Plan plan;
  Normalization model;
  std::shared_ptr<const Denoiser> denoiser;
  TableShelf tables;
  std::shared_ptr<const Denoiser> table;
  DistanceBins bins;
};

const std::vector<double> candidates{1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.3, 3.7, 4.3, 5.5, 8, 20};

double uniform(std::uint64_t replicate, std::uint64_t draw, std::uint32_t lane) {
  const Words words =
      Stream(7, Purpose::bootstrap, replicate).words(static_cast<std::uint32_t>(draw), lane);
  return open_uniform(words[0], words[1]);
}

Bootstrap bootstrap_of(const CountedLaws* counted) {
  Bootstrap bootstrap{200, [](std::uint64_t r, std::uint64_t bin) { return uniform(r, bin, 0); }};
  if (counted != nullptr) {
    bootstrap.laws = [counted](std::uint64_t r) {
      return counted->redrawn([r](std::uint64_t block) { return uniform(r, block, 1); });
    };
  }
  return bootstrap;
}

/// Held-out rows that are paths of the sampler itself, at nu 2.5 and 3.5, between candidates: this
/// nu is in the interval for 90 sets of 100 or more. A rival that is the same sampler at nu 2 is
/// found to be farther; one at the true nu, which is right, at most 3 times.
TEST(NuRecovery, OfTheSamplingNuByLaws) {
  const Sampled sampled(1);
  const auto law_at = [&](double nu) {
    const LineLaw law =
        output_law(sampled.entry(nu), sampled.denoiser, 1e-6, panel_loop(Communicator::world(), 1));
    return sampled.bins.probabilities(law, sampled.model);
  };
  BinLaws family;
  for (const double nu : candidates) family.push_back(law_at(nu));
  for (const double nu : {2.5, 3.5}) {
    BinLaws laws = family;
    laws.push_back(law_at(2));
    laws.push_back(law_at(nu));
    int farther = 0, right = 0;
    const int count = covered("sampling nu by laws", 100, nu, [&](std::uint64_t seed) {
      const NuChoice choice =
          choose_nu(candidates, laws, sampled.counts(nu, seed), bootstrap_of(nullptr));
      farther += choice.rivals[0].excess.interval.low > 0 ? 1 : 0;
      right += choice.rivals[1].excess.interval.low > 0 ? 1 : 0;
      return choice.interval;
    });
    std::printf("farther: %d at nu 2, %d at the true nu\n", farther, right);
    EXPECT_GE(count, 90) << nu;
    EXPECT_GE(farther, nu > 3 ? 100 : 50);
    EXPECT_LE(right, 3);
  }
}

/// The same in the plane, where laws are counted on no more than twice as many paths as there are
/// held-out rows: their own errors are in the interval.
TEST(NuRecovery, OfTheSamplingNuByCounts) {
  Sampled sampled(2);
  NuFamily family{{}, {}, sampled.model, sampled.bins};
  for (const double nu : candidates) {
    family.entries.push_back(sampled.entry(nu));
    family.denoisers.push_back(sampled.denoiser);
  }
  const Communicator world = Communicator::world();
  BlockDealer dealer(world, 1);
  const double nu = 2.5;
  const int count = covered("sampling nu by counts", 100, nu, [&](std::uint64_t seed) {
    const CountedLaws counted = count_laws(family, seed, 4000, {world, 1, dealer, sampled.tables});
    return choose_nu(candidates, counted.laws(), sampled.counts(nu, 5000 + seed),
                     bootstrap_of(&counted))
        .interval;
  });
  EXPECT_GE(count, 90);
}

}  // namespace
}  // namespace htdm
