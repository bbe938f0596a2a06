#include "io/text_lines.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace htdm {
namespace {

constexpr std::size_t buffer_bytes = 1U << 18;

/// Bytes of the first line of `text` with its ending; 0 where more must be read to know.
std::size_t line_size(std::string_view text, bool all_read) {
  const auto ends = [](char c) { return c == '\n' || c == '\r'; };
  const auto at = std::ranges::find_if(text, ends);
  if (at == text.end()) return all_read ? text.size() : 0;
  const std::size_t size = static_cast<std::size_t>(at - text.begin()) + 1;
  if (*at == '\n') return size;
  if (size == text.size()) return all_read ? size : 0;
  return text[size] == '\n' ? size + 1 : size;
}

}  // namespace

TextLines::TextLines(const std::string& path)
    : path_(path), file_(path, std::ios::binary), buffer_(buffer_bytes) {
  check_input(file_.is_open(), path + " cannot be opened", "Its numbers are needed",
              "Check that it is there and may be read");
  refill();
  if (std::string_view(buffer_.data(), end_).starts_with("\xef\xbb\xbf")) begin_ = 3;
}

bool TextLines::next() {
  std::string_view rest(buffer_.data() + begin_, end_ - begin_);
  std::size_t size = line_size(rest, all_read_);
  if (size == 0 && !all_read_) {
    refill();
    rest = std::string_view(buffer_.data(), end_);
    size = line_size(rest, all_read_);
  }
  if (rest.empty()) return false;
  begins_ = ended_;
  if (begins_) ++number_;
  if (size == 0) {
    // A CR that is the last byte here may be half an ending: it waits for its other half.
    size = rest.size() - (rest.back() == '\r' ? 1 : 0);
    ended_ = false;
  } else {
    ended_ = true;
  }
  text_ = rest.substr(0, size);
  begin_ += size;
  return true;
}

void TextLines::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  file_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
  check_input(!file_.bad(), path_ + " cannot be read to its end",
              "A part of the numbers is missing", "Check the disk, or copy the file again");
  end_ += static_cast<std::size_t>(file_.gcount());
  all_read_ = file_.eof();
}

}  // namespace htdm
