internal import Crypto
import Node
import Wire

/// A fault that a node can have, one at a time: each is a small, likely mistake of an implementer.
enum Misbehaviour: String, CaseIterable, Sendable {
    // Splitting and rejoining
    case oversize
    case noSplit = "no-split"
    case wrongCRC = "wrong-crc"
    case ignoreCRC = "ignore-crc"
    case appliesHalf = "applies-half"
    case acceptConflict = "accept-conflict"
    case stalePerType = "stale-per-type"
    case staleBeforeDone = "stale-before-done"
    case bootFromOneDatagram = "boot-from-one-datagram"
    case findKeyEndpoint = "find-key-endpoint"
    case answersMalformed = "answers-malformed"
    case msgidZero = "msgid-zero"
    // Lists
    case noSplitHorizon = "no-split-horizon"
    case infoAckListsAll = "info-ack-lists-all"
    case infoAckSnapshot = "info-ack-snapshot"
    case superpeersInRoutes = "superpeers-in-routes"
    case resetsAge = "resets-age"
    case neverExpires = "never-expires"
    case sendsHopZero = "sends-hop-zero"
    case acceptsHopZero = "accepts-hop-zero"
    // Requests and answers
    case answersBeforeApplying = "answers-before-applying"
    case noRetransmission = "no-retransmission"
    case newBodyOnRetransmission = "new-body-on-retransmission"
    case conflictingDuplicate = "conflicting-duplicate"
    case ackStorm = "ack-storm"
    case oneHelloThread = "one-hello-thread"
    // FIND
    case relayKeepsHoplimit = "relay-keeps-hoplimit"
    case findsOffline = "finds-offline"
    case withdrawsTwice = "withdraws-twice"

    /// What it breaks, and how.
    var bug: Bug { Bug(rawValue, breaks: text.0, text.1) }

    private var text: (String, String) {
        switch self {
        case .oversize: ("RM-10", "cuts long messages into datagrams of up to 8,001 bytes, wherever that is")
        case .noSplit: ("RM-11", "sends the first 330 peers and no superpeers instead of several datagrams")
        case .wrongCRC: ("RM-12", "sends answers with a wrong body_crc")
        case .ignoreCRC: ("RM-12", "does not check body_crc")
        case .appliesHalf: ("RM-12", "applies the records of a fragment as it arrives")
        case .acceptConflict: ("RM-12", "lets a second version of a fragment replace the first")
        case .stalePerType: ("RM-40", "has one series for each type of message, whoever it is for, and for FIND too")
        case .staleBeforeDone: ("RM-41", "does not know a repeated request when a newer one was complete since")
        case .bootFromOneDatagram: ("RM-42", "takes over the boot of any datagram")
        case .findKeyEndpoint: ("RM-39", "rejoins FIND and FIND_ACK by where their datagrams come from")
        case .answersMalformed: ("RM-35", "answers malformed datagrams")
        case .msgidZero: ("RM-53", "gives its second message the number 0")
        case .noSplitHorizon: ("RM-58", "tells neighbours of themselves and of what it has from them")
        case .infoAckListsAll: ("RM-15", "lists every peer in an INFO_ACK of profile target")
        case .infoAckSnapshot: ("RM-51", "says snapshot in an INFO_ACK of profile target")
        case .superpeersInRoutes: ("RM-17", "as a phone of profile target, routes to every superpeer that it hears of")
        case .resetsAge: ("RM-57", "sends and takes every age as 0")
        case .neverExpires: ("RM-57", "keeps routes however old they are")
        case .sendsHopZero: ("RM-37", "lists neighbours as no hop away")
        case .acceptsHopZero: ("RM-37", "takes what is listed as no hop away")
        case .answersBeforeApplying: ("RM-27", "makes its answer before it has applied the request")
        case .noRetransmission: ("RM-59", "sends requests once")
        case .newBodyOnRetransmission: ("RM-59", "sends another body under the same number when it sends again")
        case .conflictingDuplicate: ("RM-59", "sends each datagram twice, first with another last byte")
        case .ackStorm: ("RM-38", "repeats its answer for every datagram of a repeated request")
        case .oneHelloThread: ("RM-06", "greets superpeers one after the other and waits for each answer")
        case .relayKeepsHoplimit: ("RM-44", "passes FIND and FIND_ACK on with the same hop_limit")
        case .findsOffline: ("RM-33", "says that all targets of a FIND are online")
        case .withdrawsTwice: ("RM-49", "sends each push as two messages")
        }
    }
}

extension MeshNode {
    /// The datagrams of a message as a node with some faults sends them.
    func spoil(_ datagrams: inout [[UInt8]], _ message: [UInt8], _ type: MessageType) {
        if has(.wrongCRC), type.isAck {
            for i in datagrams.indices where datagrams[i].count > 64 { datagrams[i][64] ^= 0xff }
        }
        if has(.oversize), datagrams.count > 1 { datagrams = Self.oversized(message) }
    }
    /// Pieces of 7,929 bytes of the body, whatever stands where one ends.
    private static func oversized(_ message: [UInt8]) -> [[UInt8]] {
        let body = message.dropFirst(Limits.header)
        let size = Limits.datagram.upperBound + 1 - Limits.header
        let starts = Array(stride(from: body.startIndex, to: body.endIndex, by: size))
        return starts.enumerated().map { i, start in
            let part = body[start..<min(start + size, body.endIndex)]
            var out = Array(message.prefix(Limits.header)) + part
            for (at, n) in [(56, i), (58, starts.count), (68, part.count)] {
                (out[at], out[at + 1]) = (UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n))
            }
            return out
        }
    }
}
