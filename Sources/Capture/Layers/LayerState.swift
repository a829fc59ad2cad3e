/// Where the bytes came from that a unit of a layer carries.
struct UnitOrigin {
    /// Number of the unit's record, and its frames.
    var record: Int
    var frames: FrameNumbers
    var time: Timestamp
}

/// What one direction of a conversation keeps for the layers below and above it.
final class LayerState {
    /// The message that a layer below is about to complete, and where its bytes stood.
    var bytes: [UInt8] = []
    var places: [RecordOrigin] = []
    /// The frames of what is being taken, where a layer below knows them.
    var frames: FrameNumbers?
    /// The record of the unit that was taken last, of a layer.
    var unit: UnitOrigin?
}
