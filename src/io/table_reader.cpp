#include "io/table_reader.hpp"

#include "core/error.hpp"
#include "io/table_parts.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace htdm {
namespace {

using namespace std::string_view_literals;

enum class Format { text, npy, hdf5 };

double log_return(double before, double after) {
  const double ratio = after / before;
  return std::isnormal(ratio) ? std::log(ratio) : std::log(after) - std::log(before);
}

/// Takes log returns where they are asked for, and wants two rows at least.
class CheckedRows final : public RowReader {
 public:
  CheckedRows(const TableSource& source, std::unique_ptr<RowReader> rows)
      : shown_(source.path), log_returns_(source.log_returns), rows_(std::move(rows)) {
    if (!log_returns_) return;
    last_.resize(static_cast<std::size_t>(columns()));
    rows_->read(1, last_);
  }

  int columns() const override { return rows_->columns(); }
  std::vector<std::string> column_names() const override { return rows_->column_names(); }

  std::size_t read(std::size_t rows, std::span<double> out) override {
    const std::size_t found = rows_->read(rows, out);
    count_ += found;
    if (log_returns_) take_returns(out.first(found * last_.size()));
    if (found < rows && count_ < 2) fail_short();
    return found;
  }

 private:
  void take_returns(std::span<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      double& before = last_[i % last_.size()];
      const double value = values[i];
      values[i] = log_return(before, value);
      before = value;
    }
  }

  [[noreturn]] void fail_short() const {
    fail_input(shown_ + " holds only " + std::to_string(count_ + (log_returns_ ? 1 : 0)) +
                   (log_returns_ && count_ > 0 ? " rows of prices" : " row"),
               log_returns_ ? "Log returns of two rows need three rows of prices"
                            : "A sample has at least two rows",
               "Give more data; if the file has them side by side, transpose it");
  }

  std::string shown_;
  bool log_returns_;
  std::unique_ptr<RowReader> rows_;
  std::uint64_t count_ = 0;
  std::vector<double> last_;
};

void check_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check_input(std::filesystem::exists(status), path + " does not exist", "There is nothing to read",
              "Check the name and the folder");
  check_input(std::filesystem::is_regular_file(status),
              path + (std::filesystem::is_directory(status) ? " is a folder" : " is not a file"),
              "A file of numbers was expected", "Name one");
}

/// The first bytes of a file that is there.
std::string beginning(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  check_input(file.is_open(),
              path + " cannot be opened (" + std::string(std::strerror(errno)) + ")",
              "Its numbers are needed", "Check that you may read it");
  std::string bytes(4096, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// HDF5 files begin at byte 0, or at 512, 1024, 2048 ... behind what another program needs there.
bool looks_like_hdf5(const std::string& bytes) {
  constexpr auto signature = "\x89HDF\r\n\x1a\n"sv;
  if (bytes.starts_with(signature)) return true;
  for (std::size_t at = 512; at < bytes.size(); at *= 2) {
    if (bytes.compare(at, signature.size(), signature) == 0) return true;
  }
  return false;
}

void check_text(const std::string& path, const std::string& bytes) {
  constexpr const char* why = "Numbers are read from text (CSV), .npy and HDF5 files";
  check_input(!bytes.starts_with("PK\x03\x04"), path + " is a ZIP archive (.xlsx, .npz, .zip)", why,
              "Save the sheet as CSV, or one array by numpy.save");
  check_input(!bytes.starts_with("\x1f\x8b"), path + " is compressed by gzip", why,
              "Unpack it with gunzip");
  check_input(!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff"),
              path + " is text in UTF-16", why, "Save it as UTF-8");
  check_input(bytes.find('\0') == std::string::npos, path + " is not text, and of no known format",
              why, "Convert it to one of them");
}

Format format_of(const std::string& path) {
  const std::string bytes = beginning(path);
  if (bytes.empty()) table::fail_empty(path, "is empty");
  if (bytes.starts_with("\x93NUMPY")) return Format::npy;
  if (looks_like_hdf5(bytes)) return Format::hdf5;
  const std::string ending = std::filesystem::path(path).extension().string();
  const bool hdf5 = ending == ".h5" || ending == ".hdf5";
  check_input(!hdf5 && ending != ".npy",
              path + " does not begin as " + (hdf5 ? "an HDF5" : "a NumPy") + " file",
              "It was damaged, or is of another kind than its name says",
              "Write it again, or give it a name that fits");
  check_text(path, bytes);
  return Format::text;
}

std::unique_ptr<RowReader> open_rows(const TableSource& source) {
  check_file(source.path);
  const Format format = format_of(source.path);
  check_input(format == Format::hdf5 || source.dataset.empty(),
              source.path + " has no dataset \"" + source.dataset + "\"",
              "Only HDF5 files have datasets", "Leave the dataset out");
  if (format == Format::npy) return table::open_npy(source);
  if (format == Format::hdf5) return table::open_hdf5(source);
  return table::open_csv(source);
}

}  // namespace

std::unique_ptr<RowReader> open_table(const TableSource& source) {
  return std::make_unique<CheckedRows>(source, open_rows(source));
}

std::uint64_t for_each_chunk(
    const TableSource& source,
    const std::function<void(std::uint64_t first_row, std::span<const double> rows)>& use) {
  const std::unique_ptr<RowReader> reader = open_table(source);
  const auto width = static_cast<std::size_t>(reader->columns());
  const std::size_t most = std::max<std::size_t>(1, table::block_numbers / width);
  std::vector<double> rows(most * width);
  std::uint64_t first = 0;
  while (const std::size_t found = reader->read(most, rows)) {
    use(first, std::span<const double>(rows).first(found * width));
    first += found;
  }
  return first;
}

}  // namespace htdm
