#include "io/table_reader.hpp"
#include "samples.hpp"
#include "table_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

namespace htdm::test {
namespace {

using Parts = std::vector<std::string>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// Files in a folder of their own, read to the end; the file's name must be in every message.
class TableErrors : public testing::Test {
 protected:
  void expect(const std::string& name, const std::string& bytes, Parts parts,
              std::vector<std::string> columns = {}, bool log_returns = false) {
    SCOPED_TRACE(bytes.substr(0, 60));
    write_bytes(folder_.file(name), bytes);
    expect_from({folder_.file(name), "", std::move(columns), log_returns}, std::move(parts));
  }
  void expect_from(const TableSource& source, Parts parts) {
    parts.push_back(source.path);
    expect_input_error([&] { read_all(source); }, parts);
  }

  Folder folder_;
};

TEST_F(TableErrors, NameLineRowAndColumnOfACell) {
  const std::string where = "t.csv, line 5 (data row 3), column \"b\" ";
  const auto with = [](const std::string& cell) {
    return "a,b\n1,2\n# note\n3,4\n5," + cell + "\n";
  };
  const Parts missing{"Missing values are refused", "Fill the value in"};
  for (const char* cell : {"", "  ", "\"\"", "\" \""}) {
    expect("t.csv", with(cell), {where + "is empty", missing[0], missing[1]});
  }
  for (const char* cell : {"NaN", "nan", "NA", "n/a", "null", "None", "-", "?", "#N/A"}) {
    expect("t.csv", with(cell), {where + "is missing: it holds \"" + cell + "\"", missing[0]});
  }
  for (const char* cell : {"inf", "-Infinity"}) {
    expect("t.csv", with(cell), {where + "is ", "inf, not a finite number"});
  }
  expect("t.csv", with("abc"), {where + "holds \"abc\" where a number is expected", "Correct"});
  expect("t.csv", with("0x10"), {where + "holds \"0x10\" where a number is expected"});
  expect("t.csv", with("+-1"), {where + "holds \"+-1\" where a number is expected"});
  expect("t.csv", with("1 2"), {where + "holds \"1 2\"", "a comma, a semicolon or a tab"});
  expect("t.csv", with("\"1,5\""), {where + "holds \"1,5\"", "Write decimals with a point"});
  expect("t.csv", with("1e999"), {where + "holds \"1e999\", beyond the range of a double"});
  expect("t.csv", with(std::string(39, 'x') + "\xc3\xa4y"), {std::string(39, 'x') + "\"..."});
  expect("t.tsv", "a\tb\n1\t2\n\t\n", {"line 3 (data row 2), column \"a\" is empty"});
}

TEST_F(TableErrors, WithoutHeaderNameIndices) {
  expect("t.csv", "1,2\n3,x\n", {"line 2 (data row 2), column 1 (counted from 0) holds \"x\""});
  expect("t.csv", "NaN,2\n3,4\n", {"line 1 (data row 1), column 0 (counted from 0) is missing"});
  expect("t.csv", ",2\n3,4\n", {"line 1 (data row 1), column 0 (counted from 0) is empty"});
  expect("t.csv", "NA\n3\n4\n", {"line 1 (data row 1), column 0 (counted from 0) is missing"});
  expect("t.csv", "1e999\n3\n4\n", {"line 1 (data row 1)", "beyond the range of a double"});
  expect("t.csv", "Mon,2\nTue,4\n", {"line 1", "\"Mon\" beside the number 2", "column names"});
}

TEST_F(TableErrors, RefuseAGapInASingleColumn) {
  expect("t.csv", "x\n1\n\n2\n", {"line 3 (before data row 2), column \"x\" is empty"});
  expect("t.csv", "x\n\n1\n2\n", {"line 2 (before data row 1), column \"x\" is empty"});
  expect("t.csv", "x\n1\n#N/A\n2\n", {"line 3 (data row 2), column \"x\" is missing"});
}

TEST_F(TableErrors, RefuseRowsOfDifferentLengths) {
  expect("t.csv", "a,b\n1,2\n3\n", {"line 3 (data row 2) has 1 cell where the first row", "has 2"});
  expect("t.csv", "a,b\n1,2,3\n4,5,6\n", {"line 2 (data row 1) has 3 cells where the first row"});
  expect("t.csv", "1,2\n\n3,4,5\n", {"line 3 (data row 2) has 3 cells"}, {"0"});
}

TEST_F(TableErrors, RefuseFilesWithoutRows) {
  expect("t.csv", "", {"is empty"});
  expect("t.csv", "\xef\xbb\xbf", {"holds no rows"});
  expect("t.csv", "# only\n\n  \n", {"holds no rows"});
  expect("t.csv", "a,b\n# none\n", {"holds a header but no rows"});
  expect("t.csv", "a,b\n1,2\n", {"holds only 1 row", "at least two"});
  expect("t.csv", "a,b\n1,2\n3,4\n", {"holds only 2 rows of prices", "three rows"}, {}, true);
  expect("t.csv", "a,b\n1,2\n", {"holds only 1 row", "three rows"}, {}, true);
  expect("t.npy", npy("'<f8'", "(1, 2)", raw<double>({1, 2})), {"holds only 1 row"});
  expect("t.npy", npy("'<f8'", "(0, 2)", ""), {"holds no rows"});
  expect("t.npy", npy("'<f8'", "(2, 0)", ""), {"holds no rows"});
  write_hdf5(folder_.file("t.h5"), "x", {0, 2}, {});
  expect_from({folder_.file("t.h5")}, {"/x", "holds no rows"});
}

TEST_F(TableErrors, RefuseColumnsThatAreUnclear) {
  const std::string text = "day,open,close\n1,2,3\n4,5,6\n";
  expect("t.csv", "a,b,a\n1,2,3\n4,5,6\n",
         {"two columns \"a\"", "number 0 and number 2", "Rename"});
  expect("t.csv", text,
         {"no column \"clse\"", "\"day\", \"open\", \"close\"", "Perhaps you meant close"},
         {"clse"});
  expect("t.csv", text, {"no column \"volume\"", "\"day\", \"open\", \"close\"", "index from 0"},
         {"volume"});
  expect("t.csv", text, {"no column \"-1\""}, {"-1"});
  expect("t.csv", text, {"column 3 is out of range", "indices 0 to 2"}, {"3"});
  expect("t.csv", text, {"column \"open\" is asked for twice"}, {"open", "1"});
  expect("t.csv", "1\n2\n", {"no column \"x\"", "have no names, only the index 0"}, {"x"});
  expect("t.npy", npy("'<f8'", "(2, 2)", raw<double>({1, 2, 3, 4})),
         {"column 2 is out of range", "indices 0 to 1"}, {"2"});
  write_hdf5(folder_.file("t.h5"), "x", {2, 2}, {1, 2, 3, 4}, {.names = {"a", "b", "c"}});
  expect_from({folder_.file("t.h5")}, {"/x", "attribute columns does not name 2 columns"});
}

TEST_F(TableErrors, RefusePricesThatAreNotPositive) {
  const auto expect_price = [&](const char* name, const std::string& bytes, Parts parts) {
    parts.emplace_back("not a positive price");
    parts.emplace_back("log_returns");
    expect(name, bytes, parts, {}, true);
  };
  expect_price("t.csv", "p\n1\n0\n2\n", {"line 3 (data row 2), column \"p\" is 0.0,"});
  expect_price("t.csv", "p\n-1\n2\n3\n", {"line 2 (data row 1), column \"p\" is -1.0,"});
  expect_price("t.npy", npy("'<i4'", "(3,)", raw<std::int32_t>({1, 2, -3})),
               {"row 3, column 0 (counted from 0) is -3.0,"});
}

TEST_F(TableErrors, RefuseQuotesAndRowsWithoutEnd) {
  expect("t.csv", "a,b\n1,2\n3,\"4\n5,6\n", {"line 4: a quotation mark", "begins on line 3"});
  expect("t.csv", "a,b\n1,2\n3,4\"5\n", {"line 3: a quotation mark is out of place"});
  expect("t.csv", "a,b\n1,\"" + std::string(5 << 20, '7'), {"line 2: a row begins here", "4 MB"});
  expect("t.csv", std::string(140'000, ','), {"line 1: a row begins here", "65536 cells"});
}

TEST_F(TableErrors, RefuseFilesOfOtherKinds) {
  expect_from({folder_.file("none.csv")}, {"does not exist", "Check the name"});
  std::filesystem::create_directory(folder_.file("folder.csv"));
  expect_from({folder_.file("folder.csv")}, {"is a folder"});
  expect("t.npz", "PK\x03\x04...", {"ZIP archive", "numpy.save"});
  expect("t.csv", "\x1f\x8b...", {"compressed by gzip", "gunzip"});
  expect("t.csv",
         std::string("\xff\xfe"
                     "1\0\n\0",
                     6),
         {"UTF-16", "UTF-8"});
  expect("t.bin", std::string("1,2\0", 4), {"is not text"});
  expect("t.npy", "1\n2\n", {"does not begin as a NumPy file"});
  expect("t.h5", "1\n2\n", {"does not begin as an HDF5 file"});
  write_bytes(folder_.file("t.csv"), "1\n2\n");
  expect_from({folder_.file("t.csv"), "x"}, {"no dataset \"x\"", "Leave the dataset out"});
}

TEST_F(TableErrors, RefuseArraysThatCannotBeReadRowByRow) {
  const std::string four = raw<double>({1, 2, 3, 4});
  expect("t.npy", npy("'<f8'", "(2, 2)", four, 1, "True"), {"Fortran", "np.ascontiguousarray"});
  for (const char* type : {"'>f8'", "'<f2'", "'|b1'", "'|O'", "'<c16'", "[('a', '<f8', (2,))]"}) {
    expect("t.npy", npy(type, "(2, 2)", four), {"numbers of type", "array.astype(\"<f8\")"});
  }
  expect("t.npy", npy("'<f8'", "(2, 2, 1)", four), {"has 3 dimensions", "Reshape"});
  expect("t.npy", npy("'<f8'", "()", raw<double>({1})), {"has 0 dimensions"});
  expect("t.npy", npy("'<f8'", "(2, 2)", four).erase(150),
         {"is cut off", "2 rows of 16 bytes", "22 bytes are there"});
  expect("t.npy", npy("'<f8'", "(4611686018427387905, 2)", four), {"is cut off"});
  expect("t.npy", npy("'<f8'", "(1, 2)", four), {"longer than its header says"});
  expect("t.npy", npy("'<f8'", "(2, 70000)", four), {"70000 columns", "Transpose"});
  expect("t.npy", npy("'<f8'", "(2, 2)", four, 4), {"version 4"});
  for (std::size_t size : {6U, 9U, 60U}) {
    expect("t.npy", npy("'<f8'", "(2, 2)", four).erase(size), {"cut off within its header"});
  }
  for (const char* shape : {"(2, x)", "(2, 2", "(-2,)", "(99999999999999999999,)", "2"}) {
    expect("t.npy", npy("'<f8'", shape, four), {"header"});
  }
  expect("t.npy", npy("'<f8'", "(2, 2)", raw<double>({1, 2, nan, 4})),
         {"t.npy, row 2, column 0 (counted from 0) is nan", "Missing values are refused"});
}

TEST_F(TableErrors, RefuseDatasetsThatCannotBeRead) {
  const std::string path = folder_.file("t.h5");
  write_hdf5(path, "group/returns", {3, 2}, {1, 2, 3, 4, 5, inf}, {.names = {"a", "b"}});
  expect_from({path}, {"/group/returns, row 3, column \"b\" is inf", "Missing values"});
  expect_from({path, "group/retuns"}, {"no dataset /group/retuns", "are /group/returns",
                                       "Perhaps you meant /group/returns"});
  expect_from({path, "/group"}, {"/group is not a dataset"});
  std::string bytes = read_bytes(path);
  expect("cut.h5", bytes.substr(0, bytes.size() - 20), {"cannot be opened as HDF5"});
  write_hdf5(path, "x", {2, 2, 2}, std::vector<double>(8));
  expect_from({path}, {"/x has 3 dimensions"});
  write_hdf5(path, "x", {100, 2}, {});
  expect_from({path}, {"/x was not written to its end"});
  write_hdf5(path, "x", {100, 2}, std::vector<double>(200), {.chunk = {10, 2}, .rows_written = 80});
  expect_from({path}, {"/x was not written to its end"});
  write_hdf5(path, "x", {40'000'000}, {}, {.chunk = {40'000'000}, .compressed = true});
  expect_from({path}, {"/x has compressed chunks of 305 MB", "h5repack"});
  const hdf5::File file = hdf5::File::create("test");
  file.root().write_text("note", "no number", {"note"});
  save(file, path);
  expect_from({path}, {"holds no dataset of numbers"});
  expect_from({path, "note"}, {"/note does not hold numbers"});
  file.root().write<double>("x", std::vector<double>{1, 2}, {"x"});
  file.root().write<double>("y", std::vector<double>{1, 2}, {"y"});
  save(file, path);
  expect_from({path}, {"several datasets of numbers", "/x, /y", "Name the dataset"});
}

}  // namespace
}  // namespace htdm::test
