/// The reason why a capture cannot be read or written, or why reading stopped before its end.
public enum CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    case noSuchFile(String)
    case noPermission(String)
    case isDirectory(String)
    /// The file is empty.
    case empty(String)
    /// The file has no known magic number.
    case notACapture(String)
    /// The file ends inside its header.
    case truncatedFileHeader(String)
    /// The frames have a link type that this module does not decode.
    case unsupportedLinkType(LinkType)
    /// Any other reason why a file cannot be opened, in the words of the system or libpcap.
    case unreadable(String, String)
    /// The file ends inside the header of a packet, after `packets` complete packets.
    case truncatedInHeader(packets: Int)
    /// The file ends inside the bytes of a packet, after `packets` complete packets.
    case truncatedInData(packets: Int)
    /// The bytes after the first `packets` packets are not a packet, for a reason in the words of libpcap.
    case damaged(packets: Int, String)

    /// The error of one of several files.
    indirect case inFile(String, CaptureError)
    /// The device does not exist; `known` lists the devices that do.
    case noSuchDevice(String, known: [String])
    /// The system does not allow this user to capture from a device. The text names the missing right and how to grant
    /// it.
    case deviceDenied(String, program: String)
    /// The device is down, or went down after `packets` packets.
    case deviceDown(String, packets: Int)
    /// A filter that libpcap rejects, and the reason.
    case badFilter(String, String)
    /// A capture file cannot be written.
    case cannotWrite(String, String)
    /// The process cannot give up the rights of root.
    case cannotDropPrivileges(String)

    /// True if packets before the error could be read, so that the result is valid up to there.
    public var isDamage: Bool {
        switch self {
        case .truncatedInHeader, .truncatedInData, .damaged: true
        case .deviceDown(_, let packets): packets > 0
        case .inFile(_, let error): error.isDamage
        default: false
        }
    }
    /// A sentence that names the file or the packet and the error.
    public var description: String {
        switch self {
        case .noSuchFile(let path): "\(path): the file does not exist"
        case .noPermission(let path): "\(path): permission denied"
        case .isDirectory(let path): "\(path): is a directory, not a capture"
        case .empty(let path): "\(path): is empty, not a capture"
        case .notACapture(let path): "\(path): is not a capture (neither pcap nor pcapng)"
        case .truncatedFileHeader(let path): "\(path): ends inside the header of the file"
        case .unsupportedLinkType(let link): "cannot dissect frames of link type \(link)"
        case .unreadable(let path, let why): "\(path): \(why)"
        case .truncatedInHeader(let n): "the capture ends inside the header of packet \(n + 1); \(Self.before(n))"
        case .truncatedInData(let n): "the capture ends inside the data of packet \(n + 1); \(Self.before(n))"
        case .inFile(let path, let error): "\(path): \(error)"
        case .noSuchDevice(let device, let known):
            "there is no device \(device) to capture from"
                + (known.isEmpty ? "" : "; the devices are \(known.joined(separator: ", "))")
        case .deviceDenied(let device, let program):
            "\(device): permission denied: capturing needs the capability CAP_NET_RAW; grant it once with "
                + "`sudo setcap cap_net_raw=ep \(program)`, or run as root: meshspec drops root when the device is open"
        case .deviceDown(let device, let n):
            n > 0 ? "\(device) went down after \(n) packets" : "\(device) is down: `ip link set \(device) up`"
        case .badFilter(let filter, let why): "\"\(filter)\" is not a filter: \(why)"
        case .cannotWrite(let path, let why): "cannot write \(path): \(why)"
        case .cannotDropPrivileges(let why): "cannot drop root privileges: \(why)"
        case .damaged(let n, let why): "the capture is damaged at packet \(n + 1): \(why); \(Self.before(n))"
        }
    }
    static func before(_ n: Int) -> String {
        switch n {
        case 0: "no packet precedes it"
        case 1: "the packet before it is complete"
        default: "the \(n) packets before it are complete"
        }
    }
}
