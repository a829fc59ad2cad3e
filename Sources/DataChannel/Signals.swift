#if WebRTC
    import CGStreamer

    /// The handlers that GStreamer calls from its own threads. They convert the calls to events. The context of each
    /// call is `Events`, which outlives the pipeline.
    enum Signals {
        typealias Object = UnsafeMutableRawPointer

        /// Connects a handler. `handler` is a C function with the arguments of the signal.
        static func connect<F>(_ object: Object, _ signal: String, _ handler: F, _ context: Object) {
            g_signal_connect_data(
                object, signal, unsafeBitCast(handler, to: GCallback.self), context, nil, GConnectFlags(0))
        }
        /// Watches a channel. A channel of the other side must be watched from the thread that found it, so that no
        /// message is lost.
        static func watch(_ channel: OpaquePointer, _ context: Object) {
            let object = Object(channel)
            connect(object, "on-open", opened, context)
            connect(object, "on-close", closed, context)
            connect(object, "on-error", failed, context)
            connect(object, "on-message-string", text, context)
            connect(object, "on-message-data", bytes, context)
            connect(object, "on-buffered-amount-low", drained, context)
        }
        /// Handles a new part of the pipeline. The part for DTLS receives its certificate before it starts.
        static let part: @convention(c) (Object, Object, UnsafeMutablePointer<GstElement>, Object) -> Void = {
            _, _, part, context in
            guard let factory = gst_element_get_factory(part),
                let name = ms_factory_name(factory), String(cString: name) == "dtlssrtpdec"
            else { return }
            let object = Object(part).assumingMemoryBound(to: GObject.self)
            gst_util_set_object_arg(object, "pem", events(context).identity)
        }
        private static func events(_ context: Object) -> Events { Unmanaged.fromOpaque(context).takeUnretainedValue() }

        static let candidate: @convention(c) (Object, UInt32, UnsafePointer<CChar>, Object) -> Void = {
            _, line, text, context in
            events(context).put(.candidate(String(cString: text), line: line))
        }
        static let channel: @convention(c) (Object, OpaquePointer, Object) -> Void = { _, channel, context in
            g_object_ref(Object(channel))
            watch(channel, context)
            events(context).put(.channel(ChannelHandle(pointer: channel)))
        }
        static let state: @convention(c) (Object, Object, Object) -> Void = { bin, _, context in
            switch ms_number(bin, "connection-state") {
            case Int64(GST_WEBRTC_PEER_CONNECTION_STATE_FAILED.rawValue): events(context).put(.failed("no connection"))
            case Int64(GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED.rawValue): events(context).put(.closed)
            default: break
            }
        }
        private static let opened: @convention(c) (Object, Object) -> Void = { events($1).put(.open) }
        private static let closed: @convention(c) (Object, Object) -> Void = { events($1).put(.closed) }
        private static let drained: @convention(c) (Object, Object) -> Void = { events($1).put(.drained) }
        private static let failed: @convention(c) (Object, UnsafePointer<GError>?, Object) -> Void = {
            _, error, context in
            events(context).put(.failed(error.map { String(cString: $0.pointee.message) } ?? "the channel fails"))
        }
        /// Handles a text. A missing text means empty bytes, and missing bytes mean the empty text, because GStreamer
        /// 1.22 exchanges their identifiers.
        private static let text: @convention(c) (Object, UnsafePointer<CChar>?, Object) -> Void = { _, text, context in
            events(context).put(text.map { .text(String(cString: $0)) } ?? .bytes([]))
        }
        private static let bytes: @convention(c) (Object, OpaquePointer?, Object) -> Void = { _, bytes, context in
            guard let bytes else { return events(context).put(.text("")) }
            var count: gsize = 0
            let first = g_bytes_get_data(bytes, &count)
            events(context).put(.bytes(Array(UnsafeRawBufferPointer(start: first, count: Int(count)))))
        }
    }
#endif
