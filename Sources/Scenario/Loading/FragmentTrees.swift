internal import Node
internal import Synchronization

/// The content of a fragment or suite file before it is applied for a scenario.
struct FragmentTree: Sendable {
    let root: YAMLNode
    let places: ScalarPositions
    /// The meaning of a suite file without mistakes. It is the same for every scenario.
    var suite: SuiteFile?
}

/// The content of a suite file, and the protocol that it names.
struct SuiteFile: Sendable {
    let defaults: SuiteDefaults
    let definition: Definition?
}

/// A cache of the trees of fragments and suite files by file name. An entry is valid only while the content of the
/// file is the same.
final class FragmentTrees: Sendable {
    private let trees = Mutex<[String: (bytes: [UInt8], tree: FragmentTree)]>([:])

    subscript(file: SourceFile) -> FragmentTree? {
        get { trees.withLock { $0[file.name].flatMap { $0.bytes == file.bytes ? $0.tree : nil } } }
        set { trees.withLock { $0[file.name] = newValue.map { (file.bytes, $0) } } }
    }
}
