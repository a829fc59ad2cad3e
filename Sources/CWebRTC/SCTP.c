#include "Transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

enum {
    DTLS_OVERHEAD = 37,  // record header 13, explicit nonce 8, tag 16 (AES-GCM)
    SCTP_HEADER = 12,    // usrsctp does not count it in the MTU of a path
    BUFFER = 1 << 20,
    TICK = 10000,  // microseconds
};

/// usrsctp is one for the process. It names an association by a number that is never used twice, since a late call may name one
/// that is gone.
static struct {
    bool is_ready;
    int64_t ticked;
    uintptr_t last;
    webrtc_transport *all;
} process;

static webrtc_transport *named(uintptr_t id) {
    for (webrtc_transport *t = process.all; t; t = t->next) if (t->id == id) return t;
    return NULL;
}
// The callbacks come within calls of usrsctp, with its locks held: nothing of usrsctp is called from them.

static int on_packet(void *address, void *packet, size_t count, uint8_t tos, uint8_t df) {
    (void)tos, (void)df;
    webrtc_transport *t = named((uintptr_t)address);
    if (!t || !t->is_secure) return 0;
    t->lively = webrtc_clock();
    if (t->is_bare) {
        webrtc_append(&t->datagrams, packet, count);
        return 0;
    }
    ERR_clear_error();
    SSL_write(t->ssl, packet, count);
    return 0;
}
static void notified(webrtc_transport *t, const union sctp_notification *n, size_t count) {
    if (n->sn_header.sn_type == SCTP_ASSOC_CHANGE) {
        switch (n->sn_assoc_change.sac_state) {
        case SCTP_COMM_UP:
            if (!t->is_associated) webrtc_tell(t, WEBRTC_ASSOCIATED, NULL, 0);
            t->is_associated = true;
            break;
        case SCTP_COMM_LOST: webrtc_over(t, "the other side aborted SCTP, or does not answer"); break;
        case SCTP_SHUTDOWN_COMP: webrtc_over(t, "the other side shut SCTP down"); break;
        case SCTP_CANT_STR_ASSOC: webrtc_over(t, "no SCTP association can be made"); break;
        default: break;
        }
    } else if (n->sn_header.sn_type == SCTP_STREAM_RESET_EVENT && count >= sizeof n->sn_strreset_event) {
        const struct sctp_stream_reset_event *e = &n->sn_strreset_event;
        webrtc_event_kind kind = e->strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED) ? WEBRTC_RESET_FAILED
            : e->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN ? WEBRTC_RESET_OURS : WEBRTC_RESET_THEIRS;
        size_t named = (count - sizeof *e) / sizeof *e->strreset_stream_list;
        // An empty list stands for all streams.
        for (size_t i = 0; i < (named ? named : WEBRTC_STREAMS); i++) {
            item *told = webrtc_tell(t, kind, NULL, 0);
            if (told) told->event.stream = named ? e->strreset_stream_list[i] : i;
        }
    }
}
static int on_message(
    struct socket *s, union sctp_sockstore a, void *data, size_t count, struct sctp_rcvinfo info, int flags, void *id) {
    (void)s, (void)a;
    webrtc_transport *t = named((uintptr_t)id);
    if (t && data) {
        if (flags & MSG_NOTIFICATION) notified(t, data, count);
        else {
            item *i = webrtc_tell(t, WEBRTC_MESSAGE, data, count);
            if (i) {
                i->event.stream = info.rcv_sid;
                i->event.ppid = ntohl(info.rcv_ppid);
                i->event.is_end = flags & MSG_EOR;
            }
        }
    }
    free(data);
    return 1;
}

