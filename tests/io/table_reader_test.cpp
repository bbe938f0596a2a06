#include "io/table_reader.hpp"

#include "samples.hpp"
#include "table_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>

namespace htdm::test {
namespace {

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

/// Different and of all magnitudes: equal only where they are read bit by bit.
Numbers some_numbers(std::size_t count) {
  Numbers numbers{0.1,
                  -3.5e17,
                  1e-300,
                  std::numeric_limits<double>::max(),
                  std::numeric_limits<double>::denorm_min(),
                  -0.0};
  std::uint64_t bits = 7;
  while (numbers.size() < count) {
    bits = bits * 6364136223846793005U + 1442695040888963407U;
    numbers.push_back((static_cast<double>(bits >> 11U) - 0x1p52) * 0x1p-50);
  }
  return numbers;
}

/// The same numbers in a file of each kind, in two columns, a and b where they have names.
std::vector<std::string> write_everywhere(const Folder& folder, const Numbers& numbers) {
  const std::uint64_t rows = numbers.size() / 2;
  const std::string shape = "(" + std::to_string(rows) + ", 2)";
  write_bytes(folder.file("comma.csv"), "a,\"b\"\n" + csv(numbers, 2));
  write_bytes(folder.file("semicolon.txt"), "\xef\xbb\xbf" + csv(numbers, 2, " ; ", "\r\n"));
  write_bytes(folder.file("tab.tsv"), "# two columns\na\tb\n\n" + csv(numbers, 2, "\t", "\r"));
  const std::string quoted = "\"" + csv(numbers, 2, "\",\"", "\"\n\"");
  write_bytes(folder.file("quoted.csv"), quoted.substr(0, quoted.size() - 2));
  write_bytes(folder.file("one.npy"), npy("'<f8'", shape, raw(numbers)));
  write_bytes(folder.file("two.npy"), npy("'<f8'", shape, raw(numbers), 2));
  write_bytes(folder.file("three.npy"), npy("'<f8'", shape, raw(numbers), 3));
  write_hdf5(folder.file("plain.h5"), "x", {rows, 2}, numbers);
  write_hdf5(
      folder.file("packed.hdf5"), "group/x", {rows, 2}, numbers,
      {.names = {"a", "b"}, .chunk = {std::min<std::uint64_t>(rows, 777), 1}, .compressed = true});
  std::vector<std::string> paths;
  for (const std::string& name : folder.names()) paths.push_back(folder.file(name));
  return paths;
}

std::string bits(const Numbers& numbers) {
  return raw(numbers);
}

TEST(TableReader, AllFormatsGiveTheSameNumbersInChunksOfAnySize) {
  const Folder folder;
  // Several buffers of every reader: they hold 32768 numbers or 256 KB of text.
  const Numbers numbers = some_numbers(2 * 40'000);
  const std::vector<std::string> paths = write_everywhere(folder, numbers);
  ASSERT_EQ(paths.size(), 9U);
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    EXPECT_EQ(open_table({path})->columns(), 2);
    for (std::size_t rows : {1U, 7U, 1'000'000U}) {
      EXPECT_TRUE(bits(read_all({path}, rows)) == bits(numbers)) << "in chunks of " << rows;
    }
  }
}

TEST(TableReader, ReadsOtherNumberTypesAndOneDimension) {
  const Folder folder;
  const Numbers expected{1, -2, 3};
  write_bytes(folder.file("f4"), npy("'<f4'", "(3,)", raw(std::vector<float>{1, -2, 3})));
  write_bytes(folder.file("i4"), npy("'<i4'", "(3, 1)", raw(std::vector<std::int32_t>{1, -2, 3})));
  write_bytes(folder.file("i8"), npy("\"<i8\"", "(3,)", raw(std::vector<std::int64_t>{1, -2, 3})));
  // A single column lies the same way in both orders, and numpy.save calls it Fortran's at times.
  write_bytes(folder.file("f8"), npy("'<f8'", "(3, 1)", raw(expected), 1, "True"));
  write_hdf5(folder.file("h5"), "x", {3}, expected);
  write_bytes(folder.file("csv"), "+1\n-2e0\n 3.0");
  const hdf5::File whole = hdf5::File::create("whole");
  whole.root().write<std::int32_t>("x", std::vector<std::int32_t>{1, -2, 3}, {"x"});
  save(whole, folder.file("h5-int"));
  for (const std::string& name : folder.names()) {
    EXPECT_EQ(read_all({folder.file(name)}), expected) << name;
  }
}

TEST(TableReader, ChoosesColumnsByNameAndIndex) {
  const Folder folder;
  const std::string text = folder.file("t.csv"), array = folder.file("t.npy");
  const std::string variable = folder.file("v.h5"), fixed = folder.file("f.h5");
  const Numbers numbers{1, 2, 3, 4, 5, 6};
  write_bytes(text, "day,open,close,\nMon,1,2,3\n\"Tue, late\",4,5,6\n");
  write_bytes(array, npy("'<f8'", "(2, 3)", raw(numbers)));
  write_hdf5(variable, "/x", {2, 3}, numbers, {.names = {"open", "close", ""}});
  write_hdf5(fixed, "/x", {2, 3}, numbers, {.names = {"open", "close", ""}, .fixed_names = true});
  EXPECT_EQ(read_all({text, "", {"close", "open"}}), (Numbers{2, 1, 5, 4}));
  EXPECT_EQ(read_all({text, "", {"3", "close"}}), (Numbers{3, 2, 6, 5}));
  EXPECT_EQ(read_all({array, "", {"2", "0"}}), (Numbers{3, 1, 6, 4}));
  for (const std::string& path : {variable, fixed}) {
    EXPECT_EQ(read_all({path, "x", {"close", "2"}}), (Numbers{2, 3, 5, 6}));
    EXPECT_EQ(open_table({path})->column_names(), (Names{"open", "close", "2"}));
  }
  EXPECT_EQ(open_table({text, "", {"3", "close"}})->column_names(), (Names{"3", "close"}));
  EXPECT_EQ(open_table({array})->column_names(), (Names{"0", "1", "2"}));
}

TEST(TableReader, FindsTheOnlyDatasetThatIsNoAxis) {
  const Folder folder;
  const hdf5::File file = hdf5::File::create("test");
  hdf5::Group group = file.root().create_group("deep").create_group("deeper");
  group.write<double>("x", Numbers{4, 5}, {"x"});
  group.write_index("sample", 2);
  group.attach_axis("x", 0, "sample");
  group.write_text("note", "no number", {"note"});
  save(file, folder.file("x.h5"));
  EXPECT_EQ(read_all({folder.file("x.h5")}), (Numbers{4, 5}));
  EXPECT_EQ(read_all({folder.file("x.h5"), "deep/deeper/sample"}), (Numbers{0, 1}));
}

TEST(TableReader, TakesLogReturns) {
  const Folder folder;
  const Numbers prices{100, 0.5, 105, 0.25, 99, 1e-300, 101, 1e300};
  const Numbers expected{std::log(105.0 / 100), std::log(0.25 / 0.5),
                         std::log(99.0 / 105),  std::log(1e-300 / 0.25),
                         std::log(101.0 / 99),  std::log(1e300) - std::log(1e-300)};
  for (const std::string& path : write_everywhere(folder, prices)) {
    for (std::size_t rows : {1U, 2U, 100U}) {
      EXPECT_EQ(read_all({path, "", {}, true}, rows), expected) << path;
    }
    EXPECT_EQ(read_all({path, "", {"1"}, true}), (Numbers{expected[1], expected[3], expected[5]}));
  }
}

TEST(TableReader, PassesOverCommentsAndBlankLines) {
  const Folder folder;
  const std::string path = folder.file("t.csv");
  write_bytes(path, "# made by hand\n  \n#" + std::string(700'000, 'x') +
                        "\nday,x\r\n\r\n# first\n\"a \"\"long\"\"\n# day, no comment\",1\n\nb," +
                        std::string(400'000, '0') + "2\n#last\n \n\n");
  EXPECT_EQ(read_all({path, "", {"x"}}), (Numbers{1, 2}));
  write_bytes(path, "\n\nx\n1\n2\n\n\n# the end\n\n");
  EXPECT_EQ(read_all({path}), (Numbers{1, 2}));
}

TEST(TableReader, GivesChunksOneAfterTheOther) {
  const Folder folder;
  const Numbers numbers = some_numbers(3 * 50'000);
  write_bytes(folder.file("x.npy"), npy("'<f8'", "(50000, 3)", raw(numbers)));
  Numbers all;
  std::size_t most = 0;
  const auto take = [&](std::uint64_t first, std::span<const double> rows) {
    EXPECT_EQ(first * 3, all.size());
    all.insert(all.end(), rows.begin(), rows.end());
    most = std::max(most, rows.size());
  };
  EXPECT_EQ(for_each_chunk({folder.file("x.npy")}, take), 50'000U);
  EXPECT_TRUE(bits(all) == bits(numbers));
  EXPECT_LE(most * sizeof(double), std::size_t{1} << 18U);
}

/// Memory of this process that is in use, in MB.
double resident() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) * 1e-6;
}

TEST(TableReader, NeedsLittleMemoryForALargeFile) {
  // About 33 MB, more than twice what reading may take.
  constexpr std::uint64_t copies = 40;
  const Folder folder;
  std::string lines = "a,b\n";
  char line[64];
  for (int i = 0; i < 20'000; ++i) {
    std::snprintf(line, sizeof line, "%.15g,%.15g\n", std::sin(i), std::cos(i));
    lines += line;
  }
  {
    std::ofstream file(folder.file("large.csv"), std::ios::binary);
    file << lines;
    for (std::uint64_t i = 1; i < copies; ++i) file << std::string_view(lines).substr(4);
  }
  const double before = resident();
  double peak = before;
  const auto watch = [&](std::uint64_t, std::span<const double>) {
    peak = std::max(peak, resident());
  };
  EXPECT_EQ(for_each_chunk({folder.file("large.csv")}, watch), 20'000U * copies);
  EXPECT_LT(peak - before, 16) << "MB more in memory";
}

}  // namespace
}  // namespace htdm::test
