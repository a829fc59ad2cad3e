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
        /// Somebody takes connections or datagrams and has not answered.
        case silent(closes: Bool)
        /// What answers does not speak the protocol: its first bytes.
        case foreign([UInt8])
        /// It speaks the protocol, and told this.
        case found(Identification)
        /// The caller gave it up.
        case givenUp
    }
    /// Longest time for the answer to the first question. A late answer to it counts as long as others are waited for.
    public static let patience = Duration.seconds(3)
    /// Time between further questions that nobody answers.
    static let pause = Duration.milliseconds(250)
    /// Over UDP a question is asked again after this time.
    static let repetition = Duration.milliseconds(500)

    let inquiry: Inquiry
    /// What was said of the node.
    public let settings: Settings
    let transport: Transport
    /// Where the node is.
    public let address: Endpoint
    /// Gives identities, cookies and source addresses.
    let seed: UInt64

    /// Asks whoever is at an address. Nil: nobody of this protocol can be asked.
    public init?(_ definition: Definition, _ settings: Settings, at address: Endpoint, seed: UInt64) {
        guard let inquiry = definition.inquiry else { return nil }
        self.inquiry = inquiry
        self.settings = settings
        transport = definition.transport
        self.address = address
        self.seed = seed
    }
    /// In what the questions differ, such as `on network live`.
    public var titles: [String] {
        inquiry.questions(settings, Random(seed: seed, "preflight")).map(\.title).filter { !$0.isEmpty }
    }

    /// The bytes that are sent first.
    public var firstMessage: [UInt8] {
        inquiry.questions(settings, Random(seed: seed, "preflight")).first?.message ?? []
    }

    private struct Asked {
        var question: any Question
        var said: [UInt8] = []
        var isOpen = false
        /// When it is said again.
        var again = Instant.never
    }

    /// Asks until somebody has answered, or nobody is expected to any more; `goesOn` is asked all the time.
    public func ask(_ driver: Driver, goesOn: () -> Bool = { true }) -> Outcome {
        let sources = UsedAddresses()
        var random = Random(seed: seed, "preflight addresses")
        var questions = inquiry.questions(settings, Random(seed: seed, "preflight"))[...]
        var asked: [LinkID: Asked] = [:]
        defer { for link in asked.keys.sorted() { driver.close(link) } }
        var isFirst = true
        // When the next question is asked, whatever becomes of those before.
        var next = driver.now
        var partly: Identification?
        var closings = 0
        while goesOn() {
            if driver.now >= next || asked.isEmpty {
                // Who has begun to answer is not asked anew.
                guard partly == nil, let question = questions.popFirst() else {
                    return partly.map { Outcome.found($0) } ?? .silent(closes: closings > 0)
                }
                let isLocal = address.isLoopback && address.v4 != nil
                let from = isLocal ? sources.draw(Random(seed: random.next()), besides: address) : nil
                asked[driver.dial(address, transport, at: from)] = Asked(question: question)
                next = driver.now + (isFirst || questions.isEmpty ? Self.patience : Self.pause)
                isFirst = false
            }
            for link in asked.keys.sorted() where asked[link]?.again ?? .never <= driver.now {
                say(link, &asked, driver)
            }
            let until = min(next, asked.values.map(\.again).min() ?? .never, driver.now + .milliseconds(100))
            switch driver.next(until: until) {
            case .opened(let link, _, _):
                asked[link]?.isOpen = true
                say(link, &asked, driver)
            case .received(let link, let bytes):
                asked[link]?.question.hear(bytes.span.bytes, at: driver.now)
                switch asked[link]?.question.answer {
                case .whole(let found): return .found(found)
                case .foreign(let bytes): return .foreign(bytes)
                case .partial(let found):
                    if partly == nil { next = driver.now + Self.patience }
                    partly = found
                case Answer.none?, nil: break
                }
                if let a = asked[link], a.question.message != a.said { say(link, &asked, driver) }
            case .ended(let link, _):
                if transport == .udp, partly == nil { return .nobody("it refuses datagrams") }
                asked[link] = nil
                closings += 1
            case .failed(let link, let error):
                // Who took connections before is there all the same.
                if partly == nil, closings == 0 { return .nobody(error.reason) }
                asked[link] = nil
            case .reported, nil: break
            }
        }
        return .givenUp
    }
    private func say(_ link: LinkID, _ asked: inout [LinkID: Asked], _ driver: Driver) {
        guard var a = asked[link], a.isOpen else { return }
        a.said = a.question.message
        if transport == .udp { a.again = driver.now + Self.repetition }
        asked[link] = a
        driver.send(a.said, on: link)
    }
}
