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

    /// One of several files, and what is wrong with it.
    indirect case inFile(String, CaptureError)
    /// There is no such device; those that there are.
    case noSuchDevice(String, known: [String])
    /// The system refuses to let this user capture from a device: what is missing, and how to grant it.
    case deviceDenied(String, program: String)
    /// The device is down, or went down after `packets` packets.
    case deviceDown(String, packets: Int)
    /// A filter that libpcap does not understand, and why.
    case badFilter(String, String)
    /// A file of captured packets cannot be written.
    case cannotWrite(String, String)
    /// Root cannot be given up.
    case cannotDropPrivileges(String)

    /// True when packets before the trouble could be read: the result is good as far as it goes.
    public var isDamage: Bool {
        switch self {
        case .truncatedInHeader, .truncatedInData, .damaged: true
        case .deviceDown(_, let packets): packets > 0
        case .inFile(_, let error): error.isDamage
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
        case .inFile(let path, let error): "\(path): \(error)"
        case .noSuchDevice(let device, let known):
            "there is no device \(device) to capture from"
                + (known.isEmpty ? "" : "; there is \(known.joined(separator: ", "))")
        case .deviceDenied(let device, let program):
            "\(device): permission denied: capturing needs the capability CAP_NET_RAW; grant it once with "
                + "`sudo setcap cap_net_raw=ep \(program)`, or run as root, which is given up when the device is open"
        case .deviceDown(let device, let n):
            n > 0 ? "\(device) went down after \(n) packets" : "\(device) is down: `ip link set \(device) up`"
        case .badFilter(let filter, let why): "\"\(filter)\" is no filter: \(why)"
        case .cannotWrite(let path, let why): "cannot write \(path): \(why)"
        case .cannotDropPrivileges(let why): "cannot give up the rights of root: \(why)"
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
