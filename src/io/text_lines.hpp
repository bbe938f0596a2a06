/// Lines of a text file, in memory that grows neither with the file nor with its lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace htdm {

/// Goes over a file line by line; a line longer than the buffer comes in several pieces. Lines end
/// with LF, CR LF or CR. A byte order mark of UTF-8 at the beginning is passed over.
class TextLines {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit TextLines(const std::string& path);

  /// Go to the next piece; false at the end. Throws InputError when the file cannot be read.
  bool next();

  /// The piece, with what ends the line; valid until next().
  std::string_view text() const { return text_; }
  /// The line it belongs to, from 1.
  std::uint64_t number() const { return number_; }
  /// Whether the piece is the beginning of its line.
  bool begins() const { return begins_; }

 private:
  void refill();

  std::string path_;
  std::ifstream file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool all_read_ = false;
  std::string_view text_;
  std::uint64_t number_ = 0;
  bool begins_ = false;
  bool ended_ = true;
};

}  // namespace htdm
