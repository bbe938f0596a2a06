#include "io/digest.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace htdm {
namespace {

std::string sha256(const std::string& text) {
  return Digest().bytes(std::as_bytes(std::span(text))).finish_hex();
}

// Answers from FIPS 180-2, appendix B, and the empty message.
TEST(Digest, KnownAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, NumbersAreLittleEndianBytes) {
  EXPECT_EQ(Digest().integer(0x0102030405060708).finish_hex(),
            sha256("\x08\x07\x06\x05\x04\x03\x02\x01"));
  EXPECT_EQ(Digest().number(1.0).finish_hex(), sha256(std::string("\0\0\0\0\0\0\xf0\x3f", 8)));
  EXPECT_EQ(Digest().text("abc").finish_hex(), sha256(std::string("\3\0\0\0\0\0\0\0abc", 11)));
}

TEST(Digest, EveryNanIsTheSameButZerosDiffer) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Digest().number(nan).finish_hex(), Digest().number(-nan).finish_hex());
  EXPECT_NE(Digest().number(0.0).finish_hex(), Digest().number(-0.0).finish_hex());
}

TEST(Digest, BoundariesBetweenTextsCount) {
  EXPECT_NE(Digest().text("ab").text("c").finish_hex(), Digest().text("a").text("bc").finish_hex());
}

TEST(WeightsSha256, SeesEveryWeightAndShape) {
  const Model model = test::sample_model(3);
  const std::string before = weights_sha256(model);
  EXPECT_EQ(before.size(), 64U);
  Model changed = model;
  changed.layers[1].weight[5] = std::nextafter(changed.layers[1].weight[5], 1.F);
  EXPECT_NE(weights_sha256(changed), before);
  changed = model;
  changed.layers[0].bias[1] = 0.F;  // was -0
  EXPECT_NE(weights_sha256(changed), before);
  changed = model;
  std::swap(changed.layers[0].rows, changed.layers[0].columns);
  EXPECT_NE(weights_sha256(changed), before);
  changed = model;
  changed.name = "other";
  changed.steps = 7;
  EXPECT_EQ(weights_sha256(changed), before);
}

}  // namespace
}  // namespace htdm
