import Wire

/// The framing of the content after a head that upgrades nothing (RFC 9112, section 6). It cuts the content into
/// pieces.
enum BodyFraming: Equatable {
    case none
    /// The number of bytes that are left.
    case count(Int)
    case chunks
    /// All bytes until the connection ends.
    case rest

    /// The maximum number of bytes in a piece.
    static let pieceLimit = 64 << 10

    /// Reads the framing from the fields of a head. `isResponse`: without such fields, the content lasts until the
    /// connection ends.
    init(_ headers: HeaderList, isResponse: Bool) {
        if headers.lists("transfer-encoding", "chunked") {
            self = .chunks
        } else if let length = headers.all("content-length").first {
            self = Int(length.value).map { $0 > 0 ? .count($0) : .none } ?? .rest
        } else {
            self = isResponse ? .rest : .none
        }
    }

    enum Found {
        /// A piece with this number of bytes, and the framing after it.
        case piece(Int, then: BodyFraming)
        case needMore(Int)
        case refused(WireError)
    }
    /// Finds the piece at the front of these bytes.
    func next(_ bytes: RawSpan) -> Found {
        switch self {
        case .count(let left):
            let count = min(left, Self.pieceLimit)
            guard bytes.byteCount >= count else { return .needMore(count - bytes.byteCount) }
            return .piece(count, then: left > count ? .count(left - count) : .none)
        case .chunks: return Self.chunk(bytes)
        case .none, .rest:
            return .refused(WireError(reason: .trailing, path: "", offset: 0, had: UInt64(bytes.byteCount)))
        }
    }
    /// Finds a chunk: its size in hexadecimal, extensions, a line end, the data and a line end. The last chunk has no
    /// data, and trailers follow it.
    private static func chunk(_ bytes: RawSpan) -> Found {
        bytes.withUnsafeBytes { all in
            let line = all.prefix(256)
            guard let end = line.firstIndex(of: 0x0a) else {
                return line.count < 256 ? .needMore(1) : .refused(illegal(all[0]))
            }
            let digits = line.prefix { $0 != 0x3b && $0 != 0x0d && $0 != 0x0a && $0 != 0x20 }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0, size <= 16 << 20 else {
                return .refused(illegal(all[0]))
            }
            guard size == 0 else {
                let count = end + 1 + size + 2
                return all.count >= count ? .piece(count, then: .chunks) : .needMore(count - all.count)
            }
            // Trailers end with an empty line.
            var start = end + 1
            while let stop = all[start...].firstIndex(of: 0x0a) {
                if stop - start <= 1 { return .piece(stop + 1, then: .none) }
                start = stop + 1
            }
            return all.count < pieceLimit ? .needMore(1) : .refused(illegal(all[0]))
        }
    }
    private static func illegal(_ byte: UInt8) -> WireError {
        WireError(reason: .illegal, path: "size", offset: 0, had: UInt64(byte))
    }
}
