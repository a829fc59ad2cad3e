internal import Crypto
import Node
import Wire

/// A receiver at an endpoint to which datagrams of a capture were sent. It handles them as a node there would.
struct ObservedReceiver: Sendable {
    private(set) var reassembler = Reassembler.passiveObserver
    private var layouts = FragmentLayouts()

    /// The change of its state: of the bytes that fragments count for, and of the number of all other entries.
    struct Change {
        var held: Int
        var remembered: Int
        /// True if there are incomplete messages.
        var isWaiting: Bool
    }

    /// Takes a datagram.
    mutating func receive(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, _ number: Int, at time: Instant,
        _ checks: inout MessageChecks, into out: inout [ObservedMessage]
    ) -> Change {
        let (held, remembered) = (reassembler.held, reassembler.remembered)
        reassembler.expire(now: time)
        tellGivenUp(to: destination, into: &out)
        do throws(DatagramFault) {
            let header = try Header.read(bytes)
            hear(header, bytes, from: source, to: destination, number: number, at: time, with: &checks, into: &out)
            checks.speaks(source)
        } catch {
            out.append(Self.refused(error, bytes, hasSpoken: checks.hasSpoken(source)))
        }
        tellGivenUp(to: destination, into: &out)
        return change(held, remembered)
    }
    /// Returns true if a datagram from this endpoint may be part of an incomplete message. Relayed datagrams may arrive
    /// from any endpoint.
    func isWaiting(from source: Endpoint) -> Bool {
        reassembler.isOpen(from: source) || reassembler.open.contains { assembly, _ in assembly.header.type.isRelayed }
    }
    /// Abandons messages that were not completed in time.
    mutating func expire(now: Instant, at endpoint: Endpoint, into out: inout [ObservedMessage]) -> Change {
        let (held, remembered) = (reassembler.held, reassembler.remembered)
        reassembler.expire(now: now)
        tellGivenUp(to: endpoint, into: &out)
        return change(held, remembered)
    }
    private func change(_ held: Int, _ remembered: Int) -> Change {
        Change(
            held: reassembler.held - held, remembered: reassembler.remembered - remembered,
            isWaiting: reassembler.held > 0)
    }
    private mutating func tellGivenUp(to destination: Endpoint, into out: inout [ObservedMessage]) {
        for (assembly, why) in reassembler.takeGivenUp() {
            out.append(ObservedMessage(givenUp: assembly, to: destination, why))
        }
    }

    /// Handles a datagram with a valid header.
    private mutating func hear(
        _ h: Header, _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        with checks: inout MessageChecks,
        into out: inout [ObservedMessage]
    ) {
        let outcome = reassembler.take(h, bytes, from: source, number: number, at: time)
        var observed = ObservedMessage(.datagram, h.fragCount == 1 ? h.type.message : Fragment.self)
        let content = bytes.extracting(Limits.header...)
        if h.fragCount > 1 {
            observed.hint = layouts.hint(h, content, now: time, into: &observed.findings)?.number ?? 0
        }
        var own: [Finding] = []
        let writer = checks.datagram(h, from: source, to: destination, at: time, into: &own)
        var whole: ReassembledMessage?
        switch outcome {
        case .message(let message) where h.fragCount == 1:
            observed.isRemarkable = Self.isRemarkable(content)
            checks.message(message.header, content, at: time, into: &observed.findings)
        case .message(let message): whole = message
        case .more, .relay: break
        case .done:
            if let done = reassembler.done(h) { repeated(h, content, of: done, into: &observed) }
            if h.fragCount == 1 { look(bytes, &observed) }
        case .dropped(let counter):
            if h.fragCount == 1 { look(bytes, &observed) }
            tellDropped(h, counter, into: &observed.findings)
        }
        writer.attribute(&observed.findings)
        if !own.isEmpty { observed.findings = own + observed.findings }
        out.append(observed)
        guard let whole else { return }
        let body = whole.bytes.span.bytes.extracting(Limits.header...)
        var rejoined = ObservedMessage(.rejoined, h.type.message)
        rejoined.isRemarkable = Self.isRemarkable(body)
        checks.message(whole.header, body, at: time, into: &rejoined.findings)
        writer.attribute(&rejoined.findings)
        rejoined.parts = Assembly.kept.map { DatagramPart($0, of: number, at: $0.lowerBound) } + whole.parts
        rejoined.bytes = whole.bytes
        out.append(rejoined)
    }
    /// Checks a message in one datagram that a receiver does not apply.
    private func look(_ bytes: RawSpan, _ observed: inout ObservedMessage) {
        guard let type = observed.type else { return }
        let look = type.inspect(bytes)
        observed.isRemarkable = look != .plain
        guard look == .refused else { return }
        observed.kind = .malformed
        if let error = type.check(bytes) {
            observed.findings.add(.violation, path: error.path, "malformed: \(error.description)")
        }
    }
    private func repeated(
        _ h: Header, _ content: RawSpan, of done: DoneMessage, into observed: inout ObservedMessage
    ) {
        // The header may be wrong about its body, so the body itself is compared. For fragments, only the values of the
        // header are remembered.
        let isBody = h.fragCount > 1 || CRC32C.checksum(content) == done.bodyCRC
        if h.bodyCRC.value != done.bodyCRC || h.bodyLen.value != done.bodyLen || !isBody {
            observed.findings.add(
                .violation, .rm59, path: "body_crc",
                "another body than the message of this msg_id had that was whole with frame \(done.number)")
        } else {
            observed.isRepeated = true
            observed.findings.add(.info, nil, "said again: it was whole with frame \(done.number)")
        }
    }
    /// Returns true if a valid body has a property that a finding could report: an unusual record length in a section
    /// without records.
    private static func isRemarkable(_ body: RawSpan) -> Bool {
        var at = 0
        while let section = SectionHeader(body, at: at) {
            if section.count == 0, let least = section.kind.leastRecord, section.recLen != least { return true }
            at += SectionHeader.size + section.content
        }
        return false
    }

