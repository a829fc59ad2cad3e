import Node
internal import Wire

/// Finds the request that a message answers, by the exchanges of the protocols.
///
/// It sees the records in the order of their numbers. Its memory is bounded, whatever the capture contains. After
/// missing bytes it forgets all requests of the connection, because the answer may be missing.
struct AnswerFinder {
    private struct Known {
        let type: ObjectIdentifier
        let roles: ExchangeRoles?
        var unused: WordSet
    }
    private let definitions: [Definition]
    /// The types in use. They are few, so the search is linear.
    private var known: [Known] = []
    /// The index of the type of the previous message.
    private var recent = 0
    private var dissector = Dissector()
    private var keyed = KeyedRequests()
    private var queues = RequestQueues()
    private var losses = ConnectionLosses()

    init(_ definitions: [Definition]) { self.definitions = definitions }

    /// Notes that bytes of a connection are missing.
    mutating func lose(_ flow: Int, at time: Timestamp) { losses.lose(flow, at: time) }
    /// Returns the request that a record answers, and true if the record is a request itself, which is kept.
    mutating func receive(
        _ record: borrowing Record, _ bytes: RawSpan
    ) -> (answers: AnsweredRequest?, isRequest: Bool) {
        guard record.kind == .message else {
            // It may have been a request or an answer.
            if record.transport == .tcp, !record.isFinding { lose(record.flow, at: record.time) }
            return (nil, false)
        }
        // A receiver ignores repeated datagrams.
        guard !record.isRepeated, let type = record.message else { return (nil, false) }
        find(type)
        guard let roles = known[recent].roles, roles.mayTakePart(bytes) else { return (nil, false) }
        _ = dissector.outline(
            type, bytes, hint: record.hint, leavingOut: &known[recent].unused, keeping: roles.elements)
        var found: AnsweredRequest?
        for role in roles.answers where role.holds(dissector.dissection, bytes) {
            guard let request = take(role, record, bytes), found == nil else { continue }
            let after = record.time.passed(since: request.time)
            found = AnsweredRequest(record: request.record, after: after, exchange: role.exchange)
        }
        var isRequest = false
        for role in roles.asks where !(role.isEcho && found != nil) && role.holds(dissector.dissection, bytes) {
            add(role, record, bytes)
            isRequest = true
        }
        return (found, isRequest)
    }
    private mutating func find(_ message: any Message.Type) {
        let id = ObjectIdentifier(message)
        if recent < known.count, known[recent].type == id { return }
        if let i = known.firstIndex(where: { $0.type == id }) { return recent = i }
        let roles = ExchangeRoles(message, definitions)
        known.append(Known(type: id, roles: roles, unused: WordSet(roles?.unused ?? [])))
        recent = known.count - 1
    }
    private mutating func take(_ role: ExchangeRoles.Role, _ record: borrowing Record, _ bytes: RawSpan) -> OpenRequest?
    {
        var place = place(role, record, isFromClient: !record.isFromClient)
        guard role.key.isEmpty else {
            guard !keyed.isEmpty else { return nil }
            place.combine(losses[record.flow].count)
            var first: OpenRequest?
            dissector.dissection.eachKey(of: role, in: place, bytes) { key in
                guard let request = keyed.take(key) else { return }
                first = first.map { $0.record < request.record ? $0 : request } ?? request
            }
            return first
        }
        makeRoom(at: record.time)
        return queues.take(
            UInt64(bitPattern: Int64(place.finalize())), at: record.time, losses[record.flow],
            isOptional: role.isOptional)
    }
    private mutating func add(_ role: ExchangeRoles.Role, _ record: borrowing Record, _ bytes: RawSpan) {
        var place = place(role, record, isFromClient: record.isFromClient)
        let request = OpenRequest(record: record.number, time: record.time)
        guard role.key.isEmpty else {
            place.combine(losses[record.flow].count)
            dissector.dissection.eachKey(of: role, in: place, bytes) { keyed.add(request, $0) }
            return
        }
        makeRoom(at: record.time)
        queues.add(request, UInt64(bitPattern: Int64(place.finalize())), losses[record.flow])
    }
    /// Forgets all requests without keys if there are too many.
    private mutating func makeRoom(at time: Timestamp) {
        guard queues.isFull else { return }
        queues.removeAll()
        losses.loseAll(at: time)
    }
    /// Returns the hash of an exchange, of a channel, and of the direction of requests.
    private func place(_ role: ExchangeRoles.Role, _ record: borrowing Record, isFromClient: Bool) -> Hasher {
        var hasher = Hasher()
        hasher.combine(role.exchange)
        hasher.combine(record.flow)
        hasher.combine(isFromClient)
        if !role.isAcrossChannels { hasher.combine(record.path) }
        return hasher
    }
}

