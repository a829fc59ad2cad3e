public import Network
public import Node
internal import Wire

/// Finds out who is at an address before the first case: asks as the protocol says, over a link of its own from an
/// address of its own for each question, until one is answered.
public struct Preflight {
    /// What was found.
    public enum Outcome: Equatable, Sendable {
        /// Nobody is there: the system's words for it.
        case nobody(String)
        /// Somebody takes connections or datagrams and has not answered. `saying`: more about it, where there is more.
        case silent(closes: Bool, saying: String = "")
        /// What answers does not speak the protocol: its first bytes.
        case foreign([UInt8])
        /// It sends back what it is sent.
        case echo
        /// A layer below the protocol does not come to stand, or the protocol itself, by its name; and why.
        case refused(String, why: String)
        /// It speaks the protocol, and told this.
        case found(Identification)
        /// The caller gave it up.
        case givenUp
    }
    /// Longest time for the answer to the first question, and for each further part of it. A late answer to it counts as
    /// long as others are waited for.
    public static let patience = Duration.seconds(3)
    /// Time between further questions that nobody answers.
    static let pause = Duration.milliseconds(250)
    /// Over UDP a question is asked again after this time.
    static let repetition = Duration.milliseconds(500)
    /// Longest time that a node has to answer a goodbye.
    static let farewell = Duration.seconds(1)

    let inquiry: Inquiry
    /// The protocol that is asked for.
    public let definition: Definition
    /// What was said of the node.
    public let settings: Settings
    /// Where the node is.
    public let address: Endpoint
    /// Gives identities, cookies and source addresses.
    let seed: UInt64

    /// Asks whoever is at an address. Nil: nobody of this protocol can be asked. `orLayers`: without an inquiry of its
    /// own, whether the layers of the protocol stand is asked, over TCP.
    public init?(
        _ definition: Definition, _ settings: Settings, at address: Endpoint, seed: UInt64, orLayers: Bool = false
    ) {
        let layers = orLayers && definition.transport == .tcp ? Inquiry.layers(of: definition) : nil
        guard let inquiry = definition.inquiry ?? layers else { return nil }
        self.inquiry = inquiry
        self.definition = definition
        self.settings = settings
        self.address = address
        self.seed = seed
    }
    /// Whether the answer tells what the node is, and not only that it is there.
    public var tells: Bool { inquiry.tells }
    /// Bytes as people read them: a text where they are one.
    public static func text(of bytes: [UInt8]) -> String {
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x0d }
        return isText ? "`\(String(decoding: bytes, as: UTF8.self))`" : "0x" + bytes.hex
    }
    /// Whether a node without these capabilities has nothing to answer with.
    public func isFor(_ lacks: Set<String>) -> Bool { inquiry.needs.map { !lacks.contains($0) } ?? true }
    private var questions: [any Question] { inquiry.questions(settings, Random(seed: seed, "preflight")) }
    /// In what the questions differ, such as `on network live`.
    public var titles: [String] { questions.map(\.title).filter { !$0.isEmpty } }
    /// The bytes that are sent first.
    public var firstMessage: [UInt8] { questions.first?.message ?? [] }

    /// Asks until somebody has answered, or nobody is expected to any more; `goesOn` is asked all the time.
    public func ask(_ driver: Driver, goesOn: () -> Bool = { true }) -> Outcome {
        let sources = UsedAddresses()
        var random = Random(seed: seed, "preflight addresses")
        var questions = questions[...]
        var asked: [LinkID: PreflightLink] = [:]
        defer { leave(asked, driver) }
        var isFirst = true
        // When the next question is asked, whatever becomes of those before.
        var next = driver.now
        var partly: Identification?
        var closings = 0
        while goesOn() {
            if driver.now >= next || asked.isEmpty {
                // Who has begun to answer is not asked anew.
                guard partly == nil, let question = questions.popFirst() else {
                    if let partly { return .found(partly) }
                    return asked.values.lazy.compactMap(\.unfinished).first ?? .silent(closes: closings > 0)
                }
                let isLocal = address.isLoopback && address.v4 != nil
                let from = isLocal ? sources.draw(Random(seed: random.next()), besides: address) : nil
                let link = driver.dial(address, definition.transport, at: from)
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
                // Layers take several turns.
                if asked[link]?.isRaising == true { next = max(next, driver.now + Self.patience) }
            case .ended(let link, _):
                if definition.transport == .udp, partly == nil { return .nobody("it refuses datagrams") }
                if let outcome = asked[link]?.close(driver) { return outcome }
                asked[link] = nil
                closings += 1
            case .failed(let link, let error):
                // Who took connections before is there all the same.
                if partly == nil, closings == 0 { return .nobody(error.reason) }
                asked[link] = nil
            case .reported, nil: break
            }
            for link in asked.keys.sorted() {
                asked[link]?.wake(driver)
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
    /// Closes the links. Who wants to hear a goodbye hears it, and has time to answer it.
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
            case .opened, .reported: break
            }
        }
        for link in asked.keys.sorted() { driver.close(link) }
    }
}
