import Libp2p
import Wire

/// A policy that decides which messages are signed, and which are accepted (libp2p specs, pubsub).
public enum SignaturePolicy: String, CaseIterable, Sendable {
    /// Messages are signed; unsigned messages are rejected.
    case strictSign = "strict-sign"
    /// Messages have no author, sequence number, signature or key; other messages are rejected.
    case strictNoSign = "strict-no-sign"
    /// Messages are signed; unsigned messages are accepted too.
    case laxSign = "lax-sign"
    /// Messages have an author and a sequence number, but no signature. A signature that is present is verified.
    case laxNoSign = "lax-no-sign"

    /// The reason why a message is rejected.
    enum Refusal: String {
        case fieldNotAllowed = "field_not_allowed"
        case unsigned
        case wrongSignature = "wrong_signature"
        case sequenceLength = "sequence_length"
    }
    /// The length of a sequence number in bytes.
    static let sequenceLength = 8

    /// Returns the reason why a message is rejected; nil if it is accepted.
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
    /// Returns whether the owner of this key signed the message, regardless of the author that it names.
    private static func isSigned(_ message: PublishedMessage, by key: [UInt8]) -> Bool {
        guard let read = try? PublicKey(copying: key), let signature = message.signature?.own else { return false }
        return read.verify(signature, of: message.signed) == true
    }
}

/// The validator of an application, here a substitute for tests.
public enum MessageValidator: String, CaseIterable, Sendable {
    /// Rejects data that begins with `reject`, and ignores data that begins with `ignore`.
    case prefix
    case acceptsAll = "accept"

    /// The verdict on a message (gossipsub 1.1, extended validators).
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
