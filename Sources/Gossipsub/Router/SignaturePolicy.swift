import Libp2p
import Wire

/// Which messages are signed, and which are taken (libp2p specs, pubsub).
public enum SignaturePolicy: String, CaseIterable, Sendable {
    /// Messages are signed; others are not taken.
    case strictSign = "strict-sign"
    /// Messages have no author, number, signature or key; others are not taken.
    case strictNoSign = "strict-no-sign"
    /// Messages are signed; those without a signature are taken.
    case laxSign = "lax-sign"
    /// Messages have an author and a number, and no signature; signatures that are there are looked at.
    case laxNoSign = "lax-no-sign"

    /// Why a message is not taken.
    enum Refusal: String {
        case fieldNotAllowed = "field_not_allowed"
        case unsigned
        case wrongSignature = "wrong_signature"
        case sequenceLength = "sequence_length"
    }
    /// Bytes of a sequence number.
    static let sequenceLength = 8

    /// Nil: the message is taken.
    func refusal(_ message: PublishedMessage, _ faults: Set<RouterFault>) -> Refusal? {
        if self == .strictNoSign {
            if faults.contains(.strictNoSignNotChecked) { return nil }
            let isBare =
                message.from == nil && message.sequence == nil && message.signature == nil && message.key == nil
            return isBare ? nil : .fieldNotAllowed
        }
        if let sequence = message.sequence, sequence.count != Self.sequenceLength,
            !faults.contains(.sequenceLengthNotChecked)
        {
            return .sequenceLength
        }
        if message.signature == nil, self != .strictSign || faults.contains(.unsignedTaken) { return nil }
        guard message.signature != nil, message.from != nil, message.sequence != nil else { return .unsigned }
        if faults.contains(.signatureNotChecked) { return nil }
        var signed = message
        if faults.contains(.unknownFieldsNotSigned) { signed.unknown = Unknown() }
        if faults.contains(.keyNotChecked), let key = message.key?.own {
            return SignaturePolicy.isSigned(message, by: key) ? nil : .wrongSignature
        }
        return signed.isSigned == true ? nil : .wrongSignature
    }
    /// Whether whoever has this key signed it, whoever is named as the author.
    private static func isSigned(_ message: PublishedMessage, by key: [UInt8]) -> Bool {
        guard let read = try? PublicKey(copying: key), let signature = message.signature?.own else { return false }
        return read.verify(signature, of: message.signed) == true
    }
}

/// What the application says of messages: a stand-in of one for tests.
public enum MessageValidator: String, CaseIterable, Sendable {
    /// Data that begins with `reject` is rejected, what begins with `ignore` is ignored.
    case prefix
    case acceptsAll = "accept"

    /// What becomes of a message (gossipsub 1.1, extended validators).
    enum Verdict { case accept, reject, ignore }

    func verdict(_ message: PublishedMessage) -> Verdict {
        guard self == .prefix, let data = message.data else { return .accept }
        let first = data.withSpan(in: RawSpan()) { span in
            span.withUnsafeBytes { Array($0.prefix(6)) }
        }
        switch first {
        case Array("reject".utf8): return .reject
        case Array("ignore".utf8): return .ignore
        default: return .accept
        }
    }
}
