import Wire

extension BlockType {
    /// The number of bytes of a block of this type, without a type byte; 0 for an unknown type.
    @usableFromInline var count: Int { rawValue < Self.counts.count ? Self.counts[Int(rawValue)] : 0 }
    private static let counts: [Int] = (0..<7 as Range<UInt8>).map { type in
        Self(rawValue: type).block?.byteCount() ?? 0
    }
    /// An empty block of this type.
    var block: (any LedgerBlock)? {
        switch self {
        case .send: SendBlock()
        case .receive: ReceiveBlock()
        case .open: OpenBlock()
        case .change: ChangeBlock()
        case .state: StateBlock()
        default: nil
        }
    }
}
