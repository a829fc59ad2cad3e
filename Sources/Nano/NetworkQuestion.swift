import Node
import Wire

extension Inquiry {
    /// Each network is tried over a separate connection, because a node of another network closes it without an answer.
    /// The first query uses the newest handshake, which every node answers in its own newest version. A node whose
    /// parser rejects it gets a query in V2.
    static let nano = Inquiry(needs: "server") { settings, random in
        let preferred = NanoNetwork.all.filter { $0.name == settings["network"] }
        let others = NanoNetwork.all.filter { $0.name != settings["network"] }
        var random = random
        return (preferred + others).flatMap { network in
            [3, 2].map { NetworkQuestion(network, version: $0, cookie: random.key32()) }
        }
    }
}

/// A question with a query of the handshake. A node of the same network answers with its id, in the handshake version
/// of its generation.
struct NetworkQuestion: Question {
    let network: NanoNetwork
    let message: [UInt8]
    private let version: UInt8
    private var buffer: [UInt8] = []
    private(set) var answer = Answer.none
    /// The most bytes of an answer. Further bytes are dropped: a node that sends more before its answer counts as not
    /// answering.
    private static let maximumBytes = 1 << 16

    init(_ network: NanoNetwork, version: UInt8, cookie: Key32) {
        self.network = network
        self.version = version
        // The newest protocol version is above the minimum of every node.
        let newest = Profile.allCases.max { $0.versionUsing < $1.versionUsing } ?? .v28
        var query = NodeIDHandshake()
        query.header = Ruleset(network: network, profile: newest).header(.nodeIDHandshake)
        query.version = version
        query.query = cookie
        message = query.encoded()
    }
    var title: String { version == 3 ? "on network \(network.name)" : "" }

    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        if case .whole = answer { return }
        bytes.withUnsafeBytes { buffer.append(contentsOf: $0.prefix(Self.maximumBytes - buffer.count)) }
        var framing = StreamFraming(nil)
        while case .message(let type, let length) = framing.next(buffer.span.bytes), length > 0 {
            take(type, buffer[..<length])
            buffer.removeFirst(length)
            if case .whole = answer { return }
        }
        guard answer == .none else { return }
        if buffer.first != 0x52 {
            answer = .foreign(Array(buffer.prefix(32)))
        } else if case .refused(let error) = framing.next(buffer.span.bytes) {
            // If the magic number is right but the header is invalid, the node has a fault, which the cases report.
            var found = identification(nil)
            found.fault = error.description
            answer = .partial(found)
        }
    }
    private mutating func take(_ type: any Message.Type, _ bytes: ArraySlice<UInt8>) {
        let whole = Array(bytes)
        guard let rawHeader = RawHeader(whole.span.bytes, at: 0) else { return }
        guard type is NodeIDHandshake.Type, let shake = try? NodeIDHandshake(copying: whole),
            let response = shake.response
        else {
            if answer == .none { answer = .partial(identification(rawHeader)) }
            return
        }
        var found = identification(rawHeader)
        found.identity = response.nodeID.array
        found.remarks.append("handshake V\(shake.version)")
        found.profiles = Profile.allCases.filter { p in
            p.versionUsing == rawHeader.versionMax && p.versionUsing == rawHeader.versionUsing
                && p.versionMin == rawHeader.versionMin && min(p.handshake, version) == shake.version
        }.map(\.rawValue)
        answer = .whole(found)
    }
    /// Returns an identification: the node has accepted a message of this network.
    private func identification(_ rawHeader: RawHeader?) -> Identification {
        var found = Identification()
        found.parameters["network"] = network.name
        guard let p = rawHeader else { return found }
        func hex(_ n: UInt8) -> String { "0x" + String(n, radix: 16) }
        let (most, least) = (hex(p.versionMax), hex(p.versionMin))
        found.remarks.append(
            p.versionUsing == p.versionMax
                ? "version \(most), at least \(least)"
                : "version \(hex(p.versionUsing)), at most \(most), at least \(least)")
        return found
    }
}
