internal import CZlib
import Wire

/// A decompressor for permessage-deflate (RFC 7692, section 7.2.2), which takes data in parts. It uses zlib, which
/// needs 40 KiB at 15 bits.
///
/// A copy has its own context from the next bytes on.
struct Inflater: Sendable {
    private var stream: InflateStream

    enum Failure: Equatable {
        /// The bytes are not deflate data, or they refer back beyond the window. Within the data that it inflates in
        /// one call, up to 16 KiB, zlib does not notice such a reference.
        case malformed
        /// The inflated data is longer than the limit.
        case tooLong
        /// zlib cannot get memory.
        case noMemory
    }
    /// Creates a decompressor; nil without memory for it. `windowBits` is the agreed window of the compressing side, 8
    /// to 15.
    init?(windowBits: Int) {
        guard let stream = InflateStream(windowBits: windowBits) else { return nil }
        self.stream = stream
    }
    /// Returns the number of bytes that zlib needs for a window.
    static func memory(_ windowBits: Int) -> Int { (10 << 10) + (1 << windowBits) }
    /// Appends the content of the next bytes of a message, at most `most` bytes. It does not inflate more, because a
    /// small message can hold a thousand times its size.
    mutating func inflate(_ bytes: RawSpan, into out: inout [UInt8], atMost most: Int) -> Failure? {
        guard makeUnique() else { return .noMemory }
        return stream.inflate(bytes, into: &out, atMost: most)
    }
    /// Ends the message and appends the rest of its content. `forgets`: the next message does not refer to this one.
    mutating func finish(into out: inout [UInt8], atMost most: Int, forgets: Bool) -> Failure? {
        guard makeUnique() else { return .noMemory }
        let tail: [UInt8] = [0, 0, 0xff, 0xff]
        if let failure = stream.inflate(tail.span.bytes, into: &out, atMost: most) { return failure }
        if forgets { stream.forget() }
        return nil
    }
    private mutating func makeUnique() -> Bool {
        if isKnownUniquelyReferenced(&stream) { return true }
        guard let copy = stream.copy() else { return false }
        stream = copy
        return true
    }
}

/// The state of zlib, which holds the address of its own struct. Only its owner changes it. An owner that shares it
/// makes a copy first.
private final class InflateStream: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    private init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }
    convenience init?(windowBits: Int) {
        self.init()
        let size = Int32(MemoryLayout<z_stream>.size)
        if inflateInit2_(stream, Int32(-windowBits), ZLIB_VERSION, size) != Z_OK { return nil }
    }
    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }
    func copy() -> InflateStream? {
        let new = InflateStream()
        return inflateCopy(new.stream, stream) == Z_OK ? new : nil
    }
    func forget() { inflateReset(stream) }

    func inflate(_ bytes: RawSpan, into out: inout [UInt8], atMost most: Int) -> Inflater.Failure? {
        let end = out.count + max(0, most)
        return bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress, let size = UInt32(exactly: raw.count) else {
                return raw.isEmpty ? nil : .tooLong
            }
            stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = size
            defer {
                stream.pointee.next_in = nil
                stream.pointee.avail_in = 0
            }
            return withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { scratch in
                drain(scratch, into: &out, upTo: end)
            }
        }
    }
    /// Appends all output for the input.
    private func drain(
        _ scratch: UnsafeMutableRawBufferPointer, into out: inout [UInt8], upTo end: Int
    ) -> Inflater.Failure? {
        guard let base = scratch.baseAddress else { return .noMemory }
        while true {
            stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(scratch.count)
            let code = CZlib.inflate(stream, Z_SYNC_FLUSH)
            let made = scratch.count - Int(stream.pointee.avail_out)
            guard made <= end - out.count else { return .tooLong }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<made]))
            switch code {
            case Z_OK: if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return nil }
            case Z_BUF_ERROR: return nil
            case Z_STREAM_END:
                // The block is marked as the last one (section 7.2.3.4). The next blocks may still refer to it.
                guard goOn() else { return .noMemory }
                if stream.pointee.avail_in == 0 { return nil }
            case Z_MEM_ERROR: return .noMemory
            default: return .malformed
            }
        }
    }
    /// Begins another stream of blocks with the same window.
    private func goOn() -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32 << 10) { window in
            var count: UInt32 = 0
            guard inflateGetDictionary(stream, window.baseAddress, &count) == Z_OK, inflateReset(stream) == Z_OK
            else { return false }
            return count == 0 || inflateSetDictionary(stream, window.baseAddress, count) == Z_OK
        }
    }
}
