/* Reference decoder in plain C: what a careful hand-written program reaches on the generated captures.
 *
 *   ref <nano|gossip|hub|dxsignal|rmpx> <count|fields|json> file.pcap [--map]
 *
 * count   reassemble, frame, count messages by type (nothing else is kept)
 * fields  as count, and record (field id, offset in stream, length) of every field of every message
 * json    as fields, and print every message as one JSON line with every field name, offset, length and hex value
 *
 * Written for this project as a measure, with nothing taken from elsewhere; no part of the program. `meshspec-bench decode`
 * builds it with `cc -O3 -march=native` and holds the decoder against it in the same run.
 *
 * The file is read with plain read() in 1 MiB blocks, or mapped with --map. TCP: hash table of flows, in-order fast path, a
 * sorted list for early segments, overlap trimming, 32-bit wrap. Prints counts; no checksum of a stream is
 * kept.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef const uint8_t *B;
static uint16_t be16(B p) { return p[0] << 8 | p[1]; }
static uint32_t be32(B p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static int mode, proto;
enum { NANO, GOSSIP, HUB, DX, RMPX };
static uint64_t counts[64], messages, message_bytes, fields_seen, fields_sum;
static const char *names[64];

/* ---- field sink ---- */
typedef struct { uint32_t id, offset, length; B data; const char *name; } Field;
static Field fv[1 << 17];
static int fn;
static char *out; static size_t on; static const size_t OUTMAX = 1 << 22;
static void flush_out(void) { if (write(1, out, on) < 0) exit(3); on = 0; }
static inline void F(const char *name, uint32_t off, B p, uint32_t n) {
    if (mode == 0) return;
    if (fn < (1 << 17)) fv[fn++] = (Field){0, off, n, p, name};
}
static uint16_t hexpair[256];
static inline void put(const char *s, size_t n) { memcpy(out + on, s, n); on += n; }
static inline void puts_(const char *s) { put(s, strlen(s)); }
static inline void putn(uint64_t v) { char t[20]; int i = 20; do { t[--i] = '0' + v % 10; v /= 10; } while (v); put(t + i, 20 - i); }
static void emit(const char *type, uint64_t off, uint32_t len) {
    messages++;
    if (mode == 0) return;
    fields_seen += fn;
    for (int i = 0; i < fn; i++) fields_sum += fv[i].offset + fv[i].length;
    if (mode == 2) {
        if (on > OUTMAX - (1 << 19)) flush_out();
        puts_("{\"type\":\""); puts_(type); puts_("\",\"offset\":"); putn(off); puts_(",\"length\":"); putn(len); puts_(",\"fields\":[");
        for (int i = 0; i < fn; i++) {
            Field *f = fv + i;
            if (on > OUTMAX - (1 << 18)) flush_out();
            puts_(i ? ",{\"name\":\"" : "{\"name\":\""); puts_(f->name); puts_("\",\"offset\":"); putn(f->offset);
            puts_(",\"length\":"); putn(f->length); puts_(",\"value\":\"");
            for (uint32_t k = 0; k < f->length && k < 65536; k++) { memcpy(out + on, &hexpair[f->data[k]], 2); on += 2; }
            puts_("\"}");
        }
        puts_("]}\n");
    }
    fn = 0;
}

/* ---- stream parsers: consume(data, n) returns bytes used ---- */
typedef struct Half {
    uint32_t next; int started, dir; uint64_t offset;
    uint8_t *buf; size_t len, cap;                 /* unconsumed stream bytes */
    struct Early { struct Early *next; uint32_t seq, len; uint8_t data[]; } *early;
    int state; struct Conn *conn;
    uint8_t *rpc; size_t rn, rcap;                 /* gossip: bytes of the meshsub stream */
    int tokens;
} Half;
typedef struct Conn { struct Conn *link; uint8_t key[36]; uint64_t hash; Half half[2]; } Conn;

