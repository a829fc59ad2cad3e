#pragma once
#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <sys/eventfd.h>

// What signals of GObject do is asked for by calls of as many arguments as the signal has, which Swift cannot import.

/// A signal of two pointers.
static inline void ms_emit(void *object, const char *signal, const void *a, const void *b) {
    g_signal_emit_by_name(object, signal, a, b);
}
/// `add-ice-candidate`.
static inline void ms_add_candidate(void *bin, unsigned line, const char *candidate) {
    g_signal_emit_by_name(bin, "add-ice-candidate", line, candidate);
}
/// `create-data-channel`: ordered and reliable; the caller owns the channel. NULL when it cannot be made.
static inline GstWebRTCDataChannel *ms_create_channel(void *bin, const char *label) {
    GstWebRTCDataChannel *channel = NULL;
    g_signal_emit_by_name(bin, "create-data-channel", label, NULL, &channel);
    return channel;
}
/// A property that is a number, a truth value or an enumeration.
static inline int64_t ms_number(void *object, const char *name) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_INT64);
    g_object_get_property(G_OBJECT(object), name, &value);
    return g_value_get_int64(&value);
}
/// A property that is a text; the caller frees it. May be NULL.
static inline char *ms_text(void *object, const char *name) {
    char *text = NULL;
    g_object_get(object, name, &text, NULL);
    return text;
}
/// A property that is a session description; the caller frees it. NULL where there is none yet.
static inline void ms_description(void *bin, const char *name, GstWebRTCSessionDescription **description) {
    *description = NULL;
    g_object_get(bin, name, description, NULL);
}
/// The kind of an element, as it is made by name.
static inline const char *ms_factory_name(GstElementFactory *factory) { return GST_OBJECT_NAME(factory); }
