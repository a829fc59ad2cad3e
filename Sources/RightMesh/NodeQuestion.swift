internal import Crypto
import Node
import Wire

extension Inquiry {
    /// A HELLO to nobody in particular is answered by whoever is there.
    static let rightmesh = Inquiry { _, random in [NodeQuestion(random)] }
}

/// Asks a node who it is by a HELLO of a phone that nobody has heard of, and a superpeer by an INFO of the same phone,
/// whose answer tells the profile. What stays in the node is a route to that phone, until HOLD has passed.
struct NodeQuestion: Question {
    private(set) var message: [UInt8]
    private(set) var answer = Answer.none
    private let id: MeshID
    private let boot: UInt16
    private let first: UInt32
    private var layer = DatagramLayer()
    private var found = Identification()

    init(_ random: Random) {
        var random = random
        id = MeshID(random.bytes(20)) ?? MeshID(repeating: 1)
        boot = UInt16(truncatingIfNeeded: random.next()) | 1
        // Far from where the numbers begin again.
        first = UInt32(truncatingIfNeeded: random.next() >> 33) | 1
        message = []
        var hello = Hello(peers: Peers([], isSnapshot: true))
        address(&hello.header, number: first)
        message = hello.encoded()
    }
    let title = ""

    private func address(_ header: inout Header, number: UInt32) {
        header.src = id
        header.boot = boot
        header.msgID = number
        header.role = .client
    }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        if case .whole = answer { return }
        let header: Header
        do throws(DatagramFault) { header = try Header.read(bytes) } catch {
            if answer == .none { answer = Self.refused(bytes, error.error) }
            return
        }
        guard header.src != id else {
            if answer == .none { doubt("src is the id of who asks") }
            return
        }
        var output = LayerOutput()
        layer.pass(to: time)
        _ = layer.next(bytes, from: .them, into: &output)
        // Fragments of the same message have the same header: the first one that comes will do.
        if found.identity == nil || found.fault != nil && header.src.array == found.identity {
            meet(header, output.items.lazy.compactMap(\.problem).first)
        }
        for item in output.items {
            guard let ack = output.withBytes(of: item, in: bytes, { try? InfoAck(copying: $0) }),
                ack.header.src.array == found.identity
            else { continue }
            let profile: Profile = ack.body.peers?.flags.isSnapshot == true ? .narrated : .target
            found.profiles = [profile.rawValue]
            answer = .whole(found)
        }
    }
    /// The node has said who it is. What is wrong with that is what a further answer has right.
    private mutating func meet(_ header: Header, _ problem: WireError?) {
        let isKnown = found.identity != nil
        found.identity = header.src.array
        found.kind = Kind.allCases.first { $0.role == header.role }?.rawValue
        found.kindPlace = "role, byte 5 of its answer"
        if found.kind == nil, !isKnown { found.remarks.append("role \(header.role.value(in: RawSpan()))") }
        found.fault = problem?.description ?? fault(of: header)
        guard header.role.isSuperpeer else {
            answer = found.fault == nil ? .whole(found) : .partial(found)
            return
        }
        answer = .partial(found)
        if isKnown { return }
        var info = Info(peers: Peers([], isSnapshot: true))
        address(&info.header, number: first + 1)
        info.header.dst = header.src
        info.header.role = .master
        // A node with a guard wants to see that it is heard; others do not look.
        if header.type.isAck { info.header.ackID = header.msgID }
        message = info.encoded()
    }
    /// Why it is no answer to a HELLO, or to the INFO behind that.
    private func fault(of header: Header) -> String? {
        guard header.type.isAck else {
            return "a HELLO is answered with HELLO_ACK, and not with type \(header.type.rawValue)"
        }
        if header.flags.isBroadcast || header.ackID == first || header.ackID == first + 1 { return nil }
        return "ack_id is \(header.ackID), and \(first) was asked"
    }
    private mutating func doubt(_ fault: String) {
        found.fault = fault
        answer = .partial(found)
        found.fault = nil
    }
    /// A datagram that is none of the protocol, or a bad one of it.
    private static func refused(_ bytes: RawSpan, _ error: WireError) -> Answer {
        let own = bytes.withUnsafeBytes { Array($0.prefix(32)) }
        guard own.starts(with: Header.magic.array) else { return .foreign(own) }
        var found = Identification()
        found.fault = error.description
        return .partial(found)
    }
}

extension LayerOutput.Item {
    /// What is wrong with the bytes of a unit that carries nothing.
    fileprivate var problem: WireError? { if case .drops(_, let error) = self { error } else { nil } }
}
