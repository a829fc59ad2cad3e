internal import CZlib

/// Undoes gzip (RFC 1952), member after member, with zlib.
final class Gunzip {
    enum Outcome: Equatable {
        /// So many bytes were made; more may come.
        case made(Int)
        /// All that was given is used up.
        case hungry
        /// What zlib says is wrong.
        case broken(String)
    }
    /// First bytes of every member.
    static let magic: [UInt8] = [0x1f, 0x8b]

    // zlib keeps the address of this, so it may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// True between members, where a file may end.
    private(set) var isBetweenMembers = false
    /// Padding was there.
    private var isPadded = false
    private var trouble: String?

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

    /// Lets `read` put compressed bytes where they belong; it returns how many they are.
    func feed(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let count = read(input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(clamping: max(0, count))
        return count
    }
    /// Makes bytes of what was fed, at least one unless there is a reason.
    func make(_ output: UnsafeMutableRawBufferPointer) -> Outcome {
        if let trouble { return .broken(trouble) }
        while stream.pointee.avail_in > 0 {
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
            let room = stream.pointee.avail_out
            let code = inflate(stream, Z_NO_FLUSH)
            let made = Int(room &- stream.pointee.avail_out)
            switch code {
            case Z_STREAM_END: isBetweenMembers = true
            case Z_OK, Z_BUF_ERROR: break
            default: trouble = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
            }
            // What came before the trouble is good.
            if let trouble, made == 0 { return .broken(trouble) }
            if made > 0 { return .made(made) }
            if code == Z_BUF_ERROR { return .hungry }
        }
        return trouble.map(Outcome.broken) ?? .hungry
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
