#include "io/study.hpp"

#include "io/study_keys.hpp"
#include "samplers/sampler.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Study parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_study(text, "test.toml", "/folder", overrides);
}

Study reparse(const Study& study) {
  return parse_study(write_study(study), "again", "/elsewhere");
}

TEST(Study, AnEmptyOneIsThePapers) {
  const Study study = parse("");
  EXPECT_EQ(study.study, StudySection{.name = "test"});
  EXPECT_EQ(study.data, DataSection{});
  EXPECT_EQ(study.statistics, StatisticsSection{});
  ASSERT_EQ(study.models.size(), 2U);
  EXPECT_EQ(study.models[0].name, "edm");
  EXPECT_EQ(study.models[0].noise, "gaussian");
  EXPECT_EQ(study.models[0].nu, inf);
  EXPECT_EQ(study.models[1].name, "t_edm");
  EXPECT_EQ(study.models[1].noise, "student_t");
  EXPECT_EQ(study.models[1].nu, 3);
  EXPECT_EQ(study.models[1].steps, 10'000);
  EXPECT_EQ(study.models[1].hidden, (std::vector<std::int64_t>{128, 128}));
  ASSERT_EQ(study.samplers.size(), 4U);
  const auto expect = [](const SamplerSection& s, const char* name, const char* model, int levels,
                         const std::vector<double>& nu) {
    EXPECT_EQ(s.name, name);
    EXPECT_EQ(s.kind, name);
    EXPECT_EQ(s.model, model);
    EXPECT_EQ(s.levels, levels);
    EXPECT_EQ(s.nu, nu);
  };
  expect(study.samplers[0], "ve_sde", "edm", 128, {});
  expect(study.samplers[1], "t_ode", "t_edm", 64, {3});
  expect(study.samplers[2], "t_sde", "t_edm", 128, {2.1, 2.25, 2.5, 3, 4, 6});
  expect(study.samplers[3], "t_sde_ablated", "t_edm", 128, {2.5});
}

TEST(Study, WrittenAndReadIsEqual) {
  const std::vector<std::string> texts{
      "",
      "[study]\nname = \"a.b-c\"\nseed = 9007199254740993\nindependent_noise = true\n",
      "[data]\nkind = \"gaussian\"\nscale = 0.3333333333333333\nlocation = -1e-300\n"
      "[models.g]\nkind = \"exact\"\nnoise = \"gaussian\"\n[samplers.ve_sde]\n",
      "[data]\nkind = \"two_point\"\nseparation = 2\ndimension = 3\n"
      "[models.x]\nkind = \"exact\"\nnu = 0.5\n[samplers.c]\nkind = \"t_chain\"\n",
      "[models.t]\nfile = \"w.h5\"\n[samplers.t_ode]\n",
      "[models.t]\nfile = \"w.h5\"\nnoise = \"student_t\"\nnu = 3\n[samplers.t_ode]\n",
      "[models.edm]\nfile = \"w.h5\"\nnoise = \"gaussian\"\n[samplers.ve_sde]\n",
      "[models.t]\nnu = inf\n[samplers.t_sde]\nmodel = \"t\"\nnu = [inf, 2.1]\n",
      "[models.p]\nkind = \"point_mass\"\n[samplers.ve_sde]\n[samplers.t_chain]\n",
      "[statistics]\nthresholds = [1, 2.5e7]\nevent = \"coordinate\"\n",
      "[data]\ndimension = 2\n[statistics]\nevent = \"linear\"\nweights = [0.5, -1]\n",
      "[store]\nsamples = 1e6\npaths = 3\n",
      "[rare]\nmethod = \"splitting\"\ntarget_relative_error = [0.1, 0.5]\nkilled = 0.2\n",
      "[rare]\nmethod = \"law\"\ntarget_relative_error = []\n[store]\npaths = 3\n",
  };
  for (const std::string& text : texts) {
    const Study study = parse(text);
    EXPECT_EQ(reparse(study), study) << write_study(study);
    EXPECT_EQ(write_study(reparse(study)), write_study(study));
  }
}

TEST(Study, WritesNumbersThatReadBackEqual) {
  Study study = parse("");
  study.data.nu = 1.0 + 1e-15;
  study.models[1].learning_rate = 0.1 + 0.2;
  study.samplers[2].nu = {1.0 / 3 + 2, inf};
  EXPECT_EQ(reparse(study), study);
}

TEST(Study, ANamedTableReplacesTheDefaultSetOfItsKindOnly) {
  const Study models = parse("[models.edm]\nsteps = 5\n[models.other]\n");
  ASSERT_EQ(models.models.size(), 2U);
  EXPECT_EQ(models.models[1].name, "other");
  ASSERT_EQ(models.samplers.size(), 4U);
  EXPECT_EQ(models.samplers[1].model, "other");
  const Study samplers = parse("[samplers.t_ode]\n");
  EXPECT_EQ(samplers.models.size(), 2U);
  ASSERT_EQ(samplers.samplers.size(), 1U);
}

TEST(Study, KeepsTheWrittenOrder) {
  const Study study = parse(
      "[samplers.z]\nkind=\"t_ode\"\n[samplers.a]\nkind=\"t_ode\"\n"
      "[samplers.m]\nkind=\"t_ode\"\n");
  ASSERT_EQ(study.samplers.size(), 3U);
  EXPECT_EQ(study.samplers[0].name, "z");
  EXPECT_EQ(study.samplers[1].name, "a");
  EXPECT_EQ(study.samplers[2].name, "m");
}

TEST(Study, TakesNumbersTheWaysPeopleWriteThem) {
  const Study study = parse(
      "[statistics]\nbatch_size = 1e5\nexceedance_levels = 0.01\n"
      "[samplers.t_sde]\nnu = \"inf\"\n[models.t_edm]\nnu = 4\nhidden = 16\n");
  EXPECT_EQ(study.statistics.batch_size, 100'000);
  EXPECT_EQ(study.statistics.exceedance_levels, std::vector<double>{0.01});
  EXPECT_EQ(study.samplers[0].nu, std::vector<double>{inf});
  EXPECT_EQ(study.models[0].nu, 4);
  EXPECT_EQ(study.models[0].hidden, std::vector<std::int64_t>{16});
}

TEST(Study, DefaultNoiseFollowsNuAndName) {
  EXPECT_EQ(parse("[models.edm]\n[models.t]\n").models[0].nu, inf);
  EXPECT_EQ(parse("[models.edm]\nnu = 5\n[samplers.t_ode]\n").models[0].noise, "student_t");
  EXPECT_EQ(parse("[models.x]\n[samplers.t_ode]\n").models[0].noise, "student_t");
}

TEST(Study, DefaultModelMatchesTheNoise) {
  const Study study =
      parse("[models.a]\n[models.b]\n[models.g]\nnu = inf\n[samplers.ve_sde]\n[samplers.t_ode]\n");
  EXPECT_EQ(study.samplers[0].model, "g");
  EXPECT_EQ(study.samplers[1].model, "a");
}

TEST(Study, DefaultSamplingNuIsTheKindsOrTheModels) {
  const Study study = parse(
      "[models.m]\nnu = 5\n[models.f]\nfile = \"w.h5\"\n[models.g]\nfile = \"w.h5\"\nnu = 7\n"
      "[samplers.t_ode]\nmodel = \"m\"\n[samplers.t_sde]\nmodel = \"m\"\n"
      "[samplers.f]\nkind = \"t_ode\"\nmodel = \"f\"\n"
      "[samplers.g]\nkind = \"t_chain\"\nmodel = \"g\"\n");
  EXPECT_EQ(study.samplers[0].nu, std::vector<double>{5});
  EXPECT_EQ(study.samplers[0].levels, 64);
  EXPECT_EQ(study.samplers[1].nu, std::vector<double>{2.5});
  EXPECT_EQ(study.samplers[1].levels, 128);
  EXPECT_TRUE(study.samplers[2].nu.empty());  // only the file knows
  EXPECT_EQ(study.samplers[3].nu, std::vector<double>{7});
}

TEST(Study, KeysWithoutMeaningLeaveNoTrace) {
  const Study plain = parse(
      "[data]\nkind = \"gaussian\"\n[models.edm]\nkind = \"exact\"\n"
      "[samplers.ve_sde]\n");
  const Study noisy = parse(
      "[data]\nkind = \"gaussian\"\nnu = 7\nseparation = 9\n[models.edm]\nkind = \"exact\"\n"
      "steps = 3\nbatch = 9\n[samplers.ve_sde]\nnu = inf\n");
  EXPECT_EQ(plain, noisy);
  EXPECT_EQ(write_study(plain), write_study(noisy));
  EXPECT_EQ(write_study(plain).find("separation"), std::string::npos);
}

TEST(Study, RelativePathsStartFromTheStudysFolder) {
  const std::string text = "[models.t]\nfile = \"sub/../w.h5\"\n[samplers.t_ode]\n";
  EXPECT_EQ(parse(text).models[0].file, "/folder/w.h5");
  EXPECT_EQ(parse(text, {"models.t.file=\"/abs/w.h5\""}).models[0].file, "/abs/w.h5");
  const std::string here = (std::filesystem::current_path() / "w.h5").string();
  EXPECT_EQ(parse(text, {"models.t.file=w.h5"}).models[0].file, here);
  EXPECT_EQ(parse(text, {"models.t.file="}).models[0].file, "");
  EXPECT_NE(write_study(parse(text)).find("/folder/w.h5"), std::string::npos);
  EXPECT_EQ(write_study(parse(text), false).find("w.h5"), std::string::npos);
}

TEST(Study, NotesWhatIsWrittenBesideAFile) {
  const Study study = parse(
      "[models.a]\nfile = \"w.h5\"\n[models.b]\nfile = \"w.h5\"\nnoise = \"student_t\"\nnu = 4\n"
      "[models.c]\nnu = 4\n[samplers.t_ode]\n");
  EXPECT_FALSE(study.models[0].nu_given || study.models[0].noise_given);
  EXPECT_TRUE(study.models[1].nu_given && study.models[1].noise_given);
  EXPECT_FALSE(study.models[2].nu_given || study.models[2].noise_given);
}

TEST(Study, IsNamedLikeItsFileUnlessItSays) {
  const auto name = [](const std::string& source, const std::string& text = "") {
    return parse_study(text, source, "").study.name;
  };
  EXPECT_EQ(name("../a/My returns.2.toml"), "My_returns.2");
  EXPECT_EQ(name("a.toml", "[study]\nname = \"b\"\n"), "b");
  EXPECT_EQ(parse_study("", "a.toml", "", {"study.name=c"}).study.name, "c");
}

TEST(Override, SetsAddsAndWins) {
  const Study study =
      parse("[study]\nseed = 1\n",
            {"study.seed=2", "study.name=bare-word", "data.nu = 5.5", "samplers.t_sde.nu=[2.5, 3]",
             "samplers.extra.kind=t_ode", "study.independent_noise=true", "study.seed=3"});
  EXPECT_EQ(study.study.seed, 3U);
  EXPECT_EQ(study.study.name, "bare-word");
  EXPECT_TRUE(study.study.independent_noise);
  EXPECT_EQ(study.data.nu, 5.5);
  ASSERT_EQ(study.samplers.size(), 5U);  // the default set, changed and added to
  EXPECT_EQ(study.samplers[2].nu, (std::vector<double>{2.5, 3}));
  EXPECT_EQ(study.samplers[4].name, "extra");
}

TEST(Override, ADateIsAWord) {
  EXPECT_EQ(parse("", {"study.name=2026-01-31"}).study.name, "2026-01-31");
}

TEST(ReferenceStudy, ReadsAsTheDefaults) {
  EXPECT_EQ(parse(reference_study()), parse("", {"study.name=paper"}));
}

template <class Section>
void expect_described(const std::string& text, const std::string& table) {
  const std::size_t start = text.find("[" + table);
  ASSERT_NE(start, std::string::npos) << table;
  for (const Key<Section>& key : study_keys<Section>()) {
    EXPECT_NE(text.find("\n" + std::string(key.name) + " = ", start), std::string::npos)
        << key.name;
    EXPECT_NE(text.find(key.help, start), std::string::npos) << key.name;
    for (const Choice& choice : key.choices) {
      EXPECT_NE(text.find(choice.value, start), std::string::npos) << choice.value;
      EXPECT_NE(text.find(choice.help, start), std::string::npos) << choice.value;
    }
  }
}

// What is kept changes no result, so it must not enter their digest.
TEST(WriteStudy, StoreIsNoPartOfTheDigestsText) {
  const Study plain = parse(""), stored = parse("[store]\nsamples = 30_000_000\npaths = 7\n");
  EXPECT_NE(write_study(stored), write_study(plain));
  EXPECT_EQ(write_study(stored, false), write_study(plain, false));
  EXPECT_EQ(stored.stored_samples(), 10'000'000);  // all there are
  EXPECT_EQ(stored.stored_paths(), 7);
}

TEST(WriteStudy, RareIsNoPartOfTheDigestsTextNorOfARunsIdentity) {
  const Study plain = parse("[store]\npaths = 7\n");
  const Study rare = parse("[rare]\nparticles = 50\n[store]\npaths = 7\n");
  EXPECT_EQ(write_study(rare, false), write_study(plain, false));
  const std::string with = write_study(rare), without = write_study(plain);
  EXPECT_NE(with, without);
  EXPECT_EQ(with.substr(with.find("\n[store]\n")), without.substr(without.find("\n[store]\n")));
}

TEST(ReferenceStudy, MentionsEveryKeyAndEveryChoice) {
  const std::string text = reference_study();
  expect_described<StudySection>(text, "study");
  expect_described<DataSection>(text, "data");
  expect_described<ModelSection>(text, "models.");
  expect_described<SamplerSection>(text, "samplers.");
  expect_described<StatisticsSection>(text, "statistics");
  expect_described<RareSection>(text, "rare");
  expect_described<StoreSection>(text, "store");
  for (const SamplerKind& kind : sampler_kinds()) {
    EXPECT_NE(text.find(kind.description), std::string::npos) << kind.name;
  }
}

TEST(ReadStudy, ReadsAFileAndItsFolder) {
  const test::Folder folder;
  test::write_bytes(folder.file("s.toml"), "[models.t]\nfile = \"w.h5\"\n[samplers.t_ode]\n");
  const Study study = read_study(folder.file("s.toml"), {"study.seed=5"});
  EXPECT_EQ(study.study.seed, 5U);
  EXPECT_EQ(study.models[0].file, folder.file("w.h5"));
}

}  // namespace
}  // namespace htdm
