internal import CZlib
import Wire

/// A compressor of messages for permessage-deflate (RFC 7692, section 7.2.1). It uses zlib: raw deflate, flushed after
/// each message, without the four bytes 00 00 ff ff of the flush.
///
/// zlib has no raw window of 8 bits. The compressor uses 9 bits instead: zlib refers back at most 250 bytes in this
/// window of 512 bytes, and a window of 8 bits has 256.
///
/// A copy has its own context from the next message on.
struct Deflater: Sendable {
    private var stream: DeflateStream
    /// True if each message is compressed by itself.
    private let forgets: Bool

    /// Creates a compressor; nil without memory for it: about 256 KiB at 15 bits, 20 KiB at 9.
    init?(windowBits: Int, forgets: Bool, level: Int = 6) {
        guard let stream = DeflateStream(windowBits: max(9, windowBits), level: level) else { return nil }
        self.stream = stream
        self.forgets = forgets
    }
    /// Appends the compressed form of a message. Returns false if zlib fails, which happens only without memory.
    mutating func deflate(_ message: RawSpan, into out: inout [UInt8]) -> Bool {
        // An empty message is an empty stored block without its flush (section 7.2.3.6), because zlib does not flush
        // twice in a row.
        if message.byteCount == 0 {
            out.append(0)
            return true
        }
        if !isKnownUniquelyReferenced(&stream) {
            guard let copy = stream.copy() else { return false }
            stream = copy
        }
        return stream.deflate(message, into: &out, forgets: forgets)
    }
}

/// The state of zlib, which holds the address of its own struct. Only its owner changes it. An owner that shares it
/// makes a copy first.
private final class DeflateStream: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    private init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }
    convenience init?(windowBits: Int, level: Int) {
        self.init()
        let code = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, Int32(-windowBits), 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { return nil }
    }
    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }
    func copy() -> DeflateStream? {
        let new = DeflateStream()
        return deflateCopy(new.stream, stream) == Z_OK ? new : nil
    }
    func deflate(_ message: RawSpan, into out: inout [UInt8], forgets: Bool) -> Bool {
        let start = out.count
        let isGood = message.withUnsafeBytes { raw in
            var rest = raw[...]
            repeat {
                let part = rest.prefix(1 << 30)
                rest = rest.dropFirst(part.count)
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: UnsafeRawBufferPointer(rebasing: part).bindMemory(to: UInt8.self).baseAddress)
                stream.pointee.avail_in = UInt32(part.count)
                guard drain(rest.isEmpty ? Z_SYNC_FLUSH : Z_NO_FLUSH, into: &out) else { return false }
            } while !rest.isEmpty
            return true
        }
        stream.pointee.next_in = nil
        guard isGood, out.count - start >= 4 else { return false }
        out.removeLast(4)
        if forgets { deflateReset(stream) }
        return true
    }
    /// Appends all output of zlib.
    private func drain(_ flush: Int32, into out: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { scratch in
            guard let base = scratch.baseAddress else { return false }
            while true {
                stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(scratch.count)
                let code = CZlib.deflate(stream, flush)
                guard code == Z_OK || code == Z_BUF_ERROR else { return false }
                let made = scratch.count - Int(stream.pointee.avail_out)
                out.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<made]))
                // zlib did not fill the buffer, so there is no more output.
                if stream.pointee.avail_out > 0 { return true }
            }
        }
    }
}
