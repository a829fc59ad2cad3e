#define _GNU_SOURCE
#include "CBench.h"
#include "Load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Latencies of one microsecond each; the last one has all that are longer.
enum { latencies = 1 << 22, reading = 1 << 16, id_size = 40 };

struct client {
    int fd, is_open;
    char id[id_size + 1];
    uint8_t *in, *out;
    size_t in_count, out_count, out_size;
};
struct bench_hub {
    int epoll;
    struct client *clients;
    size_t client_count, network, size;
    uint16_t port;
    uint64_t connected, discovered, received;
    uint32_t *histogram;
    int is_relaying, is_bad;
};

/// Puts a text message, masked with zeros, behind those that a client has to send.
static void say(struct bench_hub *h, struct client *c, const char *text, size_t n) {
    if (c->out_count + n + 8 > c->out_size) {
        size_t size = (c->out_count + n + 8) * 2;
        uint8_t *more = realloc(c->out, size);
        if (!more) {
            h->is_bad = 1;
            return;
        }
        c->out = more, c->out_size = size;
    }
    uint8_t *p = c->out + c->out_count;
    *p++ = 0x81;
    if (n < 126) {
        *p++ = 0x80 | (uint8_t)n;
    } else {
        *p++ = 0x80 | 126, *p++ = (uint8_t)(n >> 8), *p++ = (uint8_t)n;
    }
    memset(p, 0, 4);
    memcpy(p + 4, text, n);
    c->out_count = (size_t)(p + 4 + n - c->out);
}
static void flush(struct bench_hub *h, struct client *c) {
    ssize_t n = c->out_count ? send(c->fd, c->out, c->out_count, MSG_NOSIGNAL) : 0;
    // What is under way is little: there is always room for it.
    if (n != (ssize_t)c->out_count) h->is_bad = 1;
    c->out_count = 0;
}
static void announce(struct bench_hub *h, size_t i) {
    char text[128];
    int n = snprintf(text, sizeof text, "{\"type\":\"announce\",\"data\":{},\"maxPeers\":3,\"networkName\":\"n%zu\"}", i / h->network);
    say(h, h->clients + i, text, (size_t)n);
}
/// A message with the time to the next client of the network.
static void signal_next(struct bench_hub *h, struct client *c, uint64_t now) {
    static const char padding[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                                  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    const size_t i = (size_t)(c - h->clients), first = i / h->network * h->network, rest = 173;
    const struct client *to = h->clients + first + (i - first + 1) % h->network;
    char text[512];
    int n = snprintf(text, sizeof text,
                     "{\"type\":\"ice-candidate\",\"data\":{\"candidate\":\"T@%016llx%.*s\"},\"maxPeers\":3,\"networkName\":\"n%zu\",\"targetPeerId\":\"%s\"}",
                     (unsigned long long)now, (int)(h->size > rest ? h->size - rest : 0), padding, i / h->network, to->id);
    say(h, c, text, (size_t)n);
}
static void take(struct bench_hub *h, struct client *c, const uint8_t *p, size_t n, uint64_t now) {
    const uint8_t *type = memmem(p, n, "\"type\":\"", 8);
    if (!type) return;
    type += 8;
    if (!memcmp(type, "connected", 9)) h->connected++;
    if (!memcmp(type, "peer-discovered", 15)) h->discovered++;
    if (memcmp(type, "ice-candidate", 13)) return;
    const uint8_t *stamp = memmem(p, n, "T@", 2);
    uint64_t sent = stamp && stamp + 2 + stamp_size <= p + n ? read_stamp(stamp + 2) : UINT64_MAX;
    // It came from whom the network says, to the one that it names.
    if (sent > now || !memmem(p, n, c->id, id_size) || !memmem(p, n, "\"fromPeerId\":\"", 14)) {
        h->is_bad = 1;
        return;
    }
    uint64_t microseconds = (now - sent) / 1000;
    h->histogram[microseconds < latencies ? microseconds : latencies - 1]++;
    h->received++;
    if (h->is_relaying) signal_next(h, c, now);
}
static void receive(struct bench_hub *h, struct client *c) {
    if (!c->in && !(c->in = malloc(reading))) h->is_bad = 1;
    ssize_t count = h->is_bad ? 0 : recv(c->fd, c->in + c->in_count, reading - c->in_count, 0);
    if (count <= 0) {
        h->is_bad = 1;
        return;
    }
    c->in_count += (size_t)count;
    size_t at = 0;
    if (!c->is_open) {
        uint8_t *end = memmem(c->in, c->in_count, "\r\n\r\n", 4);
        if (!end) return;
        if (memcmp(c->in, "HTTP/1.1 101", 12)) h->is_bad = 1;
        c->is_open = 1;
        at = (size_t)(end + 4 - c->in);
    }
    uint64_t now = nanoseconds();
    while (c->in_count - at >= 2) {
        const uint8_t *p = c->in + at;
        size_t head = p[1] < 126 ? 2 : 4, n = p[1];
        if (p[0] != 0x81 || p[1] > 126) {
            h->is_bad = 1;
            return;
        }
        if (c->in_count - at < head) break;
        if (head == 4) n = (size_t)p[2] << 8 | p[3];
        if (c->in_count - at < head + n) break;
        take(h, c, p + head, n, now);
        at += head + n;
    }
    memmove(c->in, c->in + at, c->in_count - at);
    c->in_count -= at;
    flush(h, c);
    // Nothing is kept for clients that wait.
    if (!h->is_relaying && !c->in_count) free(c->in), c->in = NULL;
}
/// Waits once; false when nothing happened for ten seconds, or something is wrong.
static int turn(struct bench_hub *h) {
    struct epoll_event events[256];
    int n = epoll_wait(h->epoll, events, 256, 10000);
    for (int i = 0; i < n; i++) receive(h, h->clients + events[i].data.u32);
    return n > 0 && !h->is_bad;
}
static int begin(struct bench_hub *h, size_t i) {
    struct client *c = h->clients + i;
    struct epoll_event e = {.events = EPOLLIN, .data = {.u32 = (uint32_t)i}};
    const uint64_t x = (i + 1) * 0x9E3779B97F4A7C15u;
    char head[512];
    snprintf(c->id, sizeof c->id, "%016llx%016llx%08zx", (unsigned long long)x, (unsigned long long)(x * 31 + 7), i);
    c->fd = connect_to(h->port);
    if (c->fd < 0) return 0;
    int n = snprintf(head, sizeof head,
                     "GET /?peerId=%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                     c->id, h->port);
    return send(c->fd, head, (size_t)n, MSG_NOSIGNAL) == n && epoll_ctl(h->epoll, EPOLL_CTL_ADD, c->fd, &e) == 0;
}
/// One after the other, so that it is known how often each is told of the others.
static int connect_all(struct bench_hub *h) {
    for (size_t i = 0; i < h->client_count; i++) {
        if (!begin(h, i)) return 0;
        while (h->connected < i + 1)
            if (!turn(h)) return 0;
        uint64_t wanted = h->discovered + 2 * (i % h->network);
        announce(h, i);
        flush(h, h->clients + i);
        while (h->discovered < wanted)
            if (!turn(h)) return 0;
    }
    return 1;
}

struct bench_hub *bench_hub_begin(uint16_t port, size_t clients, size_t network) {
    struct bench_hub *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    *h = (struct bench_hub){.epoll = epoll_create1(EPOLL_CLOEXEC), .client_count = clients, .network = network, .port = port};
    h->clients = calloc(clients, sizeof *h->clients);
    h->histogram = calloc(latencies, sizeof *h->histogram);
    for (size_t i = 0; h->clients && i < clients; i++) h->clients[i].fd = -1;
    if (h->epoll >= 0 && h->clients && h->histogram && network > 1 && clients % network == 0 && connect_all(h)) return h;
    bench_hub_end(h);
    return NULL;
}
static void restart(struct bench_hub *h) {
    memset(h->histogram, 0, latencies * sizeof *h->histogram);
    h->received = 0;
}
static void conclude(const struct bench_hub *h, uint64_t count, uint64_t time, struct bench_load *result) {
    result->per_second = (double)count / ((double)time / 1e9);
    result->p50 = (double)percentile_of(h->histogram, latencies, h->received, 0.5);
    result->p99 = (double)percentile_of(h->histogram, latencies, h->received, 0.99);
}
int bench_hub_relay(struct bench_hub *h, size_t window, size_t size, double seconds, struct bench_load *result) {
    const uint64_t begun = nanoseconds(), length = (uint64_t)(seconds * 1e9), warm = begun + length / 3;
    uint64_t start = 0, now = begun;
    h->size = size, h->is_relaying = 1;
    for (size_t i = 0; i < h->client_count; i++) {
        for (size_t k = 0; k < window; k++) signal_next(h, h->clients + i, nanoseconds());
        flush(h, h->clients + i);
    }
    for (; now < begun + length; now = nanoseconds()) {
        if (!start && now >= warm) start = now, restart(h);
        if (!turn(h)) return -1;
    }
    if (!start || now == start) return -1;
    conclude(h, h->received, now - start, result);
    // What is under way comes to its end, so that no message of this run is in the next one.
    h->is_relaying = 0;
    const uint64_t sent = window * h->client_count;
    for (uint64_t before = h->received; h->received < before + sent;)
        if (!turn(h)) return -1;
    return 0;
}
int bench_hub_announce(struct bench_hub *h, double seconds, struct bench_load *result) {
    const uint64_t begun = nanoseconds(), length = (uint64_t)(seconds * 1e9), first = h->discovered;
    uint64_t now = begun;
    restart(h);
    for (size_t i = 0; now < begun + length; i++) {
        const uint64_t wanted = h->discovered + 2 * (h->network - 1), from = nanoseconds();
        announce(h, i % h->client_count);
        flush(h, h->clients + i % h->client_count);
        while (h->discovered < wanted)
            if (!turn(h)) return -1;
        now = nanoseconds();
        uint64_t microseconds = (now - from) / 1000;
        h->histogram[microseconds < latencies ? microseconds : latencies - 1]++;
        h->received++;
    }
    conclude(h, h->discovered - first, now - begun, result);
    return 0;
}
void bench_hub_end(struct bench_hub *h) {
    for (size_t i = 0; h->clients && i < h->client_count; i++) {
        if (h->clients[i].fd >= 0) close(h->clients[i].fd);
        free(h->clients[i].in);
        free(h->clients[i].out);
    }
    free(h->clients);
    free(h->histogram);
    if (h->epoll >= 0) close(h->epoll);
    free(h);
}
