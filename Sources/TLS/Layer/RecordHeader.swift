import Node
import Wire

/// The first five bytes of a record.
struct RecordHeader {
    var type: ContentType
    var version: UInt16
    /// The number of bytes of the record, including these.
    var length: Int

    /// The result for the front of `bytes`, in the form of a framing.
    enum Found {
        case needMore(Int)
        case refused(WireError)
        case record(RecordHeader)
    }
    static func find(_ bytes: RawSpan) -> Found {
        guard bytes.byteCount > 0 else { return .needMore(Record.headerSize) }
        let type = ContentType(rawValue: bytes.unsafeLoad(as: UInt8.self))
        guard type.isKnown else {
            return .refused(WireError(reason: .illegal, path: "type", offset: 0, had: type.number))
        }
        if bytes.byteCount > 1 {
            let major = bytes.unsafeLoad(fromUncheckedByteOffset: 1, as: UInt8.self)
            guard major == 3 else {
                return .refused(WireError(reason: .illegal, path: "version", offset: 1, wanted: 3, had: UInt64(major)))
            }
        }
        guard let count = contentCount(bytes) else { return .needMore(Record.headerSize - bytes.byteCount) }
        let version = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt16.self).bigEndian
        guard count <= Record.fragmentLimit else {
            return .refused(
                WireError(
                    reason: .illegal, path: "length", offset: 3, wanted: UInt64(Record.fragmentLimit),
                    had: UInt64(count)))
        }
        let length = Record.headerSize + count
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        return .record(RecordHeader(type: type, version: version, length: length))
    }
    /// Returns what the header of an incomplete record announces; nil if the header is incomplete too.
    static func announced(by bytes: RawSpan) -> Announcement? {
        contentCount(bytes).map { Announcement(Record.self, length: Record.headerSize + $0) }
    }
    /// Returns the number of bytes after the header; nil if the header is incomplete.
    private static func contentCount(_ bytes: RawSpan) -> Int? {
        guard bytes.byteCount >= Record.headerSize else { return nil }
        return Int(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 3, as: UInt16.self).bigEndian)
    }
    /// Returns the offset of a likely record header after the first byte of `bytes`. It does not check the bytes after
    /// that record: they may not be there yet, and the result must not depend on that.
    static func search(_ bytes: RawSpan) -> Int? {
        bytes.withUnsafeBytes { all in
            all.indices.dropFirst().first { $0 + Record.headerSize <= all.count && isHeader(all, $0) }
        }
    }
    /// Returns true if a record may begin with these bytes. It judges only the bytes that are there.
    static func isLikely(_ bytes: RawSpan) -> Bool {
        bytes.byteCount < Record.headerSize || bytes.withUnsafeBytes { isHeader($0, 0) }
    }
    private static func isHeader(_ all: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        let count = Int(all[at + 3]) << 8 | Int(all[at + 4])
        return ContentType(rawValue: all[at]).isKnown && all[at + 1] == 3 && all[at + 2] <= 4
            && count > 0 && count <= Record.fragmentLimit
    }
}

/// A framing of one direction of TLS as records, used to detect whether a stream is TLS.
struct RecordFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        switch RecordHeader.find(bytes) {
        case .needMore(let count): .needMore(count)
        case .refused(let error): .refused(error)
        case .record(let header): .message(Record.self, length: header.length)
        }
    }
    func announced(by bytes: RawSpan) -> Announcement? { RecordHeader.announced(by: bytes) }
    func resync(_ bytes: RawSpan) -> Int? { RecordHeader.search(bytes) }
}
