public import Network
public import Node
internal import Wire

/// A check, before the first case, of the node at an address. It asks the questions of the protocol until one is
/// answered. Each question uses its own link from its own source address.
public struct Preflight {
    /// The result of the check.
    public enum Outcome: Equatable, Sendable {
        /// The node is absent: the reason that the system gives.
        case nobody(String)
        /// A node accepts connections or datagrams but has not answered. `saying`: details, if there are any.
        case silent(closes: Bool, saying: String = "")
        /// The node does not speak the protocol: its first bytes.
        case foreign([UInt8])
        /// The node sends back the bytes that it receives.
        case echo
        /// The handshake of the protocol or of a layer below it failed: the name of the protocol or layer, and the
        /// reason.
        case refused(String, why: String)
        /// The node speaks the protocol: what its answer says about it.
        case found(Identification)
        /// The caller ended the check.
        case givenUp
    }
    /// The longest wait for the answer to the first question, and for each further part of an answer. A late answer
    /// counts while the check waits for other answers.
    public static let patience = Duration.seconds(3)
    /// The pause between further questions that remain unanswered.
    static let pause = Duration.milliseconds(250)
    /// The interval after which a question is repeated over UDP.
    static let repetition = Duration.milliseconds(500)
    /// The longest time that a node has to answer a goodbye.
    static let farewell = Duration.seconds(1)

    let inquiry: Inquiry
    /// The protocol that the check asks about.
    public let definition: Definition
    /// The settings that the user gave for the node.
    public let settings: Settings
    /// The address of the node.
    public let address: Endpoint
    /// The seed of the identities, cookies and source addresses.
    let seed: UInt64

