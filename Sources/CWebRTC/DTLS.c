#define _GNU_SOURCE
#include "Transport.h"

#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>

// usrsctp runs the timers of all associations at once, and its callbacks come within calls of it: the lock is recursive.
static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
void webrtc_lock(void) { pthread_mutex_lock(&mutex); }
void webrtc_unlock(void) { pthread_mutex_unlock(&mutex); }

int64_t webrtc_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}
item *webrtc_append(list *l, const void *bytes, size_t count) {
    item *i = calloc(1, sizeof *i + count + 1);
    if (!i) return NULL;
    if (count) memcpy(i->bytes, bytes, count);
    i->count = count;
    if (!l->first) l->end = &l->first;
    *l->end = i;
    l->end = &i->next;
    return i;
}
item *webrtc_take(list *l) {
    item *i = l->first;
    if (i) l->first = i->next;
    return i;
}
static void clear(list *l) {
    for (item *i; (i = webrtc_take(l));) free(i);
}
item *webrtc_tell(webrtc_transport *t, webrtc_event_kind kind, const void *bytes, size_t count) {
    item *i = t->ended ? NULL : webrtc_append(&t->events, bytes, count);
    if (i) i->event.kind = kind;
    return i;
}
void webrtc_over(webrtc_transport *t, const char *reason) {
    webrtc_tell(t, WEBRTC_ENDED, reason, strlen(reason));
    t->ended = true;
}

// A BIO of our own: one write is one datagram. A memory BIO forgets where a datagram ends.

