#include "CLinux.h"
#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define INSTRUCTION __attribute__((target("sse4.2")))
#define STEP8(crc, word) _mm_crc32_u64(crc, word)
#define STEP1(crc, byte) _mm_crc32_u8((uint32_t)(crc), byte)
int linux_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define INSTRUCTION __attribute__((target("+crc")))
#define STEP8(crc, word) __crc32cd((uint32_t)(crc), word)
#define STEP1(crc, byte) __crc32cb((uint32_t)(crc), byte)
int linux_has_crc32c(void) { return (getauxval(AT_HWCAP) & (1 << 7)) != 0; }
#else
#define NO_INSTRUCTION
int linux_has_crc32c(void) { return 0; }
uint32_t linux_crc32c(uint32_t crc, const void *bytes, size_t count) { (void)bytes, (void)count; return crc; }
#endif

#ifndef NO_INSTRUCTION
// The instruction takes three cycles, and one can be begun in each: three parts of a long text are run side by side and put
// together by what so many zero bytes do to a CRC, which is linear: a table for each of its bytes.
enum { PART = 1024 };
static uint32_t shift[4][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

INSTRUCTION static void make_shift(void) {
    uint32_t bit[32];
    for (int i = 0; i < 32; i++) {
        uint64_t crc = 1u << i;
        for (int k = 0; k < PART / 8; k++) crc = STEP8(crc, 0);
        bit[i] = (uint32_t)crc;
    }
    for (int byte = 0; byte < 4; byte++)
        for (int value = 0; value < 256; value++) {
            uint32_t sum = 0;
            for (int i = 0; i < 8; i++) if (value >> i & 1) sum ^= bit[8 * byte + i];
            shift[byte][value] = sum;
        }
}
static inline uint32_t shifted(uint32_t crc) {
    return shift[0][crc & 255] ^ shift[1][crc >> 8 & 255] ^ shift[2][crc >> 16 & 255] ^ shift[3][crc >> 24];
}
static inline uint64_t word(const uint8_t *p) {
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}
INSTRUCTION uint32_t linux_crc32c(uint32_t before, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    uint64_t a = before ^ 0xffffffffu;
    if (count >= 3 * PART) pthread_once(&once, make_shift);
    while (count >= 3 * PART) {
        uint64_t b = 0, c = 0;
        for (int i = 0; i < PART; i += 8) {
            a = STEP8(a, word(p + i));
            b = STEP8(b, word(p + PART + i));
            c = STEP8(c, word(p + 2 * PART + i));
        }
        a = shifted(shifted((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
        p += 3 * PART;
        count -= 3 * PART;
    }
    for (; count >= 8; p += 8, count -= 8) a = STEP8(a, word(p));
    for (; count > 0; p++, count--) a = STEP1(a, *p);
    return (uint32_t)a ^ 0xffffffffu;
}
#endif
