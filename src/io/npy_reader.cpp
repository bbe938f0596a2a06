#include "core/error.hpp"
#include "io/npy_header.hpp"
#include "io/table_parts.hpp"

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace htdm::table {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers of .npy files are not swapped");

constexpr std::uint64_t longest_header = 65'536;

template <class T>
void widen(const std::vector<char>& bytes, std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    out[i] = static_cast<double>(value);
  }
}

struct NumberType {
  const char* name;
  std::size_t size;
  void (*widen)(const std::vector<char>&, std::span<double>);
};

constexpr NumberType number_types[] = {{"<f8", 8, widen<double>},
                                       {"<f4", 4, widen<float>},
                                       {"<i8", 8, widen<std::int64_t>},
                                       {"<i4", 4, widen<std::int32_t>}};

const NumberType& number_type(const NpyHeader& header, const std::string& shown) {
  for (const NumberType& type : number_types) {
    if (header.type == type.name) return type;
  }
  fail_input(shown + " holds numbers of type " + header.type_text,
             "Only little-endian float32, float64, int32 and int64 are read",
             "Save array.astype(\"<f8\") instead");
}

std::string bytes_text(std::uint64_t bytes) {
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

/// A .npy file behind its header.
struct NpyFile {
  std::ifstream file;
  NpyHeader header;
  std::uint64_t data_bytes = 0;
};

/// Magic (6 bytes), version (2), length of the header (2 in version 1, else 4), header, numbers.
NpyFile open_file(const std::string& path) {
  const auto fail_cut = [&] {
    fail_input(path + " is cut off within its header", "It is not the whole file",
               "Copy it or save it again");
  };
  const std::uint64_t file_bytes = std::filesystem::file_size(path);
  NpyFile npy;
  npy.file.open(path, std::ios::binary);
  unsigned char start[12] = {};
  npy.file.read(reinterpret_cast<char*>(start), 8);
  if (!npy.file) fail_cut();
  const int version = start[6];
  check_input(version >= 1 && version <= 3,
              path + " is of version " + std::to_string(version) + " of the .npy format",
              "Versions 1, 2 and 3 are read", "Save it again by numpy.save");
  const int width = version == 1 ? 2 : 4;
  npy.file.read(reinterpret_cast<char*>(start) + 8, width);
  std::uint64_t length = 0;
  for (int i = width; i > 0; --i) length = length << 8U | start[7 + i];
  const std::uint64_t before = 8 + static_cast<std::uint64_t>(width) + length;
  if (!npy.file || before > file_bytes) fail_cut();
  check_input(length <= longest_header, path + " has a header of " + bytes_text(length),
              "An array of plain numbers has a short one", "Save plain numbers by numpy.save");
  std::string text(length, '\0');
  npy.file.read(text.data(), static_cast<std::streamsize>(length));
  if (!npy.file) fail_cut();
  npy.header = parse_npy_header(text, path);
  npy.data_bytes = file_bytes - before;
  return npy;
}

/// Throws unless the file holds the numbers that its header promises, and nothing else.
void check_size(const NpyFile& npy, Shape shape, std::size_t number_bytes,
                const std::string& shown) {
  const std::uint64_t row_bytes = static_cast<std::uint64_t>(shape.columns) * number_bytes;
  const bool fits = npy.data_bytes % row_bytes == 0 && npy.data_bytes / row_bytes == shape.rows;
  if (fits) return;
  const bool cut = npy.data_bytes / row_bytes < shape.rows;
  fail_input(shown + (cut ? " is cut off: " : " is longer than its header says: ") +
                 std::to_string(shape.rows) + " rows of " + bytes_text(row_bytes) +
                 " are promised, and " + bytes_text(npy.data_bytes) + " are there",
             cut ? "The rest of the numbers is missing" : "It may hold several arrays",
             "Copy it or save it again, one array to a file");
}

class NpyRows final : public ArrayRows {
 public:
  NpyRows(NpyFile npy, const NumberType& type, Columns columns, std::uint64_t rows)
      : ArrayRows(std::move(columns), rows), file_(std::move(npy.file)), type_(type) {}

 private:
  void load(std::uint64_t first, std::span<double> block) override {
    bytes_.resize(block.size() * type_.size);
    file_.read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    check_input(static_cast<bool>(file_),
                columns_.shown() + " cannot be read behind row " + std::to_string(first),
                "A part of the numbers is missing", "Check the disk, or copy the file again");
    type_.widen(bytes_, block);
  }

  std::ifstream file_;
  const NumberType& type_;
  std::vector<char> bytes_;
};

}  // namespace

std::unique_ptr<RowReader> open_npy(const TableSource& source) {
  NpyFile npy = open_file(source.path);
  const NumberType& type = number_type(npy.header, source.path);
  const Shape shape = checked_shape(source.path, npy.header.shape);
  // Of a single column both orders are the same.
  check_input(!npy.header.fortran_order || shape.columns == 1,
              source.path + " holds its numbers column after column (Fortran order)",
              "They are read row by row, in memory that does not grow with the file",
              "Save np.ascontiguousarray(array) instead");
  check_size(npy, shape, type.size, source.path);
  Columns columns(source, source.path, shape.columns, {});
  return std::make_unique<NpyRows>(std::move(npy), type, std::move(columns), shape.rows);
}

}  // namespace htdm::table
