/* A WebSocket server of libwebsockets that sends back each message as one frame: lws PORT
 * Made for this project, as a driver of comparison runs. It prints a line when it listens. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct part { struct part *next; size_t size; int is_last, is_binary; unsigned char data[]; };
struct session { struct part *head, *tail; };

static void keep(struct session *s, struct lws *link, const void *bytes, size_t size) {
    struct part *p = malloc(sizeof *p + size);
    if (!p) abort();
    p->next = NULL;
    p->size = size;
    p->is_last = lws_is_final_fragment(link);
    memcpy(p->data, bytes, size);
    p->is_binary = lws_frame_is_binary(link);
    if (s->tail) s->tail->next = p; else s->head = p;
    s->tail = p;
}

static int has_message(const struct session *s) {
    for (const struct part *p = s->head; p; p = p->next) if (p->is_last) return 1;
    return 0;
}

static void answer(struct session *s, struct lws *link) {
    size_t size = 0, at = 0;
    int is_binary = s->head->is_binary;
    for (struct part *p = s->head; ; p = p->next) {
        size += p->size;
        if (p->is_last) break;
    }
    unsigned char *message = malloc(LWS_PRE + size);
    if (!message) abort();
    for (int is_last = 0; !is_last; ) {
        struct part *p = s->head;
        memcpy(message + LWS_PRE + at, p->data, p->size);
        at += p->size;
        is_last = p->is_last;
        s->head = p->next;
        free(p);
    }
    if (!s->head) s->tail = NULL;
    lws_write(link, message + LWS_PRE, size, is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
    free(message);
}

static int echo(struct lws *link, enum lws_callback_reasons reason, void *user, void *bytes, size_t size) {
    struct session *s = user;
    if (reason == LWS_CALLBACK_RECEIVE) {
        keep(s, link, bytes, size);
        if (has_message(s)) lws_callback_on_writable(link);
    } else if (reason == LWS_CALLBACK_SERVER_WRITEABLE && has_message(s)) {
        answer(s, link);
        if (has_message(s)) lws_callback_on_writable(link);
    }
    return 0;
}

int main(int count, char **words) {
    static const struct lws_protocols protocols[] = {{"echo", echo, sizeof(struct session), 1 << 16}, {0}};
    static const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate,
         "permessage-deflate; client_no_context_takeover; client_max_window_bits"}, {0}};
    struct lws_context_creation_info info = {0};
    if (count != 2) return 2;
    lws_set_log_level(LLL_ERR, NULL);
    info.port = atoi(words[1]);
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.extensions = extensions;
    info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
    struct lws_context *context = lws_create_context(&info);
    if (!context) return 1;
    puts("listening");
    fflush(stdout);
    while (lws_service(context, 0) >= 0);
    return 0;
}
