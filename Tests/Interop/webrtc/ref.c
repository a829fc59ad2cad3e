// What meshspec-bench compares data channels with: pairs of peers of rtc.c in one process, whose datagrams stay in memory.
// Each mode prints numbers.
//   ref open ROUNDS           milliseconds until a channel is open at both ends, the best
//   ref send SIZE MEGABYTES   MB/s of processor time through one channel
//   ref many PAIRS            milliseconds of processor time until one channel each is open
//   ref heap PAIRS            KiB of heap for each peer of these
// The processor time leaves out other programs on the machine, and waits.
// Build: cc -O3 -o ref ref.c rtc.c -lusrsctp -lssl -lcrypto
#include "rtc.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    rtc *r;
    rtc_addr at;
    bool is_open, has_ended;
    uint16_t stream;
    size_t bytes;
} end;
typedef struct { end ends[2]; } couple;

enum { WAITING = 256 << 10 };
static rtc_identity *identity;

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}
static double wall(void) { return seconds(CLOCK_MONOTONIC); }
static double processor(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
static uint64_t millis(void) { return wall() * 1e3; }
static size_t heap(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}
static void begin(couple *c, uint16_t port) {
    for (int i = 0; i < 2; i++) {
        rtc_options options = {.offerer = !i, .identity = identity};
        end *e = &c->ends[i];
        *e = (end){.r = rtc_new(&options, millis())};
        e->at.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port + i), .sin_addr = {htonl(INADDR_LOOPBACK)}};
        rtc_add_local(e->r, &e->at);
    }
    char sdp[8192];
    rtc_open(c->ends[0].r, "messages", "", millis());
    rtc_describe(c->ends[0].r, sdp, sizeof sdp, true);
    rtc_accept(c->ends[1].r, sdp, millis());
    rtc_describe(c->ends[1].r, sdp, sizeof sdp, true);
    rtc_accept(c->ends[0].r, sdp, millis());
}
static void finish(couple *c) {
    for (int i = 0; i < 2; i++) rtc_free(c->ends[i].r);
}
/// Passes datagrams on and counts events. Returns whether there were any datagrams.
static bool pump(couple *c) {
    uint8_t packet[2048];
    bool moved = false;
    rtc_addr to;
    rtc_event e;
    for (int i = 0; i < 2; i++) {
        end *own = &c->ends[i], *other = &c->ends[!i];
        for (size_t n; (n = rtc_pull(own->r, packet, sizeof packet, &to)); moved = true)
            rtc_feed(other->r, packet, n, &own->at, millis());
        while (rtc_event_next(own->r, &e)) {
            if (e.type == RTC_CHANNEL_OPEN) own->is_open = true, own->stream = e.stream;
            if (e.type == RTC_MESSAGE) own->bytes += e.size;
            if (e.type == RTC_ENDED) own->has_ended = true;
        }
    }
    return moved;
}
static bool is_open(const couple *c) { return c->ends[0].is_open && c->ends[1].is_open; }
/// Runs timers, after a wait until one is due if nothing else happens.
static void wake(couple *all, int count, bool is_idle) {
    uint64_t now = millis(), due = now + 10;
    for (int i = 0; is_idle && i < 2 * count; i++) {
        uint64_t d = rtc_deadline(all[i / 2].ends[i % 2].r, now);
        if (d < due) due = d;
    }
    if (is_idle && due > now) usleep((due - now) * 1000);
    for (int i = 0; i < 2 * count; i++) rtc_timeout(all[i / 2].ends[i % 2].r, millis());
}
static bool open_all(couple *all, int count) {
    for (double start = wall(); wall() - start < 30;) {
        bool moved = false, done = true;
        for (int i = 0; i < count; i++) moved |= pump(&all[i]);
        for (int i = 0; i < count; i++) done &= is_open(&all[i]);
        if (done) return true;
        if (!moved) wake(all, count, true);
    }
    return false;
}
static int open_one(int rounds) {
    double best = 1e9;
    for (int i = 0; i < rounds; i++) {
        couple c;
        double start = wall();
        begin(&c, 10000);
        if (!open_all(&c, 1)) return 1;
        double time = wall() - start;
        if (time < best) best = time;
        finish(&c);
    }
    printf("%f\n", best * 1e3);
    return 0;
}
static int send_all(size_t size, size_t total) {
    couple c;
    uint8_t *message = calloc(1, size);
    begin(&c, 10000);
    if (!open_all(&c, 1)) return 1;
    end *from = &c.ends[0], *to = &c.ends[1];
    double start = processor(), began = wall(), woken = began;
    for (size_t sent = 0; to->bytes < total;) {
        if (to->has_ended || wall() - began > 60) return 1;
        while (sent < total && rtc_buffered(from->r, from->stream) < WAITING) {
            if (!rtc_send(from->r, from->stream, RTC_BINARY, message, size, millis())) return 1;
            sent += size;
        }
        bool moved = pump(&c);
        if (!moved || wall() - woken > 0.01) wake(&c, 1, !moved), woken = wall();
    }
    printf("%f\n", to->bytes / 1e6 / (processor() - start));
    finish(&c);
    return 0;
}
static int many(int count, bool is_heap) {
    couple *all = calloc(count, sizeof *all);
    size_t before = heap();
    double start = processor();
    for (int i = 0; i < count; i++) begin(&all[i], 10000 + 2 * i);
    if (!open_all(all, count)) return 1;
    printf("%f\n", is_heap ? (heap() - before) / 1024.0 / (2 * count) : (processor() - start) * 1e3);
    for (int i = 0; i < count; i++) finish(&all[i]);
    return 0;
}
int main(int argc, char **argv) {
    identity = rtc_identity_new(NULL);
    int first = argc > 2 ? atoi(argv[2]) : 0;
    if (argc < 3 || first < 1) return 2;
    // One pair before the measurement: the libraries allocate what all share.
    couple c;
    begin(&c, 9000);
    if (!open_all(&c, 1)) return 1;
    finish(&c);
    if (!strcmp(argv[1], "open")) return open_one(first);
    if (!strcmp(argv[1], "many") || !strcmp(argv[1], "heap")) return many(first, argv[1][0] == 'h');
    if (!strcmp(argv[1], "send") && argc > 3) return send_all(first, atoi(argv[3]) * 1000000ul);
    return 2;
}
