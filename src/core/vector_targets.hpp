/// The instruction sets that Google Highway builds each vector kernel for: plain, AVX2, AVX-512.
/// Include before any Highway header; carries no code.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
