#pragma once
#include <stddef.h>
#include <stdint.h>

/// Hash, signature and work of `count` encoded state blocks of 216 bytes each, by calls to libsodium and nothing around
/// them: what `meshspec-bench` holds its own figure against. Returns how many blocks are good.
size_t bench_state_blocks(const uint8_t *blocks, size_t count, uint64_t threshold);
