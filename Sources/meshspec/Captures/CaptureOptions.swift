import Capture

/// The options of `capture`.
struct CaptureOptions {
    var live: LiveOptions
    /// The options for decoding; nil if the packets are not decoded.
    var decode: DecodeOptions?
    /// The path of the file for the packets.
    var path: String?
    var ring = RingWriter.Limits()
    /// The number of packets after which the capture ends.
    var count: Int?
    /// The number of seconds after which the capture ends.
    var seconds: Int?
    /// The user that the process becomes when the device is open.
    var user: String?
}
