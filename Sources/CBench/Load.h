#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/// What the loads have in common.

static inline uint64_t nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
/// A connection to a port of this machine; -1 when it is refused.
static inline int connect_to(uint16_t port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a)) return fd < 0 ? -1 : (close(fd), -1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}
/// The time in 16 hexadecimal digits, as a message carries it.
enum { stamp_size = 16 };
static inline uint64_t read_stamp(const uint8_t *p) {
    uint64_t sent = 0;
    for (int i = 0; i < stamp_size; i++) sent = sent << 4 | (uint64_t)(p[i] < 'a' ? p[i] - '0' : p[i] - 'a' + 10);
    return sent;
}
/// The latency that such a part of them is below, in units of the histogram.
static inline uint64_t percentile_of(const uint32_t *histogram, uint64_t units, uint64_t count, double part) {
    uint64_t left = (uint64_t)((double)count * part), i = 0;
    while (i < units - 1 && left >= histogram[i]) left -= histogram[i++];
    return i;
}
