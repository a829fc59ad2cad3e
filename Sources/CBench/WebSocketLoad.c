#define _GNU_SOURCE
#include "CBench.h"
#include "Load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Latencies of one microsecond each; the last one has all that are longer.
enum { latencies = 1 << 20, reading = 1 << 16 };

/// One connection.
struct client {
    int fd, is_open;
    uint8_t *in, *out;
    size_t in_count, out_count;
};
struct load {
    int epoll;
    struct client *clients;
    size_t client_count, open_count;
    size_t size, header_count, frame_count, waiting;
    /// A frame as a client sends it, masked, without its time.
    uint8_t *frame;
    /// The header of a frame as it comes back.
    uint8_t expected[4];
    uint8_t mask[4];
    uint64_t received;
    uint32_t *histogram;
    int is_bad;
};

/// Text, masked, whose payload begins with the time and goes on with an `x` in each byte. The sizes fit lengths of 7 and
/// of 16 bits.
static void make_frame(struct load *l) {
    size_t n = l->size;
    uint8_t head[4] = {0x81, (uint8_t)n};
    l->header_count = n < 126 ? 2 : 4;
    if (n >= 126) head[1] = 126, head[2] = (uint8_t)(n >> 8), head[3] = (uint8_t)n;
    memcpy(l->expected, head, 4);
    head[1] |= 0x80;
    memcpy(l->mask, (uint8_t[]){0x37, 0xfa, 0x21, 0x3d}, 4);
    memcpy(l->frame, head, l->header_count);
    memcpy(l->frame + l->header_count, l->mask, 4);
    l->frame_count = l->header_count + 4 + n;
    for (size_t i = 0; i < n; i++) l->frame[l->header_count + 4 + i] = 'x' ^ l->mask[i & 3];
}
/// Puts a message with this time behind those that a client has to send.
static void say(struct load *l, struct client *c, uint64_t now) {
    uint8_t *p = c->out + c->out_count;
    memcpy(p, l->frame, l->frame_count);
    p += l->header_count + 4;
    for (size_t i = 0; i < stamp_size; i++) p[i] = "0123456789abcdef"[now >> (60 - 4 * i) & 15] ^ l->mask[i & 3];
    c->out_count += l->frame_count;
}
static void flush(struct load *l, struct client *c) {
    ssize_t n = send(c->fd, c->out, c->out_count, MSG_NOSIGNAL);
    // What is under way is little: there is always room for it.
    if (n != (ssize_t)c->out_count) l->is_bad = 1;
    c->out_count = 0;
}
/// A message came: its time is noted, and while the load goes on the next one follows.
static void take(struct load *l, struct client *c, const uint8_t *payload, uint64_t now, int goes_on) {
    uint64_t sent = read_stamp(payload);
    if (payload[l->size - 1] != 'x' || sent > now) l->is_bad = 1;
    uint64_t microseconds = (now - sent) / 1000;
    l->histogram[microseconds < latencies ? microseconds : latencies - 1]++;
    l->received++;
    if (goes_on) say(l, c, now);
}
static void receive(struct load *l, struct client *c, int goes_on) {
    ssize_t n = recv(c->fd, c->in + c->in_count, reading - c->in_count, 0);
    if (n <= 0) {
        l->is_bad = 1;
        return;
    }
    c->in_count += (size_t)n;
    size_t at = 0;
    if (!c->is_open) {
        uint8_t *end = memmem(c->in, c->in_count, "\r\n\r\n", 4);
        if (!end) return;
        if (memcmp(c->in, "HTTP/1.1 101", 12)) l->is_bad = 1;
        c->is_open = 1;
        l->open_count++;
        at = (size_t)(end + 4 - c->in);
    }
    uint64_t now = nanoseconds();
    for (; c->in_count - at >= l->header_count + l->size; at += l->header_count + l->size) {
        if (memcmp(c->in + at, l->expected, l->header_count)) l->is_bad = 1;
        take(l, c, c->in + at + l->header_count, now, goes_on);
    }
    memmove(c->in, c->in + at, c->in_count - at);
    c->in_count -= at;
    if (c->out_count) flush(l, c);
}
/// Waits once; false when nothing happened for ten seconds, or something else came than what was sent.
static int turn(struct load *l, int goes_on) {
    struct epoll_event events[256];
    int n = epoll_wait(l->epoll, events, 256, 10000);
    for (int i = 0; i < n; i++) receive(l, l->clients + events[i].data.u32, goes_on);
    return n > 0 && !l->is_bad;
}
static int begin(struct load *l, uint32_t i, uint16_t port, int is_paired) {
    struct client *c = l->clients + i;
    struct epoll_event e = {.events = EPOLLIN, .data = {.u32 = i}};
    c->in = malloc(reading);
    c->out = malloc(l->waiting);
    c->fd = connect_to(port);
    if (!c->in || !c->out || c->fd < 0) return 0;
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->out_count = (size_t)snprintf((char *)c->out, l->waiting,
                                    "GET /%u HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                                    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    "Sec-WebSocket-Version: 13\r\n\r\n",
                                    is_paired ? i / 2 : i, port);
    flush(l, c);
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) == 0;
}
static double percentile(const struct load *l, double part) {
    return (double)percentile_of(l->histogram, latencies, l->received, part);
}
static int measure(struct load *l, const struct bench_load_plan *plan, struct bench_load *result) {
    for (size_t i = 0; i < l->client_count; i++)
        if (!begin(l, (uint32_t)i, plan->port, plan->is_paired)) return -1;
    while (l->open_count < l->client_count)
        if (!turn(l, 0)) return -1;
    for (size_t i = 0; i < l->client_count; i++) {
        for (size_t k = 0; k < plan->window; k++) say(l, l->clients + i, nanoseconds());
        flush(l, l->clients + i);
    }
    const uint64_t begun = nanoseconds(), length = (uint64_t)(plan->seconds * 1e9), warm = begun + length / 3;
    uint64_t start = 0, now = begun;
    for (; now < begun + length; now = nanoseconds()) {
        if (!start && now >= warm) {
            start = now;
            l->received = 0;
            memset(l->histogram, 0, latencies * sizeof *l->histogram);
        }
        if (!turn(l, 1)) return -1;
    }
    if (!start || now == start) return -1;
    result->per_second = (double)l->received / ((double)(now - start) / 1e9);
    result->p50 = percentile(l, 0.5);
    result->p99 = percentile(l, 0.99);
    return 0;
}

int bench_websocket_load(const struct bench_load_plan *plan, struct bench_load *result) {
    struct load l = {.epoll = epoll_create1(EPOLL_CLOEXEC), .client_count = plan->clients, .size = plan->size};
    if (plan->size < stamp_size + 1 || plan->size > 16000 || plan->clients % 2) return -1;
    l.waiting = 1024 + (plan->size + 8) * plan->window * 2;
    l.clients = calloc(plan->clients, sizeof *l.clients);
    l.frame = malloc(plan->size + 8);
    l.histogram = calloc(latencies, sizeof *l.histogram);
    int code = -1;
    if (l.epoll >= 0 && l.clients && l.frame && l.histogram) {
        for (size_t i = 0; i < l.client_count; i++) l.clients[i].fd = -1;
        make_frame(&l);
        code = measure(&l, plan, result);
    }
    for (size_t i = 0; l.clients && i < l.client_count; i++) {
        if (l.clients[i].fd >= 0) close(l.clients[i].fd);
        free(l.clients[i].in);
        free(l.clients[i].out);
    }
    free(l.clients);
    free(l.frame);
    free(l.histogram);
    if (l.epoll >= 0) close(l.epoll);
    return code;
}
