#include "CBench.h"
#include <sodium.h>
#include <string.h>

#define ID_SIZE 34
#define ADDRESS_SIZE 8
#define PLACE_SIZE crypto_hash_sha256_BYTES

typedef struct {
    uint64_t words[4];
} place;
typedef struct {
    place distance;
    size_t peer;
} near_peer;

static place place_of(const uint8_t *id) {
    uint8_t hash[PLACE_SIZE];
    place made;
    crypto_hash_sha256(hash, id, ID_SIZE);
    for (size_t i = 0; i < 4; i++) {
        uint64_t word = 0;
        for (size_t j = 0; j < 8; j++) word = word << 8 | hash[8 * i + j];
        made.words[i] = word;
    }
    return made;
}
static place distance(const place *a, const place *b) {
    place made;
    for (size_t i = 0; i < 4; i++) made.words[i] = a->words[i] ^ b->words[i];
    return made;
}
static size_t leading_zeros(const place *place) {
    for (size_t i = 0; i < 4; i++)
        if (place->words[i]) return 64 * i + __builtin_clzll(place->words[i]);
    return 256;
}
static int is_less(const place *a, const place *b) {
    for (size_t i = 0; i < 4; i++)
        if (a->words[i] != b->words[i]) return a->words[i] < b->words[i];
    return 0;
}

static uint8_t *varint(uint8_t *at, size_t number) {
    while (number >= 0x80) {
        *at++ = number | 0x80;
        number >>= 7;
    }
    *at++ = number;
    return at;
}
static size_t varint_size(size_t number) { return number < 0x80 ? 1 : number < 0x4000 ? 2 : 3; }

/// Encodes an answer with the peers of these numbers.
static size_t encode(const uint8_t *ids, const uint8_t *addresses, const size_t *peers, size_t count, uint8_t *out) {
    const size_t peer = 2 + ID_SIZE + 2 + ADDRESS_SIZE;
    uint8_t *at = varint(out, 2 + count * (1 + varint_size(peer) + peer));
    *at++ = 0x08;
    *at++ = 4;
    for (size_t i = 0; i < count; i++) {
        *at++ = 0x42;
        at = varint(at, peer);
        *at++ = 0x0a;
        at = varint(at, ID_SIZE);
        memcpy(at, ids + ID_SIZE * peers[i], ID_SIZE);
        at += ID_SIZE;
        *at++ = 0x12;
        at = varint(at, ADDRESS_SIZE);
        memcpy(at, addresses + ADDRESS_SIZE * peers[i], ADDRESS_SIZE);
        at += ADDRESS_SIZE;
    }
    return at - out;
}

size_t bench_kad_encode(const uint8_t *ids, const uint8_t *addresses, size_t count, uint8_t *out, size_t rounds) {
    size_t peers[64], size = 0;
    for (size_t i = 0; i < count; i++) peers[i] = i;
    for (size_t round = 0; round < rounds; round++) {
        size = encode(ids, addresses, peers, count, out);
        // The compiler must not leave out a round.
        __asm__ volatile("" : : "r"(out) : "memory");
    }
    return size;
}

size_t bench_kad_answer(
    const uint8_t *own, const uint8_t *ids, const uint8_t *addresses, size_t count, const uint8_t *keys, size_t key_count,
    size_t wanted, uint8_t *out, size_t rounds
) {
    static place places[1 << 14];
    static near_peer found[1 << 14];
    size_t peers[64], size = 0, starts[258] = {0};
    const place own_place = place_of(own);
    if (count > 1 << 14 || wanted > 64) return 0;
    for (size_t i = 0; i < count; i++) {
        places[i] = place_of(ids + ID_SIZE * i);
        place d = distance(&places[i], &own_place);
        starts[leading_zeros(&d) + 1] = i + 1;
    }
    for (size_t i = 1; i < 258; i++)
        if (starts[i] < starts[i - 1]) starts[i] = starts[i - 1];
    for (size_t round = 0; round < rounds; round++) {
        const place key = place_of(keys + ID_SIZE * (round % key_count));
        const place from_own = distance(&key, &own_place);
        const size_t common = leading_zeros(&from_own);
        size_t taken = 0;
        // The bucket of the key, then all longer prefixes, then the shorter ones, the longest first.
        for (long step = 0; step < (long)common + 2 && taken < wanted; step++) {
            const size_t first = step == 0 ? common : step == 1 ? common + 1 : common + 1 - (size_t)step;
            const size_t last = step == 1 ? 257 : first + 1;
            size_t near = 0;
            for (size_t i = starts[first]; i < starts[last]; i++) {
                near_peer one = {distance(&places[i], &key), i};
                size_t at = near++;
                while (at > 0 && is_less(&one.distance, &found[at - 1].distance)) {
                    found[at] = found[at - 1];
                    at--;
                }
                found[at] = one;
            }
            for (size_t i = 0; i < near && taken < wanted; i++) peers[taken++] = found[i].peer;
        }
        size = encode(ids, addresses, peers, taken, out);
        __asm__ volatile("" : : "r"(out) : "memory");
    }
    return size;
}
