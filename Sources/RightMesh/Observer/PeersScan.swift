import Node
import Wire

/// A check of each record of a PEERS section by itself. It takes one pass, because there may be many records.
struct PeersScan {
    let isSnapshot: Bool
    /// The numbers of records of these kinds: without an id or with hop 0; with more than 15 hops; withdrawn; about the
    /// sender of the message; about its receiver.
    private(set) var bad = 0
    private(set) var far = 0
    private(set) var withdrawn = 0
    private(set) var own = 0
    private(set) var receiver = 0
    /// The number of records that are older than they can be.
    private(set) var dead = 0
    /// An example of such a record.
    private var deadText = ""

    init(_ h: Header, isSnapshot: Bool, _ length: Int, _ records: RawSpan) {
        self.isSnapshot = isSnapshot
        let (src, dst) = (h.src.words.0, h.dst.words.0)
        let (count, furthest) = (records.byteCount, UInt32(Limits.hops))
        var at = 0
        while at < count {
            let id = UInt64.load(records, at, .big)
            let rest = UInt32.load(records, at + 20, .big)
            // Most records are valid and about other nodes.
            let hop = rest >> 24
            if rest & 0x0010_0000 != 0 || hop &- 1 >= furthest || rest & 0xffff > 24 &+ 6 &* hop || id == src
                || id == dst || id == 0
            {
                look(h, id: id, rest: rest, records, at: at)
            }
            at &+= length
        }
    }
    @inline(never)
    private mutating func look(_ h: Header, id: UInt64, rest: UInt32, _ records: RawSpan, at: Int) {
        let (hop, age) = (Int(rest >> 24), Int(rest & 0xffff))
        if rest & 0x0010_0000 != 0 {
            withdrawn += 1
        } else if hop == 0 {
            bad += 1
        } else if hop > Limits.hops {
            far += 1
        } else if age > 24 + 6 * hop {
            dead += 1
            if deadText.isEmpty { deadText = "\(MeshID.load(records, at, .big).array.hex), \(hop) hops, \(age) s" }
        }
        let whole = MeshID.load(records, at, .big)
        if whole == h.src { own += 1 }
        if whole == h.dst { receiver += 1 }
        if id == 0, hop != 0, whole == MeshID() { bad += 1 }
    }
    /// Adds the findings.
    func tell(_ h: Header, into findings: inout [Finding]) {
        func add(_ severity: Severity, _ rule: RightMeshRule?, _ text: String) {
            findings.add(severity, rule, path: "peers.records", text)
        }
        if bad > 0 { add(.violation, .rm37, "\(bad) records that no table may take: no id, or no hop away") }
        if far > 0 { add(.warning, .rm37, "\(far) records are more than 15 hops away, and read as 15") }
        // A superpeer that pushes or answers a FIND does not list its own table alone.
        let isTable = h.type == .hello || h.type == .helloAck || h.type == .info && isSnapshot
        if dead > 0, isTable {
            add(.violation, .rm57, "\(dead) records are older than they can get before they are removed: \(deadText)")
        }
        if withdrawn > 0, isSnapshot {
            findings.add(.violation, .rm49, path: "peers.flags", "a snapshot does not say who is withdrawn")
        }
        if receiver > 0, isSnapshot, !h.flags.isBroadcast || h.type != .helloAck {
            add(.violation, .rm58, "it lists the receiver")
        }
        if own > 0, isTable { add(.warning, nil, "it lists the sender, which is in no table of its own") }
    }
}