    /// Prepares the check of the node at an address. Returns nil if the protocol has no question to ask. `orLayers`: if
    /// the protocol has no inquiry of its own, check over TCP whether its layers complete their handshakes.
    public init?(
        _ definition: Definition, _ settings: Settings, at address: Endpoint, seed: UInt64, orLayers: Bool = false
    ) {
        let layers = orLayers && definition.transport == .tcp ? Inquiry.layers(of: definition) : nil
        guard let inquiry = definition.reference.inquiry ?? layers else { return nil }
        self.inquiry = inquiry
        self.definition = definition
        self.settings = settings
        self.address = address
        self.seed = seed
    }
    /// True if the answer identifies the node. False if it only shows that the node is there.
    public var tells: Bool { inquiry.tells }
    /// Returns bytes in a readable form: as text if every byte is printable ASCII or a line end, else as hexadecimal
    /// digits.
    public static func text(of bytes: [UInt8]) -> String {
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x0d }
        return isText ? "`\(String(decoding: bytes, as: UTF8.self))`" : "0x" + bytes.hex
    }
    /// Returns whether a node that lacks these capabilities can still answer.
    public func isFor(_ lacks: Set<String>) -> Bool { inquiry.needs.map { !lacks.contains($0) } ?? true }
    private var questions: [any Question] { inquiry.questions(settings, Random(seed: seed, "preflight")) }
    /// The texts that distinguish the questions, such as `on network live`.
    public var titles: [String] { questions.map(\.title).filter { !$0.isEmpty } }
    /// The bytes that the check sends first.
    public var firstMessage: [UInt8] { questions.first?.message ?? [] }

    /// Asks until a node has answered or no answer can be expected any more. `goesOn` is polled throughout; the check
    /// ends when it returns false.
    public func ask(_ driver: Driver, goesOn: () -> Bool = { true }) -> Outcome {
        let sources = UsedAddresses()
        var random = Random(seed: seed, "preflight addresses")
        var questions = questions[...]
        var asked: [LinkID: PreflightLink] = [:]
        defer { leave(asked, driver) }
        var isFirst = true
        // The time of the next question, regardless of the earlier ones.
        var next = driver.now
        var partly: Identification?
        var closings = 0
        while goesOn() {
            if driver.now >= next || asked.isEmpty {
                // A node that has begun to answer is not asked again.
                guard partly == nil, let question = questions.popFirst() else {
                    if let partly { return .found(partly) }
                    return asked.values.lazy.compactMap(\.unfinished).first ?? .silent(closes: closings > 0)
                }
                let link = dial(driver, sources, &random)
                asked[link] = PreflightLink(
                    question, on: link, to: address, definition, settings, Random(seed: seed, "preflight layers"))
                next = driver.now + (isFirst || questions.isEmpty ? Self.patience : Self.pause)
                isFirst = false
            }
            for link in asked.keys.sorted() where asked[link]?.again ?? .never <= driver.now {
                asked[link]?.say(driver)
            }
            let until = min(next, asked.values.map(\.due).min() ?? .never, driver.now + .milliseconds(100))
            switch driver.next(until: until) {
            case .opened(let link, _, _): asked[link]?.begin(driver)
            case .received(let link, let bytes):
                asked[link]?.receive(bytes, driver)
                // The handshakes of the layers take several round trips.
                if asked[link]?.isRaising == true { next = max(next, driver.now + Self.patience) }
            case .ended(let link, _) where asked[link]?.isErrand == true,
                .failed(let link, _) where asked[link]?.isErrand == true:
                asked[link] = nil
            case .ended(let link, _):
                if definition.transport == .udp, partly == nil { return .nobody("it refuses datagrams") }
                if let outcome = asked[link]?.close(driver) { return outcome }
                asked[link] = nil
                closings += 1
            case .failed(let link, let error):
                // A node that accepted connections before is present, although this connection failed.
                if partly == nil, closings == 0 { return .nobody(error.reason) }
                asked[link] = nil
            case .reported, .channel, nil: break
            }
            for link in asked.keys.sorted() {
                asked[link]?.wake(driver)
                if asked[link]?.isErrand == true {
                    guard asked[link]?.endErrand(driver) == true else { continue }
                    driver.close(link)
                    asked[link] = nil
                    continue
                }
                if let errand = asked[link]?.takeErrand() {
                    let other = dial(driver, sources, &random)
                    asked[other] = PreflightLink(
                        errand, on: other, to: address, definition, settings,
                        Random(seed: seed, "preflight layers of an errand"), isErrand: true)
                    next = driver.now + Self.patience
                }
                switch asked[link]?.outcome {
                case .found(let found)? where asked[link]?.isPartly == true:
                    if partly == nil { next = driver.now + Self.patience }
                    partly = found
                case let outcome?: return outcome
                case nil: break
                }
            }
        }
        return .givenUp
    }
    /// Opens a link from a source address that no other link of the check has, if the node is on this machine.
    private func dial(_ driver: Driver, _ sources: UsedAddresses, _ random: inout Random) -> LinkID {
        let isLocal = address.isLoopback && address.v4 != nil
        let from = isLocal ? sources.draw(Random(seed: random.next()), besides: address) : nil
        return driver.dial(address, definition.transport, at: from)
    }
    /// Closes the links. A node that expects a goodbye receives it and has time to answer.
    private func leave(_ asked: [LinkID: PreflightLink], _ driver: Driver) {
        var asked = asked
        for link in asked.keys.sorted() where asked[link]?.sayGoodbye(driver) != true {
            driver.close(link)
            asked[link] = nil
        }
        let end = driver.now + Self.farewell
        while !asked.isEmpty, driver.now < end {
            guard let event = driver.next(until: end) else { break }
            switch event {
            case .received(let link, let bytes):
                asked[link]?.receive(bytes, driver)
                guard asked[link]?.isOver == true else { break }
                driver.close(link)
                asked[link] = nil
            case .ended(let link, _), .failed(let link, _): asked[link] = nil
            case .opened, .reported, .channel: break
            }
        }
        for link in asked.keys.sorted() { driver.close(link) }
    }
}
