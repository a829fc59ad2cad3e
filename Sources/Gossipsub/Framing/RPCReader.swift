import Libp2p
import Node
import Wire

/// Takes the RPCs of a stream apart, from bytes that are cut anywhere. It keeps no more than the beginning of one RPC, and
/// none that is too long.
struct RPCReader: Sendable {
    private var kept: [UInt8] = []
    private let limit: Int

    /// Why nothing of the stream can be read any more.
    enum Failure: Error, Equatable {
        case tooLong(UInt64)
        case undecodable(WireError)
    }
    /// Whether nothing of an RPC waits for the rest.
    var isBetween: Bool { kept.isEmpty }
    /// `limit`: bytes of an RPC behind its length.
    init(limit: Int = RPC.limit) { self.limit = limit }
    /// Gives each RPC that is whole to `body`, in order; those without content say nothing and are passed over.
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
    /// How many bytes are read.
    private func read(_ bytes: [UInt8], _ body: (RPCContent, Int) -> Void) throws(Failure) -> Int {
        var at = 0
        while at < bytes.count {
            let front: (length: UInt64, size: Int)?
            do throws(WireError) {
                front = try RPCLength.read(bytes.span.bytes.extracting(at...))
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
