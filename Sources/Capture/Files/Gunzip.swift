internal import CZlib

/// Undoes gzip (RFC 1952), member after member, with zlib.
final class Gunzip {
    /// First bytes of every member.
    static let magic: [UInt8] = [0x1f, 0x8b]

    // zlib keeps the address of this, so it may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// True between members, where a file may end.
    private(set) var isBetweenMembers = false
    /// Padding was there.
    private var isPadded = false
    /// What zlib says is wrong.
    private(set) var trouble: String?

    /// Nil when there is no memory for it.
    init?(inputSize: Int = 64 << 10) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: inputSize, alignment: 16)
        // 15: the window of any gzip file; 16: a gzip header, not zlib's.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // What was allocated is given back by `deinit`.
        if code != Z_OK { return nil }
    }
    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Fills the beginning of `output` with unpacked bytes; returns how many, which is 0 at the end of all and where
    /// something is wrong. `read` puts packed bytes where they belong and returns how many there are.
    func unpack(_ output: UnsafeMutableRawBufferPointer, _ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        while trouble == nil {
            guard stream.pointee.avail_in > 0 else {
                guard feed(read) else { break }
                continue
            }
            if isBetweenMembers {
                // Zeros behind the last member are padding; anything else is a member, or was one.
                guard skipPadding() else { continue }
                guard stream.pointee.next_in[0] == Self.magic[0], !isPadded else {
                    trouble = "what follows a member is none"
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
            // What came before the trouble is good.
            let made = Int(capacity &- stream.pointee.avail_out)
            if made > 0 { return made }
        }
        return 0
    }
    /// Takes packed bytes; false when there are none.
    func feed(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
        let count = max(0, read(input))
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(clamping: count)
        return count > 0
    }
    /// Goes behind zeros; false when nothing else was given.
    private func skipPadding() -> Bool {
        while stream.pointee.avail_in > 0, stream.pointee.next_in[0] == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
            isPadded = true
        }
        return stream.pointee.avail_in > 0
    }
}
