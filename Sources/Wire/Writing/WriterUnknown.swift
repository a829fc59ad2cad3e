extension Writer {
    /// Writes the kept fields: protobuf fields at their old places.
    @_lifetime(self: copy self)
    public mutating func unknown(_ value: inout Unknown) { if !value.all.isEmpty { putUnknown(value.all) } }

    @inline(never) @_lifetime(self: copy self)
    private mutating func putUnknown(_ items: [Unknown.Item]) {
        if !counts, members == 0, items.contains(where: { $0.fromEnd > 0 }) { return insert(items) }
        for item in items {
            if members > 0 { separate() }
            put(item.bytes)
        }
    }
    /// Inserts the kept fields between the known ones, from the last to the first. Each byte moves once.
    @_lifetime(self: copy self)
    private mutating func insert(_ items: [Unknown.Item]) {
        let more = items.reduce(0) { $0 + $1.bytes.count }
        var from = count
        var to = count + more
        let places = places(of: items, to - begin)
        count = to
        guard capacity >= to || overflow() else { return }
        for i in items.indices.reversed() {
            let place = begin + places[i]
            to -= from - place
            (base + to).copyMemory(from: base + place, byteCount: from - place)
            from = place
            to -= items[i].bytes.count
            let target = base + to
            items[i].bytes.withSpan(in: source) { s in
                s.withUnsafeBytes { if let p = $0.baseAddress { target.copyMemory(from: p, byteCount: $0.count) } }
            }
        }
    }
    /// Returns the number of bytes of known fields before each kept field; always a boundary of fields. `total` is the
    /// size of the message.
    private func places(of items: [Unknown.Item], _ total: Int) -> [Int] {
        let known = UnsafeRawBufferPointer(start: base + begin, count: count - begin)
        var places: [Int] = []
        places.reserveCapacity(items.count)
        var at = 0
        var before = 0
        for item in items {
            let wanted = item.fromEnd > 0 ? total - Int(item.fromEnd) - before : known.count
            while at < wanted, at < known.count { at = Self.next(known, at) }
            places.append(at)
            before += item.bytes.count
        }
        return places
    }
    /// Returns the offset after the field at an offset, or the end of the bytes if the field is not complete.
    private static func next(_ b: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var at = start
        func varint() -> UInt64 {
            var n: UInt64 = 0
            var shift: UInt64 = 0
            while at < b.count {
                let byte = b[at]
                at += 1
                if shift < 64 { n |= UInt64(byte & 127) << shift }
                if byte < 128 { return n }
                shift += 7
            }
            return n
        }
        switch varint() & 7 {
        case 0: _ = varint()
        case 1: at += 8
        case 2:
            let n = varint()
            at = n <= UInt64(b.count - at) ? at + Int(n) : b.count
        case 5: at += 4
        default: at = b.count
        }
        return min(at, b.count)
    }
}
