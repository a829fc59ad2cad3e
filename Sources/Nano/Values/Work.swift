import Crypto
public import Wire

/// Proof of work: a number that makes a hash over it and a root high enough (nano-node, lib/config.cpp
/// `work_thresholds`).
public enum Work {
    /// Returns the BLAKE2b-64 hash of the work and the root, as a number.
    public static func value(_ work: UInt64, root: Key32) -> UInt64 {
        var digest = Blake2b.digest8 { state in
            state.update(little: work)
            state.update(root)
        }
        return withUnsafeBytes(of: &digest) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
    /// Returns the lowest number whose value is at least `threshold`; nil if none of the first `attempts` numbers has
    /// such a value.
    static func find(root: Key32, threshold: UInt64, attempts: UInt64) -> UInt64? {
        (0..<attempts).first { value($0, root: root) >= threshold }
    }
}

/// The thresholds for the work of a block on a network.
struct WorkThresholds: Hashable, Sendable {
    /// The threshold for legacy blocks, and for state blocks of accounts before the second epoch.
    var epoch1: UInt64
    /// The threshold for state blocks that send or change, since the second epoch.
    var epoch2Send: UInt64
    /// The threshold for state blocks that receive, and for epoch blocks, since the second epoch.
    var epoch2Receive: UInt64

    static let live = Self(
        epoch1: 0xffff_ffc0_0000_0000, epoch2Send: 0xffff_fff8_0000_0000, epoch2Receive: 0xffff_fe00_0000_0000)
    static let beta = Self(
        epoch1: 0xffff_f000_0000_0000, epoch2Send: 0xffff_f000_0000_0000, epoch2Receive: 0xffff_e000_0000_0000)
    static let dev = Self(
        epoch1: 0xfe00_0000_0000_0000, epoch2Send: 0xffc0_0000_0000_0000, epoch2Receive: 0xf000_0000_0000_0000)

    /// Returns the threshold for a block to be processed, before the details of its account are known.
    func entry(_ type: BlockType) -> UInt64 {
        type == .state ? min(epoch1, epoch2Send, epoch2Receive) : epoch1
    }
    /// Returns true if a block has enough work to be processed.
    func admits(_ block: any LedgerBlock) -> Bool {
        Work.value(block.work, root: block.root) >= entry(type(of: block).type)
    }
}
