import Libp2p
import Node
import Wire

/// A reader that splits a stream into RPCs, from chunks of any size. It keeps at most the beginning of one RPC, and
/// refuses an RPC that is too long.
struct RPCReader: Sendable {
    private var kept: [UInt8] = []
    private let limit: Int

    /// The reason why the rest of the stream cannot be read.
    enum Failure: Error, Equatable {
        case tooLong(UInt64)
        case undecodable(WireError)
    }
    /// True if no incomplete RPC is kept.
    var isBetween: Bool { kept.isEmpty }
    /// `limit`: the maximum length of an RPC in bytes, without the length that precedes it.
    init(limit: Int = RPC.limit) { self.limit = limit }
    /// Passes each complete RPC and its length in bytes to `body`, in order. It skips RPCs without content.
    mutating func take(_ bytes: [UInt8], _ body: (RPCContent, Int) -> Void) throws(Failure) {
        var at = 0
        if !kept.isEmpty {
            kept += bytes
            at = try read(kept, body)
            kept.removeFirst(at)
            if kept.isEmpty, at > 1 << 17 { kept = [] }
            return
        }
        at = try read(bytes, body)
        if at < bytes.count { kept = Array(bytes[at...]) }
    }
    /// Returns the number of bytes that it read.
    private func read(_ bytes: [UInt8], _ body: (RPCContent, Int) -> Void) throws(Failure) -> Int {
        var at = 0
        while at < bytes.count {
            let front: (number: UInt64, size: Int)?
            do throws(WireError) {
                front = try Varint.front(bytes.span.bytes.extracting(at...))
            } catch {
                throw .undecodable(error)
            }
            guard let (length, size) = front else { return at }
            guard length <= UInt64(limit) else { throw .tooLong(length) }
            let start = at + size
            let end = start + Int(length)
            guard end <= bytes.count else { return at }
            if length > 0 {
                let content = bytes.span.bytes.extracting(start..<end)
                do throws(WireError) {
                    body(try RPCContent(copying: content), Int(length))
                } catch {
                    throw .undecodable(error)
                }
            }
            at = end
        }
        return at
    }
}
