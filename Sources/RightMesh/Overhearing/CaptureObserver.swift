internal import Crypto
import Node
import Wire

/// Hears all datagrams of a capture, as those do to whom they were sent: a receiver for each endpoint, which follows the rows
/// of the specification as a node there would.
struct CaptureObserver: DatagramObserver {
    /// Receivers, the one that heard something longest ago first.
    private var receivers = AgingTable<Endpoint, Receiver>()
    /// Receivers with messages that are not whole.
    private var waiting: Set<Endpoint> = []
    private var checks: MessageChecks
    /// Bytes of fragments, and all that is remembered, of all receivers together.
    private var held = 0
    private var remembered = 0
    private let limit: Int
    private var sweep = Instant.zero
    private var last = Instant.zero

    /// What one node has heard.
    private struct Receiver: Sendable {
        var rejoiner = Rejoiner.onlooker
        var layouts = FragmentLayouts()
    }
    /// Bytes that are counted for what is remembered of a message, a source or a receiver.
    private static let rememberedSize = 128
    /// How often it is looked for messages of others that are given up.
    private static let pause = Duration.seconds(1)

    init(_ scrutiny: Scrutiny, memory: Int) {
        checks = MessageChecks(scrutiny)
        limit = memory
    }

    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [OverheardMessage]
    ) {
        last = max(last, time)
        if time >= sweep {
            sweepAll(now: time, into: &out)
            sweep = time + Self.pause
        }
        var receiver = receivers.lend(destination) ?? Receiver()
        let before = (receiver.rejoiner.held, receiver.rejoiner.remembered)
        receiver.rejoiner.expire(now: time)
        tell(receiver.rejoiner.takeGivenUp(), to: destination, into: &out)
        do throws(DatagramFault) {
            let header = try Header.read(bytes)
            hear(&receiver, header, bytes, source, number, time, &out)
            checks.speaks(source)
        } catch {
            out.append(refused(error, bytes, from: source))
        }
        tell(receiver.rejoiner.takeGivenUp(), to: destination, into: &out)
        held += receiver.rejoiner.held - before.0
        remembered += receiver.rejoiner.remembered - before.1
        if receiver.rejoiner.held > 0 { waiting.insert(destination) } else { waiting.remove(destination) }
        receivers.set(destination, receiver, at: time)
        while held + (remembered + receivers.count) * Self.rememberedSize > limit, receivers.count > 1 {
            giveUpOldest(into: &out)
        }
    }
    mutating func finish(into out: inout [OverheardMessage]) {
        sweepAll(now: last, into: &out)
        for (endpoint, receiver, _) in receivers.all {
            for (assembly, _) in receiver.rejoiner.open {
                out.append(Self.incomplete(assembly, to: endpoint, "the capture ends", .info))
            }
        }
        (receivers, waiting, held, remembered) = (AgingTable(), [], 0, 0)
    }
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool {
        waiting.contains(destination) && receivers[destination]?.rejoiner.isOpen(from: source) ?? false
    }

    /// Gives up what should have been whole by now, wherever it was sent to.
    private mutating func sweepAll(now: Instant, into out: inout [OverheardMessage]) {
        for endpoint in waiting.sorted() {
            guard var receiver = receivers.lend(endpoint) else { continue }
            let before = receiver.rejoiner.held
            let remembers = receiver.rejoiner.remembered
            receiver.rejoiner.expire(now: now)
            tell(receiver.rejoiner.takeGivenUp(), to: endpoint, into: &out)
            held += receiver.rejoiner.held - before
            remembered += receiver.rejoiner.remembered - remembers
            if receiver.rejoiner.held == 0 { waiting.remove(endpoint) }
            receivers.giveBack(endpoint, receiver)
        }
    }
    private mutating func giveUpOldest(into out: inout [OverheardMessage]) {
        guard let endpoint = receivers.first?.key, let gone = receivers.remove(endpoint) else { return }
        waiting.remove(endpoint)
        held -= gone.rejoiner.held
        remembered -= gone.rejoiner.remembered
        for (assembly, _) in gone.rejoiner.open {
            var told = Self.incomplete(assembly, to: endpoint, "there is no room to wait for them", .warning)
            told.kind = .givenUp
            out.append(told)
        }
    }

    /// A datagram with a header that is one.
    private mutating func hear(
        _ receiver: inout Receiver, _ h: Header, _ bytes: RawSpan, _ source: Endpoint, _ number: Int, _ time: Instant,
        _ out: inout [OverheardMessage]
    ) {
        let outcome = receiver.rejoiner.take(h, bytes, source, number, time)
        var told = OverheardMessage(.datagram, h.fragCount == 1 ? h.type.message : Fragment.self)
        let content = bytes.extracting(Limits.header...)
        if h.fragCount > 1 {
            told.hint = receiver.layouts.hint(h, content, now: time, into: &told.findings)?.number ?? 0
        }
        checks.datagram(h, bytes, into: &told.findings)
        var whole: Rejoined?
        switch outcome {
        case .message(let message) where h.fragCount == 1:
            told.isRemarkable = Self.isRemarkable(content)
            checks.message(message.header, content, at: time, into: &told.findings)
        case .message(let message): whole = message
        case .more, .relay: break
        case .done(let key):
            if let done = receiver.rejoiner.done(key) { repeated(h, done, &told) }
            if h.fragCount == 1 { look(bytes, &told) }
        case .dropped(let counter):
            if h.fragCount == 1 { look(bytes, &told) }
            told.findings += Self.dropped(h, counter, receiver.rejoiner)
        }
        out.append(told)
        guard let whole else { return }
        let body = whole.bytes.span.bytes.extracting(Limits.header...)
        var rejoined = OverheardMessage(.rejoined, h.type.message)
        rejoined.isRemarkable = Self.isRemarkable(body)
        checks.message(whole.header, body, at: time, into: &rejoined.findings)
        rejoined.parts = [DatagramPart(0..<Limits.header, of: number, at: 0)] + whole.parts
        rejoined.bytes = whole.bytes
        out.append(rejoined)
    }
    /// A message in one datagram that a receiver does not apply.
    private func look(_ bytes: RawSpan, _ told: inout OverheardMessage) {
        guard let type = told.type else { return }
        let look = type.look(bytes)
        told.isRemarkable = look != .plain
        guard look == .refused else { return }
        told.kind = .malformed
        if let error = type.check(bytes) {
            told.findings.append(Finding(.violation, path: error.path, "malformed: \(error.description)"))
        }
    }
    private func repeated(_ h: Header, _ done: Rejoiner.Done, _ told: inout OverheardMessage) {
        if h.bodyCRC.value != done.bodyCRC || h.bodyLen.value != done.bodyLen {
            told.findings.append(
                Finding(
                    .violation, "RM-59", path: "body_crc",
                    "another body than the message of this msg_id had that was whole with frame \(done.number)"))
        } else {
            told.isRepeated = true
            told.findings.append(Finding(.info, nil, "said again: it was whole with frame \(done.number)"))
        }
    }
    /// Whether a body that is good has anything that a note could be about: how long records are where there are none.
    private static func isRemarkable(_ body: RawSpan) -> Bool {
        var at = 0
        while body.byteCount - at >= 8 {
            let kind = SectionKind.load(body, at, .big)
            let length = Int(UInt16.load(body, at + 2, .big))
            let count = Int(UInt32.load(body, at + 4, .big))
            if count == 0, let least = kind.leastRecord, length != least { return true }
            at += 8 + length * count
        }
        return false
    }

    private func refused(_ fault: DatagramFault, _ bytes: RawSpan, from source: Endpoint) -> OverheardMessage {
        var told = OverheardMessage(.malformed, Fragment.check(bytes) == nil ? Fragment.self : nil)
        told.isRemarkable = told.type != nil
        let requirement: String? =
            switch fault.path.description {
            case "msg_id": "RM-53"
            case "": bytes.byteCount > Limits.datagram.upperBound ? "RM-10" : nil
            default: fault.counter == .tooBig ? "RM-56" : nil
            }
        var finding = Finding(
            .violation, requirement, path: fault.path.description, "no datagram of this protocol: \(fault.error)")
        if fault.counter == .badVersion, MessageObserver().mayBeNewer(bytes) {
            finding.severity = .warning
            finding.text += ", unless it is of a newer generation"
        } else if !checks.hasSpoken(source) {
            finding.severity = .warning
            finding.text += ", unless another protocol is spoken here"
        }
        told.findings = [finding]
        return told
    }
    /// What a receiver does with a datagram that it does not take.
    private static func dropped(_ h: Header, _ counter: Counter, _ rejoiner: Rejoiner) -> [Finding] {
        switch counter {
        case .dup: [Finding(.info, nil, "this fragment was there already")]
        case .stale:
            [
                Finding(
                    .info, "RM-40", path: "msg_id",
                    "a newer message, \(rejoiner.newest(h) ?? 0), was whole before it: a receiver drops it")
            ]
        case .oldBoot:
            [
                Finding(
                    .info, "RM-42", path: "boot", "a newer boot took its place less than 8 s ago: a receiver drops it")
            ]
        case .conflict:
            [
                Finding(
                    .violation, "RM-59", path: "content",
                    "not the bytes that came of this fragment before: a receiver drops all of the message")
            ]
        case .inconsistent:
            [
                Finding(
                    .violation, "RM-59",
                    "another message than the fragments of this msg_id before: a receiver drops all of it")
            ]
        case .overrun where h.fragCount > 1:
            [
                Finding(
                    .violation, path: "body_len", "with it there are more bytes: a receiver drops all of the message")
            ]
        case .crc where h.fragCount > 1:
            [
                Finding(
                    .violation, path: "body_crc",
                    "all fragments are there, and neither length nor checksum is that of the body")
            ]
        case .crc: [Finding(.violation, path: "body_crc", "not the checksum of the body")]
        case .full: [Finding(.warning, nil, "no room for it: 16 MiB wait for others")]
        case .malformed where h.fragCount > 1, .tooBig where h.fragCount > 1:
            [Finding(.violation, nil, "all fragments are there, and make no body of a \(h.type.name)")]
        case .unknownSection: [Finding(.warning, nil, "a section that must be known and is not")]
        default: []
        }
    }

    private func tell(
        _ givenUp: [(assembly: Assembly, why: Counter)], to destination: Endpoint, into out: inout [OverheardMessage]
    ) {
        for (assembly, why) in givenUp {
            let text =
                switch why {
                case .timeout: "4 s after the first"
                case .superseded: "a newer message was whole first"
                case .evict: "newer ones took its place"
                case .conflict, .inconsistent: "what came contradicts itself"
                default: "more bytes came than it has"
                }
            out.append(Self.incomplete(assembly, to: destination, text, .warning))
        }
    }
    private static func incomplete(
        _ a: Assembly, to destination: Endpoint, _ why: String, _ severity: Severity
    ) -> OverheardMessage {
        var told = OverheardMessage(.incomplete, nil)
        let missing = a.missing
        told.findings = [
            Finding(
                severity, nil,
                "\(a.header.type.name) \(a.header.msgID) of \(a.header.src.array.hex) is not whole: "
                    + "\(missing.count == 1 ? "fragment" : "fragments") \(ranges(missing)) of \(a.header.fragCount) "
                    + "never came (\(why))")
        ]
        told.parts = a.parts
        told.source = a.endpoint
        told.destination = destination
        told.time = a.last
        return told
    }
    /// `1, 3..5 and 7`, of which there may be too many to be told.
    private static func ranges(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for n in numbers {
            if let last = runs.last, last.upperBound + 1 == n {
                runs[runs.count - 1] = last.lowerBound...n
            } else {
                runs.append(n...n)
            }
        }
        let shown = runs.prefix(16).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
        if runs.count > 16 { return shown.joined(separator: ", ") + ", .. (\(numbers.count))" }
        let all = shown.dropLast().joined(separator: ", ")
        return all + (all.isEmpty ? "" : " and ") + (shown.last ?? "")
    }
}

extension MessageType {
    /// As in the names of messages.
    var name: String { message?.name.description.split(separator: ".").last.map(String.init) ?? "\(rawValue)" }
}