static int bio_write(BIO *b, const char *bytes, int count) {
    webrtc_transport *t = BIO_get_data(b);
    webrtc_append(&t->datagrams, bytes, count);
    return count;
}
static int bio_read(BIO *b, char *out, int room) {
    webrtc_transport *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (!t->input) {
        BIO_set_retry_read(b);
        return -1;
    }
    int count = t->input_count < (size_t)room ? (int)t->input_count : room;
    memcpy(out, t->input, count);
    t->input = NULL;
    return count;
}
static long bio_control(BIO *b, int command, long number, void *pointer) {
    (void)b, (void)number, (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU: case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return WEBRTC_MTU;
    default: return 0;
    }
}
static int bio_create(BIO *b) {
    BIO_set_init(b, 1);
    return 1;
}
static BIO_METHOD *bio_method(void) {
    static BIO_METHOD *method;
    if (!method && (method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams"))) {
        BIO_meth_set_write(method, bio_write), BIO_meth_set_read(method, bio_read);
        BIO_meth_set_ctrl(method, bio_control), BIO_meth_set_create(method, bio_create);
    }
    return method;
}
/// OpenSSL waits one second before it sends a ClientHello again. One that arrives before the other side's ICE is ready is lost.
static unsigned retransmission(SSL *ssl, unsigned microseconds) {
    (void)ssl;
    return !microseconds ? 100000 : microseconds < 1500000 ? 2 * microseconds : 3000000;
}

webrtc_transport *webrtc_transport_create(
    const webrtc_identity *id, bool is_client, const char *hash, const char *fingerprint, uint16_t port) {
    webrtc_transport *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    snprintf(t->hash, sizeof t->hash, "%s", hash);
    snprintf(t->fingerprint, sizeof t->fingerprint, "%s", fingerprint);
    t->port = port;
    webrtc_lock();
    t->ssl = SSL_new(id->context);
    BIO *b = bio_method() ? BIO_new(bio_method()) : NULL;
    if (!t->ssl || !b) {
        SSL_free(t->ssl), BIO_free(b), free(t);
        webrtc_unlock();
        return NULL;
    }
    BIO_set_data(b, t);
    SSL_set_bio(t->ssl, b, b);
    SSL_set_app_data(t->ssl, t);
    DTLS_set_link_mtu(t->ssl, WEBRTC_MTU);
    DTLS_set_timer_cb(t->ssl, retransmission);
    if (is_client) SSL_set_connect_state(t->ssl);
    else SSL_set_accept_state(t->ssl);
    webrtc_register(t);
    webrtc_unlock();
    return t;
}
void webrtc_transport_free(webrtc_transport *t) {
    if (!t) return;
    webrtc_lock();
    webrtc_abort(t);
    webrtc_forget(t);
    SSL_free(t->ssl);
    clear(&t->datagrams), clear(&t->events), free(t->taken), free(t);
    webrtc_unlock();
}

void webrtc_leave_dtls_out(webrtc_transport *t) { t->is_bare = true; }

static bool is_expected(webrtc_transport *t) {
    char name[16], text[3 * EVP_MAX_MD_SIZE] = "";
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned count = 0;
    int k = 0;
    // "sha-256" is "sha256" in OpenSSL.
    for (const char *p = t->hash; *p && k < 15; p++) if (*p != '-') name[k++] = *p;
    name[k] = 0;
    const EVP_MD *md = EVP_get_digestbyname(name);
    X509 *certificate = SSL_get1_peer_certificate(t->ssl);
    if (md && certificate && X509_digest(certificate, md, digest, &count))
        for (unsigned i = 0; i < count; i++) snprintf(text + 3 * i, 4, "%02X%s", digest[i], i + 1 < count ? ":" : "");
    X509_free(certificate);
    return count && !strcasecmp(text, t->fingerprint);
}
static void shake_hands(webrtc_transport *t) {
    int result = SSL_do_handshake(t->ssl);
    if (result != 1) {
        int why = SSL_get_error(t->ssl, result);
        const char *reason = ERR_reason_error_string(ERR_peek_error());
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            webrtc_over(t, reason ? reason : "the other side ended the DTLS handshake");
        return;
    }
    if (!is_expected(t)) {
        SSL_shutdown(t->ssl);
        return webrtc_over(t, "the certificate of the other side has another fingerprint than its SDP");
    }
    char text[160];
    const SRTP_PROTECTION_PROFILE *srtp = SSL_get_selected_srtp_profile(t->ssl);
    t->is_secure = true;
    snprintf(text, sizeof text, "%s %s", SSL_get_cipher(t->ssl), srtp ? srtp->name : "-");
    webrtc_tell(t, WEBRTC_SECURED, text, strlen(text));
    webrtc_associate(t);
}
/// Lets OpenSSL read what is in `input`, and passes SCTP packets on.
static void step(webrtc_transport *t) {
    uint8_t packet[4096];
    // The list of errors belongs to the thread, and so to all connections.
    ERR_clear_error();
    if (!t->is_secure) shake_hands(t);
    while (t->is_secure && !t->ended) {
        ERR_clear_error();
        int count = SSL_read(t->ssl, packet, sizeof packet);
        if (count > 0) {
            webrtc_packet(t, packet, count);
            continue;
        }
        // close_notify, or an alert
        if (SSL_get_error(t->ssl, count) != SSL_ERROR_WANT_READ) t->is_closing = true;
        break;
    }
    if (t->is_closing) webrtc_over(t, "the other side closed DTLS");
}
void webrtc_feed(webrtc_transport *t, const uint8_t *bytes, size_t count) {
    webrtc_lock();
    if (!t->ended && t->is_bare) webrtc_packet(t, bytes, count);
    else if (!t->ended) {
        t->input = bytes, t->input_count = count;
        step(t);
        t->input = NULL;
    }
    webrtc_unlock();
}
void webrtc_wake(webrtc_transport *t) {
    webrtc_lock();
    struct timeval left;
    webrtc_tick();
    if (t->ended) {
    } else if (!t->is_started) {
        t->is_started = true;
        if (t->is_bare) t->is_secure = true, webrtc_associate(t);
        else step(t);
    } else if (!t->is_secure && DTLSv1_get_timeout(t->ssl, &left) && !left.tv_sec && !left.tv_usec) {
        ERR_clear_error();
        if (DTLSv1_handle_timeout(t->ssl) < 0) webrtc_over(t, "the other side does not answer in the DTLS handshake");
    }
    webrtc_unlock();
}
int64_t webrtc_delay(webrtc_transport *t) {
    struct timeval left;
    int64_t delay = -1;
    webrtc_lock();
    if (t->ended) delay = -1;
    else if (!t->is_secure) {
        if (!t->is_started) delay = 0;
        else if (DTLSv1_get_timeout(t->ssl, &left)) delay = left.tv_sec * INT64_C(1000000) + left.tv_usec + 1000;
    }
    // usrsctp does not say when its next timer is due. In a quiet association only long ones are.
    else if (t->socket) delay = webrtc_clock() < t->lively + 1000000 ? 10000 : 100000;
    webrtc_unlock();
    return delay;
}
size_t webrtc_pull(webrtc_transport *t, uint8_t *out, size_t room) {
    webrtc_lock();
    item *i = webrtc_take(&t->datagrams);
    size_t count = i ? i->count < room ? i->count : room : 0;
    if (i) memcpy(out, i->bytes, count);
    free(i);
    webrtc_unlock();
    return count;
}
void webrtc_end(webrtc_transport *t) {
    webrtc_lock();
    webrtc_abort(t);
    ERR_clear_error();
    if (t->is_secure && !t->is_bare && !t->is_closing) SSL_shutdown(t->ssl);
    webrtc_over(t, "this side closed the connection");
    webrtc_unlock();
}
bool webrtc_next(webrtc_transport *t, webrtc_event *event) {
    webrtc_lock();
    free(t->taken);
    t->taken = webrtc_take(&t->events);
    if (t->taken) {
        *event = t->taken->event;
        event->bytes = t->taken->bytes, event->count = t->taken->count;
    }
    webrtc_unlock();
    return t->taken != NULL;
}
