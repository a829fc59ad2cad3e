#pragma once
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/// Standard error as a value: Swift 6 refuses the global variable.
static inline FILE *linux_stderr(void) { return stderr; }
/// Gives memory of the heap that is free back to the system, so that what is used can be measured.
static inline void linux_trim_heap(void) { malloc_trim(0); }
/// From here on memory that is free stays with the process, up to 64 MiB of it, and pieces of up to 32 MiB are taken from there:
/// what is needed for a moment, again and again, is not given back and made anew each time.
static inline void linux_keep_heap(void) { mallopt(M_MMAP_THRESHOLD, 32 << 20), mallopt(M_TRIM_THRESHOLD, 64 << 20); }

/// Makes a lock for which whoever finds it held looks again a few times before it sleeps.
void linux_adaptive_mutex(pthread_mutex_t *mutex);
/// Datagrams that came for a socket and were thrown away, mostly for want of room; 0 where nobody knows.
unsigned linux_lost_datagrams(int descriptor);
/// The same of the UDP sockets of this machine, whosever they are, that take what is sent to an IPv4 address, in network byte
/// order, or with 0 to any IPv6 address, and a port: proc(5), /proc/net/udp.
unsigned long linux_lost_datagrams_at(uint32_t address, unsigned port);
/// Starts `sh -c command` in a folder and a process group of its own. It reads the descriptor `input`, or nothing where that is
/// negative; what it prints goes to the descriptor `printed`, or nowhere where that is negative, what it prints to standard
/// output to the descriptor `output` unless that is negative. `variables` are `NAME=VALUE`, up to a NULL, and go before those
/// of our own environment. Returns 0 or an error number.
///
/// Between it and us stands a guard, whose number is `guard`. `channel` is our end of the line to it: an int comes when the
/// shell has ended, its exit status (or 128 + its signal). When our end is closed or shut down, by us or because we are no
/// more, the guard ends the shell and all that came from it, and itself.
int linux_spawn_shell(
    const char *command, const char *folder, const char *const *variables, int input, int printed, int output, pid_t *guard,
    int *channel);

/// What is written to a descriptor, and the exit status, when the process crashes: complete reports even then. The bytes
/// are copied; up to 4095 are kept.
void linux_on_crash(const char *bytes, size_t count, int descriptor, int status);

/// Bytes of memory that this process may map (`ulimit -v`); the largest number where there is no limit.
unsigned long long linux_memory_limit(void);

/// Processors that this process may run on; at least 1.
int linux_processors(void);

/// Gives up all capabilities for good, for this process and what it starts. Returns 0, or -1 with `errno` set.
int linux_drop_capabilities(void);

/// CRC-32C of more bytes, by an instruction of the processor: `crc` is that of the bytes before, 0 at the beginning. Only where
/// `linux_has_crc32c` says so.
uint32_t linux_crc32c(uint32_t crc, const void *bytes, size_t count);
/// Whether the processor has an instruction for CRC-32C.
int linux_has_crc32c(void);
