import Libp2p
import Node
import Wire

/// The checks of the responses in a capture. A response may be one of several that belong together, and a capture may
/// lack the others, so all findings are warnings.
struct ResponseChecks: Sendable {
    /// The time of each recent response. The keys are hashes, so that the memory does not depend on the messages.
    private var recent: [Key: Instant] = [:]

    private struct Key: Hashable, Sendable {
        var source: Endpoint
        var destination: Endpoint
        var hash: Int
    }
    /// A tenth less than the minimum time between two equal answers, because some datagrams wait before they are sent.
    private static let interval = Limits.answerInterval * 9 / 10
    /// The maximum number of recent responses that are remembered.
    private static let limit = 8192

    /// Judges a message that its description accepts.
    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard let message = try? DNSMessage(copying: bytes), message.response == 1 else { return }
        if bytes.byteCount > Limits.message {
            findings.append(
                Finding(.mdns16, "\(bytes.byteCount) bytes; more than \(Limits.message) are lost in many networks"))
        }
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let key = Key(source: source, destination: destination, hash: hasher.finalize())
        if let last = recent[key], time >= last, time < last + Self.interval {
            findings.append(Finding(.mdns18, "the same answer was sent less than a second before"))
        }
        if recent.count >= Self.limit { recent = recent.filter { time < $0.value + Limits.answerInterval } }
        if recent.count < Self.limit { recent[key] = time }
        Self.judge(message, &findings)
    }
    /// Forgets the recent responses.
    mutating func miss() { recent = [:] }

    private static func judge(_ message: DNSMessage, _ findings: inout [Finding]) {
        let pointers = message.answers.filter { ServiceNames.isDiscovery($0.name) }
        guard !pointers.isEmpty else { return }
        let targets = Set(pointers.compactMap { $0.ptr?.target.folded })
        var peers: Set<String> = []
        var count = 0
        for (section, records) in [("answers", message.answers), ("additional", message.additional)] {
            for (i, record) in records.enumerated() where targets.contains(record.name.folded) {
                for (k, string) in (record.txt?.strings ?? []).enumerated() {
                    let path = "\(section)[\(i)].txt.strings[\(k)].text"
                    let text = string.text.string(in: RawSpan())
                    guard text.hasPrefix(PeerAnnouncement.key) else { continue }
                    guard let (peer, address) = PeerAnnouncement.address(of: text) else {
                        findings.append(Finding(.mdns04, path: path, "no address that ends with the id of a peer"))
                        continue
                    }
                    count += 1
                    peers.insert(peer.description)
                    if !address.isLocal {
                        findings.append(Finding(.mdns20, path: path, "\(address) is not of a local network"))
                    }
                }
            }
        }
        if count == 0 { findings.append(Finding(.mdns05, "no record names an address of the peer")) }
        for (i, record) in message.answers.enumerated() where ServiceNames.isDiscovery(record.name) {
            guard let label = record.ptr?.target.labels.first else { continue }
            let name = String(decoding: label, as: UTF8.self)
            guard label.count < Limits.nameCount || peers.contains(name) else { continue }
            findings.append(
                Finding(
                    .mdns10, path: "answers[\(i)].ptr.target",
                    label.count < Limits.nameCount
                        ? "a name of \(label.count) characters; a random one has at least \(Limits.nameCount)"
                        : "the name is the id of the peer"))
        }
    }
}