extension Dissection {
    /// Calls `body` with the hashes of the keys of a message in a place; never if it lacks a key.
    fileprivate func eachKey(
        of role: ExchangeRoles.Role, in place: Hasher, _ bytes: RawSpan, _ body: (UInt64) -> Void
    ) {
        func hash(_ add: (inout Hasher) -> Void) {
            var hasher = place
            add(&hasher)
            body(UInt64(bitPattern: Int64(hasher.finalize())))
        }
        if role.isJoined {
            for key in joined(role.key, bytes) { hash { $0.combine(.other(key), bytes) } }
        } else if role.key.count == 1 {
            var isThere = false
            eachKeyValue(role.key[0], bytes) { value in
                isThere = true
                hash { $0.combine(value, bytes) }
            }
            if !isThere, let absent = role.absent { hash { $0.combine(.other(absent), bytes) } }
        } else {
            let parts = role.key.compactMap { firstKeyValue($0, bytes) ?? role.absent.map { .other($0) } }
            if parts.count == role.key.count { hash { for part in parts { $0.combine(part, bytes) } } }
        }
    }
    /// Returns the bytes of fields in one value, for each element of their list; empty if an element lacks a field.
    private func joined(_ fields: [[FilterStep]], _ bytes: RawSpan) -> [Value] {
        let columns = fields.map { field in
            var column: [[UInt8]] = []
            eachKeyValue(field, bytes) { part in
                switch part {
                case .bytes(let range): column.append(bytes.extracting(range).withUnsafeBytes { [UInt8]($0) })
                case .other(.bytes(let copied)): column.append(copied)
                case .other: break
                }
            }
            return column
        }
        guard let first = columns.first, columns.allSatisfy({ $0.count == first.count }) else { return [] }
        return first.indices.map { i in .bytes(columns.flatMap { $0[i] }) }
    }
    private func firstKeyValue(_ steps: [FilterStep], _ bytes: RawSpan) -> KeyValue? {
        var first: KeyValue?
        eachKeyValue(steps, bytes) { first = first ?? $0 }
        return first
    }
    /// Calls `body` with the values at a path, at most `ExchangeRoles.maximumValues`. Bytes are not copied, because most
    /// keys are bytes, and a message may have many.
    private func eachKeyValue(_ steps: [FilterStep], _ bytes: RawSpan, _ body: (KeyValue) -> Void) {
        var count = 0
        _ = any(steps[...]) { i, rest in
            let node = nodes[i]
            guard node.shape == .leaf else { return false }
            // The number is the key of a mask.
            if rest.isEmpty, node.type.jsonForm == .hex, node.number == 0, node.content.upperBound <= bytes.byteCount {
                count += 1
                body(.bytes(node.content))
            } else {
                _ = leaf(i, rest, bytes) {
                    count += 1
                    body(.other($0))
                    return false
                }
            }
            return count >= ExchangeRoles.maximumValues
        }
    }
}

/// The value of a field in a key.
private enum KeyValue {
    /// The value is bytes of the message.
    case bytes(Range<Int>)
    case other(Value)
}

extension Hasher {
    /// Adds a value. Equal bytes give the same hash, whether they are bytes of the message or not.
    fileprivate mutating func combine(_ value: KeyValue, _ message: RawSpan) {
        switch value {
        case .bytes(let range): message.extracting(range).withUnsafeBytes { combine(bytes: $0) }
        case .other(.bytes(let bytes)): bytes.withUnsafeBytes { combine(bytes: $0) }
        case .other(let value): combine(value)
        }
    }
}
