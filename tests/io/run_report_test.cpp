/// Where the time of a run went: sums, imbalance, what is shown and what is stored.
#include "io/run_report.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace htdm {
namespace {

/// `count` ranks of one thread over 10 s; rank r waits r seconds per `count` and samples 8 s.
RunReport ranks_that_wait(int count) {
  RunReport run;
  run.seconds = 10;
  for (int r = 0; r < count; ++r) {
    RankReport rank;
    rank.host = "node";
    rank.sampling = 8;
    rank.sampling_waiting = static_cast<double>(r) / count;
    rank.blocks = 4;
    run.ranks.push_back(rank);
  }
  return run;
}

TEST(RunReport, SharesAddUpToOne) {
  const RunReport run = *test::sample_results().run;
  const TimeShares share = time_shares(run);
  EXPECT_DOUBLE_EQ(share.computing, 384.0 / 522);
  EXPECT_DOUBLE_EQ(share.waiting, 80.0 / 522);
  EXPECT_DOUBLE_EQ(share.io, 3.0 / 522);
  EXPECT_NEAR(share.computing + share.waiting + share.io + share.other, 1, 1e-15);
  EXPECT_DOUBLE_EQ(run.other(run.ranks[0]), 261 - 230);
  EXPECT_EQ(time_shares({}).computing, 0);
}

TEST(RunReport, ImbalanceIsMostOverMean) {
  RunReport run = ranks_that_wait(4);
  EXPECT_EQ(imbalance(run.ranks, &RankReport::sampling), 0);
  run.ranks[2].sampling = 16;  // of a mean of 10
  EXPECT_DOUBLE_EQ(imbalance(run.ranks, &RankReport::sampling), 0.6);
  EXPECT_TRUE(std::isnan(imbalance(run.ranks, &RankReport::training)));
}

TEST(RunReport, CheckpointsAreAShareOfTheTime) {
  RunReport run = ranks_that_wait(1);
  EXPECT_NE(run_summary(run).find("No checkpoint"), std::string::npos);
  run.checkpoints = 5;
  run.checkpoint_interval = 60;
  run.checkpoint_seconds = 0.15;
  EXPECT_DOUBLE_EQ(run.checkpoint_overhead(), 0.015);
  EXPECT_NE(run_summary(run).find("5 checkpoint(s) held the run up for 0.15 s, 1.5 % of it "
                                  "(interval 60 s)"),
            std::string::npos)
      << run_summary(run);
}

TEST(RunReport, OneRankHasNoTableAndManyHaveAShortOne) {
  EXPECT_EQ(run_text(ranks_that_wait(1)), run_summary(ranks_that_wait(1)));
  const std::string text = run_text(ranks_that_wait(1000));
  std::istringstream stream(text);
  std::string first_words;
  for (std::string line; std::getline(stream, line);) {
    EXPECT_LE(line.size(), 120U) << line;
    std::istringstream words(line);
    std::string word;
    if (words >> word) first_words += word + " ";
  }
  EXPECT_NE(first_words.find("rank least median most 0 1 2 3 996 997 998 999 "), std::string::npos)
      << text;
  EXPECT_NE(text.find("80.0 %"), std::string::npos) << text;
  EXPECT_NE(text.find("2e+03"), std::string::npos) << text;  // ms per block
}

TEST(RunReport, StandsInTheFileForOthersToRead) {
  const test::Folder folder;
  Results results = test::sample_results();
  write_results(folder.file("r.h5"), results);
  const hdf5::File file = hdf5::File::open(folder.file("r.h5"), "r.h5");
  const hdf5::Group run = file.root().open_group("run");
  EXPECT_EQ(run.read<std::int32_t>("rank"), (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(run.read<double>("sampling"), (std::vector<double>{150, 160}));
  EXPECT_DOUBLE_EQ(run.attribute<double>("training_imbalance"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(run.attribute<double>("checkpoint_overhead"), 0.75 / 130.5);
  const std::string digest = results_digest(results);
  results.run.reset();
  EXPECT_EQ(results_digest(results), digest);
  write_results(folder.file("r.h5"), results);
  EXPECT_FALSE(read_results(folder.file("r.h5")).run.has_value());
}

TEST(RunReport, MergedFilesKeepTheirShares) {
  const test::Folder folder;
  Results results = test::sample_results();
  results.merged = {{"a.h5", "now", "node1", "htdm run", "0/2", 1, 9, {0.7, 0.2, 0.05, 0.05}},
                    {"b.h5", "then", "node2", "htdm run", "1/2", 1, 8}};
  write_results(folder.file("m.h5"), results);
  const Results found = read_results(folder.file("m.h5"));
  EXPECT_EQ(results_json(found), results_json(results));
  EXPECT_EQ(found.merged[0].shares.waiting, 0.2);
  EXPECT_TRUE(std::isnan(found.merged[1].shares.computing));
  EXPECT_NE(results_text(found).find("on node1, computing 70 % of 9.0 s"), std::string::npos);
}

}  // namespace
}  // namespace htdm
