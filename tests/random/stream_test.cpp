#include "random/stream.hpp"

#include "core/error.hpp"
#include "support/statistics.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <vector>

namespace htdm {
namespace {

constexpr double alpha = 1e-6;

// The published known answers of Philox4x32-10 (Random123's kat_vectors): counters and keys of all
// zeros, all ones, and the digits of pi. They fix the generator and the layout of the address.
TEST(Stream, GivesThePublishedWords) {
  EXPECT_EQ(Stream(0, Purpose{0}, 0).words(0, 0),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Stream(~0ULL, Purpose{0xff}, ~0ULL).words(0xffffffff, 0xffffff),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      Stream(0x299f31d0a4093822, Purpose{0x03}, 0x85a308d3243f6a88).words(0x13198a2e, 0x707344),
      (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// By another program; moving a purpose, or renumbering one, would show here.
TEST(Stream, GivesTheWordsOfAPurpose) {
  EXPECT_EQ(Stream(42, Purpose::bootstrap, 3).words(5, 1),
            (Words{0x6d3e1058, 0x47c35c0e, 0x9061865a, 0x6d70bccf}));
}

TEST(Stream, KeepsItsAddress) {
  const Stream stream(7, Purpose::wiener, 1ULL << 40);
  EXPECT_EQ(stream.seed(), 7U);
  EXPECT_EQ(stream.path(), 1ULL << 40);
  EXPECT_EQ(stream.purpose(), Purpose::wiener);
}

// Philox is a bijection of the counter, so two addresses of one seed share their words if and only
// if they are the same counter: any overlap of fields shows as a repeated output.
TEST(Stream, NoTwoAddressesShareTheirWords) {
  constexpr auto last = static_cast<std::uint32_t>(Purpose::bootstrap);
  std::set<Words> seen;
  std::size_t addresses = 0;
  for (std::uint32_t purpose = 1; purpose <= last; ++purpose) {
    for (const std::uint64_t path : {0ULL, 1ULL, 1ULL << 24, 1ULL << 32, 1ULL << 63, ~0ULL}) {
      const Stream stream(42, Purpose{purpose}, path);
      for (const std::uint32_t step : {0U, 1U, 1U << 24, 1U << 31, ~0U}) {
        for (const std::uint32_t lane : {0U, 1U, 2U, 1U << 23, (1U << 24) - 1}) {
          seen.insert(stream.words(step, lane));
          ++addresses;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), addresses);
}

TEST(Stream, BothHalvesOfTheSeedCount) {
  std::set<Words> seen;
  for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 31, 1ULL << 32, 1ULL << 63}) {
    seen.insert(Stream(seed, Purpose::wiener, 3).words(5));
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Stream, RefusesLanesThatWouldReachThePurpose) {
#ifdef HTDM_CONTRACTS
  EXPECT_THROW(Stream(1, Purpose::wiener, 0).words(0, 1U << 24), ContractError);
#else
  GTEST_SKIP() << "contracts are checked in audit builds";
#endif
}

// Each of the 128 bits is set half the time, level alpha per bit. At n = 20000 a bit whose
// probability is off by 0.025 is found with probability above 0.98; a stuck bit always.
TEST(Stream, EveryBitIsFair) {
  constexpr std::uint64_t n = 20000;
  std::vector<std::uint64_t> ones(128);
  for (std::uint64_t path = 0; path < n; ++path) {
    const Words words = Stream(1, Purpose::prior_normal, path).words(0);
    for (std::size_t bit = 0; bit < 128; ++bit) ones[bit] += words[bit / 32] >> (bit % 32) & 1;
  }
  for (std::size_t bit = 0; bit < 128; ++bit) {
    EXPECT_GT(test::binomial_two_sided_p(ones[bit], n, 0.5), alpha) << "bit " << bit;
  }
}

// Neighbouring addresses differ in half their bits: 128 n differing bits are Binomial(128 n, 1/2).
// Level alpha; a mean Hamming distance off by 0.3 of 64 bits is found with probability above 0.99.
TEST(Stream, NeighbouringAddressesAreIndependent) {
  constexpr std::uint64_t n = 20000;
  std::array<std::uint64_t, 4> differing{};
  const auto distance = [](const Words& a, const Words& b) {
    int bits = 0;
    for (std::size_t k = 0; k < 4; ++k) bits += std::popcount(a[k] ^ b[k]);
    return static_cast<std::uint64_t>(bits);
  };
  for (std::uint64_t path = 0; path < n; ++path) {
    const Words words = Stream(9, Purpose::wiener, path).words(4);
    differing[0] += distance(words, Stream(9, Purpose::wiener, path + 1).words(4));
    differing[1] += distance(words, Stream(9, Purpose::wiener, path).words(5));
    differing[2] += distance(words, Stream(9, Purpose::wiener, path).words(4, 1));
    differing[3] += distance(words, Stream(9, Purpose::chain_mixing, path).words(4));
  }
  for (const std::uint64_t bits : differing) {
    EXPECT_GT(test::binomial_two_sided_p(bits, 128 * n, 0.5), alpha);
  }
}

}  // namespace
}  // namespace htdm
