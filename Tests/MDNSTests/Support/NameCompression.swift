import Wire

@testable import MDNS

extension DNSMessage {
    /// Returns the message with pointers in place of names and ends of names that it has before (RFC 1035, section
    /// 4.1.4).
    func compressed() -> Self {
        var message = self
        var table: [[UInt8]: Int] = [:]
        var at = Self.headerCount
        for i in message.questions.indices {
            Self.compress(&message.questions[i].name, at: at, &table)
            at += message.questions[i].byteCount()
        }
        for i in message.answers.indices { Self.compress(&message.answers[i], at: &at, &table) }
        for i in message.authority.indices { Self.compress(&message.authority[i], at: &at, &table) }
        for i in message.additional.indices { Self.compress(&message.additional[i], at: &at, &table) }
        return message
    }
    /// The type, class, TTL and length of a record.
    private static var fixedCount: Int { 10 }

    private static func compress(_ record: inout ResourceRecord, at: inout Int, _ table: inout [[UInt8]: Int]) {
        compress(&record.name, at: at, &table)
        let content = at + record.name.bytes.count + fixedCount
        if var pointer = record.ptr {
            compress(&pointer.target, at: content, &table)
            record.ptr = pointer
        }
        at += record.byteCount()
    }
    private static func compress(_ name: inout DomainName, at offset: Int, _ table: inout [[UInt8]: Int]) {
        let whole = name.expanded
        var start = 0
        while start < whole.count, whole[start] > 0 {
            let rest = Array(whole[start...])
            if let known = table[rest] {
                let pointer: [UInt8] = [0xc0 | UInt8(truncatingIfNeeded: known >> 8), UInt8(known & 255)]
                name.bytes = Bytes(Array(whole[..<start]) + pointer)
                return
            }
            // A pointer has 14 bits.
            if offset + start < 1 << 14 { table[rest] = offset + start }
            start += 1 + Int(whole[start])
        }
    }
}
