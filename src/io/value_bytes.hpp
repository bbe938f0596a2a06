/// Any value with a `serialize` member as bytes: a Boost archive inside the frame of archive.hpp.
#pragma once

#include "core/error.hpp"
#include "io/archive.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <exception>
#include <streambuf>

namespace htdm {

/// Reads from bytes that belong to somebody else.
class ReadBuffer : public std::streambuf {
 public:
  explicit ReadBuffer(std::span<const std::byte> bytes) {
    char* begin = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
    setg(begin, begin, begin + bytes.size());
  }
};

/// Grows as it is written to.
class WriteBuffer : public std::streambuf {
 public:
  std::vector<std::byte> bytes;

 protected:
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    const auto* begin = reinterpret_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), begin, begin + size);
    return size;
  }
  int_type overflow(int_type c) override {
    bytes.push_back(static_cast<std::byte>(traits_type::to_char_type(c)));
    return c;
  }
};

/// `value` in a frame of `kind`.
template <class T>
std::vector<std::byte> value_to_bytes(std::string_view kind, const T& value) {
  WriteBuffer buffer;
  {
    boost::archive::binary_oarchive archive(buffer);
    archive << value;
  }
  return to_frame(kind, buffer.bytes);
}

/// Throws InputError naming `source` as from_frame does, and for a payload that is no such value.
template <class T>
T value_from_bytes(std::string_view kind, std::span<const std::byte> bytes,
                   const std::string& source) {
  ReadBuffer buffer(from_frame(bytes, kind, source));
  T value;
  try {
    boost::archive::binary_iarchive archive(buffer);
    archive >> value;
  } catch (const std::exception& error) {
    fail_input(source + " holds no " + std::string(kind) + ": " + error.what(),
               "It was written by another build of htdm or of Boost",
               "Use the same program on every rank, and write the bytes again");
  }
  return value;
}

}  // namespace htdm
