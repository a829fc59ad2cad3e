internal import Capture
internal import Node
internal import Scenario
internal import Text

/// The packets of a case as a pcapng file. Each packet has comments about the steps that refer to it.
enum WireCapture {
    /// Returns the file of a case that kept its evidence.
    static func bytes(_ r: CaseResult, _ run: EvidenceRun, _ definition: Definition) -> [UInt8] {
        let notes = StepNotes(r)
        let trace = CaseRecord.Exchange.all(r)
        var out = PcapngWriter(application: "meshspec \(run.version)", comments: [about(r, run)] + notes.loose)
        let image = WireImage(
            trace, r.connections, definition.transport, port: definition.configuration.ports.first?.number ?? 9,
            r.datagrams)
        for connection in r.connections {
            if let secrets = connection.secrets { out.add(secrets) }
        }
        let began = run.began?.nanoseconds ?? 0
        write(image, comments: comments(trace, image), began: began, to: &out)
        return out.bytes
    }
    /// Writes the packets with the names of their actors. `comments` is indexed by packet.
    static func write(
        _ image: WireImage, comments: [Int: [String]], began: Int64 = 0,
        to out: inout PcapngWriter
    ) {
        out.addInterface(.raw, name: "meshspec")
        out.add(names: image.names)
        for (i, p) in image.packets.enumerated() {
            out.add(
                packet: p.bytes, at: Timestamp(nanoseconds: began &+ p.at.nanoseconds), comments: comments[i] ?? [])
        }
    }
    /// Returns the comment that describes the file.
    private static func about(_ r: CaseResult, _ run: EvidenceRun) -> String {
        let reason = (r.problem?.reason ?? r.reason).map { ": " + $0 } ?? ""
        return Style(hasColour: false).cut(
            Printable.text(
                "\(r.name): \(r.scenario.title). \(r.verdict.rawValue) \(r.requirement) \(r.level.rawValue)\(reason) "
                    + "(target \(run.target), seed 0x\(String(r.seed, radix: 16)))"), StepText.limit)
    }
    /// Returns the comments by the index of their packet. The comments of an entry without packets are at the next
    /// packet, or at the last one.
    static func comments(_ trace: [CaseRecord.Exchange], _ image: WireImage) -> [Int: [String]] {
        let main = image.mainPackets
        // For each entry: its main packet, or the main packet of the next entry that has one.
        var next = [Int](repeating: image.packets.count - 1, count: trace.count + 1)
        for i in trace.indices.reversed() { next[i] = main[i] ?? next[i + 1] }
        var out: [Int: [String]] = [:]
        for (i, e) in trace.enumerated() where !e.notes.isEmpty { out[next[i], default: []] += e.notes }
        return out
    }
}
