internal import Capture
internal import Node
internal import Scenario

/// The packets of a case as a pcapng file, with a comment for each step on the packet that it is about.
enum WireCapture {
    static func bytes(_ r: CaseResult, _ run: EvidenceRun, _ definition: Definition) -> [UInt8] {
        let image = WireImage(
            r.trace, r.connections, definition.transport, port: definition.ports.first?.number ?? 9)
        let start = run.began?.nanoseconds ?? 0
        let steps = comments(r, image)
        let loose = steps[-1] ?? []
        var out = PcapngWriter(application: "meshspec \(run.version)", comments: [about(r, run)] + loose)
        out.addInterface(.raw, name: "meshspec")
        out.add(names: image.names)
        for s in run.secrets { out.add(secrets: s.bytes, s.type) }
        for (i, p) in image.packets.enumerated() {
            out.add(
                packet: p.bytes, at: Timestamp(nanoseconds: start &+ p.at.nanoseconds), comments: steps[i] ?? [])
        }
        return out.bytes
    }
    /// What the file is, in one comment of it.
    private static func about(_ r: CaseResult, _ run: EvidenceRun) -> String {
        let reason = (r.problem?.reason ?? r.reason).map { ": " + $0 } ?? ""
        return Style(hasColour: false).cut(
            Printable.text(
                "\(r.name): \(r.scenario.title). \(r.verdict.rawValue) \(r.requirement) \(r.level.rawValue)\(reason) "
                    + "(target \(run.target), seed 0x\(String(r.seed, radix: 16)))"), StepText.limit)
    }
    /// Comments by the index of their packet; without packets, all of them under -1.
    ///
    /// A step that is about no packet has its comment on the next one, or on the last when there is none after it.
    static func comments(_ r: CaseResult, _ image: WireImage) -> [Int: [String]] {
        let text = StepText(r)
        let main = image.mainPackets
        var out: [Int: [String]] = [:]
        // For each entry, the main packet of it or of the next one that has some.
        var next = [Int](repeating: image.packets.count - 1, count: r.trace.count + 1)
        for i in r.trace.indices.reversed() { next[i] = main[i] ?? next[i + 1] }
        for o in r.steps {
            let line = text.line(o)
            if let entry = o.entry, let packet = main[entry] {
                out[packet, default: []].append(line)
                continue
            }
            out[next[min(max(0, o.traced), r.trace.count)], default: []].append(line)
        }
        // What no step is to be blamed for, such as a message that was left over.
        if let p = r.problem, !r.steps.contains(where: { text.isDecisive($0) }) {
            let packet = p.culprit.flatMap { main[$0] } ?? image.packets.count - 1
            let line = "\(StepText.word(r.verdict)) \(r.requirement) \(r.level.rawValue): \(p.reason)"
            out[packet, default: []].append(Style(hasColour: false).cut(Printable.text(line), StepText.limit))
        }
        return out
    }
}