static const uint8_t block_size[8] = {0, 0, 152, 136, 168, 136, 216, 0};
static int64_t nano_size(B p, int type, uint16_t ext) {
    uint32_t n = ext & 1 ? ((ext >> 12 & 15) << 4 | (ext >> 4 & 15)) : ext >> 12 & 15;
    switch (type) {
    case 2: return 144;
    case 3: return (ext >> 8 & 15) < 8 ? block_size[ext >> 8 & 15] : 0;
    case 4: return 64 * n;
    case 5: return 104 + 32 * n;
    case 10: return (ext & 1 ? 32 : 0) + (ext & 2 ? (ext & 8 ? 176 : ext & 4 ? 160 : 96) : 0);
    case 12: return 0;
    case 13: return ext & 0x3ff;
    case 14: case 15: return 9 + ext;
    default: return -1;
    }
}
static void nano_block(B p, int t, uint32_t o) {
    static const char *n[7][8] = {{0}, {0}, {"previous", "destination", "balance", "signature", "work"}, {"previous", "source", "signature", "work"},
        {"source", "representative", "account", "signature", "work"}, {"previous", "representative", "signature", "work"},
        {"account", "previous", "representative", "balance", "link", "signature", "work"}};
    static const uint8_t w[7][8] = {{0}, {0}, {32, 32, 16, 64, 8}, {32, 32, 64, 8}, {32, 32, 32, 64, 8}, {32, 32, 64, 8}, {32, 32, 32, 16, 32, 64, 8}};
    for (int i = 0; w[t][i]; i++) { F(n[t][i], o, p, w[t][i]); p += w[t][i]; o += w[t][i]; }
}
static size_t nano_feed(Half *h, B p, size_t n) {
    size_t at = 0;
    while (n - at >= 8) {
        B m = p + at; int type = m[5]; uint16_t ext = m[6] | m[7] << 8;
        if (m[0] != 'R' || m[1] != 'C') { counts[63]++; return n; }
        int64_t size = nano_size(m, type, ext);
        if (size < 0) { counts[62]++; return n; }
        if (n - at < 8 + (size_t)size) break;
        counts[type]++;
        message_bytes += 8 + size;
        if (mode) {
            uint32_t o = 8; B b = m + 8;
            F("network", 0, m, 2); F("version_max", 2, m + 2, 1); F("version_using", 3, m + 3, 1); F("version_min", 4, m + 4, 1); F("type", 5, m + 5, 1); F("extensions", 6, m + 6, 2);
            switch (type) {
            case 2: for (int i = 0; i < 8; i++) { F("ip", o, m + o, 16); F("port", o + 16, m + o + 16, 2); o += 18; } break;
            case 3: nano_block(b, ext >> 8 & 7, 8); break;
            case 4: for (; o < 8 + size; o += 64) { F("hash", o, m + o, 32); F("root", o + 32, m + o + 32, 32); } break;
            case 5: F("account", 8, b, 32); F("signature", 40, b + 32, 64); F("timestamp", 104, b + 96, 8);
                for (o = 112; o < 8 + size; o += 32) F("hash", o, m + o, 32); break;
            case 10: if (ext & 1) { F("cookie", o, m + o, 32); o += 32; }
                if (ext & 2) { F("node_id", o, m + o, 32); o += 32; if (ext & 12) { F("salt", o, m + o, 32); F("genesis", o + 32, m + o + 32, 32); o += 64; } F("signature", o, m + o, 64); } break;
            case 13: { static const uint8_t w[] = {64, 32, 8, 8, 8, 8, 8, 4, 1, 8, 32, 1, 1, 1, 1, 1, 8, 8, 0};
                static const char *k[] = {"signature", "node_id", "block_count", "cemented", "unchecked", "accounts", "bandwidth", "peers", "protocol", "uptime", "genesis", "major", "minor", "patch", "pre", "maker", "timestamp", "difficulty"};
                for (int i = 0; w[i]; i++) { F(k[i], o, m + o, w[i]); o += w[i]; } break; }
            case 14: case 15: F("asc_type", 8, b, 1); F("id", 9, b + 1, 8); o = 17;
                if (type == 15 && b[0] == 1) while (m[o] != 1) { F("block_type", o, m + o, 1); nano_block(m + o + 1, m[o] & 7, o + 1); o += 1 + block_size[m[o] & 7]; }
                else if (type == 15 && b[0] == 3) for (; o < 8 + size; o += 64) { F("account", o, m + o, 32); F("hash", o + 32, m + o + 32, 32); }
                else F("payload", o, m + o, 8 + size - o);
                break;
            }
        }
        emit(names[type], h->offset + at, 8 + size);
        at += 8 + size;
    }
    return at;
}
static int64_t uv(B p, size_t n, int *used) {
    uint64_t v = 0;
    for (int i = 0; i < 10 && (size_t)i < n; i++) { v |= (uint64_t)(p[i] & 127) << 7 * i; if (p[i] < 128) { *used = i + 1; return v; } }
    *used = 0; return -1;
}
/* protobuf walk; desc: nesting map, child[field] = 1 + message index */
typedef struct { uint8_t child[8]; const char *name[8]; uint8_t tally[8]; } Desc;
static const Desc *descs;
static void walk(const Desc *d, B base, B p, size_t n) {
    size_t at = 0;
    while (at < n) {
        int u; int64_t tag = uv(p + at, n - at, &u);
        if (tag < 0) { counts[61]++; return; }
        at += u; int f = tag >> 3; int64_t v = uv(p + at, n - at, &u); at += u;
        if ((tag & 7) == 2) {
            if (v < 0 || at + v > n) { counts[61]++; return; }
            if (f < 8) { counts[d->tally[f]]++; F(d->name[f] ? d->name[f] : "?", p + at - base, p + at, v); if (d->child[f]) walk(descs + d->child[f] - 1, base, p + at, v); }
            at += v;
        } else if (f < 8) { counts[d->tally[f]]++; F(d->name[f] ? d->name[f] : "?", p + at - u - base, p + at - u, u); }
    }
}
static const Desc gossip_descs[] = {
    /*0 RPC*/ {{0, 2, 3, 4}, {0, "subscriptions", "publish", "control"}, {60, 7, 1, 60, 60, 60, 60, 60}},
    /*1 Sub*/ {{0}, {0, "subscribe", "topicid"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*2 Msg*/ {{0}, {0, "from", "data", "seqno", "topic", "signature", "key"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*3 Ctl*/ {{0, 5, 6, 7, 8, 6}, {0, "ihave", "iwant", "graft", "prune", "idontwant"}, {60, 2, 3, 4, 5, 6, 60, 60}},
    /*4 IH */ {{0}, {0, "topicID", "messageIDs"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*5 IW */ {{0}, {0, "messageIDs"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*6 GR */ {{0}, {0, "topicID"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*7 PR */ {{0, 0, 9}, {0, "topicID", "peers", "backoff"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*8 PI */ {{0}, {0, "peerID", "signedPeerRecord"}, {60, 60, 60, 60, 60, 60, 60, 60}}};
static const Desc dx_descs[] = {
    /*0 Rpc*/ {{0, 2, 3, 0, 0, 4}, {0, "request", "response", "open", "open_ack", "stream_close"}, {60, 1, 2, 60, 60, 3, 60, 60}},
    /*1 Req*/ {{0, 0, 0, 5}, {0, "id", "method", "payload", "stream"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*2 Rsp*/ {{0, 0, 5}, {0, "id", "payload", "error", "close", "stream_ready"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*3 SC */ {{0}, {0, "id"}, {60, 60, 60, 60, 60, 60, 60, 60}},
    /*4 Any*/ {{0}, {0, "type_url", "value"}, {60, 60, 60, 60, 60, 60, 60, 60}}};

static void gossip_rpc(Half *h, B p, size_t n) {      /* bytes of one meshsub stream */
    if (h->rn + n > h->rcap) { h->rcap = (h->rn + n) * 2; h->rpc = realloc(h->rpc, h->rcap); }
    memcpy(h->rpc + h->rn, p, n); h->rn += n;
    size_t at = 0; int u;
    while (at < h->rn) {
        int64_t len = uv(h->rpc + at, h->rn - at, &u);
        if (len < 0 || at + u + len > h->rn) break;
        if (h->tokens < 6 && h->rpc[at + u] == '/') h->tokens++;
        else {
            counts[0]++; message_bytes += u + len;
            walk(gossip_descs, h->rpc + at + u, h->rpc + at + u, len); emit("rpc", h->offset, len);
        }
        at += u + len;
    }
    if (at) { memmove(h->rpc, h->rpc + at, h->rn - at); h->rn -= at; }
}
static size_t gossip_feed(Half *h, B p, size_t n) {
    size_t at = 0; int u;
    while (h->state < 5 && at < n) {     /* ms, /plaintext, exchange, ms, yamux: five length-prefixed items */
        int64_t len = uv(p + at, n - at, &u);
        if (len < 0 || at + u + len > n) return at;
        at += u + len; h->state++;
    }
    while (h->state == 5 && n - at >= 12) {
        B m = p + at; int type = m[1]; uint32_t stream = be32(m + 4), len = type == 0 ? be32(m + 8) : 0;
        if (n - at < 12 + len) break;
        counts[10 + type]++;
        /* RPCs travel on stream 1 from the dialer and on stream 2 from the listener; the rest is negotiation */
        if (type == 0 && stream == (h->dir ? 2 : 1)) gossip_rpc(h, m + 12, len);
        at += 12 + len;
    }
    return at;
}
static uint8_t *wsbuf; static size_t wscap;
static size_t ws_feed(Half *h, B p, size_t n) {
    size_t at = 0;
    if (h->state == 0) {
        B e = memmem(p, n, "\r\n\r\n", 4);
        if (!e) return 0;
        at = e - p + 4; h->state = 1; counts[20]++;
    }
    while (n - at >= 2) {
        B m = p + at; uint64_t len = m[1] & 127; size_t head = 2;
        if (len == 126) { head = 4; if (n - at < 4) break; len = be16(m + 2); }
        else if (len == 127) { head = 10; if (n - at < 10) break; len = (uint64_t)be32(m + 2) << 32 | be32(m + 6); }
        int masked = m[1] >> 7; if (masked) head += 4;
        if (n - at < head + len) break;
        B body = m + head;
        if (masked) {
            if (len + 8 > wscap) { wscap = len * 2 + 4096; wsbuf = realloc(wsbuf, wscap); }
            uint32_t k; memcpy(&k, m + head - 4, 4); uint64_t kk = (uint64_t)k << 32 | k; size_t i = 0;
            for (; i + 8 <= len; i += 8) { uint64_t v; memcpy(&v, body + i, 8); v ^= kk; memcpy(wsbuf + i, &v, 8); }
            for (; i < len; i++) wsbuf[i] = body[i] ^ (k >> 8 * (i & 3));
            body = wsbuf;
        }
        int op = m[0] & 15;
        if (op == 8) counts[21]++;
        else if (proto == HUB) { counts[0]++; message_bytes += len; B t = memmem(body, len, "\"type\":\"", 8); if (t) F("type", t - body, t + 8, 8); F("json", 0, body, len); emit("json", h->offset + at, len); }
        else if (op == 2) { counts[0]++; message_bytes += len; walk(dx_descs, body, body, len); emit("rpc", h->offset + at, len); }
        else counts[22]++;
        at += head + len;
    }
    return at;
}
static void (*flow_start)(Half *);
static void deliver(Half *h, B p, size_t n) {
    size_t (*feed)(Half *, B, size_t) = proto == NANO ? nano_feed : proto == GOSSIP ? gossip_feed : ws_feed;
    if (h->len == 0) {
        size_t used = feed(h, p, n);
        h->offset += used; p += used; n -= used;
        if (!n) return;
    }
    if (h->len + n > h->cap) { h->cap = (h->len + n) * 2; h->buf = realloc(h->buf, h->cap); }
    memcpy(h->buf + h->len, p, n); h->len += n;
    size_t used = feed(h, h->buf, h->len);
    if (used) { memmove(h->buf, h->buf + used, h->len - used); h->len -= used; h->offset += used; }
}
static uint64_t ooo, dups;
static void segment(Half *h, uint32_t seq, int syn, B p, uint32_t n) {
    if (syn) { h->next = seq + 1; h->started = 1; return; }
    if (!n) return;
    if (!h->started) { h->next = seq; h->started = 1; }
    int32_t ahead = seq - h->next;
    if (ahead > 0) {
        ooo++;
        struct Early **q = &h->early; while (*q && (int32_t)((*q)->seq - seq) < 0) q = &(*q)->next;
        struct Early *e = malloc(sizeof *e + n); e->seq = seq; e->len = n; e->next = *q; *q = e; memcpy(e->data, p, n);
        return;
    }
    if (ahead < 0) { if ((int32_t)(seq + n - h->next) <= 0) { dups++; return; } p -= ahead; n += ahead; }
    h->next += n; deliver(h, p, n);
    while (h->early && (int32_t)(h->early->seq - h->next) <= 0) {
        struct Early *e = h->early; h->early = e->next;
        int32_t skip = h->next - e->seq;
        if (skip < (int32_t)e->len) { h->next += e->len - skip; deliver(h, e->data + skip, e->len - skip); }
        free(e);
    }
}
#define HASHES 65536
static Conn *table[HASHES];
static Conn *find(const uint8_t key[36], int *dir, int syn_from) {
    uint64_t h = 0xcbf29ce484222325u;
    uint64_t w[5] = {0}; memcpy(w, key, 36);
    for (int i = 0; i < 5; i++) h = (h ^ w[i]) * 0x9E3779B97F4A7C15u, h ^= h >> 29;
    for (Conn *c = table[h % HASHES]; c; c = c->link) if (c->hash == h && !memcmp(c->key, key, 36)) return c;
    Conn *c = calloc(1, sizeof *c); memcpy(c->key, key, 36); c->hash = h; c->link = table[h % HASHES]; table[h % HASHES] = c;
    c->half[0].conn = c->half[1].conn = c; return c;
}
/* ---- RMPX ---- */
typedef struct Asm { struct Asm *next; uint8_t key[64]; uint16_t got, count; uint32_t len, body_len; uint8_t **part; uint16_t *plen; } Asm;
static Asm *assemblies[4096];
static uint64_t incomplete_now;
static uint32_t crc32c(B p, size_t n) { uint64_t c = 0xffffffff; while (n >= 8) { uint64_t v; memcpy(&v, p, 8); c = _mm_crc32_u64(c, v); p += 8; n -= 8; } while (n--) c = _mm_crc32_u8(c, *p++); return ~(uint32_t)c; }
static void rmpx_body(int type, B m, B b, uint32_t n) {
    if (crc32c(b, n) != be32(m + 64)) { counts[61]++; return; }
    counts[type]++; message_bytes += n;
    if (mode) { static const struct { const char *n; uint8_t o, l; } hd[] = {{"magic", 0, 2}, {"version", 2, 1}, {"type", 3, 1}, {"flags", 4, 1}, {"role", 5, 1}, {"hopLimit", 6, 1}, {"reserved", 7, 1}, {"src", 8, 20}, {"dst", 28, 20}, {"msgId", 48, 4}, {"ackId", 52, 4}, {"fragIndex", 56, 2}, {"fragCount", 58, 2}, {"bodyLen", 60, 4}, {"bodyCRC", 64, 4}, {"fragLen", 68, 2}, {"boot", 70, 2}};
        for (int i = 0; i < 17; i++) F(hd[i].n, hd[i].o, m + hd[i].o, hd[i].l); }
    for (uint32_t at = 0; at + 8 <= n;) {
        uint32_t rl = be16(b + at + 2), c = be32(b + at + 4); int t = b[at]; at += 8;
        if ((uint64_t)rl * c > n - at) { counts[61]++; return; }
        counts[30] += c;
        if (mode) for (uint32_t i = 0; i < c; i++) { B r = b + at + i * rl; uint32_t o = at + i * rl;
            F("id", o, r, 20);
            if (t == 1) { F("hop", o + 20, r + 20, 1); F("role", o + 21, r + 21, 1); F("age", o + 22, r + 22, 2); }
            else if (t == 2) { F("ip", o + 20, r + 20, 16); F("port", o + 36, r + 36, 2); F("role", o + 38, r + 38, 1); F("hop", o + 39, r + 39, 1); F("age", o + 40, r + 40, 2); }
            else { F("port", o + 20, r + 20, 2); F("flags", o + 22, r + 22, 2); } }
        at += rl * c;
    }
    emit(names[type], 0, n);
}
static void rmpx(B endpoint, int ip_len, uint16_t port, B p, uint32_t n) {
    if (n < 72 || p[0] != 'R' || p[1] != 'M' || p[2] != 1 || p[3] < 1 || p[3] > 6 || be16(p + 68) != n - 72) { counts[62]++; return; }
    uint16_t index = be16(p + 56), count = be16(p + 58); uint32_t blen = be32(p + 60);
    counts[31]++;
    uint8_t key[64] = {0}; memcpy(key, endpoint, ip_len); memcpy(key + 16, &port, 2); memcpy(key + 18, p + 8, 20); memcpy(key + 38, p + 70, 2); key[40] = p[3]; memcpy(key + 41, p + 48, 4);
    if (count == 1) {               /* completed ids would be remembered here; the generator repeats only whole messages */
        static uint8_t last[1 << 16][64]; uint32_t slot = crc32c(key, 64) & 0xffff;
        if (!memcmp(last[slot], key, 64)) { dups++; return; }
        memcpy(last[slot], key, 64);
        rmpx_body(p[3], p, p + 72, n - 72); return;
    }
    Asm **q = &assemblies[crc32c(key, 64) & 4095]; Asm *a = *q;
    while (a && memcmp(a->key, key, 64)) a = a->next;
    if (!a) { a = calloc(1, sizeof *a); memcpy(a->key, key, 64); a->count = count; a->body_len = blen; a->part = calloc(count, sizeof *a->part); a->plen = calloc(count, 2); a->next = *q; *q = a; }
    if (a->got == a->count || index >= a->count || a->part[index]) { dups++; return; }
    a->part[index] = malloc(n - 72); memcpy(a->part[index], p + 72, n - 72); a->plen[index] = n - 72; a->len += n - 72;
    if (++a->got == a->count) {
        static uint8_t *body; static size_t cap; if (a->len > cap) { cap = a->len * 2; body = realloc(body, cap); }
        uint32_t at = 0; for (int i = 0; i < a->count; i++) { memcpy(body + at, a->part[i], a->plen[i]); at += a->plen[i]; free(a->part[i]); }
        free(a->part); free(a->plen); a->part = 0; if (at == blen) rmpx_body(p[3], p, body, at); else counts[61]++;
    }
}
static uint64_t packets;
static void frame(B p, uint32_t n) {
    packets++;
    if (n < 34) return;
    uint16_t eth = be16(p + 12); p += 14; n -= 14; int protocol; B src, dst; int al;
    if (eth == 0x0800) { uint32_t hl = (p[0] & 15) * 4, total = be16(p + 2); if (total < n) n = total; protocol = p[9]; if (be16(p + 6) & 0x3fff) return; src = p + 12; dst = p + 16; al = 4; p += hl; n -= hl; }
    else if (eth == 0x86dd) { uint32_t total = be16(p + 4); src = p + 8; dst = p + 24; al = 16; protocol = p[6]; p += 40; n -= 40; if (total < n) n = total; }
    else return;
    if (protocol == 17) { if (proto == RMPX && n >= 8) rmpx(src, al, be16(p), p + 8, n - 8); return; }
    if (protocol != 6 || n < 20) return;
    uint8_t key[36] = {0}; int dir = be16(p + 2) > be16(p);  /* placed canonically by port; servers use the lower one */
    dir = !(be16(p) > be16(p + 2));
    B a = dir ? dst : src, b = dir ? src : dst;
    memcpy(key, a, al); memcpy(key + 16, b, al); memcpy(key + 32, dir ? p + 2 : p, 2); memcpy(key + 34, dir ? p : p + 2, 2);
    Conn *c = find(key, 0, 0); Half *h = &c->half[dir]; h->dir = dir;
    uint32_t off = (p[12] >> 4) * 4;
    segment(h, be32(p + 4), p[13] & 2, p + off, n - off);
}
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
int main(int argc, char **argv) {
    if (argc < 4) return 2;
    const char *protos[] = {"nano", "gossip", "hub", "dxsignal", "rmpx"};
    for (int i = 0; i < 5; i++) if (!strcmp(argv[1], protos[i])) proto = i;
    mode = !strcmp(argv[2], "fields") ? 1 : !strcmp(argv[2], "json") ? 2 : 0;
    for (int i = 0; i < 256; i++) hexpair[i] = "0123456789abcdef"[i >> 4] | "0123456789abcdef"[i & 15] << 8;
    const char *nn[] = {0, 0, "keepalive", "publish", "confirm_req", "confirm_ack", 0, 0, 0, 0, "node_id_handshake", 0, "telemetry_req", "telemetry_ack", "asc_pull_req", "asc_pull_ack"};
    const char *rn[] = {0, "HELLO", "HELLO_ACK", "INFO", "INFO_ACK", "FIND", "FIND_ACK"};
    const char *gn[] = {"rpc", "publish", "ihave", "iwant", "graft", "prune", "idontwant", "subscription_entries", 0, 0, "yamux_data", "yamux_window", "yamux_ping"};
    const char *dn[] = {"rpc", "request", "response", "stream_close"};
    if (proto == NANO) memcpy(names, nn, sizeof nn); if (proto == RMPX) memcpy(names, rn, sizeof rn);
    if (proto == GOSSIP) memcpy(names, gn, sizeof gn); if (proto == DX) memcpy(names, dn, sizeof dn); if (proto == HUB) names[0] = "json";
    names[20] = "upgrades"; names[21] = "close_frames"; names[22] = "text_frames"; names[30] = "records"; names[31] = "datagrams"; names[61] = "BAD"; names[62] = "MALFORMED"; names[63] = "LOST_SYNC";
    descs = proto == GOSSIP ? gossip_descs : dx_descs;
    out = malloc(OUTMAX + (1 << 20));
    double t0 = now();
    int fd = open(argv[3], O_RDONLY); struct stat st; fstat(fd, &st); uint64_t size = st.st_size;
    if (argc > 4) {
        B m = mmap(0, size, PROT_READ, MAP_PRIVATE, fd, 0); madvise((void *)m, size, MADV_SEQUENTIAL);
        for (uint64_t at = 24; at + 16 <= size;) { uint32_t cap; memcpy(&cap, m + at + 8, 4); at += 16; frame(m + at, cap); at += cap; }
    } else {
        static uint8_t block[(1 << 20) + (1 << 18)]; size_t have = 0, at = 24; ssize_t got;
        while ((got = read(fd, block + have, (1 << 20) + (1 << 18) - have)) > 0) {
            have += got;
            while (have - at >= 16) { uint32_t cap; memcpy(&cap, block + at + 8, 4); if (have - at < 16 + cap) break; frame(block + at + 16, cap); at += 16 + cap; }
            memmove(block, block + at, have - at); have -= at; at = 0;
        }
    }
    if (on) flush_out();
    double t = now() - t0; struct rusage ru; getrusage(RUSAGE_SELF, &ru);
    fprintf(stderr, "{\"packets\":%lu,\"messages\":%lu,\"message_bytes\":%lu,\"fields\":%lu,\"early\":%lu,\"duplicates\":%lu,\"seconds\":%.6f,\"mpkt_s\":%.3f,\"mb_s\":%.1f,\"rss_mib\":%.1f", packets, messages, message_bytes, fields_seen, ooo, dups, t, packets / t / 1e6, size / t / 1e6, ru.ru_maxrss / 1024.0);
    for (int i = 0; i < 64; i++) if (counts[i] && names[i]) fprintf(stderr, ",\"%s\":%lu", names[i], counts[i]);
    fprintf(stderr, "}\n");
    return fields_sum == 1;
}
