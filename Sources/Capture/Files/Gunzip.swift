internal import CZlib

/// A decompressor of gzip files (RFC 1952) with any number of members. It uses zlib.
final class Gunzip {
    /// The first bytes of every member.
    static let magic: [UInt8] = [0x1f, 0x8b]

    // zlib keeps the address of this structure, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// True between members, where a file may end.
    private(set) var isBetweenMembers = false
    /// True if padding was found.
    private var isPadded = false
    /// The error, in the words of zlib.
    private(set) var trouble: String?

    /// Returns nil if there is not enough memory.
    init?(inputSize: Int = 64 << 10) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: inputSize, alignment: 16)
        // 15: the window of any gzip file. 16: a gzip header instead of a zlib header.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // `deinit` frees the memory.
        if code != Z_OK { return nil }
    }
    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Fills the beginning of `output` with unpacked bytes and returns their number, which is 0 at the end of the data
    /// and after an error. `read` writes packed bytes into its buffer and returns their number.
    func unpack(_ output: UnsafeMutableRawBufferPointer, _ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        while trouble == nil {
            guard stream.pointee.avail_in > 0 else {
                guard feed(read) else { break }
                continue
            }
            if isBetweenMembers {
                // Zeros after the last member are padding. Other bytes must begin a member and must not follow padding.
                guard skipPadding() else { continue }
                guard stream.pointee.next_in[0] == Self.magic[0], !isPadded else {
                    trouble = "data after the end of the compressed stream"
                    break
                }
                inflateReset(stream)
                isBetweenMembers = false
            }
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: output.count)
            let capacity = stream.pointee.avail_out
            let code = inflate(stream, Z_NO_FLUSH)
            switch code {
            case Z_STREAM_END: isBetweenMembers = true
            case Z_OK, Z_BUF_ERROR: break
            default: trouble = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
            }
            // The bytes before the error are valid.
            let made = Int(capacity &- stream.pointee.avail_out)
            if made > 0 { return made }
        }
        return 0
    }
    /// Reads packed bytes. Returns false at the end of the input.
    func feed(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
        let count = max(0, read(input))
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(clamping: count)
        return count > 0
    }
    /// Skips zeros. Returns false if the input holds only zeros.
    private func skipPadding() -> Bool {
        while stream.pointee.avail_in > 0, stream.pointee.next_in[0] == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
            isPadded = true
        }
        return stream.pointee.avail_in > 0
    }
}
