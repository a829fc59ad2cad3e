import Node
import Wire

/// An observer that checks that each side keeps the network of its first message.
struct NetworkObserver: Sendable {
    private var us: NetworkID?
    private var them: NetworkID?
    private var hasMissed = false

    /// Forgets the networks after a gap: the first network may not have been seen, and a supposed message may not have
    /// been one.
    mutating func miss() {
        (us, them) = (nil, nil)
        hasMissed = true
    }
    mutating func observe(_ parsed: ParsedMessage, from sender: Opener, into findings: inout [Finding]) {
        let network = parsed.header.network
        guard let first = sender == .us ? us : them else {
            if sender == .us { us = network } else { them = network }
            return
        }
        guard network != first else { return }
        let text = "of another network than what its sender said before: \(Self.name(network)), not \(Self.name(first))"
        let doubt = hasMissed ? ", unless that was no message" : ""
        findings.append(Finding(hasMissed ? .warning : .violation, .nano06, path: "network", text + doubt))
    }
    private static func name(_ network: NetworkID) -> String { NanoNetwork.with(network)?.name ?? "unknown" }
}
