/// Why a capture cannot be read, or not to its end.
public enum CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    case noSuchFile(String)
    case noPermission(String)
    case isDirectory(String)
    /// Not a single byte.
    case empty(String)
    /// No known magic number.
    case notACapture(String)
    /// The header of the file ends early.
    case truncatedFileHeader(String)
    /// Frames that no layer here can take apart.
    case unsupportedLinkType(LinkType)
    /// Anything else that stops a file from being opened, in the words of the system or libpcap.
    case unreadable(String, String)
    /// The file ends inside the header of a packet, after `packets` whole ones.
    case truncatedInHeader(packets: Int)
    /// The file ends inside the bytes of a packet, after `packets` whole ones.
    case truncatedInData(packets: Int)
    /// What follows the first `packets` packets is no packet, in the words of libpcap.
    case damaged(packets: Int, String)

    /// True when packets before the trouble could be read: the result is good as far as it goes.
    public var isDamage: Bool {
        switch self {
        case .truncatedInHeader, .truncatedInData, .damaged: true
        default: false
        }
    }
    /// What is wrong, in a sentence that names the file or the packet.
    public var description: String {
        switch self {
        case .noSuchFile(let path): "\(path): no such file"
        case .noPermission(let path): "\(path): permission denied"
        case .isDirectory(let path): "\(path): is a directory, not a capture"
        case .empty(let path): "\(path): is empty, not a capture"
        case .notACapture(let path): "\(path): is not a capture (neither pcap nor pcapng)"
        case .truncatedFileHeader(let path): "\(path): ends inside the header of the file"
        case .unsupportedLinkType(let link): "cannot take apart frames of link type \(link)"
        case .unreadable(let path, let why): "\(path): \(why)"
        case .truncatedInHeader(let n): "the capture ends inside the header of packet \(n + 1); \(Self.before(n))"
        case .truncatedInData(let n): "the capture ends inside the data of packet \(n + 1); \(Self.before(n))"
        case .damaged(let n, let why): "the capture is damaged at packet \(n + 1): \(why); \(Self.before(n))"
        }
    }
    static func before(_ n: Int) -> String {
        switch n {
        case 0: "there is none before it"
        case 1: "the packet before it is whole"
        default: "the \(n) packets before it are whole"
        }
    }
}
