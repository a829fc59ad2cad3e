#include "CBench.h"
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int hash(uint8_t *out, size_t out_count, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count,
                const uint8_t *c, size_t c_count) {
    crypto_generichash_state state;
    return crypto_generichash_init(&state, NULL, 0, out_count) | crypto_generichash_update(&state, a, a_count) |
           crypto_generichash_update(&state, b, b_count) | crypto_generichash_update(&state, c, c_count) |
           crypto_generichash_final(&state, out, out_count);
}

/// Ed25519 with BLAKE2b-512: R = S B - k A.
static int verify(const uint8_t *key, const uint8_t *message, const uint8_t *signature) {
    uint8_t wide[64], scalar[32], point[32];
    if (signature[63] & 0xe0) return 0;
    if (hash(wide, 64, signature, 32, key, 32, message, 32)) return 0;
    crypto_core_ed25519_scalar_reduce(scalar, wide);
    if (crypto_scalarmult_ed25519_noclamp(point, scalar, key)) return 0;
    memset(wide, 0, sizeof wide);
    memcpy(wide, signature + 32, 32);
    crypto_core_ed25519_scalar_reduce(scalar, wide);
    if (crypto_scalarmult_ed25519_base_noclamp(wide, scalar)) return 0;
    if (crypto_core_ed25519_sub(wide, wide, point)) return 0;
    return sodium_memcmp(wide, signature, 32) == 0;
}

size_t bench_state_blocks(const uint8_t *blocks, size_t count, uint64_t threshold) {
    static const uint8_t preamble[32] = {[31] = 6};
    size_t good = 0;
    if (sodium_init() < 0) return 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *block = blocks + 216 * i;
        uint8_t digest[32], work[8], value[8];
        uint64_t number = 0;
        if (hash(digest, 32, preamble, 32, block, 144, block, 0)) continue;
        if (!verify(block, digest, block + 144)) continue;
        for (int j = 0; j < 8; j++) work[j] = block[215 - j];
        const uint8_t *root = sodium_is_zero(block + 32, 32) ? block : block + 32;
        if (hash(value, 8, work, 8, root, 32, root, 0)) continue;
        for (int j = 7; j >= 0; j--) number = number << 8 | value[j];
        good += number >= threshold;
    }
    return good;
}

/// Nanoseconds of the best of seven times `rounds` calls.
static double best_of(size_t count, size_t rounds, int opens) {
    uint8_t key[32] = {1}, nonce[12] = {0};
    uint8_t *clear = calloc(1, count), *sealed = calloc(1, count + 16);
    double best = -1;
    if (sodium_init() < 0 || !clear || !sealed) goto end;
    crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, clear, count, NULL, 0, NULL, nonce, key);
    for (int time = 0; time < 7; time++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (size_t i = 0; i < rounds; i++) {
            if (!opens)
                crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, clear, count, NULL, 0, NULL, nonce, key);
            else if (crypto_aead_chacha20poly1305_ietf_decrypt(clear, NULL, NULL, sealed, count + 16, NULL, 0, nonce, key))
                goto end;
        }
        clock_gettime(CLOCK_MONOTONIC, &to);
        double took = ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / rounds;
        if (best < 0 || took < best) best = took;
    }
end:
    free(clear);
    free(sealed);
    return best;
}
double bench_chacha20_seal(size_t count, size_t rounds) { return best_of(count, rounds, 0); }
double bench_chacha20_open(size_t count, size_t rounds) { return best_of(count, rounds, 1); }

size_t bench_heap(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}