    private static func refused(_ fault: DatagramFault, _ bytes: RawSpan, hasSpoken: Bool) -> ObservedMessage {
        var observed = ObservedMessage(.malformed, Fragment.check(bytes) == nil ? Fragment.self : nil)
        observed.isRemarkable = observed.type != nil
        let requirement: RightMeshRule? =
            switch fault.path.description {
            case "msg_id": .rm53
            case "": bytes.byteCount > Limits.datagram.upperBound ? .rm10 : nil
            default: fault.counter == .tooBig ? .rm56 : nil
            }
        var finding = Finding(
            .violation, requirement, path: fault.path.description, "no datagram of this protocol: \(fault.error)")
        if fault.counter == .badVersion, MessageObserver().mayBeNewer(bytes) {
            finding.severity = .warning
            finding.text += ", unless it belongs to a newer generation"
        } else if !hasSpoken {
            finding.severity = .warning
            finding.text += ", unless another protocol is spoken here"
        }
        observed.findings = [finding]
        return observed
    }
    /// Reports what a receiver does with a datagram that it drops.
    private func tellDropped(_ h: Header, _ counter: Counter, into findings: inout [Finding]) {
        switch counter {
        case .dup: findings.add(.info, nil, "this fragment was there already")
        case .stale:
            let newest = reassembler.newest(h) ?? 0
            findings.add(
                .info, .rm40, path: "msg_id", "a newer message, \(newest), was whole before it: a receiver drops it")
        case .oldBoot:
            findings.add(
                .info, .rm42, path: "boot", "a newer boot took its place less than 8 s ago: a receiver drops it")
        case .conflict:
            findings.add(
                .violation, .rm59, path: "content",
                "not the earlier bytes of this fragment: a receiver drops the whole message")
        case .inconsistent:
            findings.add(
                .violation, .rm59,
                "another message than the earlier fragments of this msg_id: a receiver drops the whole message")
        case .overrun where h.fragCount > 1:
            findings.add(
                .violation, .rm12, path: "body_len", "with it there are more bytes: a receiver drops the whole message"
            )
        case .crc where h.fragCount > 1:
            findings.add(
                .violation, .rm12, path: "body_crc",
                "all fragments are there, but neither length nor checksum fits the body")
        case .crc: findings.add(.violation, .rm12, path: "body_crc", "not the checksum of the body")
        case .full: findings.add(.warning, nil, "no room for it: 16 MiB wait for others")
        case .malformed where h.fragCount > 1, .tooBig where h.fragCount > 1:
            findings.add(.violation, nil, "all fragments are there, and make no body of a \(h.type.name)")
        case .unknownSection: findings.add(.warning, nil, "a section that must be known and is not")
        default: break
        }
    }
}
