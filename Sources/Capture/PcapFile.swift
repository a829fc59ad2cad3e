import CPcap
import Glibc

/// A capture that was written to a file or comes through standard input, read packet by packet through libpcap:
/// classic pcap of either byte order and precision, and pcapng as far as libpcap reads it (one link type).
public struct PcapFile: ~Copyable {
    private let handle: OpaquePointer
    /// Of all packets in it.
    public let link: LinkType
    /// Packets handed out so far.
    public private(set) var count = 0
    private var ended = false

    /// Opens a file, or standard input for `-`.
    public init(_ path: String) throws(CaptureError) {
        let name = path == "-" ? "standard input" : path
        let file = path == "-" ? fdopen(dup(0), "rb") : fopen(path, "rbe")
        guard let file else {
            switch errno {
            case ENOENT, ENOTDIR: throw .noSuchFile(name)
            case EACCES, EPERM: throw .noPermission(name)
            case let code: throw .unreadable(name, String(cString: strerror(code)))
            }
        }
        // libpcap does not tell an empty file from a short one.
        let first = fgetc(file)
        let failure = errno
        guard first != EOF else {
            let failed = ferror(file) != 0
            fclose(file)
            if failed, failure == EISDIR { throw .isDirectory(name) }
            throw failed ? .unreadable(name, String(cString: strerror(failure))) : .empty(name)
        }
        ungetc(first, file)
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_fopen_offline_with_tstamp_precision(file, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
        else {
            fclose(file)
            let text = Self.text(message)
            if text.contains("truncated") { throw .truncatedFileHeader(name) }
            throw text.contains("unknown file format") ? .notACapture(name) : .unreadable(name, text)
        }
        let link = LinkType(rawValue: pcap_datalink(handle))
        guard LinkType.supported.contains(link) else {
            pcap_close(handle)
            throw .unsupportedLinkType(link)
        }
        self.handle = handle
        self.link = link
    }
    deinit { pcap_close(handle) }

    /// The next packet; nil at the end. After an error there are no more.
    @_lifetime(&self)
    public mutating func next() throws(CaptureError) -> Packet? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        guard !ended else { return nil }
        let code = pcap_next_ex(handle, &header, &data)
        guard code == 1, let header, let data else {
            ended = true
            if code == PCAP_ERROR_BREAK { return nil }
            let text = pcap_geterr(handle).map { String(cString: $0) } ?? "error \(code)"
            guard text.contains("truncated") else { throw .damaged(packets: count, text) }
            throw text.contains("header bytes") ? .truncatedInHeader(packets: count) : .truncatedInData(packets: count)
        }
        count &+= 1
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen)).bytes
        let packet = Packet(
            number: count,
            time: Timestamp(
                seconds: Int64(header.pointee.ts.tv_sec), nanoseconds: Int64(header.pointee.ts.tv_usec)),
            length: Int(header.pointee.len), link: link, bytes: bytes)
        // The bytes are libpcap's and stay until it is asked again, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, mutating: &self)
    }
    static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
