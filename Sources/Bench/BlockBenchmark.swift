import CBench
import Crypto
import Nano
import Wire

extension Benchmark {
    /// The row that reads a stream of signed state blocks. Each block is decoded and hashed, and its signature and its
    /// work are checked.
    static let stateBlocks = Benchmark(
        name: "nano state blocks", limit: "the same libsodium calls in C", goal: "at least 0.9"
    ) {
        let count = 64
        let key = SigningKey(InlineArray(repeating: 7))
        // Every value exceeds this threshold, so no work has to be searched for the blocks.
        let threshold: UInt64 = 1
        var encoded: [UInt8] = []
        for i in 0..<count {
            var block = StateBlock()
            block.account = Key32(key.publicKey) ?? Key32()
            block.previous = Key32(repeating: UInt8(i))
            block.link = Key32(repeating: UInt8(255 - i))
            block.signature = Signature64(key.sign(block.hash.array.span.bytes)) ?? Signature64()
            encoded += block.encoded()
        }
        let span = encoded.span.bytes
        let size = encoded.count / count
        func ours() -> Int {
            var good = 0
            var block = StateBlock()
            for i in 0..<count {
                guard block.read(borrowing: span.extracting(i * size..<(i + 1) * size)),
                    block.isSigned(by: block.account),
                    Work.value(block.work, root: block.root) >= threshold
                else { continue }
                good += 1
            }
            return good
        }
        let loop = { encoded.withUnsafeBufferPointer { bench_state_blocks($0.baseAddress, count, threshold) } }
        guard ours() == count, loop() == count else { return nil }
        let figure = best(10) { ours() }
        let limit = best(10) { Int(clamping: loop()) }
        return Row(figure: Double(count) * 1e9 / figure, limit: Double(count) * 1e9 / limit, unit: "per s")
    }
}