void webrtc_register(webrtc_transport *t) {
    if (!process.is_ready) {
        process.is_ready = true;
        process.ticked = webrtc_clock();
        // usrsctp starts one thread all the same, which sleeps.
        usrsctp_init_nothreads(0, on_packet, NULL);
        // Data channels need none of these, and INIT is smaller without them.
        usrsctp_sysctl_set_sctp_ecn_enable(0);
        usrsctp_sysctl_set_sctp_asconf_enable(0);
        usrsctp_sysctl_set_sctp_auth_enable(0);
        usrsctp_sysctl_set_sctp_max_chunks_on_queue(10240);
        usrsctp_sysctl_set_sctp_initial_cwnd(10);
    }
    t->id = ++process.last;
    t->next = process.all;
    process.all = t;
}
void webrtc_forget(webrtc_transport *t) {
    webrtc_transport **p = &process.all;
    while (*p && *p != t) p = &(*p)->next;
    if (*p) *p = t->next;
}
void webrtc_tick(void) {
    if (!process.is_ready) return;
    int64_t now = webrtc_clock(), passed = now - process.ticked;
    if (passed < TICK) return;
    process.ticked = now;
    usrsctp_handle_timers((uint32_t)(passed / 1000));
}
static bool set(webrtc_transport *t, int option, const void *value, size_t size) {
    return usrsctp_setsockopt(t->socket, IPPROTO_SCTP, option, value, size) == 0;
}
/// Sets what must be set before the association begins.
static bool prepare(webrtc_transport *t) {
    static const uint16_t events[] = {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT};
    // To close is then to abort, at once.
    struct linger linger = {1, 0};
    int buffer = BUFFER, on = 1;
    struct sctp_assoc_value reset = {SCTP_FUTURE_ASSOC, SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ};
    struct sctp_initmsg init = {.sinit_num_ostreams = WEBRTC_STREAMS, .sinit_max_instreams = WEBRTC_STREAMS};
    // Otherwise the first retransmission waits 3 s, and a later one up to a minute.
    struct sctp_rtoinfo rto = {.srto_initial = 400, .srto_min = 200, .srto_max = 2000};
    usrsctp_set_non_blocking(t->socket, 1);
    bool is_set = usrsctp_setsockopt(t->socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0 &&
        usrsctp_setsockopt(t->socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) == 0 &&
        usrsctp_setsockopt(t->socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) == 0 &&
        set(t, SCTP_ENABLE_STREAM_RESET, &reset, sizeof reset) && set(t, SCTP_NODELAY, &on, sizeof on) &&
        set(t, SCTP_INITMSG, &init, sizeof init) && set(t, SCTP_RTOINFO, &rto, sizeof rto);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct sctp_event e = {.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = events[i], .se_on = 1};
        is_set = is_set && set(t, SCTP_EVENT, &e, sizeof e);
    }
    return is_set;
}
void webrtc_associate(webrtc_transport *t) {
    usrsctp_register_address((void *)t->id);
    t->socket = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, on_message, NULL, 0, (void *)t->id);
    if (!t->socket) return webrtc_over(t, "usrsctp has no socket");
    struct sockaddr_conn a = {.sconn_family = AF_CONN, .sconn_port = htons(5000), .sconn_addr = (void *)t->id};
    if (!prepare(t) || usrsctp_bind(t->socket, (struct sockaddr *)&a, sizeof a))
        return webrtc_over(t, "usrsctp refuses the options of the association");
    a.sconn_port = htons(t->port);
    // Both sides connect (RFC 8841, 9.3): SCTP makes one association of two INITs.
    if (usrsctp_connect(t->socket, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS)
        return webrtc_over(t, "usrsctp cannot connect");
    struct sctp_paddrparams path = {.spp_flags = SPP_PMTUD_DISABLE, .spp_pathmtu = WEBRTC_MTU - DTLS_OVERHEAD - SCTP_HEADER};
    memcpy(&path.spp_address, &a, sizeof a);
    set(t, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}
void webrtc_packet(webrtc_transport *t, const uint8_t *bytes, size_t count) {
    t->lively = webrtc_clock();
    if (t->socket) usrsctp_conninput((void *)t->id, bytes, count, 0);
}
void webrtc_abort(webrtc_transport *t) {
    if (!t->socket) return;
    usrsctp_close(t->socket);
    usrsctp_deregister_address((void *)t->id);
    t->socket = NULL;
}
int webrtc_send(
    webrtc_transport *t, uint16_t stream, uint32_t ppid, bool is_unordered, webrtc_policy policy, uint32_t value,
    const uint8_t *bytes, size_t count) {
    struct sctp_sendv_spa spa = {.sendv_flags = SCTP_SEND_SNDINFO_VALID};
    spa.sendv_sndinfo.snd_sid = stream;
    spa.sendv_sndinfo.snd_ppid = htonl(ppid);
    if (is_unordered) spa.sendv_sndinfo.snd_flags = SCTP_UNORDERED;
    if (policy != WEBRTC_RELIABLE) {
        spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
        spa.sendv_prinfo.pr_policy = policy == WEBRTC_RETRANSMITS ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
        spa.sendv_prinfo.pr_value = value;
    }
    webrtc_lock();
    int result = -1;
    if (t->socket && t->is_associated && !t->ended) {
        ssize_t sent = usrsctp_sendv(t->socket, bytes, count, NULL, 0, &spa, sizeof spa, SCTP_SENDV_SPA, 0);
        result = sent == (ssize_t)count ? 1 : sent < 0 && errno != EWOULDBLOCK && errno != EAGAIN ? -1 : 0;
    }
    webrtc_unlock();
    return result;
}
bool webrtc_reset(webrtc_transport *t, uint16_t stream) {
    _Alignas(struct sctp_reset_streams) uint8_t space[sizeof(struct sctp_reset_streams) + sizeof(uint16_t)] = {0};
    struct sctp_reset_streams *s = (struct sctp_reset_streams *)space;
    s->srs_flags = SCTP_STREAM_RESET_OUTGOING, s->srs_number_streams = 1, s->srs_stream_list[0] = stream;
    webrtc_lock();
    bool is_asked = t->socket && !t->ended && set(t, SCTP_RESET_STREAMS, s, sizeof space);
    webrtc_unlock();
    return is_asked;
}
