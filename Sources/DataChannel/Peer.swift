#if WebRTC
    import CGStreamer

    /// The error for an invalid session description, or a missing part of GStreamer.
    struct PeerError: Error {
        let text: String
    }

    /// One WebRTC peer: GStreamer's webrtcbin in its own pipeline. It reports events as `Event`. Its methods must be
    /// called from one thread.
    final class Peer {
        private let pipeline: UnsafeMutablePointer<GstElement>
        private let bin: UnsafeMutablePointer<GstElement>
        private let events: Events
        /// The maximum size of a received message in bytes. GStreamer (1.22) splits longer ones.
        static let largest = 64 << 10
        private(set) var channel: OpaquePointer?

        /// Makes a peer. `server` is a STUN server as `stun://HOST:PORT`.
        init(_ events: Events, server: String?) throws(PeerError) {
            gst_init(nil, nil)
            self.events = events
            guard let bin = gst_element_factory_make("webrtcbin", nil), let pipeline = gst_pipeline_new(nil) else {
                throw PeerError(text: "GStreamer has no webrtcbin: is gstreamer1.0-plugins-bad installed?")
            }
            (self.bin, self.pipeline) = (bin, pipeline)
            let context = Unmanaged.passUnretained(events).toOpaque()
            Signals.connect(pipeline, "deep-element-added", Signals.part, context)
            Signals.connect(bin, "on-ice-candidate", Signals.candidate, context)
            Signals.connect(bin, "on-data-channel", Signals.channel, context)
            Signals.connect(bin, "notify::connection-state", Signals.state, context)
            gst_util_set_object_arg(
                UnsafeMutableRawPointer(bin).assumingMemoryBound(to: GObject.self), "bundle-policy", "max-bundle")
            if let server {
                gst_util_set_object_arg(
                    UnsafeMutableRawPointer(bin).assumingMemoryBound(to: GObject.self), "stun-server", server)
            }
            // From here on the pipeline owns the bin.
            let container = UnsafeMutableRawPointer(pipeline).assumingMemoryBound(to: GstBin.self)
            guard gst_bin_add(container, bin) != 0,
                gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE
            else {
                throw PeerError(text: "webrtcbin does not start: are gstreamer1.0-nice and -plugins-good installed?")
            }
        }
        /// Ends the connection, and with it the threads that report events.
        func stop() {
            gst_element_set_state(pipeline, GST_STATE_NULL)
            if let channel { g_object_unref(UnsafeMutableRawPointer(channel)) }
            channel = nil
            gst_object_unref(pipeline)
        }

        /// Opens an ordered and reliable channel, and returns the offer (SDP).
        func offer(_ label: String) throws(PeerError) -> String {
            guard let channel = ms_create_channel(bin, label) else { throw PeerError(text: "no channel can be made") }
            Signals.watch(channel, Unmanaged.passUnretained(events).toOpaque())
            adopt(ChannelHandle(pointer: channel))
            return try describe("offer")
        }
        /// Accepts an offer and returns the answer (SDP).
        func answer(_ offer: String) throws(PeerError) -> String {
            try accept(offer, GST_WEBRTC_SDP_TYPE_OFFER)
            return try describe("answer")
        }
        /// Accepts the answer to this side's offer.
        func finish(_ answer: String) throws(PeerError) { try accept(answer, GST_WEBRTC_SDP_TYPE_ANSWER) }
        func add(candidate: String, line: UInt32) { ms_add_candidate(bin, line, candidate) }

        /// Takes the ownership of the channel.
        func adopt(_ handle: ChannelHandle) {
            channel = handle.pointer
            if ms_number(UnsafeMutableRawPointer(handle.pointer), "ready-state")
                == Int64(GST_WEBRTC_DATA_CHANNEL_STATE_OPEN.rawValue)
            {
                events.put(.open)
            }
        }

        // MARK: - Sending and the state of the channel

        func send(_ text: String) throws(PeerError) {
            var error: UnsafeMutablePointer<GError>?
            guard !text.isEmpty else { throw PeerError(text: "GStreamer cannot send an empty message") }
            let sent = gst_webrtc_data_channel_send_string_full(channel, text, &error)
            try check(sent, error)
        }
        func send(_ bytes: [UInt8]) throws(PeerError) {
            var error: UnsafeMutablePointer<GError>?
            guard !bytes.isEmpty else { throw PeerError(text: "GStreamer cannot send an empty message") }
            let copy = g_bytes_new(bytes, gsize(bytes.count))
            defer { g_bytes_unref(copy) }
            try check(gst_webrtc_data_channel_send_data_full(channel, copy, &error), error)
        }
        /// The number of bytes that wait to be sent.
        var buffered: Int64 { channel.map { ms_number(UnsafeMutableRawPointer($0), "buffered-amount") } ?? 0 }
        var label: String {
            guard let channel, let text = ms_text(UnsafeMutableRawPointer(channel), "label") else { return "" }
            defer { g_free(text) }
            return String(cString: text)
        }
        var isOrdered: Bool { channel.map { ms_number(UnsafeMutableRawPointer($0), "ordered") != 0 } ?? false }
        /// True if neither a number of retransmissions nor a time limits the delivery of a message.
        var isReliable: Bool {
            channel.map {
                ms_number(UnsafeMutableRawPointer($0), "max-retransmits") < 0
                    && ms_number(UnsafeMutableRawPointer($0), "max-packet-lifetime") < 0
            } ?? false
        }
        func close() { gst_webrtc_data_channel_close(channel) }

        private func check(_ sent: gboolean, _ error: UnsafeMutablePointer<GError>?) throws(PeerError) {
            guard sent == 0 else { return }
            defer { g_error_free(error) }
            throw PeerError(text: error.map { String(cString: $0.pointee.message) } ?? "it is not sent")
        }

        // MARK: - Session descriptions

        /// Makes the local description and applies it.
        private func describe(_ kind: String) throws(PeerError) -> String {
            let promise = gst_promise_new()
            defer { gst_promise_unref(promise) }
            ms_emit(bin, "create-" + kind, nil, promise)
            guard gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED, let reply = gst_promise_get_reply(promise),
                let value = gst_structure_get_value(reply, kind), let boxed = g_value_get_boxed(value)
            else { throw PeerError(text: "no \(kind) can be made: " + Self.reason(promise)) }
            let description = boxed.assumingMemoryBound(to: GstWebRTCSessionDescription.self)
            try apply("set-local-description", description)
            let text = gst_sdp_message_as_text(description.pointee.sdp)
            defer { g_free(text) }
            return text.map { completed(String(cString: $0)) } ?? ""
        }
        /// Adds data that GStreamer (1.22) omits: the maximum message size, without which it is 64 KiB (RFC 8841,
        /// section 6), and the SHA-256 of the certificate, because GStreamer uses the hash of certificate and key
        /// together.
        private func completed(_ sdp: String) -> String {
            let base64 = events.identity.split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("-----") }.joined()
            var count: gsize = 0
            let certificate = g_base64_decode(base64, &count)
            defer { g_free(certificate) }
            guard let digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, certificate, count) else { return sdp }
            defer { g_free(digest) }
            var pairs = ""
            for (i, digit) in String(cString: digest).uppercased().enumerated() {
                if i > 0, i % 2 == 0 { pairs += ":" }
                pairs.append(digit)
            }
            var lines: [String] = []
            for line in sdp.split(separator: "\r\n", omittingEmptySubsequences: false)
            where !line.hasPrefix("a=max-message-size:") {
                lines.append(line.hasPrefix("a=fingerprint:") ? "a=fingerprint:sha-256 " + pairs : String(line))
                if line.hasPrefix("a=sctp-port:") { lines.append("a=max-message-size:\(Self.largest)") }
            }
            return lines.joined(separator: "\r\n")
        }
        /// Returns the name of a local media description (`a=mid`); empty if it has no name.
        func mid(_ line: UInt32) -> String {
            var local: UnsafeMutablePointer<GstWebRTCSessionDescription>?
            ms_description(bin, "local-description", &local)
            defer { gst_webrtc_session_description_free(local) }
            guard let local, line < gst_sdp_message_medias_len(local.pointee.sdp),
                let mid = gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(local.pointee.sdp, line), "mid")
            else { return "" }
            return String(cString: mid)
        }
        /// Applies the description of the other side.
        private func accept(_ sdp: String, _ kind: GstWebRTCSDPType) throws(PeerError) {
            var message: UnsafeMutablePointer<GstSDPMessage>?
            guard gst_sdp_message_new_from_text(sdp, &message) == GST_SDP_OK, let message,
                // The description owns the message.
                let description = gst_webrtc_session_description_new(kind, message)
            else { throw PeerError(text: "this is no session description") }
            defer { gst_webrtc_session_description_free(description) }
            try apply("set-remote-description", description)
        }
        private func apply(
            _ signal: String, _ description: UnsafeMutablePointer<GstWebRTCSessionDescription>
        ) throws(PeerError) {
            let promise = gst_promise_new()
            defer { gst_promise_unref(promise) }
            ms_emit(bin, signal, description, promise)
            guard gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED else {
                throw PeerError(text: "\(signal) is given up")
            }
            if let reply = gst_promise_get_reply(promise), gst_structure_has_field(reply, "error") != 0 {
                throw PeerError(text: "\(signal): " + Self.reason(promise))
            }
        }
        private static func reason(_ promise: UnsafeMutablePointer<GstPromise>?) -> String {
            guard let reply = gst_promise_get_reply(promise), let value = gst_structure_get_value(reply, "error"),
                let boxed = g_value_get_boxed(value)
            else { return "no reason is given" }
            return String(cString: boxed.assumingMemoryBound(to: GError.self).pointee.message)
        }
    }
#endif
