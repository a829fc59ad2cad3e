internal import Crypto
import Node
import Wire

extension Inquiry {
    /// Sends a HELLO without a destination id, which every node answers.
    static let rightmesh = Inquiry { _, random in [NodeQuestion(random)] }
}

/// A question for the identity of a node. It sends a HELLO as a phone with a random id. A superpeer then gets an INFO
/// from the same phone, and its answer shows the profile. The node keeps a route to that phone until HOLD has passed.
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
        // This is far from where the numbers wrap around.
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
        // All fragments of a message have the same header, so the first fragment that arrives is enough.
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
    /// Records who the node is. A fault in its answer remains recorded until a further answer is correct.
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
        // A node with a guard requires this proof that its answers are received; other nodes ignore it.
        if header.type.isAck { info.header.ackID = header.msgID }
        message = info.encoded()
    }
    /// Returns why a message is no answer to the HELLO or to the INFO that follows it.
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
    /// Returns the answer for a datagram that is of another protocol, or malformed.
    private static func refused(_ bytes: RawSpan, _ error: WireError) -> Answer {
        let own = bytes.withUnsafeBytes { Array($0.prefix(32)) }
        guard own.starts(with: Header.magic.array) else { return .foreign(own) }
        var found = Identification()
        found.fault = error.description
        return .partial(found)
    }
}

extension LayerOutput.Item {
    /// The error of a datagram that carries no message.
    fileprivate var problem: WireError? { if case .drops(_, let error) = self { error } else { nil } }
}
