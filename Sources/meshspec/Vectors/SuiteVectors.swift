import Node
import Scenario
import Wire

extension Suite {
    /// The folder of the vectors, beside the folder of the specifications.
    var vectorFolder: String {
        var spec = folder
        while spec.hasSuffix("/"), spec.count > 1 { spec.removeLast() }
        let parent = Files.folder(of: spec)
        return parent == "." && !spec.hasPrefix("./") ? "Vectors" : (parent == "/" ? "" : parent) + "/Vectors"
    }
    /// Loads the vectors of each protocol, by its name; nil if the folder is missing. Problems are added to
    /// `diagnostics`.
    mutating func loadVectors() throws(Files.Failure) -> [String: [WireVector]]? {
        guard Files.kind(vectorFolder) == .folder else { return nil }
        var out: [String: [WireVector]] = [:]
        // Layers that several protocols share belong to the first of them, whose requirements they have.
        var seen = Set(library.definitions.map(\.name))
        for d in library.definitions {
            for folder in [d.name] + Self.families(of: d).filter({ seen.insert($0).inserted }) {
                let path = "\(vectorFolder)/\(folder)"
                guard Files.kind(path) == .folder else { continue }
                for file in try Files.scenarios(in: path) {
                    let source = try Files.source(file)
                    sources[file] = source
                    let (vectors, problems) = WireVector.load(source, requirements(d.name))
                    diagnostics += problems
                    out[d.name, default: []] += vectors
                }
            }
        }
        return out
    }
    /// Returns the first parts of the names of the messages of the protocol's layers, such as `libp2p`. If such a name
    /// is no protocol, its folder has the vectors of the layers.
    private static func families(of definition: Definition) -> [String] {
        let names = definition.reading.layers?.layers.flatMap(\.messages).map { $0.name.description } ?? []
        return Set(names.map { String($0.prefix { $0 != "." }) }).sorted().filter { $0 != definition.name }
    }
}
