#pragma once
#include <stddef.h>
#include <stdint.h>

/// Hash, signature and work of `count` encoded state blocks of 216 bytes each, by calls to libsodium and nothing around
/// them: what `meshspec-bench` holds its own figure against. Returns how many blocks are good.
size_t bench_state_blocks(const uint8_t *blocks, size_t count, uint64_t threshold);

/// Nanoseconds that libsodium takes to seal or to open `count` bytes with ChaCha20-Poly1305, the best of seven times `rounds`; -1 when
/// it cannot.
double bench_chacha20_seal(size_t count, size_t rounds);
double bench_chacha20_open(size_t count, size_t rounds);

/// A load of WebSocket messages on a server of this machine.
struct bench_load_plan {
    uint16_t port;
    /// Clients, an even number; the target of each is `/` and its number.
    size_t clients;
    /// Messages that each client has under way.
    size_t window;
    /// Bytes of a message, 17 to 16,000: a text.
    size_t size;
    /// From the first message on; the first third is not measured.
    double seconds;
    /// Two clients each have a target in common: what one sends the other gets. Else each gets its own back.
    int is_paired;
};
/// What came of it: messages a second, and microseconds from the sending of a message until it is there.
struct bench_load {
    double per_second, p50, p99;
};
/// Runs a load on one thread. Each message that comes is followed by the next one. Returns 0; -1 when a connection was
/// refused or lost, nothing came for ten seconds, or something else came than what was sent.
int bench_websocket_load(const struct bench_load_plan *plan, struct bench_load *result);

/// Lets this process and those that it starts have so many files open. Returns 0; -1 when that is not allowed.
int bench_open_files(size_t count);

/// Clients of a DXOS signal server on this machine, on one thread.
struct bench_signal;
/// Connects so many clients, a multiple of 10, in swarms of 10, each with a stream of its messages, and waits until all streams are
/// ready. The server writes canonical protobuf. Returns NULL when a connection was refused or lost, or nothing came for ten seconds.
struct bench_signal *bench_signal_begin(uint16_t port, size_t clients);
/// Each millisecond a message from one member of a swarm to another one, a join of another peer and a leave. `p99`: milliseconds from
/// the sending of a message until it is there. Returns 0; -1 when a message or a connection was lost.
int bench_signal_run(struct bench_signal *signal, double seconds, double *p99);
void bench_signal_end(struct bench_signal *signal);

/// Clients of a PeerPigeon hub on this machine, on one thread.
struct bench_hub;
/// Connects so many clients, in networks of `network` clients each, and waits until each was told of the others in its network. NULL
/// when a connection was refused or lost, or nothing came for ten seconds.
struct bench_hub *bench_hub_begin(uint16_t port, size_t clients, size_t network);
/// Each client has `window` messages of `size` bytes under way to the next one in its network: messages a second, and microseconds
/// from the sending of a message until it is there. The first third is not measured. Returns 0; -1 when something was lost.
int bench_hub_relay(struct bench_hub *hub, size_t window, size_t size, double seconds, struct bench_load *result);
/// Clients announce themselves again, one at a time: what comes of it a second, and microseconds until all of one is there.
int bench_hub_announce(struct bench_hub *hub, double seconds, struct bench_load *result);
void bench_hub_end(struct bench_hub *hub);
/// Encodes an answer to FIND_NODE `rounds` times, with its length before it: `count` peers, at most 64, each with an id of
/// 34 bytes and an address of 8 bytes. Returns the number of bytes.
size_t bench_kad_encode(const uint8_t *ids, const uint8_t *addresses, size_t count, uint8_t *out, size_t rounds);
/// As `bench_kad_encode`, but finds the `wanted` peers, at most 64, that are nearest to each of `key_count` keys of 34 bytes
/// in turn, in the table of the node `own`: `count` peers, those that share a longer prefix with it later.
size_t bench_kad_answer(
    const uint8_t *own, const uint8_t *ids, const uint8_t *addresses, size_t count, const uint8_t *keys, size_t key_count,
    size_t wanted, uint8_t *out, size_t rounds);

/// Returns the number of bytes of this process's heap that are in use.
size_t bench_heap(void);
