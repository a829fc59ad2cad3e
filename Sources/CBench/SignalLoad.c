#define _GNU_SOURCE
#include "CBench.h"
#include "Load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/// Latencies of ten microseconds each; the last one has all that are longer.
enum { latencies = 1 << 18, reading = 1 << 14, swarm_size = 10, longest_frame = 512 };

/// One client: member of a swarm, with a stream of its messages.
struct client {
    int fd, is_open, ready;
    uint8_t *in;
    size_t in_count;
};
struct bench_signal {
    int epoll;
    struct client *clients;
    size_t client_count, open_count, ready_count, sent, joined;
    uint16_t port;
    uint64_t received;
    uint32_t *histogram;
    int is_bad;
};

// Protobuf: fields with bytes shorter than 16,384.

static size_t put_length(uint8_t *p, size_t n) {
    if (n < 128) return p[0] = (uint8_t)n, 1;
    p[0] = (uint8_t)(n & 127) | 128, p[1] = (uint8_t)(n >> 7);
    return 2;
}
static size_t put(uint8_t *p, unsigned field, const void *bytes, size_t n) {
    p[0] = (uint8_t)(field << 3 | 2);
    size_t at = 1 + put_length(p + 1, n);
    memcpy(p + at, bytes, n);
    return at + n;
}
static size_t put_number(uint8_t *p, unsigned field, uint32_t n) {
    size_t at = 1;
    p[0] = (uint8_t)(field << 3);
    for (; n > 127; n >>= 7) p[at++] = (uint8_t)(n | 128);
    p[at++] = (uint8_t)n;
    return at;
}
static void put_key(uint8_t *key, char kind, size_t number) {
    memset(key, kind, 32);
    for (int i = 0; i < 8; i++) key[31 - i] = (uint8_t)(number >> (8 * i));
}
/// Sends a binary message, masked with zeros.
static void say(struct bench_signal *s, struct client *c, const uint8_t *bytes, size_t n) {
    uint8_t frame[longest_frame + 8] = {0x82, (uint8_t)(n < 126 ? 128 | n : 128 | 126)};
    size_t at = 2;
    if (n >= 126) frame[2] = (uint8_t)(n >> 8), frame[3] = (uint8_t)n, at = 4;
    memset(frame + at, 0, 4);
    memcpy(frame + at + 4, bytes, n);
    // What is under way is little: there is always room for it.
    if (send(c->fd, frame, at + 4 + n, MSG_NOSIGNAL) != (ssize_t)(at + 4 + n)) s->is_bad = 1;
}
/// Calls a method with an argument of this type.
static void call(struct bench_signal *s, struct client *c, uint32_t id, const char *method, const char *type, const uint8_t *argument, size_t n,
                 int is_stream) {
    uint8_t any[longest_frame], request[longest_frame], message[longest_frame];
    size_t any_count = put(any, 1, type, strlen(type));
    any_count += put(any + any_count, 2, argument, n);
    size_t count = put_number(request, 1, id);
    count += put(request + count, 2, method, strlen(method));
    count += put(request + count, 3, any, any_count);
    if (is_stream) count += put_number(request + count, 4, 1);
    say(s, c, message, put(message, 1, request, count));
}
static void join(struct bench_signal *s, size_t i, uint32_t id, char kind, size_t peer) {
    uint8_t key[32], argument[128];
    put_key(key, 's', i / swarm_size);
    size_t n = put(argument, 1, key, 32);
    put_key(key, kind, peer);
    n += put(argument + n, 2, key, 32);
    call(s, s->clients + i, id, "dxos.mesh.signal.Signal.Join", "dxos.mesh.signal.JoinRequest", argument, n, 1);
}
static void leave(struct bench_signal *s, size_t i, uint32_t id) {
    uint8_t content[16], message[32];
    say(s, s->clients + i, message, put(message, 5, content, put_number(content, 1, id)));
}
static void subscribe(struct bench_signal *s, size_t i) {
    uint8_t key[32], argument[64];
    put_key(key, 'p', i);
    call(s, s->clients + i, 2, "dxos.mesh.signal.Signal.ReceiveMessages", "dxos.mesh.signal.ReceptionRequest", argument, put(argument, 1, key, 32),
         1);
}
/// A message to another member of the swarm, which has the time.
static void send_message(struct bench_signal *s, size_t from, size_t to) {
    static const char type[] = "dxos.Example";
    char stamp[stamp_size + 3];
    uint8_t key[32], any[64], argument[256];
    snprintf(stamp, sizeof stamp, "T@%016llx", (unsigned long long)nanoseconds());
    size_t any_count = put(any, 1, type, sizeof type - 1);
    any_count += put(any + any_count, 2, stamp, stamp_size + 2);
    put_key(key, 'p', from);
    size_t n = put(argument, 1, key, 32);
    put_key(key, 'p', to);
    n += put(argument + n, 2, key, 32);
    n += put(argument + n, 3, any, any_count);
    call(s, s->clients + from, 3, "dxos.mesh.signal.Signal.SendMessage", "dxos.mesh.signal.Message", argument, n, 0);
}

// What comes

