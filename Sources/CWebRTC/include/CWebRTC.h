// DTLS 1.2 (OpenSSL) and SCTP (usrsctp) of WebRTC data channels, without sockets: datagrams go in by webrtc_feed and come out by
// webrtc_pull. The file has what Swift cannot import: macros, variadic callbacks, and structs that end in an array.
//
// OpenSSL and usrsctp read the clock of the machine for their timers. usrsctp is one for the process, so all calls hold one lock.
// Callers on different threads may use different transports.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A key on the curve P-256 with a self-signed certificate, for any number of transports.
typedef struct webrtc_identity webrtc_identity;
/// One DTLS connection with one SCTP association in it.
typedef struct webrtc_transport webrtc_transport;

/// Creates an identity; NULL if OpenSSL cannot. With `use_srtp`, the extension of that name is offered: some peers end a handshake
/// without it, although nothing uses it.
webrtc_identity *webrtc_identity_create(bool use_srtp);
void webrtc_identity_free(webrtc_identity *);
/// Returns the SHA-256 hash of the certificate in the form of SDP: upper-case hexadecimal bytes with colons between them.
const char *webrtc_identity_fingerprint(const webrtc_identity *);

enum {
    /// The most bytes of a datagram.
    WEBRTC_MTU = 1200,
    /// The number of streams in each direction. A stream costs memory in usrsctp: 1,024 of them need 165 KiB.
    WEBRTC_STREAMS = 64,
};

/// Creates a transport, which sends nothing before the first call of webrtc_wake. `hash` is the name of a hash function as in SDP
/// (`sha-256`), `fingerprint` the other side's certificate by it. `port` is the other side's SCTP port.
webrtc_transport *webrtc_transport_create(
    const webrtc_identity *, bool is_client, const char *hash, const char *fingerprint, uint16_t port);
/// Frees a transport without a word to the other side.
void webrtc_transport_free(webrtc_transport *);
/// Leaves DTLS out, for tests of SCTP: datagrams are then packets of SCTP. Call it before webrtc_wake.
void webrtc_leave_dtls_out(webrtc_transport *);
/// Takes one datagram.
void webrtc_feed(webrtc_transport *, const uint8_t *bytes, size_t count);
/// Runs the timers.
void webrtc_wake(webrtc_transport *);
/// Returns the microseconds until webrtc_wake must be called; -1 if it need not.
int64_t webrtc_delay(webrtc_transport *);
/// Copies the next datagram to send, which has at most WEBRTC_MTU bytes, and returns its size; 0 if there is none.
size_t webrtc_pull(webrtc_transport *, uint8_t *out, size_t room);

/// The ways in which lost data is given up (RFC 3758, RFC 7496).
typedef enum { WEBRTC_RELIABLE, WEBRTC_RETRANSMITS, WEBRTC_LIFETIME } webrtc_policy;
/// Sends a message. Returns 1 if it is taken, 0 if there is no room now, -1 if it cannot be sent.
int webrtc_send(
    webrtc_transport *, uint16_t stream, uint32_t ppid, bool is_unordered, webrtc_policy, uint32_t value, const uint8_t *bytes,
    size_t count);
/// Asks for the end of a stream in our direction. Returns false if another such request is still on its way: try again later.
bool webrtc_reset(webrtc_transport *, uint16_t stream);
/// Aborts the association, and ends the connection. What is left to pull says so to the other side.
void webrtc_end(webrtc_transport *);

typedef enum {
    WEBRTC_KEY,         // `bytes` is a line of a key log
    WEBRTC_SECURED,     // the handshake is complete, and the certificate is the expected one; `bytes` names suite and profile
    WEBRTC_ASSOCIATED,  // messages can be sent
    WEBRTC_MESSAGE,     // `stream`, `ppid`, `bytes`; `is_end` if they are the end of a message
    WEBRTC_RESET_OURS,  // `stream`: our direction has ended
    WEBRTC_RESET_THEIRS,
    WEBRTC_RESET_FAILED,
    WEBRTC_ENDED,       // `bytes` is the reason; nothing follows
} webrtc_event_kind;
typedef struct {
    webrtc_event_kind kind;
    uint16_t stream;
    uint32_t ppid;
    bool is_end;
    const uint8_t *bytes;  // until the next call of webrtc_next
    size_t count;
} webrtc_event;
/// Takes the next event; false if there is none.
bool webrtc_next(webrtc_transport *, webrtc_event *);
