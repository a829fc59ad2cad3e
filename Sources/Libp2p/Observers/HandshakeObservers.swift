import Node
import Wire

/// An observer of plaintext/2.0.0, in which both sides send their identities.
struct ExchangeObserver: Observer {
    private var isUnsure = false
    mutating func miss() { isUnsure = true }
    func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard !isUnsure, isGood, type is PlaintextExchange.Type,
            let said = (try? PlaintextExchange(copying: bytes))?.exchange
        else { return }
        func tell(_ path: String, _ text: String) {
            findings.append(Finding(.violation, of: Libp2pRule.gs08, path: path, text))
        }
        guard let key = said.publicKey else { return tell("exchange.pubkey", "no key") }
        guard let id = said.id?.own else { return tell("exchange.id", "no id") }
        let own = PeerID(of: key.encoded())
        if own.bytes != id { tell("exchange.id", "the id of the key is \(own)") }
    }
}

/// An observer of a Noise handshake, which is almost entirely encrypted.
struct NoiseObserver: Observer {
    private var isUnsure = false
    mutating func miss() { isUnsure = true }
    func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        var hello = NoiseHello()
        guard !isUnsure, isGood, type is NoiseHello.Type, hello.read(borrowing: bytes), hello.payload.count > 0 else {
            return
        }
        findings.append(
            Finding(.violation, of: Libp2pRule.gs15, path: "payload", "\(hello.payload.count) bytes in the clear"))
    }
}

/// An observer of an identify stream, on which the side that accepted it sends its identify data once.
struct IdentifyObserver: Observer {
    private var first: IdentifyContent?
    private var isUnsure = false
    mutating func miss() { isUnsure = true }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard !isUnsure, isGood, type is IdentifyMessage.Type,
            let said = (try? IdentifyMessage(copying: bytes))?.identify
        else { return }
        func tell(_ path: String, _ text: String) {
            findings.append(Finding(.violation, of: Libp2pRule.gs38, path: path, text))
        }
        guard sender == .them else { return tell("", "of who opened the stream") }
        // go-libp2p may split its data into several messages.
        guard let first else {
            first = said
            if said.publicKey == nil { tell("identify.public_key", "no key") }
            if said.protocols.isEmpty { tell("identify.protocols", "none, not even identify") }
            return
        }
        if said == first { tell("", "it was said before") }
    }
}
