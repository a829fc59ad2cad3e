internal import CZlib
internal import Crypto
internal import Synchronization

/// The files of a folder, one after the other, as a gzip file in base64. They are unpacked when the first file is read.
final class PackedFolder: Sendable {
    private let packed: StaticString
    private let unpacked = Mutex<[UInt8]?>(nil)

    init(_ packed: StaticString) { self.packed = packed }

    /// Returns a part of the unpacked files; nil if it lies outside.
    func bytes(at range: Range<Int>) -> [UInt8]? {
        unpacked.withLock { known in
            let all = known ?? unpack()
            known = all
            return range.upperBound <= all.count ? Array(all[range]) : nil
        }
    }
    private func unpack() -> [UInt8] {
        var input = packed.withUTF8Buffer { Base64.decode($0.filter { $0 != UInt8(ascii: "\n") }) } ?? []
        // A gzip file ends with the length of its content (RFC 1952, section 2.3.1).
        let count = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // zlib keeps the address of this structure, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15: the window of any gzip file. 16: a gzip header instead of a zlib header.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return []
        }
        defer { inflateEnd(stream) }
        return [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(clamping: input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                if inflate(stream, Z_FINISH) == Z_STREAM_END { filled = Int(stream.pointee.total_out) }
            }
        }
    }
}
