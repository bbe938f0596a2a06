#include "io/archive.hpp"

#include "core/error.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace htdm {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Frame, GivesBackThePayload) {
  for (const std::string& text : {std::string(), std::string("payload")}) {
    const Bytes payload = bytes_of(text);
    const Bytes frame = to_frame("test", payload);
    const auto found = from_frame(frame, "test", "here");
    EXPECT_EQ(Bytes(found.begin(), found.end()), payload);
  }
}

TEST(Frame, RefusesAnotherKind) {
  const Bytes frame = to_frame("checkpoint", bytes_of("x"));
  test::expect_input_error([&] { from_frame(frame, "model", "some.file"); },
                           {"some.file", "checkpoint", "model"});
}

TEST(Frame, NamesADamagedKindInText) {
  Bytes frame = to_frame("checkpoint", bytes_of("x"));
  frame[12] = std::byte{0x9c};
  try {
    check_frame_head(frame, frame.size(), "checkpoint", "some.file");
    ADD_FAILURE() << "it was not refused";
  } catch (const InputError& error) {
    const std::string said = error.what();
    EXPECT_NE(said.find("something instead of a checkpoint"), std::string::npos) << said;
    EXPECT_EQ(said.find('\x9c'), std::string::npos);
  }
}

TEST(Frame, RefusesANewerVersion) {
  Bytes frame = to_frame("model", bytes_of("x"));
  frame[4] = std::byte{2};
  test::expect_input_error([&] { from_frame(frame, "model", "some.file"); },
                           {"some.file", "version 2"});
}

TEST(Frame, RefusesALengthBeyondItsEnd) {
  Bytes frame = to_frame("model", bytes_of("x"));
  for (std::size_t i = 17; i < 25; ++i) frame[i] = std::byte{0xff};  // the payload's length
  test::expect_input_error([&] { from_frame(frame, "model", "here"); }, {"18446744073709551615"});
  frame = to_frame("model", bytes_of("x"));
  frame[11] = std::byte{0xff};  // the kind's length
  test::expect_input_error([&] { from_frame(frame, "model", "here"); }, {"ends too early"});
}

TEST(ModelBytes, RoundTrip) {
  for (double nu : {3.0, std::numeric_limits<double>::infinity()}) {
    const Model model = test::sample_model(nu);
    EXPECT_EQ(model_from_bytes(model_to_bytes(model)), model);
  }
  EXPECT_EQ(model_from_bytes(model_to_bytes(Model{})), Model{});
}

TEST(ModelBytes, EveryFlippedBitIsRefused) {
  Bytes bytes = model_to_bytes(test::sample_model(3));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte flip = std::byte{1} << (i % 8);
    bytes[i] ^= flip;
    test::expect_input_error([&] { model_from_bytes(bytes, "here"); }, {"here"});
    bytes[i] ^= flip;
  }
}

TEST(ModelBytes, EveryTruncationAndExtensionIsRefused) {
  Bytes bytes = model_to_bytes(test::sample_model(3));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto start = std::span(bytes).first(size);
    test::expect_input_error([&] { model_from_bytes(start, "here"); }, {"here"});
  }
  bytes.push_back(std::byte{0});
  test::expect_input_error([&] { model_from_bytes(bytes, "here"); }, {"here", "promises"});
}

TEST(ModelBytes, AFrameAroundSomethingElseIsRefused) {
  for (const std::string& payload : {std::string(), std::string(7, '\0'), std::string(500, '\0')}) {
    const Bytes frame = to_frame("model", bytes_of(payload));
    test::expect_input_error([&] { model_from_bytes(frame, "here"); }, {"here holds no model"});
  }
}

}  // namespace
}  // namespace htdm
