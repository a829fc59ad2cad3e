// The parts of a transport, for the files of this folder.
#pragma once
#include "include/CWebRTC.h"

#include <openssl/ssl.h>
#include <usrsctp.h>

/// Bytes in a list: a datagram to send, or an event.
typedef struct item {
    struct item *next;
    webrtc_event event;
    size_t count;
    uint8_t bytes[];
} item;
typedef struct {
    item *first, **end;
} list;

struct webrtc_identity {
    EVP_PKEY *key;
    X509 *certificate;
    SSL_CTX *context;
    char fingerprint[100];
};

struct webrtc_transport {
    struct webrtc_transport *next;  // in the list of those that usrsctp may name
    uintptr_t id;                   // our address in usrsctp, never used twice
    list datagrams, events;
    item *taken;  // the event that the caller reads
    bool ended, is_started, is_secure, is_closing, is_associated;
    bool is_bare;  // without DTLS
    char hash[16], fingerprint[3 * 64];
    uint16_t port;
    SSL *ssl;
    const uint8_t *input;  // the datagram that OpenSSL may read
    size_t input_count;
    struct socket *socket;
    int64_t lively;  // when SCTP last sent or received, in microseconds
};

/// Microseconds of a clock that never goes back.
int64_t webrtc_clock(void);
/// Appends a copy of the bytes. Returns NULL if there is no memory.
item *webrtc_append(list *, const void *bytes, size_t count);
item *webrtc_take(list *);
/// Reports an event. Returns NULL if the connection has ended, or if there is no memory.
item *webrtc_tell(webrtc_transport *, webrtc_event_kind, const void *bytes, size_t count);
/// Reports the end, once.
void webrtc_over(webrtc_transport *, const char *reason);

/// Starts the association. Called when DTLS is secure.
void webrtc_associate(webrtc_transport *);
/// Hands an SCTP packet to usrsctp.
void webrtc_packet(webrtc_transport *, const uint8_t *bytes, size_t count);
/// Runs the timers of all associations of the process.
void webrtc_tick(void);
void webrtc_register(webrtc_transport *);
void webrtc_forget(webrtc_transport *);
/// Closes the association, which sends ABORT.
void webrtc_abort(webrtc_transport *);

void webrtc_lock(void);
void webrtc_unlock(void);