static void take(struct bench_signal *s, struct client *c, const uint8_t *p, size_t n) {
    // A response that says `stream_ready` to one of the first two calls.
    static const uint8_t ready[2][6] = {{0x12, 4, 8, 1, 0x28, 1}, {0x12, 4, 8, 2, 0x28, 1}};
    if (n == 6 && (!memcmp(p, ready[0], 6) || !memcmp(p, ready[1], 6)) && ++c->ready == 2) s->ready_count++;
    const uint8_t *stamp = memmem(p, n, "T@", 2);
    if (!stamp || stamp + 2 + stamp_size > p + n) return;
    uint64_t sent = read_stamp(stamp + 2), now = nanoseconds();
    if (sent > now) s->is_bad = 1;
    uint64_t tens = (now - sent) / 10000;
    s->histogram[tens < latencies ? tens : latencies - 1]++;
    s->received++;
}
static void receive(struct bench_signal *s, struct client *c) {
    if (!c->in && !(c->in = malloc(reading))) s->is_bad = 1;
    ssize_t n = s->is_bad ? 0 : recv(c->fd, c->in + c->in_count, reading - c->in_count, 0);
    if (n <= 0) {
        s->is_bad = 1;
        return;
    }
    c->in_count += (size_t)n;
    size_t at = 0;
    if (!c->is_open) {
        uint8_t *end = memmem(c->in, c->in_count, "\r\n\r\n", 4);
        if (!end) return;
        if (memcmp(c->in, "HTTP/1.1 101", 12)) s->is_bad = 1;
        c->is_open = 1;
        s->open_count++;
        at = (size_t)(end + 4 - c->in);
    }
    while (c->in_count - at >= 2) {
        const uint8_t *p = c->in + at;
        size_t head = p[1] < 126 ? 2 : 4, size = p[1];
        if (p[0] != 0x82 || p[1] > 126) {
            s->is_bad = 1;
            return;
        }
        if (c->in_count - at < head) break;
        if (head == 4) size = (size_t)p[2] << 8 | p[3];
        if (c->in_count - at < head + size) break;
        take(s, c, p + head, size);
        at += head + size;
    }
    memmove(c->in, c->in + at, c->in_count - at);
    c->in_count -= at;
    // Nothing is kept for clients that wait.
    if (!c->in_count) free(c->in), c->in = NULL;
}
/// Waits for so long; the number of connections that something came from, -1 when something is wrong.
static int turn(struct bench_signal *s, int milliseconds) {
    struct epoll_event events[256];
    int n = epoll_wait(s->epoll, events, 256, milliseconds);
    for (int i = 0; i < n; i++) receive(s, s->clients + events[i].data.u32);
    return s->is_bad ? -1 : n;
}
static int begin(struct bench_signal *s, size_t i) {
    struct client *c = s->clients + i;
    struct epoll_event e = {.events = EPOLLIN, .data = {.u32 = (uint32_t)i}};
    char head[256];
    c->fd = connect_to(s->port);
    if (c->fd < 0) return 0;
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    int n = snprintf(head, sizeof head,
                     "GET /.well-known/dx/signal HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                     s->port);
    return send(c->fd, head, (size_t)n, MSG_NOSIGNAL) == n && epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &e) == 0;
}
static int connect_all(struct bench_signal *s) {
    // Few at a time: each join is told to the members that are there.
    for (size_t i = 0; i < s->client_count; i++) {
        if (!begin(s, i)) return 0;
        while (s->open_count < i + 1)
            if (turn(s, 10000) <= 0) return 0;
        join(s, i, 1, 'p', i);
        subscribe(s, i);
        while (s->ready_count + 64 < i)
            if (turn(s, 10000) <= 0) return 0;
    }
    while (s->ready_count < s->client_count)
        if (turn(s, 10000) <= 0) return 0;
    return 1;
}

int bench_open_files(size_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return -1;
    if (limit.rlim_cur < count) limit.rlim_cur = limit.rlim_max < count ? limit.rlim_max : count;
    return setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < count ? -1 : 0;
}
struct bench_signal *bench_signal_begin(uint16_t port, size_t clients) {
    struct bench_signal *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (struct bench_signal){.epoll = epoll_create1(EPOLL_CLOEXEC), .client_count = clients, .port = port};
    s->clients = calloc(clients, sizeof *s->clients);
    s->histogram = calloc(latencies, sizeof *s->histogram);
    for (size_t i = 0; s->clients && i < clients; i++) s->clients[i].fd = -1;
    if (s->epoll >= 0 && s->clients && s->histogram && clients % swarm_size == 0 && connect_all(s)) return s;
    bench_signal_end(s);
    return NULL;
}
int bench_signal_run(struct bench_signal *s, double seconds, double *p99) {
    // Each millisecond one message, one join of another peer, and the leave of the one that joined a tenth of a second before.
    enum { stay = 100, first_id = 10 };
    const uint64_t begun = nanoseconds(), length = (uint64_t)(seconds * 1e9);
    const size_t before = s->joined;
    memset(s->histogram, 0, latencies * sizeof *s->histogram);
    s->received = s->sent = 0;
    for (uint64_t now = begun; now < begun + length; now = nanoseconds()) {
        for (; s->joined - before < (now - begun) / 1000000; s->joined++) {
            // A step that has no factor in common with the number of clients.
            const size_t step = 7919;
            size_t i = s->joined * step % s->client_count;
            join(s, i, (uint32_t)(first_id + s->joined), 'q', s->joined);
            if (s->joined >= stay) leave(s, (s->joined - stay) * step % s->client_count, (uint32_t)(first_id + s->joined - stay));
            size_t from = (i + s->client_count / 2) % s->client_count;
            send_message(s, from, from ^ 1);
            s->sent++;
        }
        if (turn(s, 1) < 0) return -1;
    }
    while (s->received < s->sent)
        if (turn(s, 5000) <= 0) return -1;
    *p99 = (double)percentile_of(s->histogram, latencies, s->received, 0.99) / 100;
    return 0;
}
void bench_signal_end(struct bench_signal *s) {
    for (size_t i = 0; s->clients && i < s->client_count; i++) {
        if (s->clients[i].fd >= 0) close(s->clients[i].fd);
        free(s->clients[i].in);
    }
    free(s->clients);
    free(s->histogram);
    if (s->epoll >= 0) close(s->epoll);
    free(s);
}
