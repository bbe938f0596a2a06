#include "io/text.hpp"

#include "io/text_table.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace htdm {
namespace {

TEST(NumberText, IsShortAndAFloat) {
  EXPECT_EQ(number_text(3), "3.0");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-0.0), "-0.0");
  EXPECT_EQ(number_text(2e-4), "2e-4");
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(number_text(std::nan("")), "nan");
}

TEST(NumberText, ReadsBackEqual) {
  std::uint64_t bits = 1;
  for (int i = 0; i < 10'000; ++i) {
    bits = bits * 6364136223846793005U + 1442695040888963407U;
    const auto value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(std::strtod(number_text(value).c_str(), nullptr), value);
  }
}

TEST(TomlString, EscapesWhatTomlForbids) {
  EXPECT_EQ(toml_string("a b"), "\"a b\"");
  EXPECT_EQ(toml_string("\"\\\n\x7f"), "\"\\\"\\\\\\u000A\\u007F\"");
}

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("levels", "levels"), 0U);
  EXPECT_EQ(edit_distance("levles", "levels"), 1U);  // neighbours swapped
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2U);
}

TEST(Suggestion, NamesTheNearestOrAll) {
  EXPECT_EQ(suggestion("sigma_mx", {"sigma_min", "sigma_max", "rho"}),
            "Perhaps you meant sigma_max");
  EXPECT_EQ(suggestion("temperature", {"sigma_min", "rho"}), "Known: sigma_min, rho");
  EXPECT_EQ(suggestion("a", {}), "Remove it");
}

TEST(Table, FoldsWhatIsWideAndLeavesOutASecondHeaderLineThatIsEmpty) {
  const std::string wide(105, 'x');
  std::string text;
  print_table(text,
              {{"name", "", {"a"}, true},
               {"value", "unit", {"1"}},
               {wide, "", {"2"}, true},
               {"last", "", {"3"}, true}},
              1);
  EXPECT_EQ(text, "name  value  " + wide + "\n       unit\na         1  2\n\n" +
                      "name  last\na     3\n\n");
}

}  // namespace
}  // namespace htdm
