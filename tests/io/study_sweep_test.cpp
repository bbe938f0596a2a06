// Sweeps: what they read as, what they are written as, what is refused, and their results files.
#include "io/results.hpp"
#include "io/study.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace htdm {
namespace {

using Overrides = std::vector<std::string>;

Study parse(const std::string& text, const Overrides& overrides = {}) {
  return parse_study(text, "paper.toml", "/data/studies", overrides);
}

const std::string crossed = R"(
[statistics]
batches = 2
[samplers.t_ode]
[models.t_edm]
[sweep]
"models.t_edm.nu" = [2.5, 3]
"models.t_edm.hidden" = [[8], [8, 8], 16]
)";

TEST(Sweep, CrossedPointsAreAllCombinationsTheLastAxisFastest) {
  const Study study = parse(crossed);
  ASSERT_EQ(study.sweep.size(), 6U);
  EXPECT_EQ(study.sweep.text(0), "models.t_edm.nu = 2.5, models.t_edm.hidden = [8]");
  EXPECT_EQ(study.sweep.text(4), "models.t_edm.nu = 3.0, models.t_edm.hidden = [8, 8]");
  const std::vector<Study> points = sweep_points(study);
  ASSERT_EQ(points.size(), 6U);
  for (std::size_t p = 0; p < points.size(); ++p) {
    EXPECT_TRUE(points[p].sweep.empty());
    // Defaults follow the point: the sampler's nu is that of its model.
    EXPECT_EQ(points[p].samplers[0].nu, std::vector<double>{p < 3 ? 2.5 : 3.0});
    EXPECT_EQ(points[p].statistics.batches, 2);
  }
  EXPECT_EQ(points[2].models[0].hidden, std::vector<std::int64_t>{16});
}

// A point is what the same study is without [sweep] and with the values as overrides.
TEST(Sweep, PointsAreTheStudiesThatOverridesGive) {
  const std::string plain = crossed.substr(0, crossed.find("[sweep]"));
  EXPECT_EQ(sweep_points(parse(crossed))[4],
            parse(plain, {"models.t_edm.nu=3.0", "models.t_edm.hidden=[8,8]"}));
}

TEST(Sweep, ZippedValuesGoTogether) {
  const Study study = parse(R"(
[sweep]
mode = "zipped"
"data.nu" = [3, 4, 4]
"study.seed" = [1, 1, 2]
)");
  const std::vector<Study> points = sweep_points(study);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].data.nu, 4);
  EXPECT_EQ(points[1].study.seed, 1U);
  EXPECT_EQ(points[2].study.seed, 2U);
}

TEST(Sweep, AxesMayBeDottedTablesAndOverrides) {
  const Study quoted = parse("[sweep]\n\"data.nu\" = [2.5, 4]\n");
  EXPECT_EQ(parse("[sweep]\ndata.nu = [2.5, 4]\n"), quoted);
  EXPECT_EQ(parse("", {"sweep.\"data.nu\"=[2.5,4]"}), quoted);
  EXPECT_EQ(parse("", {"sweep.data.nu=[2.5,4]"}), quoted);
  EXPECT_EQ(parse("[sweep]\n\"data.nu\" = [9]\n", {"sweep.data.nu=[2.5,4]"}), quoted);
  EXPECT_EQ(parse("[sweep]\n\"data.nu\" = [2.5, 4]\n", {"sweep={}"}), parse(""));
}

TEST(Sweep, ReadsBackAsWritten) {
  for (const std::string& text :
       {crossed,
        std::string("[data]\nkind = \"gaussian\"\n[store]\nsamples = 5\n[sweep]\n"
                    "\"data.kind\" = [\"gaussian\", \"student_t\"]\n"),
        std::string(
            "[sweep]\nmode = \"zipped\"\n\"models.t_edm.file\" = [\"a.h5\", \"../b.h5\"]\n")}) {
    SCOPED_TRACE(text);
    const Study study = parse(text);
    const Study again = parse_study(write_study(study), "elsewhere.toml", "/nowhere");
    EXPECT_EQ(again, study);
    EXPECT_EQ(write_study(again), write_study(study));
    EXPECT_EQ(sweep_points(again), sweep_points(study));
  }
}

TEST(Sweep, PathsAreThoseOfTheStudysFolderAndNoPartOfTheDigest) {
  const std::string start = "[sweep]\n\"models.t_edm.file\" = [\"a.h5\", ";
  const Study study = parse(start + "\"b.h5\"]\n"), other = parse(start + "\"c.h5\"]\n");
  EXPECT_EQ(sweep_points(study)[1].models[1].file, "/data/studies/b.h5");
  EXPECT_NE(write_study(study), write_study(other));
  EXPECT_EQ(write_study(study, false), write_study(other, false));
}

struct Bad {
  const char* text;
  std::vector<std::string> parts;  ///< of the message
  Overrides overrides{};
};

