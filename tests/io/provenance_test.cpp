#include "io/provenance.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace htdm {
namespace {

/// The text with every digit replaced by 0.
std::string shape(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c >= '0' && c <= '9'; }, '0');
  return text;
}

TEST(Provenance, SaysWhatThisProcessKnows) {
  const Provenance p = current_provenance(7);
  EXPECT_EQ(p.seed, 7U);
  EXPECT_EQ(shape(p.version), "0.0.0");
  EXPECT_EQ(shape(p.created), "0000-00-00T00:00:00Z");
  EXPECT_FALSE(p.host.empty());
  if (p.git_hash == "unknown") return;  // built outside a repository
  const std::string hash = p.git_hash.substr(0, p.git_hash.find('-'));
  EXPECT_GE(hash.size(), 12U);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos) << hash;
}

}  // namespace
}  // namespace htdm
