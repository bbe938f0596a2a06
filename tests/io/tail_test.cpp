/// tail.h5, and what is printed of it.
#include "io/tail.hpp"

#include "core/error.hpp"
#include "io/samples.hpp"
#include "stats/law_tail.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace htdm {
namespace {

using Json = nlohmann::json;

/// The quantiles of P(X > x) = x^-2 in steps of 7, so that some large ones are neighbours.
std::vector<double> quantiles(std::size_t n, std::size_t step = 7) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) {
    const double p = (static_cast<double>(i * step % n) + 0.5) / static_cast<double>(n);
    x.push_back(std::pow(p, -0.5));
  }
  return x;
}

/// Held-out data of 1000 draws, and the law of a sampler, x^-4.
TailResults example() {
  TailResults results;
  results.provenance = current_provenance(7);
  results.sources = {{"mine.toml", "study", "[study]\nname = \"mine\"\n", "[study]\n"},
                     {"results.h5", "results", "[study]\nname = \"mine\"\n", "[study]\n"}};
  TailEntry data;
  data.part = "held-out data";
  data.event = "norm";
  data.report = tail_report("held-out data", quantiles(1000), {0, {1e-2, 1e-5}});
  TailEntry law;
  law.source = 1;
  law.part = "law";
  law.sampler = "t_ode";
  law.nu = 3;
  law.event = "norm";
  std::vector<LawPoint> points;
  for (int k = 4; k <= 40; ++k) {
    const double p = std::pow(10, -k / 4.0);
    points.push_back({std::pow(p, -0.25), p, 1e-6 * p});
  }
  law.report = law_tail_report("law", points, std::array{1e-2, 1e-5, 1e-12}, "propagated law");
  law.report.seconds = 2;
  results.tails = {data, law};
  return results;
}

std::string path_in(const test::Folder& folder) {
  return folder.file("tail.h5");
}

TEST(TailFile, ReadsBackAsWritten) {
  const test::Folder folder;
  const TailResults results = example();
  write_tail(path_in(folder), results);
  const TailResults read = read_tail(path_in(folder));
  EXPECT_EQ(tail_digest(read), tail_digest(results));
  EXPECT_EQ(tail_text(read), tail_text(results));
  EXPECT_EQ(tail_json(read), tail_json(results));
}

TEST(TailFile, DigestIsOfNumbersNotOfTimes) {
  const TailResults results = example();
  TailResults slower = results, other = results;
  slower.tails[0].report.seconds += 1;
  slower.sources[0].path = "elsewhere.toml";
  EXPECT_EQ(tail_digest(slower), tail_digest(results));
  other.tails[1].report.survival[3].index += 1e-9;
  EXPECT_NE(tail_digest(other), tail_digest(results));
}

TEST(TailJson, NumbersCarryWhatItTakesToTrustThem) {
  const Json json = Json::parse(tail_json(example()));
  EXPECT_EQ(json["kind"], "tail");
  const Json& data = json["tails"][0];
  EXPECT_EQ(data["cost"]["draws"], 1000);
  for (const Json* number :
       {&data["index"], &data["shape"], &data["return_levels"][0]["fitted"],
        &data["return_levels"][0]["counted"], &json["tails"][1]["return_levels"][0]["law"]}) {
    EXPECT_TRUE((*number)["value"].is_number()) << *number;
    EXPECT_LE((*number)["interval"][0], (*number)["value"]);
    EXPECT_GE((*number)["interval"][1], (*number)["value"]);
    EXPECT_NE((*number)["method"], "");
    EXPECT_TRUE((*number)["cost"].is_object());
    EXPECT_EQ((*number)["doubtful"], (*number)["doubt"] != "");
  }
  const Json& bound = data["return_levels"][1]["counted"];
  EXPECT_TRUE(bound["value"].is_null() && bound["interval"][1].is_null());
  EXPECT_EQ(bound["resolved"], false);
  EXPECT_EQ(bound["interval"][0], data["largest"]);
}

/// Points of few exceedances are doubtful; the draws have index 2, so no variance for the mean
/// excess; a law is not doubted.
TEST(TailJson, PointsOfPlotsCarryMethodAndDoubt) {
  TailResults results = example();
  results.tails[0].report = tail_report("strangers", quantiles(1000, 389), {});
  const Json json = Json::parse(tail_json(results));
  const Json& data = json["tails"][0];
  for (const char* plot : {"survival", "hill_plot", "mean_excess", "stability"}) {
    EXPECT_FALSE(data[plot].empty()) << plot;
    for (const Json& point : data[plot]) {
      EXPECT_NE(point["method"], "");
      EXPECT_TRUE(point["doubtful"].is_boolean()) << plot;
    }
  }
  for (const Json& point : data["hill_plot"]) {
    EXPECT_EQ(point["doubtful"], point["exceedances"] < 30) << point;
  }
  const Json together = Json::parse(tail_json(example()));
  for (const Json& point : together["tails"][0]["hill_plot"]) EXPECT_EQ(point["doubtful"], true);
  for (const Json& point : data["mean_excess"]) EXPECT_EQ(point["doubtful"], true);
  EXPECT_EQ(data["survival"].front()["doubtful"], true);
  EXPECT_EQ(data["survival"].back()["doubtful"], false);
  for (const Json& point : json["tails"][1]["survival"]) {
    EXPECT_EQ(point["method"], "law");
    EXPECT_EQ(point["doubtful"], false);
  }
}

TEST(TailText, PrintsBoundsInsteadOfZeros) {
  const std::string text = tail_text(example());
  EXPECT_NE(text.find("law of t_ode (nu 3)"), std::string::npos);
  EXPECT_NE(text.find("not resolved, > 44.72"), std::string::npos) << text;  // the largest
  EXPECT_NE(text.find("3.162 [3.162, 3.162]"), std::string::npos) << text;
  EXPECT_NE(text.find("doubtful (counted at 1.0e-5), not resolved: 0.01 draws"), std::string::npos)
      << text;
  EXPECT_EQ(text.find(" 0 ["), std::string::npos);
}

TEST(TailFile, RefusesOtherKinds) {
  const test::Folder folder;
  EXPECT_THROW(read_tail(path_in(folder)), InputError);
}

}  // namespace
}  // namespace htdm