TEST(BadSweep, SaysWhatIsWrong) {
  const std::vector<Bad> cases{
      {"[sweep]\n\"data.nuu\" = [1]\n", {"line 2", "data.nuu", "Perhaps you meant nu"}},
      {"[sweep]\n\"dat.nu\" = [1]\n", {"line 2", "dat is not a table", "Perhaps you meant data"}},
      {"[sweep]\n\"models.t_edn.nu\" = [3]\n", {"models.t_edn", "Perhaps you meant t_edm"}},
      {"[sweep]\nnu = [1]\n", {"line 2", "nu is not a table"}},
      {"[sweep]\n\"data.nu\" = []\n", {"line 2", "sweep.\"data.nu\" = [] is empty", "Give it"}},
      {"[sweep]\n\"data.nu\" = 3\n", {"line 2", "is not a list", "\"data.nu\" = [A, B]"}},
      {"[sweep]\n\"data.nu\" = [2.5, \"x\"]\n", {"data.nu = \"x\"", "a number"}},
      {"[sweep]\n\"data.nu\" = [2.5, -1]\n", {"line 2", "data.nu = -1", "out of range"}},
      {"[sweep]\n\"study.name\" = [\"a\"]\n", {"study.name", "one study"}},
      {"[sweep]\n\"sweep.mode\" = [\"a\"]\n", {"sweep.mode", "no sweep in it"}},
      {"[sweep]\nmode = \"zip\"\n\"data.nu\" = [1]\n", {"sweep.mode = \"zip\"", "zipped"}},
      {"[sweep]\nmode = \"zipped\"\n", {"no axis"}},
      {"[sweep]\nmode = \"zipped\"\n\"data.nu\" = [3, 2]\n\"study.seed\" = [1]\n",
       {"data.nu has 2 values, study.seed has 1", "equally long"}},
      {"[sweep]\n\"data.nu\" = [3, 3.0]\n", {"data.nu = 3.0 is there twice"}},
      {"[sweep]\n\"data.nu\" = [3]\ndata.nu = [4]\n", {"line 3", "there twice"}},
      {"sweep = 3\n", {"sweep is not a table"}},
      // Rules between keys, which hold at one point and not at another.
      {"[samplers.t_ode]\n[sweep]\n\"models.t_edm.nu\" = [3, 1.5]\n",
       {"point 001", "models.t_edm.nu = 1.5", "not above 2"}},
      {"[sweep]\n\"data.nu\" = [3, 4]\n", {"--set data.nu=5", "sets the same key"}, {"data.nu=5"}},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.text);
    test::expect_input_error([&] { parse(bad.text, bad.overrides); }, bad.parts);
  }
}

TEST(BadSweep, TooManyPoints) {
  std::string seeds = "[0";
  for (int i = 1; i < 101; ++i) seeds += ", " + std::to_string(i);
  const std::string text = "[sweep]\n\"study.seed\" = " + seeds + "]\n\"data.train_samples\" = ";
  test::expect_input_error([&] { parse(text + seeds + "]\n", {}); }, {"train_samples", "range"});
  std::string sizes = "[5000";
  for (int i = 1; i < 101; ++i) sizes += ", " + std::to_string(5000 + i);
  test::expect_input_error([&] { parse(text + sizes + "]\n", {}); }, {"10201", "10000"});
}

/// A sweep of two points with results of their own.
Results sample_sweep() {
  Results all;
  all.provenance = current_provenance(42);
  const Study study = parse("[sweep]\n\"data.nu\" = [3, inf]\n");
  all.study = write_study(study);
  all.study_no_paths = write_study(study, false);
  all.sweep = study.sweep;
  all.points = {test::sample_results(), test::sample_results(2)};
  return all;
}

TEST(SweepResults, RoundTrip) {
  const test::Folder folder;
  const Results all = sample_sweep();
  write_results(folder.file("results.h5"), all);
  const Results read = read_results(folder.file("results.h5"));
  EXPECT_EQ(read.sweep, all.sweep);
  EXPECT_EQ(read.study, all.study);
  ASSERT_EQ(read.points.size(), 2U);
  for (std::size_t p = 0; p < 2; ++p) {
    EXPECT_EQ(results_digest(read.points[p]), results_digest(all.points[p]));
    EXPECT_EQ(results_text(read.points[p]), results_text(all.points[p]));
  }
  EXPECT_EQ(results_json(read), results_json(all));
}

TEST(SweepResults, DigestIsOfAllPointsAndValues) {
  const std::string digest = results_digest(sample_sweep());
  Results other = sample_sweep();
  other.points[1].samplers[0].exceedance[0].count += 1;
  EXPECT_NE(results_digest(other), digest);
  other = sample_sweep();
  other.sweep.axes[0].values[0] = "4.0";
  EXPECT_NE(results_digest(other), digest);
}

TEST(SweepResults, TextAndJsonTellThePointsApart) {
  const Results all = sample_sweep();
  const std::string text = results_text(all);
  for (const char* part : {"crossed sweep of 2 points", "=== point 001: data.nu = inf", "ve_sde"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  const auto json = nlohmann::json::parse(results_json(all));
  EXPECT_EQ(json["sweep"]["mode"], "crossed");
  EXPECT_EQ(json["sweep"]["axes"][0]["key"], "data.nu");
  EXPECT_EQ(json["sweep"]["axes"][0]["values"], nlohmann::json({3.0, "inf"}));
  EXPECT_EQ(json["sweep"]["points"][1]["data.nu"], "inf");
  const std::size_t each = all.points[0].samplers.size();
  ASSERT_EQ(json["samplers"].size(), 2 * each);
  EXPECT_EQ(json["samplers"][0]["point"]["data.nu"], 3.0);
  EXPECT_EQ(json["samplers"][each]["point"]["data.nu"], "inf");
  EXPECT_EQ(json["models"].back()["point"]["data.nu"], "inf");
}

}  // namespace
}  // namespace htdm
