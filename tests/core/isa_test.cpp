#include "core/isa.hpp"

#include "core/vector_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/isa_test.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace htdm::HWY_NAMESPACE {
namespace {

std::int64_t running_target() {
  return HWY_TARGET;
}

}  // namespace
}  // namespace htdm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace htdm {
namespace {

HWY_EXPORT(running_target);

Isa running_isa() {
  switch (HWY_DYNAMIC_DISPATCH(running_target)()) {
    case HWY_AVX3:
      return Isa::avx512;
    case HWY_AVX2:
      return Isa::avx2;
    default:
      return Isa::baseline;
  }
}

/// Leaves the process with the instruction set it had.
class IsaTest : public testing::Test {
 protected:
  void TearDown() override { use_isa(original_); }

 private:
  Isa original_ = current_isa();
};

TEST_F(IsaTest, NamesAndParsingAreInverse) {
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    EXPECT_EQ(parse_isa(name(isa)), isa);
  }
  EXPECT_EQ(name(Isa::avx512), "avx512");
}

TEST_F(IsaTest, UnknownNamesAreRefused) {
  for (const char* text : {"", "AVX2", "avx", "avx512 ", "sse4"}) {
    EXPECT_THROW(parse_isa(text), InputError) << text;
  }
}

TEST_F(IsaTest, KernelsRunOnTheDetectedSetUntilToldOtherwise) {
  EXPECT_EQ(current_isa(), detected_isa());
  EXPECT_EQ(running_isa(), detected_isa());
}

TEST_F(IsaTest, KernelsFollowUseIsaDownAndUpAgain) {
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx2, Isa::baseline}) {
    if (isa > detected_isa()) continue;
    use_isa(isa);
    EXPECT_EQ(current_isa(), isa);
    EXPECT_EQ(running_isa(), isa) << name(isa);
  }
  EXPECT_LE(current_isa(), detected_isa());
}

TEST_F(IsaTest, MoreThanTheProcessorHasIsRefused) {
  if (detected_isa() == Isa::avx512) GTEST_SKIP() << "this processor has every set";
  const Isa before = current_isa();
  EXPECT_THROW(use_isa(Isa::avx512), InputError);
  EXPECT_EQ(current_isa(), before);
  EXPECT_EQ(running_isa(), before);
}

}  // namespace
}  // namespace htdm

#endif  // HWY_ONCE
