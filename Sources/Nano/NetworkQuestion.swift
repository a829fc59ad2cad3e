import Node
import Wire

extension Inquiry {
    /// Each network is asked for by a connection of its own: a node of another one closes it without an answer. In the
    /// newest handshake first, to which all answer in the newest one of their own; a parser that refuses it is asked in
    /// V2.
    static let nano = Inquiry(needs: "server") { settings, random in
        let preferred = NanoNetwork.all.filter { $0.name == settings["network"] }
        let others = NanoNetwork.all.filter { $0.name != settings["network"] }
        var random = random
        return (preferred + others).flatMap { network in
            [3, 2].map { NetworkQuestion(network, version: $0, cookie: random.key32()) }
        }
    }
}

/// A query of the handshake, which a node of the same network answers with its id, in its generation's version.
struct NetworkQuestion: Question {
    let network: NanoNetwork
    let message: [UInt8]
    private let version: UInt8
    private var buffer: [UInt8] = []
    private(set) var answer = Answer.none
    /// Bytes beyond this are dropped: a node that sends more before it answers gives no answer.
    private static let maximumBytes = 1 << 16

    init(_ network: NanoNetwork, version: UInt8, cookie: Key32) {
        self.network = network
        self.version = version
        // The newest version is above the least that any node takes.
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
            // A magic number without a valid header is a fault of the node, which the cases report.
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
    /// It took a message of this network.
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
