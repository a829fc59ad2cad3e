package import Wire

/// The summaries of messages, with the state that is kept from one message to the next.
package struct Summaries {
    private struct Entry {
        var type: ObjectIdentifier
        var plan: SummaryPlan?
        var unused = WordSet()
    }
    /// The types in use. They are few, so the search is linear.
    private var known: [Entry] = []
    /// The index of the type of the previous message.
    private var recent = 0
    private var dissector = Dissector()
    package init() {}

    /// A summary that is ready to be written.
    package struct Outline {
        fileprivate var plan: SummaryPlan
        fileprivate var nodes: [Dissection.Node]

        /// Appends the text in the width of a summary, and its ending.
        package func write(_ bytes: RawSpan, ending: [UInt8] = [], to out: inout OutputBuffer) {
            SummaryWriter.write(plan, nodes, in: bytes, to: &out)
            out.put(ending)
        }
    }

    /// Returns the summary of a valid message; nil if its type has no summary.
    package mutating func outline(_ message: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0) -> Outline? {
        find(message)
        guard let plan = known[recent].plan else { return nil }
        let nodes = dissector.outline(
            message, bytes, hint: hint, leavingOut: &known[recent].unused, keeping: plan.elements)
        return Outline(plan: plan, nodes: nodes)
    }
    /// Returns the text of the summary of a valid message, with an ending; nil if its type has no summary.
    package mutating func text(
        _ message: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0, ending: [UInt8] = []
    ) -> String? {
        guard let outline = outline(message, bytes, hint: hint) else { return nil }
        var out: [UInt8] = []
        out.write(room: 256) { outline.write(bytes, ending: ending, to: &$0) }
        return String(decoding: out, as: UTF8.self)
    }
    private mutating func find(_ message: any Message.Type) {
        let id = ObjectIdentifier(message)
        if recent < known.count, known[recent].type == id { return }
        if let i = known.firstIndex(where: { $0.type == id }) { return recent = i }
        let plan = SummaryPlan(message)
        known.append(Entry(type: id, plan: plan, unused: WordSet(plan?.unused ?? [])))
        recent = known.count - 1
    }
}
