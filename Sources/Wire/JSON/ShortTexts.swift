/// A table of texts of up to 32 bytes that are written often, found by an address and a number. A text that finds no
/// free slot is created anew each time.
struct ShortTexts {
    struct Entry {
        /// The address; 0: the slot is free.
        var address: UInt = 0
        var number: UInt64 = 0
        var text = SIMD32<UInt8>()
        var size: UInt8 = 0
        /// Additional data of the text.
        var mark: UInt16 = 0
    }
    private static let count = 512
    /// The number of slots that are probed for a key.
    private static let probes = 8
    /// The slots; empty before the first text.
    private var entries: [Entry] = []

    @inline(__always)
    private static func slot(_ address: UInt, _ number: UInt64) -> Int {
        // Multiplication by 2^64 divided by the golden ratio spreads keys that are close together.
        Int(truncatingIfNeeded: ((UInt64(address) ^ number &<< 32) &* 0x9e37_79b9_7f4a_7c15) &>> 55)
    }
    @inline(__always)
    subscript(i: Int) -> Entry { entries[i] }
    /// Returns the slot of a text; -1 if it is missing.
    @inline(__always)
    func find(_ address: UInt, _ number: UInt64) -> Int {
        var i = Self.slot(address, number)
        let end = i &+ Self.probes
        guard end <= entries.count else { return -1 }
        repeat {
            if entries[i].address == address, entries[i].number == number { return i }
            i &+= 1
        } while i < end
        return -1
    }
    /// Keeps a text if a slot is free.
    mutating func keep(_ text: [UInt8], _ address: UInt, _ number: UInt64, mark: UInt16 = 0) {
        guard text.count <= 32 else { return }
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.count + Self.probes) }
        let start = Self.slot(address, number)
        guard let i = (start..<start + Self.probes).first(where: { entries[$0].address == 0 }) else { return }
        var entry = Entry(address: address, number: number, size: UInt8(truncatingIfNeeded: text.count), mark: mark)
        for (k, byte) in text.enumerated() { entry.text[k] = byte }
        entries[i] = entry
    }
}
