import Capture

/// What `capture` is asked for.
struct CaptureOptions {
    var live: LiveOptions
    /// Nil: nothing is decoded.
    var decode: DecodeOptions?
    /// File that packets are written to.
    var path: String?
    var ring = RingWriter.Limits()
    /// Packets after which it ends.
    var count: Int?
    /// Seconds after which it ends.
    var seconds: Int?
    /// Who it becomes when the device is open.
    var user: String?
}
