/* What a careful program in C needs to cut a message of RMPX v1 into datagrams and put it together again, with its checksum on
 * both ways. Prints nanoseconds for one message of so many bytes: the best of nine.
 *
 *   ref BYTES
 */
#define _GNU_SOURCE
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
enum { HEADER = 72, ROOM = 7928, ROUNDS = 50 };
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e9 + t.tv_nsec; }
static uint32_t crc32c(const uint8_t *p, size_t n) {
    uint64_t c = ~0u;
    for (; n >= 8; n -= 8, p += 8) { uint64_t v; memcpy(&v, p, 8); c = _mm_crc32_u64(c, v); }
    while (n--) c = _mm_crc32_u8((uint32_t)c, *p++);
    return ~(uint32_t)c;
}
int main(int argc, char **argv) {
    size_t n = argc > 1 ? strtoul(argv[1], 0, 10) : 0;
    if (n == 0 || n > 2097152 || crc32c((const uint8_t *)"123456789", 9) != 0xe3069283) return 2;
    size_t parts = (n + ROOM - 1) / ROOM;
    uint8_t *message = malloc(n + ROUNDS), *datagrams = malloc(parts * (HEADER + ROOM)), *body = malloc(n);
    if (!message || !datagrams || !body) return 3;
    for (size_t i = 0; i < n + ROUNDS; i++) message[i] = (uint8_t)(i * 2654435761u >> 13);
    double best = 1e18;
    for (int k = 0; k < 9; k++) {
        double start = now();
        for (int r = 0; r < ROUNDS; r++) {
            uint32_t crc = crc32c(message + r, n);
            for (size_t i = 0; i < parts; i++) {
                uint8_t *d = datagrams + i * (HEADER + ROOM);
                size_t size = i == parts - 1 ? n - i * ROOM : ROOM;
                memset(d, 0, HEADER);
                memcpy(d + 64, &crc, 4);
                d[56] = (uint8_t)(i >> 8), d[57] = (uint8_t)i;
                memcpy(d + HEADER, message + r + i * ROOM, size);
            }
            for (size_t i = 0; i < parts; i++) {
                uint8_t *d = datagrams + i * (HEADER + ROOM);
                size_t at = (size_t)(d[56] << 8 | d[57]);
                memcpy(body + at * ROOM, d + HEADER, at == parts - 1 ? n - at * ROOM : ROOM);
            }
            uint32_t wanted;
            memcpy(&wanted, datagrams + 64, 4);
            if (crc32c(body, n) != wanted) return 4;
        }
        double t = (now() - start) / ROUNDS;
        if (t < best) best = t;
    }
    printf("%.0f\n", best);
    return 0;
}
