import Node
import Wire

extension Inquiry {
    /// An inquiry that connects as a random peer: a hub sends `connected`. A signal of this peer to itself then shows
    /// if the hub lets a client send in the name of another. If it does, the leave of a second peer shows the version.
    static let peerPigeon = Inquiry(needs: Capability.hub.rawValue, tells: false) { settings, random in
        [HubQuestion(settings, random)]
    }
}

/// A question that connects as a peer and joins no network. The hub keeps nothing of it, and notifies other peers of its
/// leaves only.
struct HubQuestion: Question {
    let title = ""
    private(set) var message: [UInt8] = []
    private(set) var answer = Inquiry.Result.none
    private(set) var errand: (any Question)?
    private let me: PeerID
    /// The second peer, whose leave shows the version of a hub.
    private let visitor: PeerID
    /// True if the chosen profile is not the preset. Then the question does not find out the profile of the hub.
    private let isProfileGiven: Bool
    private static let other = PeerID(unchecked: String(repeating: "0", count: 40))

    init(_ settings: Settings, _ random: Random) {
        var random = random
        me = PeerID(unchecked: random.bytes(20).hex)
        visitor = PeerID(unchecked: random.bytes(20).hex)
        isProfileGiven = settings.profile != Profile.robust
    }
    func target(_ target: String) -> String { ClientTarget.of(target, me, nil) }

    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        switch answer {
        case .none: begun(bytes)
        case .partial where errand == nil: delivered(bytes)
        case .partial(let found): left(bytes, found)
        default: break
        }
    }
    private mutating func begun(_ bytes: RawSpan) {
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), !(type is Unrouted.Type) else {
            answer = .foreign(bytes.withUnsafeBytes { Array($0.prefix(64)) })
            return
        }
        var found = Identification()
        if !(type is Connected.Type) {
            found.fault = "the first message is \(type.name), and not \(Connected.name)"
        } else {
            found.fault = Connected.check(bytes).map { "\(Connected.name): \($0)" }
        }
        guard found.fault == nil, !isProfileGiven else {
            answer = .whole(found)
            return
        }
        answer = .partial(found)
        var signal = Offer()
        signal.data = JSONValue(.map([]))
        (signal.fromPeerID, signal.targetPeerID) = (Self.other.json, me.json)
        message = signal.encoded()
    }
    /// Takes the signal of this peer to itself. A hub up to version 1.1.3 keeps the sender that the signal names.
    private mutating func delivered(_ bytes: RawSpan) {
        guard let signal = Offer.read(bytes), case .text(let sender)? = signal.fromPeerID?.value(in: bytes) else {
            return
        }
        var found = Identification()
        // A hub under test may have that fault.
        found.isProfileGuessed = true
        guard sender == Self.other.text else {
            found.profiles = [Profile.robust, Profile.seed]
            answer = .whole(found)
            return
        }
        found.profiles = [Profile.last, Profile.first]
        found.remarks = ["clients can speak for others"]
        answer = .partial(found)
        errand = HubVisit(visitor)
    }
    /// Takes the notice that the second peer has left. Version 1.0.9 leaves `isHub` out of the notice to all peers.
    private mutating func left(_ bytes: RawSpan, _ known: Identification) {
        guard let notice = PeerDisconnected.read(bytes), let data = notice.data, data.reason != nil,
            data.peerID?.string(in: bytes) == visitor.text
        else { return }
        var found = known
        found.profiles = [data.isHub == nil ? Profile.first : Profile.last]
        answer = .whole(found)
    }
}

/// The visit of a second peer, which joins no network and leaves as soon as the hub has answered.
private struct HubVisit: Question {
    let title = ""
    let message: [UInt8] = []
    private(set) var answer = Inquiry.Result.none
    private let me: PeerID

    init(_ me: PeerID) { self.me = me }
    func target(_ target: String) -> String { ClientTarget.of(target, me, nil) }
    mutating func hear(_ bytes: RawSpan, at time: Instant) { answer = .whole(Identification()) }
}
