#include "io/npy_header.hpp"

#include "core/error.hpp"

#include <charconv>

namespace htdm {
namespace {

[[noreturn]] void fail(const std::string& shown, const std::string& what) {
  fail_input(shown + ": " + what, "The header of the file is damaged, or not written by NumPy",
             "Write the array again by numpy.save");
}

/// A piece of Python source, read from its beginning.
class Source {
 public:
  Source(std::string_view text, const std::string& shown) : rest_(text), shown_(shown) {}

  /// Whether the next character is `c`; goes past it then.
  bool take(char c) {
    skip_spaces();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(shown_, std::string("its header lacks a '") + c + "'");
  }

  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }

  std::string quoted() {
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) fail(shown_, "a text in its header does not end");
    const std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool truth() {
    skip_spaces();
    for (const std::string_view word : {"True", "False"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return word == "True";
    }
    fail(shown_, "its header does not say whether the order is Fortran's");
  }

  std::uint64_t size() {
    skip_spaces();
    std::uint64_t value = 0;
    const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (result.ec != std::errc()) fail(shown_, "its header holds a size that is no whole number");
    rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
    return value;
  }

  /// A list as it stands, with its brackets.
  std::string list() {
    skip_spaces();
    std::size_t depth = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '[') ++depth;
      if (rest_[i] == ']' && --depth == 0) {
        const std::string text(rest_.substr(0, i + 1));
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    fail(shown_, "a list in its header does not end");
  }

  bool next_is(char c) {
    skip_spaces();
    return rest_.starts_with(c);
  }

 private:
  void skip_spaces() {
    while (rest_.starts_with(' ') || rest_.starts_with('\n')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  const std::string& shown_;
};

std::vector<std::uint64_t> read_shape(Source& source) {
  std::vector<std::uint64_t> shape;
  source.expect('(');
  while (!source.take(')')) {
    shape.push_back(source.size());
    if (!source.next_is(')')) source.expect(',');
  }
  return shape;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& shown) {
  Source source(text, shown);
  NpyHeader header;
  int found = 0;
  source.expect('{');
  while (!source.take('}')) {
    const std::string key = source.quoted();
    source.expect(':');
    ++found;
    if (key == "descr" && source.next_is('[')) {
      header.type_text = source.list();
    } else if (key == "descr") {
      header.type = header.type_text = source.quoted();
    } else if (key == "fortran_order") {
      header.fortran_order = source.truth();
    } else if (key == "shape") {
      header.shape = read_shape(source);
    } else {
      fail(shown, "its header holds an unknown key");
    }
    if (!source.next_is('}')) source.expect(',');
  }
  if (found != 3 || header.type_text.empty() || !source.at_end()) {
    fail(shown, "its header is not one of type, order and shape");
  }
  return header;
}

}  // namespace htdm
