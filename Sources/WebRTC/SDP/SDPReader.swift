/// A reader of session descriptions. It ignores attributes that data channels do not need.
struct SDPReader {
    private enum Place {
        /// Before the first media description. Values count for every media description that does not have its own.
        case session
        case channels
        /// In a media description that is not for data channels.
        case other
    }
    private var place = Place.session
    private var hasChannels = false
    private var number = 0
    private var session: UInt64 = 0
    private var mid: Substring?
    private var ufrag: Substring?
    private var password: Substring?
    private var setup: SessionDescription.Setup?
    private var fingerprints: [SessionDescription.Fingerprint] = []
    private var port = SessionDescription.defaultPort
    private var maximumMessage = SessionDescription.defaultMaximumMessage
    private var candidates: [ICECandidate] = []
    private var isComplete = false
    private var isLite = false
    private var before: [SessionDescription.Refused] = []
    private var after: [SessionDescription.Refused] = []

    static func read(
        _ text: some StringProtocol, as kind: SessionDescription.Kind
    ) throws(SDPError) -> SessionDescription {
        let limit = SessionDescription.limit
        guard text.utf8.count <= limit else {
            throw SDPError("at most \(limit) bytes", found: "\(text.utf8.count) bytes")
        }
        var reader = SDPReader()
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            reader.number += 1
            try reader.take(Substring(line))
        }
        return try reader.description(kind)
    }
    private mutating func take(_ line: Substring) throws(SDPError) {
        guard line.utf8.count >= 2, line.dropFirst().first == "=", let type = line.first else {
            throw error("a line such as a=mid:0", line)
        }
        let value = line.dropFirst(2)
        if number == 1 {
            guard line == "v=0" else { throw error("v=0", line) }
        }
        switch type {
        case "o":
            let words = value.split(separator: " ")
            if words.count > 1 { session = UInt64(words[1]) ?? 0 }
        case "m": try media(value)
        case "a": try attribute(value)
        default: break
        }
    }
    private mutating func media(_ value: Substring) throws(SDPError) {
        let words = value.split(separator: " ")
        guard words.count >= 4 else { throw error("media, port, transport and format", value) }
        if !hasChannels, words[0] == "application", words[2].hasSuffix("DTLS/SCTP") {
            (hasChannels, place) = (true, .channels)
            // The values of the session do not apply to it if it has its own.
            fingerprintsAreOwn = false
            return
        }
        place = .other
        guard before.count + after.count < SessionDescription.maximumRefused else {
            throw error("at most \(SessionDescription.maximumRefused) other media descriptions", value)
        }
        let refused = SessionDescription.Refused(
            media: String(words[0]), transport: String(words[2]), format: String(words[3]))
        if hasChannels { after.append(refused) } else { before.append(refused) }
    }
    /// True if the media description for data channels has fingerprints of its own.
    private var fingerprintsAreOwn = true
    private mutating func attribute(_ text: Substring) throws(SDPError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? parts[1] : ""
        if parts[0] == "ice-lite" { isLite = true }
        guard place != .other else {
            if parts[0] == "mid" {
                if hasChannels {
                    after[after.count - 1].mid = String(value)
                } else {
                    before[before.count - 1].mid = String(value)
                }
            }
            return
        }
        switch parts[0] {
        case "mid": mid = value
        case "ice-ufrag":
            guard (4...256).contains(value.utf8.count) else { throw error("ice-ufrag of 4 to 256 characters", value) }
            ufrag = value
        case "ice-pwd":
            guard (22...256).contains(value.utf8.count) else { throw error("ice-pwd of 22 to 256 characters", value) }
            password = value
        case "setup":
            guard let role = SessionDescription.Setup(rawValue: String(value)) else {
                throw error("setup active, passive or actpass", value)
            }
            setup = role
        case "fingerprint": try fingerprint(value)
        case "sctp-port":
            guard let number = UInt16(value), number > 0 else { throw error("an SCTP port", value) }
            port = number
        case "max-message-size":
            guard let number = UInt64(value) else { throw error("a number of bytes", value) }
            maximumMessage = number
        case "candidate" where candidates.count < SessionDescription.maximumCandidates:
            if let one = try ICECandidate.parse(text, line: number) { candidates.append(one) }
        case "end-of-candidates": isComplete = true
        default: break
        }
    }
    private mutating func fingerprint(_ value: Substring) throws(SDPError) {
        let words = value.split(separator: " ")
        let digits = words.count == 2 ? words[1].split(separator: ":", omittingEmptySubsequences: false) : []
        let isHex = digits.allSatisfy { $0.utf8.count == 2 && UInt8($0, radix: 16) != nil && $0.first != "+" }
        guard (20...64).contains(digits.count), isHex else {
            throw error("a hash function and its hexadecimal bytes with colons", value)
        }
        if place == .channels, !fingerprintsAreOwn { (fingerprints, fingerprintsAreOwn) = ([], true) }
        guard fingerprints.count < SessionDescription.maximumFingerprints else { return }
        fingerprints.append(.init(hash: words[0].lowercased(), value: words[1].uppercased()))
    }
    private func error(_ expected: String, _ found: some StringProtocol) -> SDPError {
        SDPError(expected, found: found, line: number)
    }
    private func description(_ kind: SessionDescription.Kind) throws(SDPError) -> SessionDescription {
        guard hasChannels else { throw SDPError(missing: "a media description UDP/DTLS/SCTP") }
        guard let ufrag else { throw SDPError(missing: "a=ice-ufrag") }
        guard let password else { throw SDPError(missing: "a=ice-pwd") }
        guard let first = fingerprints.first else { throw SDPError(missing: "a=fingerprint") }
        let role = setup ?? (kind == .offer ? .actpass : .active)
        if kind == .answer, role == .actpass {
            throw SDPError("setup active or passive in an answer", found: "actpass")
        }
        var out = SessionDescription(
            kind, ufrag: String(ufrag), password: String(password), fingerprint: first, setup: role)
        out.fingerprints = fingerprints
        (out.session, out.mid) = (session, mid.map { String($0.prefix(64)) } ?? "0")
        (out.port, out.maximumMessage) = (port, maximumMessage)
        (out.candidates, out.isComplete, out.isLite) = (candidates, isComplete, isLite)
        (out.refusedBefore, out.refusedAfter) = (before, after)
        return out
    }
}

extension SessionDescription {
    /// Parses an offer or an answer. Unknown attributes and unusable candidates are ignored.
    public init(_ text: some StringProtocol, as kind: Kind) throws(SDPError) {
        self = try SDPReader.read(text, as: kind)
    }
    /// The fingerprint to compare a certificate with: by SHA-256 if there is one.
    var fingerprint: Fingerprint? { fingerprints.first { $0.hash == "sha-256" } ?? fingerprints.first }
}
